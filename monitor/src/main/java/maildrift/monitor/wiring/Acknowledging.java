package maildrift.monitor.wiring;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import maildrift.alerts.Labels;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.watch.AlertDesk;

/**
 * What follows from a person's taking an alert or giving it back: the line of history and what
 * listeners hear. Who has taken which alert is the desk's.
 */
final class Acknowledging {
  private final AlertDesk desk;
  private final StateStore store;
  private final Happenings happenings;
  private final AllAlerts alerts;

  Acknowledging(AlertDesk desk, StateStore store, Happenings happenings, AllAlerts alerts) {
    this.desk = desk;
    this.store = store;
    this.happenings = happenings;
    this.alerts = alerts;
  }

  Optional<Acknowledgement> acknowledge(String fingerprint, String by, String comment) {
    var taken = desk.acknowledge(fingerprint, by, comment);
    taken.ifPresent(one -> remember(fingerprint, "acknowledged " + one.text(), one.at()));
    taken.ifPresent(_ -> tellTaken(fingerprint, true, by));
    return taken;
  }

  List<Acknowledgement> acknowledge(Collection<String> fingerprints, String by, String comment) {
    var taken = desk.acknowledge(fingerprints, by, comment);
    var labels = new HashMap<String, Labels>();
    alerts.all().forEach(alert -> labels.put(alert.fingerprint(), alert.labels()));
    var lines = Batch.builder();
    for (var one : taken) {
      Optional.ofNullable(labels.get(one.fingerprint()))
          .flatMap(of -> line(of, Optional.empty(), "acknowledged " + one.text(), one.at()))
          .ifPresent(lines::change);
    }
    var _ = store.submit(lines.build());
    taken.forEach(one -> tellTaken(one.fingerprint(), true, by));
    return taken;
  }

  boolean unacknowledge(String fingerprint, String by) {
    var wasTaken = desk.unacknowledge(fingerprint, by).isPresent();
    if (wasTaken) {
      tellTaken(fingerprint, false, by);
    }
    return wasTaken;
  }

  private void tellTaken(String fingerprint, boolean isTaken, String by) {
    alerts.of(fingerprint).ifPresent(alert -> happenings.acknowledged(alert.labels(), isTaken, by));
  }

  private void remember(String fingerprint, String after, Instant at) {
    line(fingerprint, Optional.empty(), after, at)
        .ifPresent(
            line -> {
              var _ = store.submit(Batch.builder().change(line).build());
            });
  }

  /** Whoever ended it: a person, or the alert that has become worse or about something else. */
  Optional<Change> endOf(Acknowledgement taken) {
    return taken
        .ended()
        .flatMap(
            end -> line(taken.fingerprint(), Optional.of(taken.takenText()), end.why(), end.at()));
  }

  private Optional<Change> line(
      String fingerprint, Optional<String> before, String after, Instant at) {
    return alerts.of(fingerprint).flatMap(alert -> line(alert.labels(), before, after, at));
  }

  /** A line of the domain's history; empty where the alert is about none. */
  private static Optional<Change> line(
      Labels labels, Optional<String> before, String after, Instant at) {
    return labels.get("domain").isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Change(
                at,
                labels.get("domain"),
                labels.get("tenant"),
                labels.get("alertname") + " " + labels.get("subject"),
                before,
                Optional.of(after),
                Change.ACKNOWLEDGED));
  }
}
