package maildrift.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How an alert has come to where it stands. It is kept with the alert, so that a restart goes on
 * where it was.
 *
 * @param held for how long looks have agreed on the next phase. Only time between looks counts, and
 *     no more of it than looks are apart: a night in which nobody looked holds nothing
 * @param heldAt when the last of those looks was; empty: none was yet
 * @param flaps what looks have shown since it first went away; empty: it never did
 * @param firedSince of a pending alert that fired before: when it began then
 */
public record Course(
    Duration held, Optional<Instant> heldAt, Optional<Flaps> flaps, Optional<Instant> firedSince) {
  /** Nothing to remember. */
  public static final Course STRAIGHT =
      new Course(Duration.ZERO, Optional.empty(), Optional.empty(), Optional.empty());

  public Course {
    if (held.isNegative()) {
      throw new IllegalArgumentException("nothing is held for a negative time, was " + held);
    }
  }

  /** Looks have agreed for so long now. */
  public Course held(Duration value, Instant at) {
    return new Course(value, Optional.of(at), flaps, firedSince);
  }

  public Course flaps(Optional<Flaps> value) {
    return new Course(held, heldAt, value, firedSince);
  }

  public Course firedSince(Optional<Instant> value) {
    return new Course(held, heldAt, flaps, value);
  }

  /** As texts, for stores; empty for {@link #STRAIGHT}. */
  public SortedMap<String, String> texts() {
    var texts = new TreeMap<String, String>();
    heldAt.ifPresent(
        at -> {
          texts.put("held", held.toString());
          texts.put("held_at", at.toString());
        });
    firedSince.ifPresent(at -> texts.put("fired_since", at.toString()));
    flaps.ifPresent(
        own -> {
          texts.put("looks", own.looks());
          texts.put("looked_at", own.lookedAt().toString());
          own.bout()
              .ifPresent(
                  bout -> {
                    texts.put("flapping_changes", "" + bout.changes());
                    texts.put("flapping_within", bout.within().toString());
                    texts.put("flapping_since", bout.since().toString());
                  });
        });
    return Collections.unmodifiableSortedMap(texts);
  }

  /** What {@link #texts} made. */
  public static Course of(Map<String, String> texts) {
    return new Course(
        Optional.ofNullable(texts.get("held")).map(Duration::parse).orElse(Duration.ZERO),
        time(texts, "held_at"),
        time(texts, "looked_at")
            .map(
                at ->
                    new Flaps(
                        texts.getOrDefault("looks", ""),
                        at,
                        time(texts, "flapping_since")
                            .map(
                                since ->
                                    new Flaps.Bout(
                                        Integer.parseInt(
                                            texts.getOrDefault("flapping_changes", "0")),
                                        Duration.parse(
                                            texts.getOrDefault("flapping_within", "PT0S")),
                                        since)))),
        time(texts, "fired_since"));
  }

  private static Optional<Instant> time(Map<String, String> texts, String name) {
    return Optional.ofNullable(texts.get(name)).map(Instant::parse);
  }
}
