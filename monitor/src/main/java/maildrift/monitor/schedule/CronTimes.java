package maildrift.monitor.schedule;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.Optional;
import java.util.TimeZone;
import org.quartz.CronExpression;

/**
 * The times of a calendar expression in Quartz' notation, {@code 0 0 7 ? * MON}: seconds, minutes,
 * hours, day of month, month, day of week.
 */
public record CronTimes(String expression, ZoneId zone) {
  /** Work of the calendar is not for every minute. */
  private static final Duration LEAST_APART = Duration.ofHours(1);

  private static final int LOOKED_AT = 50;

  /** No time before it is asked for. */
  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

  /**
   * @throws IllegalArgumentException with what is wrong
   */
  public CronTimes {
    var parsed = parsed(expression, zone);
    var at = Date.from(FIRST);
    for (var i = 0; i < LOOKED_AT; i++) {
      var next = parsed.getNextValidTimeAfter(at);
      if (next == null) {
        if (i == 0) {
          throw new IllegalArgumentException("'%s' is never".formatted(expression));
        }
        break;
      }
      if (i > 0 && Duration.between(at.toInstant(), next.toInstant()).compareTo(LEAST_APART) < 0) {
        throw new IllegalArgumentException(
            "'%s' is more often than once an hour".formatted(expression));
      }
      at = next;
    }
  }

  private static CronExpression parsed(String expression, ZoneId zone) {
    try {
      var parsed = new CronExpression(expression);
      parsed.setTimeZone(TimeZone.getTimeZone(zone));
      return parsed;
    } catch (ParseException | UnsupportedOperationException wrong) {
      throw new IllegalArgumentException(
          "'%s' is not a cron expression like '0 0 7 ? * MON' (seconds, minutes, hours, day of month, month, day of week)"
              .formatted(expression),
          wrong);
    }
  }

  /** The first time after it; empty: never again. */
  public Optional<Instant> after(Instant at) {
    return Optional.ofNullable(parsed(expression, zone).getNextValidTimeAfter(Date.from(at)))
        .map(Date::toInstant);
  }

  /** The last time after {@code after} that is not after {@code now}; empty where there is none. */
  public Optional<Instant> last(Instant after, Instant now) {
    var parsed = parsed(expression, zone);
    var last = Optional.<Instant>empty();
    for (var at = parsed.getNextValidTimeAfter(Date.from(after));
        at != null && !at.toInstant().isAfter(now);
        at = parsed.getNextValidTimeAfter(at)) {
      last = Optional.of(at.toInstant());
    }
    return last;
  }
}
