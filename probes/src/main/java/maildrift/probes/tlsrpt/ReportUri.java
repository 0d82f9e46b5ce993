package maildrift.probes.tlsrpt;

import java.util.Locale;
import java.util.Optional;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;

/** A {@code tlsrpt-uri} (RFC 8460 §3): a URI of RFC 3986 without bare {@code , ! ;}. */
final class ReportUri {
  private static final String MAILTO = "mailto:";
  private static final String HTTPS = "https://";

  /** Unreserved, reserved without those three, and the percent sign, which is looked at apart. */
  private static final String MARKS = "-._~:/?#[]@$&'()*+=%";

  private ReportUri() {}

  /** Whether it follows the grammar; of the schemes that reports go to, the whole of theirs. */
  static boolean isUri(String uri) {
    var colon = uri.indexOf(':');
    if (colon < 1 || !isScheme(uri.substring(0, colon)) || !isSpelt(uri)) {
      return false;
    }
    var scheme = uri.substring(0, colon).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "mailto" -> mailDomain(uri).isPresent();
      case "https" -> webHost(uri).isPresent();
      default -> true;
    };
  }

  /** Whether reports can be sent there (§3: mailto and https). */
  static boolean isSupported(String uri) {
    return mailDomain(uri).isPresent() || webHost(uri).isPresent();
  }

  /** The domain of the mail address; empty when there is none. */
  static Optional<String> mailDomain(String uri) {
    if (!uri.regionMatches(true, 0, MAILTO, 0, MAILTO.length())) {
      return Optional.empty();
    }
    var question = uri.indexOf('?');
    var address = uri.substring(MAILTO.length(), question < 0 ? uri.length() : question);
    var at = address.lastIndexOf('@');
    return at < 1 || address.indexOf('@') != at
        ? Optional.empty()
        : Optional.of(address.substring(at + 1)).filter(ReportUri::isHost);
  }

  /** The host of a web address, an IPv6 address without its brackets; empty when there is none. */
  static Optional<String> webHost(String uri) {
    if (!uri.regionMatches(true, 0, HTTPS, 0, HTTPS.length())) {
      return Optional.empty();
    }
    var end = HTTPS.length();
    while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
      end++;
    }
    var user = uri.lastIndexOf('@', end - 1);
    var authority = uri.substring(Math.max(user + 1, HTTPS.length()), end);
    if (authority.startsWith("[")) {
      var close = authority.indexOf(']');
      if (close < 0 || !isPort(authority.substring(close + 1))) {
        return Optional.empty();
      }
      var literal = authority.substring(1, close);
      return literal.indexOf(':') >= 0 && Cidr.octets(literal).isPresent()
          ? Optional.of(literal)
          : Optional.empty();
    }
    var colon = authority.indexOf(':');
    var host = colon < 0 ? authority : authority.substring(0, colon);
    return isHost(host) && isPort(colon < 0 ? "" : authority.substring(colon))
        ? Optional.of(host)
        : Optional.empty();
  }

  /** Nothing, or a colon and what may be a port. */
  private static boolean isPort(String text) {
    return text.isEmpty()
        || (text.charAt(0) == ':'
            && text.length() <= 6
            && text.chars().skip(1).allMatch(c -> c >= '0' && c <= '9')
            && (text.length() == 1 || Integer.parseInt(text.substring(1)) <= 65_535));
  }

  private static boolean isHost(String host) {
    return !host.isEmpty()
        && host.chars()
            .allMatch(c -> isLetter(c) || (c >= '0' && c <= '9') || "-._".indexOf(c) >= 0)
        && !host.equals(".")
        && DnsName.parse(host).isPresent();
  }

  private static boolean isScheme(String text) {
    return isLetter(text.charAt(0))
        && text.chars()
            .allMatch(c -> isLetter(c) || (c >= '0' && c <= '9') || "+-.".indexOf(c) >= 0);
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** Characters and percent-encodings (RFC 3986 §2), one fragment, brackets around a host only. */
  private static boolean isSpelt(String uri) {
    for (var i = 0; i < uri.length(); i++) {
      var c = uri.charAt(i);
      if (c == '%') {
        if (i + 2 >= uri.length() || !isHex(uri.charAt(i + 1)) || !isHex(uri.charAt(i + 2))) {
          return false;
        }
      } else if (!isLetter(c) && (c < '0' || c > '9') && MARKS.indexOf(c) < 0) {
        return false;
      }
    }
    var bracket = uri.indexOf('[');
    return uri.indexOf('#') == uri.lastIndexOf('#')
        && bracket == uri.lastIndexOf('[')
        && uri.indexOf(']') == uri.lastIndexOf(']')
        && (bracket < 0
            ? uri.indexOf(']') < 0
            : uri.startsWith("//[", uri.indexOf(':') + 1) || uri.charAt(bracket - 1) == '@');
  }

  private static boolean isHex(char c) {
    return Character.digit(c, 16) >= 0 && c < 0x7f;
  }
}
