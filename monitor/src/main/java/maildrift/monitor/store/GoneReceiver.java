package maildrift.monitor.store;

import java.time.Instant;

/**
 * A receiver that said that it wants no more notifications (410).
 *
 * @param mark of its configuration at that time, which says nothing of its secrets
 */
public record GoneReceiver(String receiver, String mark, String why, Instant at) {
  public GoneReceiver {
    at = Micros.of(at);
  }
}
