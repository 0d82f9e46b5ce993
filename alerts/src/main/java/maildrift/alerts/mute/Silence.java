package maildrift.alerts.mute;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;

/**
 * Alerts with these labels are not told for a time; as in Alertmanager.
 *
 * @param id for ever its own
 * @param matchers all must match
 * @param startsAt from here
 * @param endsAt to here, exclusive
 * @param createdBy who
 * @param comment why
 * @param updatedAt when it was made, or last changed
 */
public record Silence(
    String id,
    List<Matcher> matchers,
    Instant startsAt,
    Instant endsAt,
    String createdBy,
    String comment,
    Instant updatedAt) {

  public Silence {
    matchers = List.copyOf(matchers);
    if (matchers.isEmpty() || matchers.stream().allMatch(Matcher::matchesEmpty)) {
      throw new IllegalArgumentException(
          "a silence needs a matcher that does not match an empty value; this one would mute all");
    }
    if (!endsAt.isAfter(startsAt)) {
      throw new IllegalArgumentException("a silence must end after it starts");
    }
  }

  /** One that was made when it started. */
  public Silence(
      String id,
      List<Matcher> matchers,
      Instant startsAt,
      Instant endsAt,
      String createdBy,
      String comment) {
    this(id, matchers, startsAt, endsAt, createdBy, comment, startsAt);
  }

  /** Where a silence stands; the words are Alertmanager's. */
  public enum State {
    PENDING,
    ACTIVE,
    EXPIRED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public State state(Instant now) {
    if (now.isBefore(startsAt)) {
      return State.PENDING;
    }
    return now.isBefore(endsAt) ? State.ACTIVE : State.EXPIRED;
  }

  /**
   * The same, over as of now: one that was active ends, one that never began is made of no length.
   */
  public Silence expire(Instant now) {
    return switch (state(now)) {
      case PENDING -> new Silence(id, matchers, now.minusMillis(1), now, createdBy, comment, now);
      case ACTIVE ->
          new Silence(
              id,
              matchers,
              startsAt.isBefore(now) ? startsAt : now.minusMillis(1),
              now,
              createdBy,
              comment,
              now);
      case EXPIRED -> this;
    };
  }

  public boolean mutes(Labels labels, Instant now) {
    return state(now) == State.ACTIVE && covers(labels);
  }

  /** Whatever the time is. What is said of a silence itself, it does not hide. */
  public boolean covers(Labels labels) {
    return matchers.stream().allMatch(matcher -> matcher.matches(labels))
        && !labels.get("subject").equals(id);
  }
}
