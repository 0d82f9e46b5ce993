package maildrift.monitor.config;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import maildrift.alerts.mute.Hours;
import maildrift.alerts.mute.TimeInterval;

/** Reads {@code time_intervals}, and what routes name of them. The words are Alertmanager's. */
final class TimeIntervalReader {
  private static final List<String> WEEKDAYS =
      Arrays.stream(DayOfWeek.values()).map(TimeIntervalReader::word).toList();
  private static final List<String> MONTHS =
      Arrays.stream(Month.values()).map(TimeIntervalReader::word).toList();

  private final Reading reading;
  private final Map<String, Hours.Named> named = new LinkedHashMap<>();

  TimeIntervalReader(Reading reading) {
    this.reading = reading;
  }

  /** All that have names; for the routes, and so before them. */
  void read(Section alerts) {
    for (var item : alerts.sections("time_intervals")) {
      var name = item.required("name");
      var intervals = item.sections("time_intervals").stream().map(this::interval).toList();
      item.end();
      if (intervals.isEmpty()) {
        reading.problem(
            item.placeOf("time_intervals"),
            "this time interval has no time_intervals; it would never be");
      }
      if (name.isPresent()
          && named.put(name.get().value(), new Hours.Named(name.get().value(), intervals))
              != null) {
        reading.problem(
            name.get().place(),
            "two time intervals are named %s; put both under one name"
                .formatted(name.get().shown()));
      }
    }
  }

  /** When a route tells. */
  Hours hours(Section route) {
    return new Hours(chosen(route, "active_time_intervals"), chosen(route, "mute_time_intervals"));
  }

  private List<Hours.Named> chosen(Section route, String key) {
    var chosen = new ArrayList<Hours.Named>();
    for (var text : route.texts(key)) {
      var known = Optional.ofNullable(named.get(text.value()));
      known.ifPresent(chosen::add);
      if (known.isEmpty()) {
        reading.problem(
            text.place(),
            "%s: undefined time interval %s%s"
                .formatted(key, text.shown(), Words.hint(text.value(), named.keySet())));
      }
    }
    return chosen;
  }

  private TimeInterval interval(Section section) {
    var times = new ArrayList<TimeInterval.Times>();
    for (var range : section.sections("times")) {
      times(range).ifPresent(times::add);
    }
    var weekdays = EnumSet.noneOf(DayOfWeek.class);
    for (var text : section.anyTexts("weekdays")) {
      weekdays.addAll(days(section, text));
    }
    var months = EnumSet.noneOf(Month.class);
    for (var text : section.anyTexts("months")) {
      months.addAll(months(section, text));
    }
    var interval =
        new TimeInterval(
            times,
            weekdays,
            ranges(section, "days_of_month", TimeIntervalReader::day, TimeInterval.Days::new),
            months,
            ranges(section, "years", TimeIntervalReader::year, TimeInterval.Years::new),
            section.parsed("location", TimeIntervalReader::zone).orElse(ZoneOffset.UTC));
    section.end();
    return interval;
  }

  private Optional<TimeInterval.Times> times(Section range) {
    var start = minute(range, "start_time");
    var end = minute(range, "end_time");
    range.end();
    if (start.isEmpty() || end.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new TimeInterval.Times(start.get(), end.get()));
    } catch (IllegalArgumentException wrong) {
      reading.problem(range.placeOf("end_time"), "times: " + wrong.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<Integer> minute(Section range, String key) {
    if (!range.has(key)) {
      range.lacks(key);
      return Optional.empty();
    }
    return range.anyText(key).flatMap(text -> range.parse(key, text, TimeIntervalReader::minute));
  }

  private static int minute(String text) {
    if (text.length() == 5 && text.charAt(2) == ':') {
      var hour = digits(text.substring(0, 2));
      var minute = digits(text.substring(3));
      if (hour >= 0 && minute >= 0 && minute < 60 && hour * 60 + minute <= 24 * 60) {
        return hour * 60 + minute;
      }
    }
    throw new IllegalArgumentException(
        "'%s' is not a time of day like 09:00 or 24:00".formatted(Words.shortened(text)));
  }

  private static int digits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9') ? Integer.parseInt(text) : -1;
  }

  private static Set<DayOfWeek> days(Section section, Text text) {
    return section
        .parse("weekdays", text, written -> range(written, day -> one("weekday", day, WEEKDAYS)))
        .filter(range -> isForward(section, "weekdays", text, range))
        .map(range -> EnumSet.range(DayOfWeek.of(range[0] + 1), DayOfWeek.of(range[1] + 1)))
        .orElse(EnumSet.noneOf(DayOfWeek.class));
  }

  private static Set<Month> months(Section section, Text text) {
    return section
        .parse("months", text, written -> range(written, TimeIntervalReader::month))
        .filter(range -> isForward(section, "months", text, range))
        .map(range -> EnumSet.range(Month.of(range[0] + 1), Month.of(range[1] + 1)))
        .orElse(EnumSet.noneOf(Month.class));
  }

  private static int month(String text) {
    var number = digits(text);
    return number >= 1 && number <= 12 ? number - 1 : one("month", text, MONTHS);
  }

  /** Alertmanager refuses a range that runs over the end, and so do we: write two. */
  private static boolean isForward(Section section, String key, Text text, int[] range) {
    return section
        .parse(
            key,
            text,
            _ -> {
              if (range[0] > range[1]) {
                throw new IllegalArgumentException(
                    "%s runs backwards; write two ranges".formatted(text.shown()));
              }
              return true;
            })
        .isPresent();
  }

  private static <T> List<T> ranges(
      Section section, String key, ToIntFunction<String> one, BiFunction<Integer, Integer, T> of) {
    var ranges = new ArrayList<T>();
    for (var text : section.anyTexts(key)) {
      section
          .parse(
              key,
              text,
              written -> {
                var range = range(written, one);
                return of.apply(range[0], range[1]);
              })
          .ifPresent(ranges::add);
    }
    return ranges;
  }

  /** {@code a:b}, or {@code a} alone. */
  private static int[] range(String text, ToIntFunction<String> one) {
    var colon = text.indexOf(':');
    if (colon < 0) {
      var both = one.applyAsInt(text.strip());
      return new int[] {both, both};
    }
    return new int[] {
      one.applyAsInt(text.substring(0, colon).strip()),
      one.applyAsInt(text.substring(colon + 1).strip())
    };
  }

  private static int day(String text) {
    return number(text, "a day of a month, 1 to 31, or -1 to -31 from its end");
  }

  private static int year(String text) {
    return number(text, "a year");
  }

  private static int number(String text, String what) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException(
          "'%s' is not %s; a range is written 1:5".formatted(Words.shortened(text), what));
    }
  }

  private static int one(String what, String text, List<String> words) {
    var at = words.indexOf(text.toLowerCase(Locale.ROOT));
    if (at < 0) {
      throw new IllegalArgumentException(
          "unknown %s '%s'%s".formatted(what, Words.shortened(text), Words.hint(text, words)));
    }
    return at;
  }

  static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException _) {
      throw new IllegalArgumentException(
          "unknown time zone '%s'%s"
              .formatted(
                  Words.shortened(text),
                  Words.near(text, ZoneId.getAvailableZoneIds())
                      .map("; did you mean '%s'?"::formatted)
                      .orElse("; it has a name like Europe/Berlin")));
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
