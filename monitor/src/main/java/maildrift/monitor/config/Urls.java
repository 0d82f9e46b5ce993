package maildrift.monitor.config;

import java.net.URI;
import java.net.URISyntaxException;

/** Addresses of other people's services. */
final class Urls {
  private Urls() {}

  /**
   * An http or https URL. Plain http is for address literals, {@code localhost} and hosts that the
   * operator calls private; anything else would send secrets and lists in clear text.
   *
   * @throws IllegalArgumentException that says what is wrong; the URL's path is not repeated, since
   *     it may be a secret
   */
  static URI service(String written, boolean allowPrivate) {
    var url = web(written);
    if (url.getScheme().equals("http") && !allowPrivate && !isLiteral(url.getHost())) {
      throw new IllegalArgumentException(
          "'%s' would go in clear text; write https://, or set allow_private: true for an inner host"
              .formatted(shown(url)));
    }
    return url;
  }

  /** An http or https URL with a host and without credentials. */
  static URI web(String written) {
    URI url;
    try {
      url = new URI(written);
    } catch (URISyntaxException malformed) {
      throw new IllegalArgumentException(
          "'%s' is not a URL: %s"
              .formatted(Words.shortened(beforePath(written)), malformed.getReason()),
          malformed);
    }
    if (url.getScheme() == null
        || !(url.getScheme().equals("https") || url.getScheme().equals("http"))) {
      throw new IllegalArgumentException(
          "'%s' is not a URL that starts with https:// or http://"
              .formatted(Words.shortened(beforePath(written))));
    }
    if (url.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the URL of '%s' carries a user; credentials have keys of their own"
              .formatted(String.valueOf(url.getHost())));
    }
    if (url.getHost() == null || url.getPort() > 65_535) {
      throw new IllegalArgumentException(
          "'%s' is a URL without a valid host".formatted(Words.shortened(beforePath(written))));
    }
    if (url.getRawFragment() != null) {
      throw new IllegalArgumentException("'%s' must not have a # part".formatted(shown(url)));
    }
    return url;
  }

  /** Without path and query, which may be secret. */
  static String shown(URI url) {
    return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }

  private static String beforePath(String written) {
    var scheme = written.indexOf("://");
    var path = written.indexOf('/', scheme < 0 ? 0 : scheme + 3);
    return path < 0 ? written : written.substring(0, path);
  }

  private static boolean isLiteral(String host) {
    var bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    try {
      return host.equalsIgnoreCase("localhost") || HostPort.parse(bare, 0).literal().isPresent();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
