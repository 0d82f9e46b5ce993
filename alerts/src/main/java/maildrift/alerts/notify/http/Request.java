package maildrift.alerts.notify.http;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One HTTP request.
 *
 * @param uri http or https, with a host and without user or fragment
 * @param body sent as UTF-8; empty: none
 * @param allowPrivate connect also where the host's name leads to inner addresses
 * @param deadline for everything, from the resolution to the last byte
 * @param mostBytes of the response's body; what exceeds it is not read
 */
public record Request(
    String method,
    URI uri,
    Map<String, String> headers,
    String body,
    boolean allowPrivate,
    Duration deadline,
    int mostBytes) {

  public static final Duration DEADLINE = Duration.ofSeconds(30);

  /** What an operator may shorten it to. */
  public static final Duration LEAST_DEADLINE = Duration.ofMillis(100);

  public static final int MOST_BYTES = 64 * 1024;

  /** A shorter text, such as a lone slash, is nobody's secret. */
  private static final int SHORTEST_SECRET = 6;

  /** A shorter part of a path is a word such as "webhooks", which an answer may use, too. */
  private static final int SHORTEST_TOKEN = 16;

  public Request {
    headers = Collections.unmodifiableMap(new TreeMap<>(headers));
    check(uri);
    headers.forEach(
        (name, value) -> {
          if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':')) {
            throw new IllegalArgumentException("\"" + name + "\" is not a header's name");
          }
          if (!value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("the header " + name + " has an unprintable value");
          }
        });
    if (!deadline.isPositive() || mostBytes < 0) {
      throw new IllegalArgumentException("a request has a deadline and a limit");
    }
  }

  public static Request get(URI uri, boolean allowPrivate, Duration deadline, int mostBytes) {
    return new Request("GET", uri, Map.of(), "", allowPrivate, deadline, mostBytes);
  }

  public static Request post(
      URI uri, Map<String, String> headers, String body, boolean allowPrivate, Duration deadline) {
    return new Request("POST", uri, headers, body, allowPrivate, deadline, MOST_BYTES);
  }

  /**
   * Whether we can send to it.
   *
   * @throws IllegalArgumentException with what is wrong, but without the address, which may be a
   *     secret
   */
  public static URI check(URI uri) {
    var scheme = uri.getScheme();
    if (scheme == null || !(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))) {
      throw new IllegalArgumentException("the address must begin with http:// or https://");
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("the address has no host that we can read");
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException("the address must not have a user or password in it");
    }
    if (uri.getRawFragment() != null) {
      throw new IllegalArgumentException("the address must not have a # in it");
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw new IllegalArgumentException("the address has a port that does not exist");
    }
    return uri;
  }

  boolean isTls() {
    return uri.getScheme().equalsIgnoreCase("https");
  }

  int port() {
    if (uri.getPort() > 0) {
      return uri.getPort();
    }
    return isTls() ? 443 : 80;
  }

  /** Without brackets. */
  String host() {
    var host = uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  String target() {
    var path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  /** A text of the other side, in which our own words may come back. */
  String withoutSecrets(String text) {
    return withoutSecrets(text, List.of());
  }

  /**
   * The same, and without further secrets.
   *
   * @param further what else must not come back, such as a key that is a part of the body
   */
  String withoutSecrets(String text, List<String> further) {
    var own =
        Stream.concat(Stream.concat(ofAddress(), ofHeaders()), further.stream())
            .filter(secret -> secret.length() >= SHORTEST_SECRET)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
    var harmless = text;
    for (var secret : own) {
      harmless = harmless.replace(secret, "***");
    }
    return harmless;
  }

  /** As a whole and in parts, as sent and as read: services repeat it in each of these forms. */
  private Stream<String> ofAddress() {
    var path = Objects.requireNonNullElse(uri.getPath(), "");
    var rawPath = Objects.requireNonNullElse(uri.getRawPath(), "");
    var query = Objects.requireNonNullElse(uri.getQuery(), "");
    var rawQuery = Objects.requireNonNullElse(uri.getRawQuery(), "");
    var whole = Stream.of(path, rawPath, query, rawQuery);
    var parts =
        Stream.of(path, rawPath)
            .flatMap(text -> Stream.of(text.split("/", -1)))
            .filter(part -> part.length() >= SHORTEST_TOKEN);
    var values =
        Stream.of(query, rawQuery)
            .flatMap(text -> Stream.of(text.split("&", -1)))
            .map(pair -> pair.substring(pair.indexOf('=') + 1));
    return Stream.of(whole, parts, values).flatMap(texts -> texts);
  }

  /** "Bearer abc" may come back as abc. */
  private Stream<String> ofHeaders() {
    return headers.entrySet().stream()
        .filter(header -> !header.getKey().equalsIgnoreCase("Content-Type"))
        .map(Map.Entry::getValue)
        .flatMap(value -> Stream.of(value, value.substring(value.indexOf(' ') + 1)));
  }

  /** The address may be a secret; the host is not. */
  @Override
  public String toString() {
    return method + " " + uri.getScheme() + "://" + uri.getHost() + "/***";
  }
}
