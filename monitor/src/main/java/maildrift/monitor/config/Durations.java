package maildrift.monitor.config;

import java.time.Duration;

/**
 * Prometheus' notation of durations: {@code 500ms}, {@code 90s}, {@code 5m}, {@code 1h30m}, {@code
 * 30d}, {@code 2w}, {@code 1y}; units from great to small, each once, whole numbers. A day has 24
 * hours, a year 365 days.
 */
public final class Durations {
  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
  private static final long[] MILLIS = {
    31_536_000_000L, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1
  };

  /** Longer than anybody's retention, short enough that no sum of instants overflows. */
  private static final Duration LONGEST = Duration.ofDays(365_000);

  private Durations() {}

  /**
   * @throws IllegalArgumentException that repeats what was written and says what is wrong
   */
  public static Duration parse(String written) {
    var millis = 0L;
    var at = 0;
    var unit = -1;
    while (at < written.length()) {
      var start = at;
      while (at < written.length() && written.charAt(at) >= '0' && written.charAt(at) <= '9') {
        at++;
      }
      if (at == start || at - start > 12) {
        throw wrong(written);
      }
      var number = Long.parseLong(written.substring(start, at));
      var wordStart = at;
      while (at < written.length() && (written.charAt(at) < '0' || written.charAt(at) > '9')) {
        at++;
      }
      var word = written.substring(wordStart, at);
      if (word.isEmpty()) {
        throw new IllegalArgumentException(
            "'%s' has no unit; write %ss, or another of ms, s, m, h, d, w, y"
                .formatted(written, number));
      }
      var found = unitNamed(word);
      if (found <= unit) {
        throw wrong(written);
      }
      unit = found;
      if (number > LONGEST.toMillis() / MILLIS[unit]) {
        throw tooLong(written);
      }
      millis += number * MILLIS[unit];
    }
    if (unit < 0) {
      throw wrong(written);
    }
    var duration = Duration.ofMillis(millis);
    if (duration.compareTo(LONGEST) > 0) {
      throw tooLong(written);
    }
    return duration;
  }

  private static int unitNamed(String word) {
    for (var i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(word)) {
        return i;
      }
    }
    return -1;
  }

  private static IllegalArgumentException wrong(String written) {
    return new IllegalArgumentException(
        "'%s' is not a duration; write for example 500ms, 90s, 5m, 1h30m or 30d"
            .formatted(Words.shortened(written)));
  }

  private static IllegalArgumentException tooLong(String written) {
    return new IllegalArgumentException(
        "'%s' is longer than 1000 years".formatted(Words.shortened(written)));
  }

  /** The shortest way to write it; parts below a millisecond are dropped. */
  public static String text(Duration duration) {
    var left = duration.toMillis();
    if (left == 0) {
      return "0s";
    }
    var out = new StringBuilder();
    for (var i = 2; i < UNITS.length; i++) {
      if (left >= MILLIS[i]) {
        out.append(left / MILLIS[i]).append(UNITS[i]);
        left %= MILLIS[i];
      }
    }
    return out.toString();
  }
}
