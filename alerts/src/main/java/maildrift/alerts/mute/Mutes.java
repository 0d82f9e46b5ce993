package maildrift.alerts.mute;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.alerts.Labels;

/** All silences and maintenance windows; a value, replaced when one is added or ended. */
public record Mutes(List<Silence> silences, List<Maintenance> maintenance) {
  public static final Mutes NONE = new Mutes(List.of(), List.of());

  public Mutes {
    silences = List.copyOf(silences);
    maintenance = List.copyOf(maintenance);
  }

  /** Why an alert with these labels is not told. */
  public sealed interface Why {
    record Silenced(String id, String comment) implements Why {}

    record InMaintenance(String reason) implements Why {}
  }

  /** Empty: it is told. */
  public Optional<Why> why(Labels labels, Instant now) {
    for (var silence : silences) {
      if (silence.mutes(labels, now)) {
        return Optional.of(new Why.Silenced(silence.id(), silence.comment()));
      }
    }
    for (var window : maintenance) {
      if (window.mutes(labels, now)) {
        return Optional.of(new Why.InMaintenance(window.reason()));
      }
    }
    return Optional.empty();
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
