package maildrift.monitor.store;

import java.time.Instant;

/** A time in which maildrift did not run, or stood still. */
public record Absence(Instant from, Instant to) {
  public Absence {
    from = Micros.of(from);
    to = Micros.of(to);
  }
}
