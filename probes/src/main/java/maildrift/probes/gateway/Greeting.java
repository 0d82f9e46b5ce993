package maildrift.probes.gateway;

import java.util.Optional;
import maildrift.probes.dns.DnsName;
import maildrift.probes.smtp.SmtpLook;

/**
 * How a server greets (RFC 5321 §4.3.1): {@code 220 gw.example ESMTP}.
 *
 * @param first what it begins with
 * @param name the first word, when it is a full host name
 */
record Greeting(String first, Optional<DnsName> name) {
  private static final int SHOWN = 80;

  static Optional<Greeting> of(SmtpLook look) {
    return look instanceof SmtpLook.Spoke spoke
        ? Optional.of(of(spoke.banner()))
        : Optional.empty();
  }

  static Greeting of(String banner) {
    var text = banner.strip();
    var end = text.indexOf(' ');
    var first = end < 0 ? text : text.substring(0, end);
    return new Greeting(
        first.length() <= SHOWN ? first : first.substring(0, SHOWN),
        DnsName.parse(first).filter(Greeting::isFull));
  }

  /** At least two labels of letters, digits and hyphens, and no address (RFC 5321 §2.3.5). */
  static boolean isFull(DnsName name) {
    var labels = name.labels();
    return labels.size() > 1
        && !labels.getLast().chars().allMatch(c -> c >= '0' && c <= '9')
        && labels.stream()
            .allMatch(
                label ->
                    !label.startsWith("-")
                        && !label.endsWith("-")
                        && label
                            .chars()
                            .allMatch(
                                c ->
                                    (c >= 'a' && c <= 'z')
                                        || (c >= '0' && c <= '9')
                                        || c == '-'
                                        || c == '_'));
  }

  /** {@code [192.0.2.1]} or {@code [IPv6:2001:db8::1]} (RFC 5321 §4.1.3). */
  static boolean isLiteral(DnsName written) {
    return written.toString().startsWith("[");
  }
}
