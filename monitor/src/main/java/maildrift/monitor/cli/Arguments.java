package maildrift.monitor.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import maildrift.monitor.config.DnsConfig;
import maildrift.monitor.config.Durations;
import maildrift.monitor.config.HostPort;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.network.Cidr;

/**
 * Arguments as they are typed, into what they mean; what is wrong is said with the argument's name.
 */
final class Arguments {
  private static final char DELETE = 0x7f;

  private Arguments() {}

  /** What nobody means who names a domain, though the DNS would take it, and a URL has it. */
  private static final String UNLIKELY = "/:@,?#";

  static DnsName domain(String written) {
    var name = written.strip();
    if (Cidr.octets(name).isPresent() || name.startsWith("[")) {
      throw new Failure("'%s' is not a domain name, but an address".formatted(shown(name, 80)));
    }
    var unlikely = name.chars().filter(c -> UNLIKELY.indexOf(c) >= 0).findFirst();
    if (unlikely.isPresent()) {
      throw new Failure(
          "'%s' is not a domain name: it holds '%c'"
              .formatted(shown(name, 80), unlikely.getAsInt()));
    }
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

  /** One question's whole deadline. */
  static Duration questionTimeout(String option, String written) {
    var timeout = duration(option, written);
    if (timeout.compareTo(DnsSettings.SHORTEST_TIMEOUT) < 0) {
      throw new Failure(
          "%s must be at least %s, not '%s'"
              .formatted(option, Durations.text(DnsSettings.SHORTEST_TIMEOUT), written));
    }
    return timeout;
  }

  /** Name servers, {@code HOST[:PORT]}. */
  static List<HostPort> servers(String option, List<String> written) {
    if (written.size() > DnsSettings.MOST_SERVERS) {
      throw new Failure(
          "%s names %d servers, and at most %d are asked"
              .formatted(option, written.size(), DnsSettings.MOST_SERVERS));
    }
    try {
      return written.stream()
          .map(server -> HostPort.parseServer(server, DnsConfig.PORT))
          .map(server -> server.isAddress() ? server : resolved(option, server))
          .toList();
    } catch (IllegalArgumentException problem) {
      throw new Failure(option + ": " + problem.getMessage());
    }
  }

  /** As dig does with a name behind its @: the machine says where that is. */
  private static HostPort resolved(String option, HostPort server) {
    try {
      return new HostPort(InetAddress.getByName(server.host()).getHostAddress(), server.port());
    } catch (UnknownHostException _) {
      throw new Failure(
          "%s: '%s' is a name for which this machine finds no address"
              .formatted(option, server.host()));
    }
  }

  /** A file's text, or that of stdin for {@code -}. */
  static String text(String option, String file) {
    try {
      return file.equals("-")
          ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
          : Files.readString(Path.of(file));
    } catch (IOException problem) {
      throw new Failure("%s: %s".formatted(option, unreadable(file, problem)));
    }
  }

  /** What to say of a file that cannot be read; the system's own message may be its name alone. */
  static String unreadable(Object file, IOException problem) {
    return "cannot read %s: %s"
        .formatted(
            file,
            switch (problem) {
              case NoSuchFileException _ -> "no such file";
              case AccessDeniedException _ -> "permission denied";
              default ->
                  problem.getMessage() == null
                      ? problem.getClass().getSimpleName()
                      : problem.getMessage();
            });
  }

  /** An instant of the daemon's, for people: whole seconds. */
  static String instant(String written) {
    try {
      return CheckJson.instant(Instant.parse(written));
    } catch (DateTimeParseException _) {
      return written;
    }
  }
}
