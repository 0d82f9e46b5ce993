package maildrift.monitor.config;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/**
 * A dead-man's switch elsewhere that is told again and again that maildrift is alive. The URL is a
 * secret: who knows it can pretend that maildrift lives.
 *
 * @param name in the configuration
 * @param interval between two beats
 * @param allowPrivate a name that resolves to a private address is used too
 */
public record HeartbeatConfig(
    String name, URI url, Duration interval, Method method, boolean allowPrivate) {
  public static final Duration INTERVAL = Duration.ofMinutes(1);

  /** How it is told. */
  public enum Method {
    POST,
    GET;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public String toString() {
    return "HeartbeatConfig[name=%s, url=%s]".formatted(name, Urls.shown(url));
  }
}
