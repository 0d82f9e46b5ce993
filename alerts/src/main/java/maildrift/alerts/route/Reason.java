package maildrift.alerts.route;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Why a group is told to its receiver. */
public enum Reason {
  /** The receiver knows of nothing in this group that fires. */
  FIRST,
  /** An alert joined. */
  NEW_ALERTS,
  /** One that was told is worse now: its severity rose. */
  WORSE,
  /** One that was told comes and goes; it is not told of again until it is steady. */
  FLAPPING,
  /** One that was told to be flapping fires steadily now. */
  STEADY,
  /** What one that was told is about, its diff, is another now. */
  CHANGED,
  /** One that was told is over. */
  RESOLVED,
  /** Nothing changed, it still fires, and repeat_interval has passed. */
  REPEAT;

  /** The word in notifications. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * What there is to tell, apart from repetition.
   *
   * @param told what the receiver believes to be firing
   * @param firing what fires and is not muted, by fingerprint
   * @param over whether something that was told is over
   */
  static Optional<Reason> toTell(
      Map<String, String> told, Map<String, Entry> firing, boolean over) {
    if (told.isEmpty()) {
      return firing.isEmpty() ? Optional.empty() : Optional.of(FIRST);
    }
    return firing.entrySet().stream()
        .flatMap(
            one ->
                Told.news(Optional.ofNullable(told.get(one.getKey())), one.getValue().alert)
                    .stream())
        .min(Reason::compareTo)
        .or(() -> over ? Optional.of(RESOLVED) : Optional.empty());
  }

  /**
   * When it is to be told.
   *
   * @param toldAt when the group was last told
   * @param openedAt when there first was something to tell
   */
  Instant due(Optional<Instant> toldAt, Instant openedAt, Grouping grouping) {
    var waited = openedAt.plus(grouping.groupWait());
    return switch (this) {
      case FIRST -> waited;
      case NEW_ALERTS, WORSE, FLAPPING, STEADY, CHANGED, RESOLVED ->
          toldAt
              .map(at -> at.plus(grouping.groupInterval()))
              .filter(waited::isBefore)
              .orElse(waited);
      case REPEAT -> toldAt.map(at -> at.plus(grouping.repeatInterval())).orElse(waited);
    };
  }
}
