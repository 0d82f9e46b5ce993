package maildrift.alerts.mute;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Times that come back, as in Alertmanager: all that is given must hold, and what is empty holds
 * always.
 *
 * <p>A day's times are what the clock on the wall shows. Where it is set forward, a time that does
 * not exist is the moment of the change, and one that lies in the gap as a whole comes right after
 * it; where it is set back, a time that comes twice begins with the first and ends with the second.
 * So no day's interval is skipped, and none comes twice.
 *
 * @param times of the day; empty: all of it
 * @param location whose clock and calendar
 */
public record TimeInterval(
    List<Times> times,
    Set<DayOfWeek> weekdays,
    List<Days> daysOfMonth,
    Set<Month> months,
    List<Years> years,
    ZoneId location) {

  private static final int DAY = 24 * 60;

  public TimeInterval {
    times = List.copyOf(times);
    weekdays = Set.copyOf(weekdays);
    daysOfMonth = List.copyOf(daysOfMonth);
    months = Set.copyOf(months);
    years = List.copyOf(years);
  }

  /**
   * From one minute of a day to another.
   *
   * @param end exclusive; 24:00 is 1440
   */
  public record Times(int start, int end) {
    public Times {
      if (start < 0 || end > DAY || start >= end) {
        throw new IllegalArgumentException(
            "start_time comes before end_time on the same day; write two ranges for a night");
      }
    }
  }

  /** Days of a month, from 1 on, or from the end: -1 is the last. */
  public record Days(int first, int last) {
    public Days {
      if (!isDay(first) || !isDay(last)) {
        throw new IllegalArgumentException(
            "a day of a month is 1 to 31, or -1 to -31 from its end");
      }
      if (first > 0 == last > 0 && first > last) {
        throw new IllegalArgumentException("the first day comes before the last");
      }
      if (first < 0 && last > 0) {
        throw new IllegalArgumentException(
            "a range from the end of a month does not end in it again");
      }
    }

    private static boolean isDay(int day) {
      return day != 0 && day >= -31 && day <= 31;
    }

    boolean contains(LocalDate date) {
      var length = date.lengthOfMonth();
      var from = first < 0 ? length + 1 + first : first;
      var to = last < 0 ? length + 1 + last : last;
      return date.getDayOfMonth() >= from && date.getDayOfMonth() <= to;
    }
  }

  /** Both included. */
  public record Years(int first, int last) {
    public Years {
      if (first > last) {
        throw new IllegalArgumentException("the first year comes before the last");
      }
    }
  }

  /** From here to there, exclusive. */
  record Span(Instant start, Instant end) {
    boolean contains(Instant at) {
      return !at.isBefore(start) && at.isBefore(end);
    }
  }

  boolean contains(Instant at) {
    var date = at.atZone(location).toLocalDate();
    // What the clock was set forward over may lie in the day after.
    return Stream.of(date.minusDays(1), date)
        .flatMap(this::spans)
        .anyMatch(span -> span.contains(at));
  }

  /** What of this day it covers. */
  Stream<Span> spans(LocalDate date) {
    if (!isOn(date)) {
      return Stream.of();
    }
    return times.isEmpty()
        ? Stream.of(new Span(first(date, 0), last(date, DAY)))
        : times.stream().map(range -> span(date, range));
  }

  private boolean isOn(LocalDate date) {
    return (weekdays.isEmpty() || weekdays.contains(date.getDayOfWeek()))
        && (daysOfMonth.isEmpty() || daysOfMonth.stream().anyMatch(days -> days.contains(date)))
        && (months.isEmpty() || months.contains(date.getMonth()))
        && (years.isEmpty()
            || years.stream()
                .anyMatch(span -> date.getYear() >= span.first() && date.getYear() <= span.last()));
  }

  private Span span(LocalDate date, Times range) {
    var span = new Span(first(date, range.start()), last(date, range.end()));
    return span.end().isAfter(span.start())
        ? span
        // All of it was skipped by the clock.
        : new Span(
            local(date, range.start()).atZone(location).toInstant(),
            local(date, range.end()).atZone(location).toInstant());
  }

  private static LocalDateTime local(LocalDate date, int minute) {
    return minute == DAY
        ? date.plusDays(1).atStartOfDay()
        : date.atTime(LocalTime.of(minute / 60, minute % 60));
  }

  /** When the clock shows this minute for the first time. */
  private Instant first(LocalDate date, int minute) {
    return at(local(date, minute), true);
  }

  /** When the clock shows this minute for the last time. */
  private Instant last(LocalDate date, int minute) {
    return at(local(date, minute), false);
  }

  private Instant at(LocalDateTime local, boolean first) {
    var rules = location.getRules();
    var offsets = rules.getValidOffsets(local);
    return offsets.isEmpty()
        ? rules.getTransition(local).getInstant()
        : local.toInstant(first ? offsets.getFirst() : offsets.getLast());
  }
}
