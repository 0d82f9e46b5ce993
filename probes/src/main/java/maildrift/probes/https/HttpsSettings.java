package maildrift.probes.https;

import java.time.Duration;

/**
 * How documents of the web are read.
 *
 * @param port of every host
 * @param allowPrivate whether loopback, private and other special addresses are contacted that DNS
 *     gave
 * @param timeout the whole of one GET, from the connection to the last octet; RFC 8461 §3.3 gives
 *     it a minute, a look at a domain has less
 */
public record HttpsSettings(int port, boolean allowPrivate, Duration timeout) {

  private static final Duration LONGEST = Duration.ofMinutes(1);

  public static final HttpsSettings DEFAULT = new HttpsSettings(443, false, Duration.ofSeconds(15));

  public HttpsSettings {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
    if (timeout.compareTo(Duration.ofMillis(100)) < 0 || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("the timeout must be 100ms to 1m, was " + timeout);
    }
  }

  public HttpsSettings port(int value) {
    return new HttpsSettings(value, allowPrivate, timeout);
  }

  public HttpsSettings allowPrivate(boolean value) {
    return new HttpsSettings(port, value, timeout);
  }

  public HttpsSettings timeout(Duration value) {
    return new HttpsSettings(port, allowPrivate, value);
  }
}
