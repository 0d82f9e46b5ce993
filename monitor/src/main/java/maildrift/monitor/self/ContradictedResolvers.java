package maildrift.monitor.self;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Problem;
import maildrift.monitor.config.ScheduleConfig;
import maildrift.monitor.watch.Denials;
import maildrift.monitor.watch.WatchRules;

/** The resolvers keep saying what better servers deny: one message, and no domain is blamed. */
public final class ContradictedResolvers implements Symptom {
  private static final String RESOLVERS = "resolvers";
  private static final int MOST_NAMED = 5;

  private final Denials denials;
  private final Resolving resolving;
  private final Supplier<ScheduleConfig> schedule;
  private final Clock clock;

  /** Denials are counted anew after a restart, and what fired before goes on until then. */
  private volatile Instant counting = Instant.EPOCH;

  public ContradictedResolvers(
      Denials denials, Resolving resolving, Supplier<ScheduleConfig> schedule, Clock clock) {
    this.denials = denials;
    this.resolving = resolving;
    this.schedule = schedule;
    this.clock = clock;
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(WatchRules.CONTRADICTED.id());
  }

  @Override
  public List<Problem> problems(Instant now) {
    var denied = denials.often();
    return denied.isEmpty() ? List.of() : List.of(problem(denied));
  }

  @Override
  public boolean hides(Labels labels, Instant now) {
    return now.isBefore(counting) || resolving.unusable(schedule.get().unobservableAfter());
  }

  @Override
  public void restored(List<Alert> own) {
    if (own.stream().anyMatch(alert -> alert.phase() == Alert.Phase.FIRING)) {
      counting = clock.instant().plus(schedule.get().interval().multipliedBy(Denials.OFTEN + 1L));
    }
  }

  private static Problem problem(List<String> denied) {
    var named = String.join("\n", denied.subList(0, Math.min(MOST_NAMED, denied.size())));
    var more =
        denied.size() > MOST_NAMED ? "\nand %d more".formatted(denied.size() - MOST_NAMED) : "";
    return OwnProblem.of(
        WatchRules.CONTRADICTED,
        RESOLVERS,
        "The resolvers keep saying what %s denied %d times in a row and more"
            .formatted("looks past their caches and the authoritative servers have", Denials.OFTEN),
        WatchRules.CONTRADICTED.why() + " What they would have raised:\n" + named + more,
        WatchRules.CONTRADICTED.remedy());
  }
}
