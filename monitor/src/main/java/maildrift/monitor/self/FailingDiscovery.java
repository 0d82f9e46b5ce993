package maildrift.monitor.self;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Problem;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.watch.WatchRules;

/**
 * A source of domains has brought no list that is believed for too long: what was added to it is
 * watched by nobody. It is over with the next list that is.
 */
public final class FailingDiscovery implements Symptom {
  /** For so long a source may be away without a word, or for three refreshes that take longer. */
  static final Duration PATIENCE = Duration.ofHours(1);

  private static final int REFRESHES = 3;

  private final Supplier<List<ListSource>> sources;
  private final Presence presence;

  public FailingDiscovery(Supplier<List<ListSource>> sources, Presence presence) {
    this.sources = sources;
    this.presence = presence;
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(WatchRules.DISCOVERY_FAILING.id());
  }

  /** After a restart, and with other settings, until a list was believed: none was by that. */
  @Override
  public boolean hides(Labels labels, Instant now) {
    return sources.get().stream()
        .anyMatch(
            source -> source.name().equals(labels.get("subject")) && source.succeeded().isEmpty());
  }

  @Override
  public List<Problem> problems(Instant now) {
    return sources.get().stream()
        .filter(source -> source.why().isPresent() && isTooLong(source, now))
        .map(FailingDiscovery::problem)
        .toList();
  }

  private boolean isTooLong(ListSource source, Instant now) {
    var refreshes = source.refreshInterval().multipliedBy(REFRESHES);
    var patience = refreshes.compareTo(PATIENCE) > 0 ? refreshes : PATIENCE;
    return presence.between(source.succeeded().orElse(source.since()), now).compareTo(patience) > 0;
  }

  private static Problem problem(ListSource source) {
    return OwnProblem.of(
        WatchRules.DISCOVERY_FAILING,
        source.name(),
        "The list of domains %s cannot be used: %s"
            .formatted(source.name(), source.why().orElse("")),
        "Domains that were added to it since are not watched, and those that were taken out still are. The %d that it last brought stay. The last list that was believed: %s."
            .formatted(
                source.domains(),
                source
                    .succeeded()
                    .map(CheckJson::instant)
                    .orElse("none since " + CheckJson.instant(source.since()))),
        source.remedy());
  }
}
