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
  private static final char DELETE = 0x7f;

  private Arguments() {}

  static DnsName domain(String written) {
    var name = written.strip();
    // The DNS would take any octet in a name; nobody who types or lists one means these.
    if (name.chars().anyMatch(c -> c <= ' ' || c == DELETE)) {
      throw new Failure(
          "'%s' is not a domain name: it holds a blank or a control character"
              .formatted(shown(name, 80)));
    }
    try {
      return DnsName.of(name);
    } catch (IllegalArgumentException problem) {
      throw new Failure(
          "'%s' is not a domain name: %s"
              .formatted(shown(name, 80), shown(String.valueOf(problem.getMessage()), 160)));
    }
  }

  /** Its beginning, where it is long. */
  static String shown(String text, int most) {
    return text.length() > most ? text.substring(0, most) + "…" : text;
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
