package maildrift.alerts.route;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.Alert;
import maildrift.alerts.Alert.Phase;
import maildrift.alerts.state.AlertBook;

/** An alert, the groups that it belongs to now, and those whose receivers believe it fires. */
final class Entry {
  final String fingerprint;
  Alert alert;
  Set<Group> groups = Set.of();
  final Set<Group> toldBy = new LinkedHashSet<>();

  /** When others hear of it if nobody takes it before. */
  Optional<Instant> climbsAt = Optional.empty();

  Entry(String fingerprint, Alert alert) {
    this.fingerprint = fingerprint;
    this.alert = alert;
  }

  boolean isFiring() {
    return alert.phase() == Phase.FIRING;
  }

  /** It is over, and everybody knows. */
  boolean isSettled() {
    return alert.phase() == Phase.RESOLVED && toldBy.isEmpty();
  }

  /** It was over, and what was seen since is not confirmed. */
  boolean mayBeBack() {
    return alert.phase() == Phase.PENDING && alert.endsAt().isPresent();
  }

  Instant end() {
    return alert.endsAt().orElse(alert.updatedAt());
  }

  /** What is said of it where it is over; it may go on elsewhere. */
  Alert asOver() {
    if (alert.phase() == Phase.RESOLVED) {
      return alert;
    }
    if (mayBeBack()) {
      var end = end();
      return new Alert(
              alert.labels(),
              alert.annotations(),
              alert.phase(),
              alert.looks(),
              alert.flaps(),
              alert.startsAt().isAfter(end) ? end : alert.startsAt(),
              alert.updatedAt(),
              alert.endsAt(),
              alert.course())
          .annotated(
              AlertBook.RESOLUTION, "it was over; that it is back was seen, but not confirmed");
    }
    var elsewhere = groups.stream().map(group -> group.receiver).distinct().toList();
    return alert.annotated(
        AlertBook.RESOLUTION,
        elsewhere.isEmpty()
            ? "it goes on, but no route leads here any more"
            : "it goes on as "
                + alert.severity().word()
                + ", told to "
                + String.join(", ", elsewhere));
  }
}
