package maildrift.monitor.schedule;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Optional;
import java.util.TimeZone;
import org.quartz.CronExpression;

/**
 * The times of a calendar expression in Quartz' notation, {@code 0 0 7 ? * MON}: seconds, minutes,
 * hours, day of month, month, day of week.
 *
 * <p>Times are what the clock on the wall shows, each once: one that the clock is set forward over
 * is the moment of the change, one that it shows twice is the first. Quartz, which only says what
 * the expression means, would leave the former out.
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
    var parsed = parsed(expression);
    var at = FIRST;
    for (var i = 0; i < LOOKED_AT; i++) {
      var next = after(parsed, zone, at);
      if (next.isEmpty()) {
        if (i == 0) {
          throw new IllegalArgumentException("'%s' is never".formatted(expression));
        }
        break;
      }
      if (i > 0 && Duration.between(at, next.get()).compareTo(LEAST_APART) < 0) {
        throw new IllegalArgumentException(
            "'%s' is more often than once an hour".formatted(expression));
      }
      at = next.get();
    }
  }

  private static CronExpression parsed(String expression) {
    try {
      var parsed = new CronExpression(expression);
      parsed.setTimeZone(TimeZone.getTimeZone(ZoneOffset.UTC));
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
    return after(parsed(expression), zone, at);
  }

  /** The expression is of a clock that is never set; what it says is looked up on the wall. */
  private static Optional<Instant> after(CronExpression parsed, ZoneId zone, Instant at) {
    var wall = Date.from(at.atZone(zone).toLocalDateTime().toInstant(ZoneOffset.UTC));
    for (var next = parsed.getNextValidTimeAfter(wall);
        next != null;
        next = parsed.getNextValidTimeAfter(next)) {
      var time = onTheWall(next.toInstant().atZone(ZoneOffset.UTC).toLocalDateTime(), zone);
      if (time.isAfter(at)) {
        return Optional.of(time);
      }
    }
    return Optional.empty();
  }

  private static Instant onTheWall(LocalDateTime local, ZoneId zone) {
    var rules = zone.getRules();
    var offsets = rules.getValidOffsets(local);
    return offsets.isEmpty()
        ? rules.getTransition(local).getInstant()
        : local.toInstant(offsets.getFirst());
  }

  /** The last time after {@code after} that is not after {@code now}; empty where there is none. */
  public Optional<Instant> last(Instant after, Instant now) {
    var parsed = parsed(expression);
    var last = Optional.<Instant>empty();
    for (var at = after(parsed, zone, after);
        at.filter(time -> !time.isAfter(now)).isPresent();
        at = after(parsed, zone, at.get())) {
      last = at;
    }
    return last;
  }
}
