package maildrift.probes.dmarc;

import java.util.Locale;
import java.util.Optional;
import maildrift.probes.dns.DnsName;

/**
 * One URI of {@code rua=} or {@code ruf=} (RFC 9989 §4.6, RFC 3986).
 *
 * @param text as written, without the obsolete size
 * @param scheme in lower case; empty where there is none
 * @param destination the host that gets the reports, of a valid URI
 * @param sized it carries RFC 7489's {@code !10m}, which RFC 9989 ignores
 */
public record ReportUri(String text, String scheme, Optional<DnsName> destination, boolean sized) {

  /** A syntactically valid reporting URI: a scheme, and a host that can get mail or HTTP. */
  public boolean isValid() {
    return destination.isPresent();
  }

  /** The only scheme that every receiver must support. */
  public boolean isMailto() {
    return scheme.equals("mailto");
  }

  static ReportUri parse(String written) {
    var size = sizeAt(written);
    var text = size < 0 ? written : written.substring(0, size).stripTrailing();
    var colon = text.indexOf(':');
    var scheme =
        colon > 0 && isScheme(text.substring(0, colon))
            ? text.substring(0, colon).toLowerCase(Locale.ROOT)
            : "";
    var destination =
        scheme.isEmpty() || !isUriText(text)
            ? Optional.<DnsName>empty()
            : host(scheme, text.substring(colon + 1)).flatMap(ReportUri::name);
    return new ReportUri(text, scheme, destination, size >= 0);
  }

  /** {@code obs-dmarc-report-size = "!" 1*DIGIT [ "k" / "m" / "g" / "t" ]} at the end, or -1. */
  private static int sizeAt(String written) {
    var bang = written.lastIndexOf('!');
    if (bang < 0) {
      return -1;
    }
    var size = written.substring(bang + 1).strip().toLowerCase(Locale.ROOT);
    var digits =
        !size.isEmpty() && "kmgt".indexOf(size.charAt(size.length() - 1)) >= 0
            ? size.substring(0, size.length() - 1)
            : size;
    return !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9') ? bang : -1;
  }

  private static boolean isScheme(String text) {
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      var alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!alpha && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))) {
        return false;
      }
    }
    return true;
  }

  /** Unreserved, reserved and percent-encoded characters, less those that must be encoded. */
  private static boolean isUriText(String text) {
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == '%') {
        if (i + 2 >= text.length()
            || Character.digit(text.charAt(i + 1), 16) < 0
            || Character.digit(text.charAt(i + 2), 16) < 0) {
          return false;
        }
      } else if (c <= 0x20 || c >= 0x7f || "\"<>\\^`{|}!".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static Optional<String> host(String scheme, String rest) {
    if (scheme.equals("mailto")) {
      var question = rest.indexOf('?');
      var address = (question < 0 ? rest : rest.substring(0, question)).replace("%40", "@");
      var at = address.lastIndexOf('@');
      return at <= 0 ? Optional.empty() : Optional.of(address.substring(at + 1));
    }
    if (!rest.startsWith("//")) {
      return Optional.empty();
    }
    var end = 2;
    while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    var authority = rest.substring(2, end);
    var host = authority.substring(authority.lastIndexOf('@') + 1);
    var port = host.lastIndexOf(':');
    return Optional.of(port < 0 || host.endsWith("]") ? host : host.substring(0, port));
  }

  private static Optional<DnsName> name(String host) {
    return host.isEmpty() || host.startsWith("[") || host.indexOf('%') >= 0 || host.equals(".")
        ? Optional.empty()
        : DnsName.parse(host);
  }
}
