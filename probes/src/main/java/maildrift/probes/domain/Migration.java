package maildrift.probes.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A domain's declared move from what one profile prescribes to what another does. Before its start
 * the old state is right, within the window both are, after it the new one.
 *
 * @param start of the window, in which the records are changed
 * @param window how long both states are right: positive, at most {@link #LONGEST_WINDOW}
 * @param from what is prescribed until the start
 * @param to what is prescribed from the start on
 * @param checklist the checklist that goes with it, by name
 * @param reason in the operator's words; may be empty
 * @param mailboxes what becomes of them
 */
public record Migration(
    Instant start,
    Duration window,
    Prescription from,
    Prescription to,
    Optional<String> checklist,
    String reason,
    Mailboxes mailboxes) {

  /** DNS changes may take this long to be seen everywhere. */
  public static final Duration LONGEST_WINDOW = Duration.ofDays(3);

  /** For so long before the start times to live must have been low. */
  public static final Duration LEAD = Duration.ofDays(1);

  /** For so long after the end of the window nobody is reminded of low times to live. */
  public static final Duration AFTERCARE = Duration.ofDays(7);

  /** The highest time to live of MX and SPF that lets a change be seen soon, in seconds. */
  public static final long LOW_TTL = 300;

  public Migration {
    if (!window.isPositive() || window.compareTo(LONGEST_WINDOW) > 0) {
      throw new IllegalArgumentException(
          "the window of a migration must be between 1s and 72h, was " + window);
    }
  }

  /** One in which nobody's mailboxes play a part. */
  public Migration(
      Instant start,
      Duration window,
      Prescription from,
      Prescription to,
      Optional<String> checklist,
      String reason) {
    this(start, window, from, to, checklist, reason, Mailboxes.NONE);
  }

  /** What becomes of a domain's mailboxes when its mail takes another way. */
  public enum Mailboxes {
    /** They stay at the old provider, behind the new one. */
    STAY,
    /** They go to the new provider, or elsewhere. */
    MOVE,
    /** Neither of the two has them. */
    NONE;

    public String word() {
      return switch (this) {
        case STAY -> "stay";
        case MOVE -> "move";
        case NONE -> "none";
      };
    }
  }

  /**
   * What the old provider goes on to prescribe as the one that holds the mailboxes, if it does. Its
   * place in SPF is left to the operator: the mailboxes may send through the new provider only.
   */
  public Optional<Prescription> staying() {
    return mailboxes == Mailboxes.STAY
        ? Optional.of(
            from.role(Role.MAILBOX)
                .mx(List.of())
                .spf(List.of(), "", false)
                .spfProbe(List.of())
                .spfHosts(List.of())
                .spfAvoid(Map.of()))
        : Optional.empty();
  }

  public Instant end() {
    return start.plus(window);
  }

  public Phase phase(Instant now) {
    if (now.isBefore(start.minus(LEAD))) {
      return Phase.ANNOUNCED;
    }
    if (now.isBefore(start)) {
      return Phase.LEAD;
    }
    return now.isBefore(end()) ? Phase.WINDOW : Phase.AFTER;
  }

  /** Where a migration stands. */
  public enum Phase {
    /** More than a day before the start. */
    ANNOUNCED,
    /** The last day before it, in which times to live must be low. */
    LEAD,
    /** The records are being changed; both states are right. */
    WINDOW,
    /** The new state alone is right. */
    AFTER;

    public String word() {
      return switch (this) {
        case ANNOUNCED -> "announced";
        case LEAD -> "lead";
        case WINDOW -> "window";
        case AFTER -> "after";
      };
    }
  }
}
