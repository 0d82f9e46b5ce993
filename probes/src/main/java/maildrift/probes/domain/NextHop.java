package maildrift.probes.domain;

import java.util.Optional;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;

/**
 * A forwarding server or smarthost as a gateway's form takes it: {@code [host]} is an address
 * lookup, bare {@code host} an MX lookup, with an optional {@code :port}.
 *
 * @param written as the operator wrote it
 * @param host the name, or empty for an address literal
 * @param literal the address literal, when it is one
 * @param bracketed in {@code [ ]}
 */
public record NextHop(
    String written, Optional<DnsName> host, Optional<String> literal, boolean bracketed, int port) {
  private static final int SMTP = 25;

  /**
   * Reads {@code host}, {@code [host]}, {@code [192.0.2.1]}, {@code [2001:db8::1]} (or Postfix's
   * {@code [IPv6:2001:db8::1]}), each with an optional {@code :port}.
   *
   * @throws IllegalArgumentException that repeats what was written and says what is wrong
   */
  public static NextHop parse(String written) {
    var text = written.strip();
    if (!text.startsWith("[")) {
      if (Cidr.octets(text).isPresent()) {
        return at(written, text, false, SMTP);
      }
      var colon = text.indexOf(':');
      return colon < 0
          ? at(written, text, false, SMTP)
          : at(written, text.substring(0, colon), false, port(written, text.substring(colon + 1)));
    }
    var end = text.indexOf(']');
    if (end < 0) {
      throw new IllegalArgumentException("'%s' lacks the closing bracket".formatted(written));
    }
    var inside = text.substring(1, end);
    var after = text.substring(end + 1);
    if (after.isEmpty()) {
      return at(written, inside, true, SMTP);
    }
    if (!after.startsWith(":")) {
      throw new IllegalArgumentException(
          "'%s' has '%s' after the bracket; only :port may follow".formatted(written, after));
    }
    return at(written, inside, true, port(written, after.substring(1)));
  }

  /** What stands between the brackets: the name, or the address as a name of that text. */
  public DnsName target() {
    return host.orElseGet(() -> DnsName.of(literal.orElseThrow()));
  }

  private static NextHop at(String written, String target, boolean bracketed, int port) {
    var literal = target.regionMatches(true, 0, "IPv6:", 0, 5) ? target.substring(5) : target;
    if (Cidr.octets(literal).isPresent()) {
      return new NextHop(written, Optional.empty(), Optional.of(literal), bracketed, port);
    }
    try {
      var name = DnsName.of(target);
      var top = name.isRoot() ? "" : name.labels().getLast();
      if (!top.isEmpty() && !top.chars().allMatch(c -> c >= '0' && c <= '9') && isHost(name)) {
        return new NextHop(written, Optional.of(name), Optional.empty(), bracketed, port);
      }
    } catch (IllegalArgumentException _) {
      // Said below, in the words of the form.
    }
    throw new IllegalArgumentException(
        "'%s' is neither a host name nor an address; write [host], host or [192.0.2.1], with :port where it is not 25"
            .formatted(written));
  }

  private static boolean isHost(DnsName name) {
    return name.labels().stream()
        .allMatch(
            label ->
                label
                    .chars()
                    .allMatch(
                        c ->
                            (c >= 'a' && c <= 'z')
                                || (c >= '0' && c <= '9')
                                || c == '-'
                                || c == '_'));
  }

  private static int port(String written, String digits) {
    if (digits.isEmpty()
        || digits.length() > 5
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')
        || Integer.parseInt(digits) < 1
        || Integer.parseInt(digits) > 65_535) {
      throw new IllegalArgumentException(
          "'%s' has no port between 1 and 65535 after the colon".formatted(written));
    }
    return Integer.parseInt(digits);
  }
}
