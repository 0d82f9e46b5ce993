package maildrift.monitor.self;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Problem;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.watch.WatchRules;

/** The resolvers as a whole cannot look: one message, and no domain is blamed. */
public final class SilentResolvers implements Symptom {
  private static final String RESOLVERS = "resolvers";

  private final Resolving resolving;
  private final Supplier<Duration> after;

  /**
   * @param after how long they may be silent, {@code schedule.unobservable_after}
   */
  public SilentResolvers(Resolving resolving, Supplier<Duration> after) {
    this.resolving = resolving;
    this.after = after;
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(WatchRules.UNOBSERVABLE.id());
  }

  @Override
  public List<Problem> problems(Instant now) {
    return resolving.unusable(after.get())
        ? List.of(
            OwnProblem.of(
                WatchRules.UNOBSERVABLE,
                RESOLVERS,
                "The resolvers have answered nothing since %s"
                    .formatted(CheckJson.instant(resolving.since())),
                WatchRules.UNOBSERVABLE.why()
                    + " No domain is blamed for it; longer than "
                    + after.get()
                    + ".",
                "Look at the resolvers in dns.resolvers, and at the network between them and maildrift."))
        : List.of();
  }

  @Override
  public boolean hides(Labels labels, Instant now) {
    return !resolving.everAnswered();
  }

  @Override
  public void restored(List<Alert> own) {
    own.stream()
        .filter(alert -> alert.phase() == Alert.Phase.FIRING)
        .map(Alert::startsAt)
        .forEach(resolving::silentSince);
  }
}
