package maildrift.monitor.self;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Problem;
import maildrift.monitor.config.Durations;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.watch.WatchRules;

/** The resolvers as a whole cannot look: one message, and no domain is blamed. */
public final class SilentResolvers implements Symptom {
  private static final String RESOLVERS = "resolvers";

  /** A resolver that is started anew is nothing to tell of. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Resolving resolving;
  private final OwnNetwork network;
  private final Supplier<Duration> after;
  private final Supplier<List<String>> commands;

  /**
   * @param after how long they may be silent, {@code schedule.unobservable_after}
   * @param commands that ask each of them
   */
  public SilentResolvers(
      Resolving resolving,
      OwnNetwork network,
      Supplier<Duration> after,
      Supplier<List<String>> commands) {
    this.resolving = resolving;
    this.network = network;
    this.after = after;
    this.commands = commands;
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(WatchRules.UNOBSERVABLE.id());
  }

  @Override
  public List<Problem> problems(Instant now) {
    return network
        .closed()
        .filter(closed -> !closed.since().plus(patience()).isAfter(now))
        .map(
            closed ->
                problem(
                    "Nothing can be looked at from here since %s: %s"
                        .formatted(CheckJson.instant(closed.since()), closed.text()),
                    " No domain is judged meanwhile."))
        .or(
            () ->
                // Who was not asked has not been silent.
                resolving.unusable(after.get()) && network.isFailing()
                    ? Optional.of(
                        problem(
                            "The resolvers have answered nothing since %s"
                                .formatted(CheckJson.instant(resolving.since())),
                            " No domain is blamed for it; longer than "
                                + Durations.text(after.get())
                                + "."))
                    : Optional.empty())
        .stream()
        .toList();
  }

  private Duration patience() {
    return after.get().compareTo(PATIENCE) < 0 ? after.get() : PATIENCE;
  }

  private Problem problem(String summary, String more) {
    return OwnProblem.of(
        WatchRules.UNOBSERVABLE,
        RESOLVERS,
        summary,
        WatchRules.UNOBSERVABLE.why() + more,
        "Look at the resolvers, and at the network between them and maildrift. From the machine that maildrift runs on:\n"
            + String.join("\n", commands.get()));
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
