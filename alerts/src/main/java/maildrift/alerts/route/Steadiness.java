package maildrift.alerts.route;

import java.time.temporal.ChronoUnit;
import maildrift.alerts.Alert;
import maildrift.alerts.Flaps;

/** How an alert that comes and goes is told. */
final class Steadiness {
  /** The annotation that says so. */
  static final String FLAPPING = "flapping";

  private Steadiness() {}

  /** The alert as receivers read it. */
  static Alert said(Alert alert) {
    return alert.course().flaps().flatMap(Flaps::bout).map(bout -> said(alert, bout)).orElse(alert);
  }

  private static Alert said(Alert alert, Flaps.Bout bout) {
    var summary = alert.annotations().getOrDefault("summary", "");
    return alert
        .annotated("summary", "Flapping: " + summary)
        .annotated(
            FLAPPING,
            "it changed %d times within %s, noticed %s; you hear of it again when it is steady"
                .formatted(
                    bout.changes(), text(bout), bout.since().truncatedTo(ChronoUnit.SECONDS)));
  }

  private static String text(Flaps.Bout bout) {
    var seconds = bout.within().toSeconds();
    return seconds < 120 ? seconds + " s" : seconds / 60 + " min";
  }
}
