package maildrift.monitor.wiring;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.state.AlertBook;
import maildrift.alerts.state.AlertTerms;
import maildrift.alerts.state.Problem;
import maildrift.alerts.state.Transition;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.watch.Denials;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.Rule;

/**
 * Alerts about maildrift's own eyes, which belong to no domain: one message when the resolvers as a
 * whole cannot look, and one when they keep saying what better servers deny.
 */
final class SelfWatch {
  /** Under this name its alerts are kept in the store. */
  static final String DOMAIN = "";

  private static final AlertTerms TERMS = AlertTerms.DEFAULT.confirmations(1);

  private static final String RESOLVERS = "resolvers";
  private static final int MOST_NAMED = 5;

  private final Resolving resolving;
  private final Denials denials;
  private final StateStore store;
  private final Clock clock;
  private final Consumer<List<Transition>> changed;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile List<Alert> alerts = List.of();

  /** Denials are counted anew after a restart, and what fired before goes on until then. */
  private volatile Instant counting = Instant.EPOCH;

  SelfWatch(
      Resolving resolving,
      Denials denials,
      StateStore store,
      Clock clock,
      Consumer<List<Transition>> changed) {
    this.resolving = resolving;
    this.denials = denials;
    this.store = store;
    this.clock = clock;
    this.changed = changed;
  }

  /**
   * Goes on from before a restart.
   *
   * @param interval between a domain's turns
   */
  void restore(List<Alert> kept, Duration interval) {
    lock.lock();
    try {
      alerts = List.copyOf(kept);
      if (firing(WatchRules.CONTRADICTED).findAny().isPresent()) {
        counting = clock.instant().plus(interval.multipliedBy(Denials.OFTEN + 1L));
      }
      firing(WatchRules.UNOBSERVABLE).map(Alert::startsAt).forEach(resolving::silentSince);
    } finally {
      lock.unlock();
    }
  }

  /** Looks now. */
  void look(Duration unobservableAfter) {
    lock.lock();
    try {
      var now = clock.instant();
      var problems = new ArrayList<Problem>();
      if (resolving.unusable(unobservableAfter)) {
        problems.add(problem(unobservableAfter));
      }
      var denied = denials.often();
      if (!denied.isEmpty()) {
        problems.add(problem(denied));
      }
      var step =
          AlertBook.step(
              alerts,
              problems,
              labels ->
                  isOf(labels.get("alertname"), WatchRules.CONTRADICTED)
                      ? now.isBefore(counting) || resolving.unusable(unobservableAfter)
                      : !resolving.everAnswered(),
              now,
              TERMS);
      if (step.transitions().isEmpty()) {
        return;
      }
      var batch = Batch.builder();
      for (var transition : step.transitions()) {
        if (transition instanceof Transition.Dropped(var alert)) {
          batch.dropAlert(alert.fingerprint());
        } else {
          batch.alert(DOMAIN, transition.alert());
        }
      }
      store.commit(batch.build());
      alerts = step.alerts();
      changed.accept(step.transitions());
    } finally {
      lock.unlock();
    }
  }

  private Stream<Alert> firing(Rule rule) {
    return alerts.stream()
        .filter(alert -> alert.phase() == Alert.Phase.FIRING)
        .filter(alert -> isOf(alert.labels().get("alertname"), rule));
  }

  private static boolean isOf(String alertname, Rule rule) {
    return alertname.equals(rule.id());
  }

  private Problem problem(Duration after) {
    // Without the time of the look: the same problem must read the same at every look.
    return problem(
        WatchRules.UNOBSERVABLE,
        "The resolvers have answered nothing since %s"
            .formatted(CheckJson.instant(resolving.since())),
        WatchRules.UNOBSERVABLE.why() + " No domain is blamed for it; longer than " + after + ".",
        "Look at the resolvers in dns.resolvers, and at the network between them and maildrift.");
  }

  private static Problem problem(List<String> denied) {
    var named = String.join("\n", denied.subList(0, Math.min(MOST_NAMED, denied.size())));
    var more =
        denied.size() > MOST_NAMED ? "\nand %d more".formatted(denied.size() - MOST_NAMED) : "";
    return problem(
        WatchRules.CONTRADICTED,
        "The resolvers keep saying what %s denied %d times in a row and more"
            .formatted("looks past their caches and the authoritative servers have", Denials.OFTEN),
        WatchRules.CONTRADICTED.why() + " What they would have raised:\n" + named + more,
        WatchRules.CONTRADICTED.remedy());
  }

  private static Problem problem(Rule rule, String summary, String description, String remedy) {
    var labels =
        Map.of(
            "alertname",
            rule.id(),
            "subject",
            RESOLVERS,
            "cause",
            RESOLVERS,
            "severity",
            rule.severity().word());
    var annotations = new TreeMap<String, String>();
    annotations.put("summary", summary);
    annotations.put("description", description);
    annotations.put("remedy", remedy);
    return Problem.of(labels, annotations);
  }

  List<Alert> alerts() {
    return alerts;
  }

  /** Takes out a resolved alert that nobody needs to hear of any more. */
  void forget(Alert alert) {
    lock.lock();
    try {
      alerts =
          alerts.stream()
              .filter(
                  own ->
                      own.phase() != Alert.Phase.RESOLVED
                          || !own.fingerprint().equals(alert.fingerprint()))
              .toList();
    } finally {
      lock.unlock();
    }
  }
}
