package maildrift.monitor.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.network.Cidr;

/**
 * How the feed {@code m365-endpoints} is read, for domains whose profile names it.
 *
 * @param enabled whether it is read at all; without it there is no such source
 * @param url without the paths, which are the publisher's
 * @param refresh how often its version is asked for; the publisher allows once an hour
 * @param allowPrivate a name that resolves to a private address is used too
 * @param written its networks, from a file; then nothing is fetched
 */
public record FeedConfig(
    boolean enabled,
    URI url,
    Instance instance,
    Duration refresh,
    boolean allowPrivate,
    Optional<List<Cidr>> written) {
  static final Duration LEAST_REFRESH = Duration.ofHours(1);

  public static final FeedConfig DEFAULT =
      new FeedConfig(
          true,
          URI.create("https://endpoints.office.com"),
          Instance.WORLDWIDE,
          LEAST_REFRESH,
          false,
          Optional.empty());

  public FeedConfig {
    written = written.map(List::copyOf);
  }

  /** Microsoft's separate clouds, as the web service calls them. */
  public enum Instance {
    WORLDWIDE("Worldwide"),
    CHINA("China"),
    US_GOV_DOD("USGovDoD"),
    US_GOV_GCC_HIGH("USGovGCCHigh");

    private final String word;

    Instance(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }

    static List<String> words() {
      return Stream.of(values()).map(Instance::word).toList();
    }
  }
}
