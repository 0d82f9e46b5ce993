package maildrift.monitor.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import maildrift.alerts.notify.Credentials;

/**
 * A list of domains that somebody else keeps, in the format of Prometheus' file_sd and http_sd.
 *
 * @param name in the configuration
 * @param refreshInterval how often it is read, and how often a doubtful list must be the same
 * @param allowEmpty whether a list without any domain is believed where there were some
 */
public record DiscoveryConfig(
    String name, Source source, Duration refreshInterval, boolean allowEmpty) {
  static final Duration FILES_REFRESH = Duration.ofMinutes(5);
  static final Duration URL_REFRESH = Duration.ofMinutes(1);
  static final Duration LEAST_REFRESH = Duration.ofSeconds(5);

  /** Where it is. */
  public sealed interface Source {}

  /** As file_sd: files whose names match one of the patterns; together they are one list. */
  public record Files(List<Pattern> patterns) implements Source {
    public Files {
      patterns = List.copyOf(patterns);
    }
  }

  /**
   * A name, or one with {@code *} in its last part.
   *
   * @param shown as it is written
   */
  public record Pattern(String shown, Path folder, String glob) {}

  /** As http_sd: GET, answered with 200. */
  public record Url(URI url, boolean allowPrivate, Optional<Credentials> credentials)
      implements Source {
    @Override
    public String toString() {
      return "Url[url=%s]".formatted(Urls.shown(url));
    }
  }
}
