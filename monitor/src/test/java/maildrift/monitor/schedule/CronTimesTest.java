package maildrift.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTimesTest {
  private static final CronTimes MONDAYS =
      new CronTimes("0 0 7 ? * MON", ZoneId.of("Europe/Berlin"));

  @Test
  void sevenIsSevenInSummerAndInWinter() {
    assertThat(MONDAYS.after(at("2026-10-20T00:00:00Z"))).contains(at("2026-10-26T06:00:00Z"));
    assertThat(MONDAYS.after(at("2026-10-19T05:00:00Z"))).contains(at("2026-10-26T06:00:00Z"));
    assertThat(MONDAYS.after(at("2026-10-12T05:00:00Z"))).contains(at("2026-10-19T05:00:00Z"));
  }

  @Test
  void anHourThatIsSkippedOrTwiceIsOneTimeADay() {
    var nights = new CronTimes("0 30 2 * * ?", ZoneId.of("Europe/Berlin"));

    assertThat(nights.last(at("2026-10-24T12:00:00Z"), at("2026-10-25T12:00:00Z"))).isPresent();
    assertThat(nights.after(nights.after(at("2026-10-24T12:00:00Z")).orElseThrow()))
        .hasValueSatisfying(next -> assertThat(next).isAfter(at("2026-10-26T00:00:00Z")));
    assertThat(nights.after(at("2026-10-24T12:00:00Z"))).contains(at("2026-10-25T00:30:00Z"));
    assertThat(nights.after(at("2026-03-28T12:00:00Z")))
        .as("2:30 is no time of that day: when 2:00 is 3:00")
        .contains(at("2026-03-29T01:00:00Z"));
  }

  /**
   * Whatever the clocks do: at 2:00, 2:30 and 2:59 as well, which are skipped once and twice once.
   */
  @Test
  void noDayOfAYearIsLeftOutOrComesTwice() {
    var zone = ZoneId.of("Europe/Berlin");
    for (var minute : new int[] {0, 30, 59}) {
      for (var hour : new int[] {1, 2, 3}) {
        var nights = new CronTimes("0 %d %d * * ?".formatted(minute, hour), zone);
        var at = at("2025-12-31T23:00:00Z"); // midnight
        for (var day = LocalDate.of(2026, 1, 1); day.getYear() == 2026; day = day.plusDays(1)) {
          at = nights.after(at).orElseThrow();
          assertThat(at.atZone(zone).toLocalDate()).isEqualTo(day);
        }
      }
    }
  }

  @Test
  void ofSeveralThatWereMissedTheLastCounts() {
    assertThat(MONDAYS.last(at("2026-11-01T00:00:00Z"), at("2026-11-21T00:00:00Z")))
        .contains(at("2026-11-16T06:00:00Z"));
    assertThat(MONDAYS.last(at("2026-11-16T06:00:00Z"), at("2026-11-21T00:00:00Z"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "0 7 * * MON | is not a cron expression like '0 0 7 ? * MON'",
        "0 0 7 * * MON | is not a cron expression like '0 0 7 ? * MON'",
        "weekly | is not a cron expression like '0 0 7 ? * MON'",
        "0 * * * * ? | '0 * * * * ?' is more often than once an hour",
        "0 0 7 1 1 ? 1999 | '0 0 7 1 1 ? 1999' is never"
      })
  void whatIsNoTimeSaysWhy(String expression, String why) {
    assertThatThrownBy(() -> new CronTimes(expression, ZoneOffset.UTC))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  private static Instant at(String text) {
    return Instant.parse(text);
  }
}
