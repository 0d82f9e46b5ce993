package maildrift.monitor.self;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Problem;

/** Something about maildrift itself that may be wrong. */
public interface Symptom {

  /** The alerts that are its own, by {@code alertname}; no two symptoms share one. */
  Set<String> alertnames();

  /**
   * What is wrong now; the same problem must read the same at every look, so without the time of
   * the look. A symptom may leave out {@code domain}: its alerts have none.
   */
  List<Problem> problems(Instant now);

  /** Whether nothing can be said of an alert with these labels now: then it stays as it is. */
  default boolean hides(Labels labels, Instant now) {
    return false;
  }

  /** What is said of an alert with these labels when it ends now; empty: nothing. */
  default Optional<String> ending(Labels labels, Instant now) {
    return Optional.empty();
  }

  /** Goes on from before a restart, when these alerts of its own were there. */
  default void restored(List<Alert> own) {}
}
