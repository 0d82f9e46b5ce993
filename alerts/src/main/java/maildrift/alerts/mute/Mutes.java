package maildrift.alerts.mute;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.alerts.Labels;

/** All silences and maintenance windows; a value, replaced when one is added or ended. */
public record Mutes(List<Silence> silences, List<Maintenance> maintenance) {
  public static final Mutes NONE = new Mutes(List.of(), List.of());

  /** The alert that always fires: were it muted, whoever waits for it would call the alarm. */
  public static final String WATCHDOG = "Watchdog";

  /** Whether nothing mutes an alert with these labels. */
  public static boolean isExempt(Labels labels) {
    return labels.get("alertname").equals(WATCHDOG);
  }

  public Mutes {
    silences = List.copyOf(silences);
    maintenance = List.copyOf(maintenance);
  }

  /** Why an alert with these labels is not told. */
  public sealed interface Why {

    /** Every {@link #word} there is. */
    List<String> WORDS = List.of("maintenance", "silence", "inhibition", "hours");

    /** When it is told, if it still fires then; empty where that is not known beforehand. */
    Optional<Instant> ends();

    /** For people. */
    String text();

    /** What metrics call it. */
    String word();

    record Silenced(String id, String by, String comment, Instant until) implements Why {
      @Override
      public Optional<Instant> ends() {
        return Optional.of(until);
      }

      @Override
      public String text() {
        return named("silence", comment);
      }

      @Override
      public String word() {
        return "silence";
      }
    }

    record InMaintenance(String reason, Instant until) implements Why {
      @Override
      public Optional<Instant> ends() {
        return Optional.of(until);
      }

      @Override
      public String text() {
        return named("maintenance", reason);
      }

      @Override
      public String word() {
        return "maintenance";
      }
    }

    /**
     * A graver alert fires.
     *
     * @param by the fingerprints of such alerts
     * @param source one of them, in words
     * @param rule why the one hides the other
     */
    record Inhibited(List<String> by, String source, String rule) implements Why {
      public Inhibited {
        by = List.copyOf(by);
      }

      @Override
      public Optional<Instant> ends() {
        return Optional.empty();
      }

      @Override
      public String text() {
        return "inhibited by " + source + (rule.isEmpty() ? "" : ": " + rule);
      }

      @Override
      public String word() {
        return "inhibition";
      }
    }

    /**
     * Every route that it takes is outside its hours.
     *
     * @param intervals by name
     * @param where how the intervals stand to now, {@code within} or {@code outside}
     * @param hours those that are closed; when they open is looked for only where somebody asks,
     *     since ten thousand alerts that wait for the morning are counted at each scrape
     * @param at now
     */
    record OutsideHours(List<String> intervals, String where, Hours hours, Instant at)
        implements Why {
      public OutsideHours {
        intervals = List.copyOf(intervals);
      }

      @Override
      public Optional<Instant> ends() {
        return hours.nextChange(at);
      }

      @Override
      public String text() {
        return where + String.join(", ", intervals);
      }

      @Override
      public String word() {
        return "hours";
      }
    }

    private static String named(String what, String name) {
      return name.isEmpty() ? what : what + " “" + name + "”";
    }
  }

  /** Empty: it is told. */
  public Optional<Why> why(Labels labels, Instant now) {
    if (isExempt(labels)) {
      return Optional.empty();
    }
    for (var silence : silences) {
      if (silence.mutes(labels, now)) {
        return Optional.of(
            new Why.Silenced(
                silence.id(), silence.createdBy(), silence.comment(), silence.endsAt()));
      }
    }
    // Of windows that overlap the last to end counts.
    return maintenance.stream()
        .filter(window -> window.mutes(labels, now))
        .max(Comparator.comparing(Maintenance::until))
        .map(window -> new Why.InMaintenance(window.reason(), window.until()));
  }

  /**
   * What to say of an alert that is told now for the first time and that fired within a silence or
   * a maintenance window which is over.
   */
  public Optional<String> heldBack(Labels labels, Instant startsAt, Instant now) {
    if (isExempt(labels)) {
      return Optional.empty();
    }
    return Stream.concat(
            maintenance.stream()
                .filter(window -> window.covers(labels))
                .map(
                    window ->
                        new Past(
                            Why.named("maintenance", window.reason()),
                            window.from(),
                            window.until())),
            silences.stream()
                .filter(silence -> silence.endsAt().isAfter(startsAt))
                .filter(silence -> silence.covers(labels))
                .map(
                    silence ->
                        new Past(
                            "%s by %s"
                                .formatted(
                                    Why.named("silence", silence.comment()), silence.createdBy()),
                            silence.startsAt(),
                            silence.endsAt())))
        .filter(past -> past.until().isAfter(startsAt) && !past.until().isAfter(now))
        .max(Comparator.comparing(Past::until))
        .map(past -> past.text(startsAt));
  }

  /** What muted an alert and is over. */
  private record Past(String what, Instant from, Instant until) {
    String text(Instant startsAt) {
      return "held back by %s since %s, until %s"
          .formatted(
              what,
              (startsAt.isAfter(from) ? startsAt : from).truncatedTo(ChronoUnit.SECONDS),
              until.truncatedTo(ChronoUnit.SECONDS));
    }
  }

  /** The next time that a mute begins or ends. */
  public Optional<Instant> nextChange(Instant after) {
    return Stream.concat(
            silences.stream().flatMap(silence -> Stream.of(silence.startsAt(), silence.endsAt())),
            maintenance.stream().flatMap(window -> Stream.of(window.from(), window.until())))
        .filter(change -> change.isAfter(after))
        .min(Comparator.naturalOrder());
  }
}
