package maildrift.monitor.wiring;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maildrift.alerts.outbox.Deliveries;
import maildrift.alerts.outbox.Failure;
import maildrift.monitor.metrics.Metrics;
import maildrift.monitor.metrics.Names;
import maildrift.monitor.self.ReceiverState;
import maildrift.monitor.self.ReceiverWatch;

/** Measures each receiver while it is configured. */
final class ReceiverMeters {
  private static final List<Names> METERS =
      List.of(
          Names.NOTIFICATIONS,
          Names.NOTIFICATIONS_FAILED,
          Names.NOTIFICATIONS_PENDING,
          Names.NOTIFICATION_OLDEST_PENDING,
          Names.NOTIFICATION_LAST_SUCCESS,
          Names.NOTIFICATIONS_GIVEN_UP,
          Names.RECEIVER_DISABLED);

  private final Metrics metrics;
  private final Deliveries deliveries;
  private final ReceiverWatch receivers;

  /** Guarded by the lock of {@link InForce}. */
  private final Set<String> meteredReceivers = new HashSet<>();

  ReceiverMeters(Metrics metrics, Deliveries deliveries, ReceiverWatch receivers) {
    this.metrics = metrics;
    this.deliveries = deliveries;
    this.receivers = receivers;
  }

  void configured(Set<String> configured) {
    for (var gone : List.copyOf(meteredReceivers)) {
      if (!configured.contains(gone)) {
        METERS.forEach(name -> metrics.remove(name, gone));
        meteredReceivers.remove(gone);
      }
    }
    for (var receiver : configured) {
      if (meteredReceivers.add(receiver)) {
        metrics.counter(Names.NOTIFICATIONS, () -> attempts(receiver), receiver);
        for (var failure : Failure.values()) {
          metrics.counter(
              Names.NOTIFICATIONS_FAILED,
              () -> failed(receiver, failure),
              receiver,
              failure.word());
        }
        // As of a moment ago: a scrape must not wait for a database that is away.
        metrics.gauge(
            Names.NOTIFICATIONS_PENDING,
            () -> receivers.state(receiver).map(ReceiverState::pending).orElse(0L),
            receiver);
        metrics.gauge(
            Names.NOTIFICATION_OLDEST_PENDING,
            () -> Sample.seconds(receivers.state(receiver).flatMap(ReceiverState::oldest)),
            receiver);
        metrics.gauge(
            Names.NOTIFICATION_LAST_SUCCESS,
            () -> Sample.seconds(receivers.state(receiver).flatMap(ReceiverState::lastSuccess)),
            receiver);
        metrics.gauge(
            Names.NOTIFICATIONS_GIVEN_UP,
            () -> receivers.state(receiver).map(ReceiverState::givenUp).orElse(0L),
            receiver);
        metrics.gauge(
            Names.RECEIVER_DISABLED, () -> receivers.gone(receiver).isPresent() ? 1 : 0, receiver);
      }
    }
  }

  private long attempts(String receiver) {
    var counts = deliveries.counts().get(receiver);
    return counts == null
        ? 0
        : counts.sent() + counts.failed().values().stream().mapToLong(Long::longValue).sum();
  }

  private long failed(String receiver, Failure failure) {
    var counts = deliveries.counts().get(receiver);
    return counts == null ? 0 : counts.failed().getOrDefault(failure, 0L);
  }
}
