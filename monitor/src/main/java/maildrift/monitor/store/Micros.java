package maildrift.monitor.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Times are kept to the microsecond, because PostgreSQL keeps no more: what is read equals what was
 * written, in every store.
 */
final class Micros {
  private Micros() {}

  static Instant of(Instant time) {
    return time.truncatedTo(ChronoUnit.MICROS);
  }
}
