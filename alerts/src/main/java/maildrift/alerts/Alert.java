package maildrift.alerts;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A finding over time.
 *
 * @param labels its identity; severity is a label as in Alertmanager, but not part of the {@link
 *     #fingerprint}: a re-graded finding stays the same alert
 * @param annotations summary, description, remedy, diff: what is said, not who it is
 * @param phase where it stands
 * @param looks how many looks in a row have agreed while pending, the first included
 * @param startsAt when the first of those looks was
 * @param updatedAt when it was last seen, or found hidden
 * @param endsAt when it was found resolved
 */
public record Alert(
    Labels labels,
    SortedMap<String, String> annotations,
    Phase phase,
    int looks,
    Instant startsAt,
    Instant updatedAt,
    Optional<Instant> endsAt) {

  public Alert {
    annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
  }

  /** Pending is seen but not yet confirmed, and nobody is told. */
  public enum Phase {
    PENDING,
    FIRING,
    RESOLVED;

    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public String fingerprint() {
    return fingerprint(labels);
  }

  public static String fingerprint(Labels labels) {
    var identity = new TreeMap<>(labels.map());
    identity.remove("severity");
    return new Labels(identity).fingerprint();
  }

  public Alert annotations(Map<String, String> value) {
    return new Alert(labels, new TreeMap<>(value), phase, looks, startsAt, updatedAt, endsAt);
  }
}
