package maildrift.monitor.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import maildrift.monitor.config.DnsConfig;
import maildrift.monitor.config.Durations;
import maildrift.monitor.config.HostPort;
import maildrift.probes.dns.DnsName;

/**
 * Arguments as they are typed, into what they mean; what is wrong is said with the argument's name.
 */
final class Arguments {
  private Arguments() {}

  static DnsName domain(String written) {
    try {
      return DnsName.of(written.strip());
    } catch (IllegalArgumentException problem) {
      throw new Failure(
          "'%s' is not a domain name: %s".formatted(shown(written), problem.getMessage()));
    }
  }

  private static String shown(String written) {
    return written.length() > 80 ? written.substring(0, 80) + "…" : written;
  }

  static Duration duration(String option, String written) {
    try {
      return Durations.parse(written);
    } catch (IllegalArgumentException problem) {
      throw new Failure(option + ": " + problem.getMessage());
    }
  }

  /** Name servers, {@code HOST[:PORT]}. */
  static List<HostPort> servers(String option, List<String> written) {
    try {
      return written.stream().map(server -> HostPort.parseServer(server, DnsConfig.PORT)).toList();
    } catch (IllegalArgumentException problem) {
      throw new Failure(option + ": " + problem.getMessage());
    }
  }

  /** A file's text, or that of stdin for {@code -}. */
  static String text(String option, String file) {
    try {
      return file.equals("-")
          ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
          : Files.readString(Path.of(file));
    } catch (IOException problem) {
      throw new Failure("%s: cannot read %s: %s".formatted(option, file, problem.getMessage()));
    }
  }
}
