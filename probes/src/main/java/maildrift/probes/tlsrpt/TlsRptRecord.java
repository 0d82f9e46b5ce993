package maildrift.probes.tlsrpt;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import maildrift.probes.dns.DnsName;

/**
 * The record at {@code _smtp._tls} (RFC 8460 §3):
 *
 * <pre>
 * tlsrpt-record  = tlsrpt-version 1*(field-delim tlsrpt-field) [field-delim]
 * field-delim    = *WSP ";" *WSP
 * tlsrpt-field   = tlsrpt-rua / tlsrpt-extension
 * tlsrpt-version = %s"v=TLSRPTv1"
 * tlsrpt-rua     = %s"rua=" tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri)
 * </pre>
 *
 * A URI is {@code mailto:} or {@code https:}, with {@code , ! ;} percent-encoded.
 *
 * @param rua where reports go, as written; empty where the record is broken
 * @param problem half a sentence; nothing where the record is fine
 */
public record TlsRptRecord(String text, List<String> rua, Optional<String> problem) {
  static final String VERSION = "v=TLSRPTv1";

  private static final int MAX_URIS = 32;

  public TlsRptRecord {
    rua = List.copyOf(rua);
  }

  /** Records that do not begin like this are somebody else's: receivers discard them. */
  public static boolean claims(String text) {
    return text.startsWith(VERSION)
        && (text.length() == VERSION.length()
            || " \t;".indexOf(text.charAt(VERSION.length())) >= 0);
  }

  public static TlsRptRecord parse(String text) {
    if (!claims(text)) {
      return broken(text, "it must begin with v=TLSRPTv1;");
    }
    var rua = Optional.<List<String>>empty();
    for (var at = VERSION.length(); at < text.length(); ) {
      var semicolon = text.indexOf(';', at);
      var end = semicolon < 0 ? text.length() : semicolon;
      var field = trimmed(text.substring(at, end));
      var equals = field.indexOf('=');
      if (at == VERSION.length()) {
        if (!field.isEmpty()) {
          return broken(text, "';' expected after v=TLSRPTv1");
        }
      } else if (field.isEmpty()) {
        if (semicolon >= 0) {
          return broken(text, "an empty field");
        }
      } else if (equals <= 0) {
        return broken(text, "a field without '=': " + shown(field));
      } else if (field.startsWith("rua=")) {
        if (rua.isPresent()) {
          return broken(text, "rua= is there twice");
        }
        var uris = uris(field.substring("rua=".length()));
        var wrong = uris.stream().filter(uri -> !isUri(uri)).findFirst();
        if (wrong.isPresent()) {
          return broken(text, shown(wrong.get()) + " is neither a mailto: nor an https: address");
        }
        rua = Optional.of(uris);
      }
      at = end + 1;
    }
    return rua.map(uris -> new TlsRptRecord(text, uris, Optional.empty()))
        .orElseGet(() -> broken(text, "rua= is missing"));
  }

  private static TlsRptRecord broken(String text, String problem) {
    return new TlsRptRecord(text, List.of(), Optional.of(problem));
  }

  private static List<String> uris(String value) {
    var uris = new ArrayList<String>();
    for (var at = 0; at <= value.length() && uris.size() < MAX_URIS; ) {
      var comma = value.indexOf(',', at);
      var end = comma < 0 ? value.length() : comma;
      uris.add(trimmed(value.substring(at, end)));
      at = end + 1;
    }
    return uris;
  }

  private static boolean isUri(String uri) {
    var lower = uri.toLowerCase(Locale.ROOT);
    if (!uri.chars().allMatch(c -> c > 0x20 && c < 0x7f && "\"<>\\^`{|}!".indexOf(c) < 0)) {
      return false;
    }
    if (lower.startsWith("mailto:")) {
      var question = lower.indexOf('?');
      var address = lower.substring("mailto:".length(), question < 0 ? lower.length() : question);
      var at = address.lastIndexOf('@');
      return at > 0 && isHost(address.substring(at + 1));
    }
    if (!lower.startsWith("https://")) {
      return false;
    }
    var end = "https://".length();
    while (end < lower.length() && "/?#".indexOf(lower.charAt(end)) < 0) {
      end++;
    }
    var host = lower.substring("https://".length(), end);
    var port = host.lastIndexOf(':');
    return isHost(port < 0 ? host : host.substring(0, port));
  }

  private static boolean isHost(String host) {
    return !host.isEmpty() && !host.equals(".") && DnsName.parse(host).isPresent();
  }

  private static String trimmed(String text) {
    var start = 0;
    var end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  private static String shown(String text) {
    var clean = new StringBuilder("\"");
    text.chars().limit(48).forEach(c -> clean.append(c >= 0x20 && c < 0x7f ? (char) c : '?'));
    return clean.append(text.length() > 48 ? "…\"" : "\"").toString();
  }
}
