package maildrift.monitor.wiring;

import java.time.Instant;
import java.util.Optional;

/** What is measured where there may be nothing to measure. */
final class Sample {
  private Sample() {}

  /** Not a number where there is none: such a sample compares with nothing. */
  static double seconds(Optional<Instant> at) {
    return at.map(instant -> instant.toEpochMilli() / 1000.0).orElse(Double.NaN);
  }
}
