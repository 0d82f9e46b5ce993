package maildrift.monitor.wiring;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maildrift.monitor.config.HeartbeatConfig;
import maildrift.monitor.metrics.Metrics;
import maildrift.monitor.metrics.Names;
import maildrift.monitor.self.Heartbeats;

/** Measures each dead-man's switch while it is configured. */
final class HeartbeatMeters {
  private final Metrics metrics;
  private final Heartbeats heartbeats;

  /** Guarded by the lock of {@link InForce}. */
  private final Set<String> meteredHeartbeats = new HashSet<>();

  HeartbeatMeters(Metrics metrics, Heartbeats heartbeats) {
    this.metrics = metrics;
    this.heartbeats = heartbeats;
  }

  void configured(List<HeartbeatConfig> next) {
    var names = next.stream().map(HeartbeatConfig::name).toList();
    meteredHeartbeats.removeIf(
        gone -> {
          if (names.contains(gone)) {
            return false;
          }
          metrics.remove(Names.HEARTBEAT_LAST_SUCCESS, gone);
          metrics.remove(Names.HEARTBEAT_INTERVAL, gone);
          return true;
        });
    for (var name : names) {
      if (meteredHeartbeats.add(name)) {
        metrics.gauge(
            Names.HEARTBEAT_LAST_SUCCESS, () -> Sample.seconds(heartbeats.lastSuccess(name)), name);
        metrics.gauge(
            Names.HEARTBEAT_INTERVAL,
            () ->
                heartbeats
                    .interval(name)
                    .map(interval -> interval.toMillis() / 1000.0)
                    .orElse(Double.NaN),
            name);
      }
    }
  }
}
