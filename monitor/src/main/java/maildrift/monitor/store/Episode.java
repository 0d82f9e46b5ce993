package maildrift.monitor.store;

import java.time.Instant;
import java.util.Optional;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.state.AlertBook;

/**
 * One time that an alert fired, from its start to its end.
 *
 * @param endedAt empty while it fires
 * @param summary what was wrong
 * @param resolution how it ended; empty where there is nothing to say
 */
public record Episode(
    String fingerprint,
    Instant startedAt,
    Optional<Instant> endedAt,
    Labels labels,
    String summary,
    String resolution) {

  public Episode {
    startedAt = Micros.of(startedAt);
    endedAt = endedAt.map(Micros::of);
    summary = Texts.storable(summary);
    resolution = Texts.storable(resolution);
  }

  /** What of it is worth remembering; empty while nobody knows whether it is true. */
  static Optional<Episode> of(Alert alert) {
    return switch (alert.phase()) {
      case PENDING -> Optional.empty();
      case FIRING -> Optional.of(of(alert, Optional.empty()));
      case RESOLVED -> Optional.of(of(alert, alert.endsAt()));
    };
  }

  private static Episode of(Alert alert, Optional<Instant> end) {
    return new Episode(
        alert.fingerprint(),
        alert.startsAt(),
        end,
        alert.labels(),
        alert.annotations().getOrDefault("summary", ""),
        alert.annotations().getOrDefault(AlertBook.RESOLUTION, ""));
  }

  public String tenant() {
    return labels.get("tenant");
  }
}
