package maildrift.monitor.wiring;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import maildrift.alerts.Alert;
import maildrift.alerts.state.AlertBook;
import maildrift.alerts.state.AlertTerms;
import maildrift.alerts.state.Problem;
import maildrift.alerts.state.Transition;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.watch.WatchRules;

/**
 * Alerts about maildrift's own eyes, which belong to no domain: one message when the resolvers as a
 * whole cannot look.
 */
final class SelfWatch {
  /** Under this name its alerts are kept in the store. */
  static final String DOMAIN = "";

  private static final AlertTerms TERMS = AlertTerms.DEFAULT.confirmations(1);

  private final Resolving resolving;
  private final StateStore store;
  private final Clock clock;
  private final Consumer<List<Transition>> changed;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile List<Alert> alerts = List.of();

  SelfWatch(
      Resolving resolving, StateStore store, Clock clock, Consumer<List<Transition>> changed) {
    this.resolving = resolving;
    this.store = store;
    this.clock = clock;
    this.changed = changed;
  }

  void restore(List<Alert> kept) {
    lock.lock();
    try {
      alerts = List.copyOf(kept);
      alerts.stream()
          .filter(alert -> alert.phase() == Alert.Phase.FIRING)
          .map(Alert::startsAt)
          .forEach(resolving::silentSince);
    } finally {
      lock.unlock();
    }
  }

  /** Looks now. */
  void look(Duration unobservableAfter) {
    lock.lock();
    try {
      var problems =
          resolving.unusable(unobservableAfter)
              ? List.of(problem(unobservableAfter))
              : List.<Problem>of();
      var step =
          AlertBook.step(alerts, problems, _ -> !resolving.everAnswered(), clock.instant(), TERMS);
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

  private Problem problem(Duration after) {
    var labels =
        Map.of(
            "alertname",
            WatchRules.UNOBSERVABLE.id(),
            "subject",
            "resolvers",
            "cause",
            "resolvers",
            "severity",
            WatchRules.UNOBSERVABLE.severity().word());
    var annotations = new TreeMap<String, String>();
    // Without the time of the look: the same problem must read the same at every look.
    annotations.put(
        "summary", "The resolvers have answered nothing since %s".formatted(resolving.since()));
    annotations.put(
        "description",
        WatchRules.UNOBSERVABLE.why() + " No domain is blamed for it; longer than " + after + ".");
    annotations.put(
        "remedy",
        "Look at the resolvers in dns.resolvers, and at the network between them and maildrift.");
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
