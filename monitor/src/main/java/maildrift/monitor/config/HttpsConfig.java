package maildrift.monitor.config;

import java.time.Duration;
import maildrift.probes.https.HttpsSettings;

/**
 * How documents of the web are read, such as MTA-STS policies.
 *
 * @param port of every host
 * @param allowPrivate connect to loopback and private addresses (laboratories)
 * @param timeout of one document, from connecting to the last octet
 */
public record HttpsConfig(int port, boolean allowPrivate, Duration timeout) {
  public static final HttpsConfig DEFAULT =
      new HttpsConfig(
          HttpsSettings.DEFAULT.port(),
          HttpsSettings.DEFAULT.allowPrivate(),
          HttpsSettings.DEFAULT.timeout());

  public HttpsSettings settings() {
    return HttpsSettings.DEFAULT.port(port).allowPrivate(allowPrivate).timeout(timeout);
  }
}
