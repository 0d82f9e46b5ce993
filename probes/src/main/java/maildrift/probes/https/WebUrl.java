package maildrift.probes.https;

import java.util.Locale;
import java.util.Optional;
import maildrift.probes.dns.DnsName;

/**
 * The URL of a document that a record names (RFC 3986), as far as it can be read here: https, a
 * host name, the usual port.
 *
 * @param path with the query, at least a slash
 */
public record WebUrl(DnsName host, String path) {
  private static final String SCHEME = "https://";
  private static final int MAX_LENGTH = 2_000;

  /** What came of reading one. */
  public sealed interface Result {}

  public record Usable(WebUrl url) implements Result {}

  /**
   * It cannot be read from there.
   *
   * @param why half a sentence that goes on after the URL
   */
  public record Unusable(String why) implements Result {}

  public static Result parse(String written) {
    if (written.length() > MAX_LENGTH) {
      return new Unusable("is longer than %d characters".formatted(MAX_LENGTH));
    }
    if (!written.chars().allMatch(c -> c > 0x20 && c < 0x7f && "\"<>\\^`{|}".indexOf(c) < 0)) {
      return new Unusable("has characters that no URL has");
    }
    if (!written.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return new Unusable("is no https URL");
    }
    var end = SCHEME.length();
    while (end < written.length() && "/?#".indexOf(written.charAt(end)) < 0) {
      end++;
    }
    var authority = written.substring(SCHEME.length(), end).toLowerCase(Locale.ROOT);
    var colon = authority.indexOf(':');
    var port = colon < 0 ? "" : authority.substring(colon + 1);
    if (!port.isEmpty() && !port.equals("443")) {
      return new Unusable("names another port than that of https");
    }
    var host = host(colon < 0 ? authority : authority.substring(0, colon));
    var hash = written.indexOf('#', end);
    var path = written.substring(end, hash < 0 ? written.length() : hash);
    return host.<Result>map(
            name -> new Usable(new WebUrl(name, path.startsWith("/") ? path : "/" + path)))
        .orElseGet(() -> new Unusable("names no host"));
  }

  /** No user, no address literal: nobody publishes a document so. */
  private static Optional<DnsName> host(String text) {
    return text.chars()
            .allMatch(
                c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "-._".indexOf(c) >= 0)
        ? DnsName.parse(text)
            .filter(name -> name.labels().size() > 1)
            .filter(name -> !name.labels().getLast().chars().allMatch(c -> c >= '0' && c <= '9'))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "https://" + host + path;
  }
}
