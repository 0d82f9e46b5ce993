package maildrift.monitor.wiring;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import maildrift.alerts.Alert;
import maildrift.alerts.Severity;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.mute.Mutes;
import maildrift.monitor.metrics.Asked;
import maildrift.monitor.metrics.Metrics;
import maildrift.monitor.metrics.Names;
import maildrift.monitor.metrics.Sink;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.watch.AlertDesk;
import maildrift.monitor.web.Backend;

/** What is measured of alerts, and the metrics' text. Counts alerts once a scrape. */
final class Scrape {
  private final Metrics metrics;
  private final StateTable table;
  private final AllAlerts alerts;
  private final AlertDesk desk;
  private final InForce inForce;
  private final Clock clock;

  /** As of the last scrape. */
  private volatile AlertCounts alertCounts = AlertCounts.NONE;

  Scrape(
      Metrics metrics,
      StateTable table,
      AllAlerts alerts,
      AlertDesk desk,
      InForce inForce,
      Clock clock) {
    this.metrics = metrics;
    this.table = table;
    this.alerts = alerts;
    this.desk = desk;
    this.inForce = inForce;
    this.clock = clock;
  }

  void meters() {
    for (var phase : List.of(Alert.Phase.PENDING, Alert.Phase.FIRING)) {
      for (var severity : Severity.values()) {
        metrics.gauge(
            Names.ALERTS, () -> alertCounts.of(phase, severity), phase.word(), severity.word());
      }
    }
    muteMeters();
  }

  /** By why they are not told, and how many windows there are. */
  private void muteMeters() {
    metrics.gauge(Names.ALERTS_ACKNOWLEDGED, () -> alertCounts.acknowledged());
    for (var by : Mutes.Why.WORDS) {
      metrics.gauge(Names.ALERTS_MUTED, () -> alertCounts.muted().getOrDefault(by, 0L), by);
    }
    metrics.gauge(
        Names.MAINTENANCE_WINDOWS,
        () -> desk.mutes().maintenance().stream().filter(one -> one.isOn(clock.instant())).count(),
        "on");
    metrics.gauge(
        Names.MAINTENANCE_WINDOWS,
        () ->
            desk.mutes().maintenance().stream()
                .filter(one -> one.from().isAfter(clock.instant()))
                .count(),
        "announced");
  }

  /** In one pass, because each alert is held against every mute. */
  private AlertCounts countAlerts() {
    return AlertCounts.of(
        alerts.all(),
        desk::whys,
        alert ->
            desk.acknowledgement(alert.fingerprint()).filter(Acknowledgement::holds).isPresent());
  }

  /** See {@link Backend#metrics(Asked, Sink)}. */
  void of(Asked asked, Sink reader) {
    alertCounts = countAlerts();
    metrics.scrape(table.all(), asked, inForce.config().metrics(), reader);
  }

  /** See {@link Backend#metrics(Collection, Asked, Sink)}. */
  void of(Collection<DomainState> states, Asked asked, Sink reader) {
    metrics.domains(states, asked, inForce.config().metrics(), reader);
  }
}
