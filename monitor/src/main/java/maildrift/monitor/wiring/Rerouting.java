package maildrift.monitor.wiring;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.alerts.outbox.Deliveries;
import maildrift.alerts.route.Routing;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.self.Detours;
import maildrift.monitor.self.ReceiverState;
import maildrift.monitor.self.ReceiverWatch;
import maildrift.monitor.watch.AlertDesk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where alerts go: as configured, but alerts about receivers do not rely on those that they are
 * about. Looks now and then which receivers are unwell; then alerts change places.
 */
final class Rerouting {
  private static final Logger LOG = LoggerFactory.getLogger(Rerouting.class);

  private final ReceiverWatch receivers;
  private final Deliveries deliveries;
  private final AlertDesk desk;
  private final InForce inForce;
  private volatile Set<String> unwellReceivers = Set.of();

  Rerouting(ReceiverWatch receivers, Deliveries deliveries, AlertDesk desk, InForce inForce) {
    this.receivers = receivers;
    this.deliveries = deliveries;
    this.desk = desk;
    this.inForce = inForce;
  }

  /**
   * Before the first decision: who was told of a dead receiver in its place is neither told that it
   * is over nor told again.
   */
  void restore() {
    receivers.look(Map.of());
    unwellReceivers = receivers.unwell();
  }

  /** As of the last look. */
  Set<String> unwell() {
    return unwellReceivers;
  }

  Routing of(MonitorConfig settings) {
    return Detours.around(
        settings.alerts().routing(), unwellReceivers, settings.alerts().grouping());
  }

  /** Called by one at a time; blocks as the store does. */
  void look() {
    receivers.look(deliveries.counts());
    var unwell = receivers.unwell();
    if (!unwell.equals(unwellReceivers)) {
      unwellReceivers = unwell;
      inForce.lock.lock();
      try {
        desk.routing(of(inForce.config()));
      } finally {
        inForce.lock.unlock();
      }
      if (nobodyHears()) {
        LOG.error("no receiver takes what it is owed: nobody hears of anything ({})", unwell);
      }
    }
  }

  /** Whether all receivers that there are have been unreachable for too long or want no more. */
  boolean nobodyHears() {
    var names = inForce.config().alerts().receivers().keySet();
    var deaf =
        receivers.states().stream()
            .filter(
                state -> state.isLate() || state.condition() == ReceiverState.Condition.DISABLED)
            .map(ReceiverState::name)
            .collect(Collectors.toSet());
    return !names.isEmpty() && deaf.containsAll(names);
  }
}
