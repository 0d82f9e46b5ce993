package maildrift.monitor.config;

import java.time.Duration;

/**
 * How often domains are looked at.
 *
 * @param interval per domain, 1s at least
 * @param confirmAfter what looks wrong is looked at again, past every cache
 * @param confirmations looks that must agree, the first included
 * @param unobservableAfter then {@code probe.unobservable} is violated
 */
public record ScheduleConfig(
    Duration interval, Duration confirmAfter, int confirmations, Duration unobservableAfter) {
  public static final ScheduleConfig DEFAULT =
      new ScheduleConfig(Duration.ofMinutes(5), Duration.ofSeconds(30), 2, Duration.ofHours(6));

  public ScheduleConfig {
    if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("schedule.interval must be at least 1s, was " + interval);
    }
    if (confirmations < 1) {
      throw new IllegalArgumentException(
          "schedule.confirmations must be at least 1, was " + confirmations);
    }
  }
}
