package maildrift.alerts.route;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Collectors;
import maildrift.alerts.Alert;
import maildrift.alerts.Notification;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.ack.Acknowledgements;

/** What a group's receiver is told, as a notification. */
final class Telling {
  /** The word for a notification to those who hear of it because nobody took it. */
  private static final String ESCALATION = "escalation";

  private static final Comparator<Alert> WORST_FIRST =
      Comparator.comparing(Alert::severity)
          .reversed()
          .thenComparing(alert -> alert.labels().get("domain"))
          .thenComparing(alert -> alert.labels().get("alertname"))
          .thenComparing(alert -> alert.labels().get("subject"));

  private final Acknowledgements acknowledgements;
  private final HeldBack heldBack;
  private final Instant now;

  /** Why an alert is told late, if something that is over kept it back. */
  @FunctionalInterface
  interface HeldBack {
    Optional<String> why(Alert alert);
  }

  Telling(Acknowledgements acknowledgements, HeldBack heldBack, Instant now) {
    this.acknowledgements = acknowledgements;
    this.heldBack = heldBack;
    this.now = now;
  }

  /** The alerts that fire, then those that are over, the worst first. */
  Notification notification(
      Group group, Reason reason, Collection<Entry> firing, Collection<Entry> over, Links links) {
    var items = new ArrayList<Notification.Item>();
    firing.stream()
        .map(entry -> annotated(group, entry))
        .sorted(WORST_FIRST)
        .forEach(alert -> items.add(item(alert, Optional.empty(), links)));
    over.stream()
        .map(Entry::asOver)
        .sorted(WORST_FIRST)
        .forEach(alert -> items.add(item(alert, Optional.of(alert.endsAt().orElse(now)), links)));
    return new Notification(
        group.receiver,
        group.place.groupKey(),
        word(group, reason),
        group.place.labels(),
        items,
        links.externalUrl(),
        group.thread);
  }

  private static String word(Group group, Reason reason) {
    return group.isEscalation() && (reason == Reason.FIRST || reason == Reason.NEW_ALERTS)
        ? ESCALATION
        : reason.word();
  }

  static Notification.Item item(Alert alert, Optional<Instant> endsAt, Links links) {
    return new Notification.Item(
        alert.labels(),
        Steadiness.said(alert).annotations(),
        alert.startsAt(),
        endsAt,
        links.generator().apply(alert.labels()),
        alert.fingerprint());
  }

  private Alert annotated(Group group, Entry entry) {
    var alert = entry.alert;
    if (!group.told.containsKey(entry.fingerprint)) {
      alert = group.isEscalation() ? escalated(group, entry) : late(group, alert);
    }
    var taken = acknowledgements.of(entry.fingerprint);
    return taken.isPresent() ? acknowledged(alert, taken.get()) : alert;
  }

  /** Who hears of it late hears why. */
  private Alert late(Group group, Alert alert) {
    return heldBack
        .why(alert)
        .or(() -> outsideHours(group, alert))
        .map(why -> alert.annotated(Dispatcher.HELD_BACK, why))
        .orElse(alert);
  }

  private Optional<String> outsideHours(Group group, Alert alert) {
    var due = alert.startsAt().plus(group.place.grouping().groupWait());
    return group
        .place
        .why(due)
        .filter(why -> why.ends().filter(end -> !end.isAfter(now)).isPresent())
        .map(
            why ->
                "held back %s since %s, until %s"
                    .formatted(
                        why.text(),
                        due.truncatedTo(ChronoUnit.SECONDS),
                        why.ends().orElseThrow().truncatedTo(ChronoUnit.SECONDS)));
  }

  private Alert escalated(Group group, Entry entry) {
    var told =
        entry.toldBy.stream()
            .filter(other -> !other.receiver.equals(group.receiver))
            .map(
                other ->
                    other.receiver
                        + other
                            .toldSince(entry)
                            .map(at -> " at " + at.truncatedTo(ChronoUnit.SECONDS))
                            .orElse(""))
            .collect(Collectors.joining(", "));
    return entry.alert.annotated(
        ESCALATION,
        "nobody has acknowledged it within %s; it has fired for %s; told before: %s"
            .formatted(
                length(group.place.escalatedAfter().orElse(Duration.ZERO)),
                length(Duration.between(entry.alert.startsAt(), now)),
                told.isEmpty() ? "nobody who still hears of it" : told));
  }

  private static String length(Duration length) {
    var parts = new ArrayList<String>();
    if (length.toDays() > 0) {
      parts.add(length.toDays() + "d");
    }
    if (length.toHoursPart() > 0) {
      parts.add(length.toHoursPart() + "h");
    }
    if (length.toMinutesPart() > 0) {
      parts.add(length.toMinutesPart() + "m");
    }
    return parts.isEmpty() ? length.toSeconds() + "s" : String.join("", parts);
  }

  private static Alert acknowledged(Alert alert, Acknowledgement taken) {
    return alert.annotated(
        taken.holds() ? Dispatcher.ACKNOWLEDGED : Dispatcher.ACKNOWLEDGEMENT_ENDED, taken.text());
  }
}
