package maildrift.monitor.web;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import maildrift.alerts.Alert;
import maildrift.alerts.Flaps;
import maildrift.alerts.state.Policy;
import maildrift.monitor.config.Durations;
import tools.jackson.core.JsonGenerator;

/** What an alert still waits for, and whether it comes and goes, in words and in JSON. */
final class AlertProgress {
  private AlertProgress() {}

  /** Empty where there is nothing to wait for. */
  static Optional<String> text(Alert alert, Policy policy) {
    return switch (alert.phase()) {
      case PENDING ->
          Optional.of(
              "%d of %d looks agree%s, since %s"
                  .formatted(
                      Math.min(alert.looks(), policy.confirmations()),
                      policy.confirmations(),
                      policy.holdFor().isZero()
                          ? ""
                          : " for %s of %s"
                              .formatted(text(alert.course().held()), text(policy.holdFor())),
                      alert.startsAt().truncatedTo(ChronoUnit.SECONDS)));
      case FIRING ->
          bout(alert)
              .map(
                  bout ->
                      "flapping: it changed %d times within %s, noticed %s; told again when it is steady"
                          .formatted(
                              bout.changes(),
                              text(bout.within()),
                              bout.since().truncatedTo(ChronoUnit.SECONDS)))
              .or(
                  () ->
                      Optional.of(alert.looks())
                          .filter(looks -> looks > 0)
                          .map(looks -> "the last %d looks did not see it".formatted(looks)));
      case RESOLVED -> Optional.empty();
    };
  }

  /** Into an alert's {@code status}. */
  static void json(JsonGenerator json, Alert alert, Policy policy) {
    if (alert.phase() == Alert.Phase.PENDING) {
      json.writeObjectPropertyStart("pending");
      json.writeNumberProperty("looks", alert.looks());
      json.writeNumberProperty("confirmations", policy.confirmations());
      json.writeStringProperty("held", text(alert.course().held()));
      json.writeStringProperty("for", text(policy.holdFor()));
      json.writeStringProperty("since", alert.startsAt().toString());
      json.writeEndObject();
    }
    json.writeBooleanProperty("flapping", alert.isFlapping());
    text(alert, policy).ifPresent(text -> json.writeStringProperty("progress", text));
  }

  private static Optional<Flaps.Bout> bout(Alert alert) {
    return alert.course().flaps().flatMap(Flaps::bout);
  }

  private static String text(Duration duration) {
    return Durations.text(duration.truncatedTo(ChronoUnit.SECONDS));
  }
}
