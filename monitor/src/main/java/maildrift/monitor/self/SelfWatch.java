package maildrift.monitor.self;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Severity;
import maildrift.alerts.state.AlertBook;
import maildrift.alerts.state.AlertTerms;
import maildrift.alerts.state.Transition;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.StateStore;

/**
 * Alerts about maildrift itself, which belong to no domain. A symptom decides when it is one: what
 * it says is told at once, at any severity, and ends at the first look without it.
 */
public final class SelfWatch {
  /** Under this name its alerts are kept in the store. */
  public static final String DOMAIN = "";

  private static final AlertTerms TERMS =
      AlertTerms.DEFAULT.confirmations(1).minimum(Severity.INFO);

  private final List<Symptom> symptoms;
  private final StateStore store;
  private final Clock clock;
  private final Consumer<List<Transition>> changed;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile List<Alert> alerts = List.of();

  /**
   * @param changed hears of what changed when it is stored
   */
  public SelfWatch(
      List<Symptom> symptoms, StateStore store, Clock clock, Consumer<List<Transition>> changed) {
    this.symptoms = List.copyOf(symptoms);
    this.store = store;
    this.clock = clock;
    this.changed = changed;
  }

  /** Goes on from before a restart. */
  public void restore(List<Alert> kept) {
    lock.lock();
    try {
      alerts = List.copyOf(kept);
      for (var symptom : symptoms) {
        symptom.restored(
            kept.stream()
                .filter(alert -> symptom.alertnames().contains(alert.labels().get("alertname")))
                .toList());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Looks now. */
  public void look() {
    lock.lock();
    try {
      var now = clock.instant();
      var step =
          AlertBook.step(
              alerts,
              symptoms.stream().flatMap(symptom -> symptom.problems(now).stream()).toList(),
              labels -> isHidden(labels, now),
              now,
              TERMS);
      step = ended(step, now);
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

  /** With what symptoms say of alerts that end. */
  private AlertBook.Step ended(AlertBook.Step step, Instant now) {
    var ended = new HashMap<String, Alert>();
    for (var transition : step.transitions()) {
      if (transition instanceof Transition.Resolved(var alert)) {
        symptoms.stream()
            .filter(symptom -> symptom.alertnames().contains(alert.labels().get("alertname")))
            .flatMap(symptom -> symptom.ending(alert.labels(), now).stream())
            .findFirst()
            .ifPresent(
                how -> ended.put(alert.fingerprint(), alert.annotated(AlertBook.RESOLUTION, how)));
      }
    }
    return ended.isEmpty()
        ? step
        : new AlertBook.Step(
            step.alerts().stream()
                .map(alert -> ended.getOrDefault(alert.fingerprint(), alert))
                .toList(),
            step.transitions().stream()
                .map(
                    transition ->
                        transition instanceof Transition.Resolved(var alert)
                            ? new Transition.Resolved(
                                ended.getOrDefault(alert.fingerprint(), alert))
                            : transition)
                .toList());
  }

  private boolean isHidden(Labels labels, Instant now) {
    return symptoms.stream()
        .filter(symptom -> symptom.alertnames().contains(labels.get("alertname")))
        .anyMatch(symptom -> symptom.hides(labels, now));
  }

  public List<Alert> alerts() {
    return alerts;
  }

  /** Takes out a resolved alert that nobody needs to hear of any more. */
  public void forget(Alert alert) {
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
