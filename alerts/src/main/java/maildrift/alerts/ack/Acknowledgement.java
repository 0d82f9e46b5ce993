package maildrift.alerts.ack;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Severity;

/**
 * A person has taken an alert: it is not repeated and not escalated. That ends when the alert gets
 * worse or is about something else, and is forgotten when it resolves.
 *
 * @param fingerprint of the alert
 * @param by who
 * @param comment may be empty
 * @param severity of the alert at that time
 * @param content {@link Alert#content} at that time
 * @param ended present when it holds no more
 */
public record Acknowledgement(
    String fingerprint,
    String by,
    Instant at,
    String comment,
    String severity,
    String content,
    Optional<Ended> ended) {

  public static final int LONGEST_NAME = 200;
  public static final int LONGEST_COMMENT = 2_000;

  /** Since when it holds no more, and why, in words. */
  public record Ended(Instant at, String why) {}

  /** Of the alert as it is now. */
  public static Acknowledgement of(Alert alert, String by, Instant at, String comment) {
    return new Acknowledgement(
        alert.fingerprint(),
        by,
        at,
        comment,
        alert.severity().word(),
        alert.content(),
        Optional.empty());
  }

  public boolean holds() {
    return ended.isEmpty();
  }

  public Acknowledgement end(Instant now, String why) {
    return ended.isPresent()
        ? this
        : new Acknowledgement(
            fingerprint, by, at, comment, severity, content, Optional.of(new Ended(now, why)));
  }

  /** Why it does not hold for the alert as it is now; empty: it does. */
  Optional<String> outgrownBy(Alert alert) {
    if (alert.severity().compareTo(Severity.of(Labels.of(Map.of("severity", severity)))) > 0) {
      return Optional.of(
          "the severity rose from %s to %s".formatted(severity, alert.severity().word()));
    }
    return alert.isFlapping() || alert.content().equals(content)
        ? Optional.empty()
        : Optional.of("what it is about changed");
  }

  /** For people: who took it, and why. */
  public String takenText() {
    return "by %s at %s%s"
        .formatted(by, at.truncatedTo(ChronoUnit.SECONDS), comment.isEmpty() ? "" : ": " + comment);
  }

  /** For people. */
  public String text() {
    var taken = takenText();
    return ended
        .map(
            end ->
                "%s; ended at %s: %s"
                    .formatted(taken, end.at().truncatedTo(ChronoUnit.SECONDS), end.why()))
        .orElse(taken);
  }
}
