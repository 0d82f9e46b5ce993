package maildrift.monitor.wiring;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import maildrift.alerts.outbox.Deliveries;
import maildrift.monitor.schedule.Scheduler;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.watch.AlertDesk;
import maildrift.monitor.web.Backend;

/**
 * Whether the daemon is well, and why not: for whoever asks over HTTP, the service manager and the
 * pulse. Does not block.
 */
final class Health {
  /** No look takes nearly as long. */
  private static final double STUCK_SECONDS = 600;

  private final Scheduler scheduler;
  private final AlertDesk desk;
  private final Deliveries deliveries;
  private final StateStore store;
  private final Discovery discovery;
  private final Rerouting rerouting;
  private final InForce inForce;
  private volatile boolean open;

  Health(
      Scheduler scheduler,
      AlertDesk desk,
      Deliveries deliveries,
      StateStore store,
      Discovery discovery,
      Rerouting rerouting,
      InForce inForce) {
    this.scheduler = scheduler;
    this.desk = desk;
    this.deliveries = deliveries;
    this.store = store;
    this.discovery = discovery;
    this.rerouting = rerouting;
    this.inForce = inForce;
  }

  /** Whether everything is started, and nothing is closed yet. */
  void open(boolean value) {
    open = value;
  }

  /** See {@link Backend#unwell}. */
  Map<String, String> unwell(boolean live) {
    var reasons = new LinkedHashMap<String, String>();
    // Being late is not being ill: with dead resolvers every look takes as long as it may.
    var stalled = scheduler.stalledSeconds();
    if (stalled > 30) {
      reasons.put("schedule", "the event loop has stood still for %.0f s".formatted(stalled));
    }
    desk.unwell().ifPresent(why -> reasons.put("alerts", why));
    if (scheduler.stuckSeconds() > STUCK_SECONDS) {
      reasons.put("looks", "no look has ended for %.0f s".formatted(scheduler.stuckSeconds()));
    }
    var stuck = deliveries.stuck();
    if (!stuck.isEmpty()) {
      reasons.put("deliveries", "nobody sends to " + String.join(", ", stuck));
    }
    if (!live) {
      if (!open) {
        reasons.put("start", "not everything is started yet");
      }
      desk.waiting().ifPresent(why -> reasons.put("alerts", why));
      var health = store.health();
      if (!health.writable()) {
        reasons.put("store", String.join("; ", health.reasons()));
      }
    }
    return reasons;
  }

  /** See {@link Backend#warnings}. */
  Map<String, String> warnings() {
    var warnings = new LinkedHashMap<String, String>();
    var unwell = new TreeSet<>(rerouting.unwell());
    unwell.retainAll(inForce.config().alerts().receivers().keySet());
    if (rerouting.nobodyHears()) {
      warnings.put("receivers", "no receiver takes what it is owed: nobody hears of anything");
    } else if (!unwell.isEmpty()) {
      warnings.put("receivers", "failing: " + String.join(", ", unwell));
    }
    // Anybody may ask: which, and why, is in the log and in discovery.refused, not here.
    discovery
        .unused()
        .forEach(
            (name, count) ->
                warnings.put(
                    DiscoveryCalendar.JOB + name,
                    count + " of its targets are not taken up as listed"));
    discovery
        .unwell()
        .forEach(
            name ->
                warnings.put(
                    DiscoveryCalendar.JOB + name,
                    "its list is not used; the one before stays in force"));
    return warnings;
  }

  /** Why dead-man's switches must not be told that all is well. */
  Map<String, String> standsStill() {
    var reasons = new LinkedHashMap<>(unwell(false));
    if (rerouting.nobodyHears()) {
      reasons.put("receivers", "no receiver takes what it is owed");
    }
    return reasons;
  }

  /** One line for whoever asks the service manager. */
  String status(int domains, int port) {
    var trouble = unwell(false);
    return "watches %d domain%s, port %d%s"
        .formatted(
            domains,
            domains == 1 ? "" : "s",
            port,
            trouble.isEmpty()
                ? ""
                : trouble.entrySet().stream()
                    .map(reason -> reason.getKey() + ": " + reason.getValue())
                    .collect(Collectors.joining("; ", "; not ready: ", "")));
  }
}
