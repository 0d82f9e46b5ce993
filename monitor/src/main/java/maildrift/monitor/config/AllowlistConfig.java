package maildrift.monitor.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.network.Cidr;

/** A declared allowlist and where its networks come from. */
public record AllowlistConfig(String name, Duration doubleRun, Source source) {

  /** Where the networks are. */
  public sealed interface Source {}

  /** Written in the configuration, or read from a file beside it. */
  public record Written(List<Cidr> networks) implements Source {
    public Written {
      networks = List.copyOf(networks);
    }
  }

  /**
   * Fetched while the daemon runs; one network a line, {@code #} starts a comment.
   *
   * @param refresh how often
   * @param allowPrivate a name that resolves to a private address is used too
   */
  public record Fetched(URI url, Duration refresh, boolean allowPrivate) implements Source {
    public static final Duration DEFAULT_REFRESH = Duration.ofHours(1);

    /** Path and query may be secret. */
    @Override
    public String toString() {
      return "Fetched[url=%s, refresh=%s]".formatted(Urls.shown(url), refresh);
    }
  }

  /** As known right after loading: a list that must be fetched is not readable yet. */
  public Allowlist initial() {
    return switch (source) {
      case Written(var networks) -> new Allowlist(name, networks, doubleRun, Optional.empty());
      case Fetched(var url, _, _) ->
          unreadable("the list of %s has not been fetched yet".formatted(Urls.shown(url)));
    };
  }

  /** With the networks that were fetched. */
  public Allowlist holding(List<Cidr> networks) {
    return new Allowlist(name, networks, doubleRun, Optional.empty());
  }

  /** When the networks cannot be had: nothing is judged. */
  public Allowlist unreadable(String why) {
    return new Allowlist(name, List.of(), doubleRun, Optional.of(why));
  }
}
