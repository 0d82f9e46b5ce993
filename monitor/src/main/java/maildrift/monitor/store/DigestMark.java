package maildrift.monitor.store;

import java.time.Instant;

/**
 * That the digest of a tenant was made.
 *
 * @param tenant its id; empty: the domains that have none
 * @param due the time of the schedule that it was made for
 * @param figures what the next one is compared with, as text
 */
public record DigestMark(String tenant, Instant due, Instant madeAt, String figures) {
  public DigestMark {
    due = Micros.of(due);
    madeAt = Micros.of(madeAt);
  }
}
