package maildrift.monitor.config;

import java.time.Duration;
import java.util.List;

/**
 * How maildrift watches over itself.
 *
 * @param receiverFailingAfter how long the oldest notification may wait before others are told
 * @param heartbeats whom to tell that it is alive
 * @param watchdog whether the alert that always fires does
 */
public record OwnAlertsConfig(
    Duration receiverFailingAfter, List<HeartbeatConfig> heartbeats, boolean watchdog) {
  public static final OwnAlertsConfig DEFAULT =
      new OwnAlertsConfig(Duration.ofMinutes(15), List.of(), true);

  public OwnAlertsConfig {
    heartbeats = List.copyOf(heartbeats);
  }
}
