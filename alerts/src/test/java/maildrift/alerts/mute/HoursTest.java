package maildrift.alerts.mute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HoursTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @Test
  void officeHoursAreOfWorkdaysByTheClockOnTheWall() {
    var hours = active(office());

    assertThat(hours.isOpen(Instant.parse("2026-11-27T07:59:59Z"))).isFalse(); // Friday, 8:59
    assertThat(hours.isOpen(Instant.parse("2026-11-27T08:00:00Z"))).isTrue();
    assertThat(hours.isOpen(Instant.parse("2026-11-27T15:59:59Z"))).isTrue();
    assertThat(hours.isOpen(Instant.parse("2026-11-27T16:00:00Z"))).isFalse();
    assertThat(hours.isOpen(Instant.parse("2026-11-28T10:00:00Z"))).isFalse(); // Saturday
    assertThat(hours.nextChange(Instant.parse("2026-11-27T16:00:00Z")))
        .contains(Instant.parse("2026-11-30T08:00:00Z"));
    assertThat(hours.why(Instant.parse("2026-11-28T10:00:00Z")).orElseThrow())
        .satisfies(
            why -> {
              assertThat(why.text()).isEqualTo("outside office");
              assertThat(why.ends()).contains(Instant.parse("2026-11-30T08:00:00Z"));
            });
  }

  @Test
  void summerTimeMovesTheHoursWithTheClock() {
    var hours = active(office());

    assertThat(hours.nextChange(Instant.parse("2026-03-27T17:00:00Z"))) // Friday, winter time
        .contains(Instant.parse("2026-03-30T07:00:00Z")); // Monday 9:00, summer time
    assertThat(hours.nextChange(Instant.parse("2026-10-23T17:00:00Z"))) // Friday, summer time
        .contains(Instant.parse("2026-10-26T08:00:00Z")); // Monday 9:00, winter time
  }

  @Test
  void hoursThatBeginWithinTheGapBeginWithIt() {
    var hours = active(daily(at(2, 30), at(6, 0)));
    var gap = Instant.parse("2026-03-29T01:00:00Z"); // 2:00 is 3:00

    assertThat(hours.isOpen(gap.minusSeconds(1))).isFalse();
    assertThat(hours.isOpen(gap)).isTrue();
    assertThat(hours.nextChange(gap.minus(Duration.ofHours(3)))).contains(gap);
    assertThat(hours.nextChange(gap)).contains(Instant.parse("2026-03-29T04:00:00Z"));
  }

  @Test
  void hoursThatEndWithinTheGapEndWithIt() {
    var hours = active(daily(at(1, 0), at(2, 30)));

    assertThat(hours.nextChange(Instant.parse("2026-03-29T00:30:00Z")))
        .contains(Instant.parse("2026-03-29T01:00:00Z"));
  }

  @Test
  void hoursThatTheClockSkipsComeRightAfterTheGap() {
    var hours = active(daily(at(2, 15), at(2, 45)));
    var opens = hours.nextChange(Instant.parse("2026-03-28T12:00:00Z")).orElseThrow();

    assertThat(opens).isEqualTo(Instant.parse("2026-03-29T01:15:00Z")); // 3:15 in summer time
    assertThat(hours.nextChange(opens)).contains(opens.plus(Duration.ofMinutes(30)));
  }

  @Test
  void hoursThatTheClockShowsTwiceAreOneTime() {
    var within = active(daily(at(2, 15), at(2, 45)));
    var opens = within.nextChange(Instant.parse("2026-10-24T12:00:00Z")).orElseThrow();
    assertThat(opens).isEqualTo(Instant.parse("2026-10-25T00:15:00Z"));
    assertThat(within.nextChange(opens)).contains(Instant.parse("2026-10-25T01:45:00Z"));

    var until = active(daily(at(2, 30), at(6, 0)));
    assertThat(until.nextChange(Instant.parse("2026-10-25T00:30:00Z")))
        .contains(Instant.parse("2026-10-25T05:00:00Z"));
  }

  /** Each day opens once and closes once, whatever the clock does: 365 openings, 365 ends. */
  @Test
  void noDayOfAYearIsSkippedOrDoubled() {
    for (var zone :
        List.of("Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Asia/Beirut", "UTC")) {
      for (var minute = 0; minute < 24 * 60 - 30; minute += 29) {
        var hours =
            active(
                new TimeInterval(
                    List.of(new TimeInterval.Times(minute, minute + 30)),
                    Set.of(),
                    List.of(),
                    Set.of(),
                    List.of(new TimeInterval.Years(2026, 2026)),
                    ZoneId.of(zone)));
        var changes = 0;
        var at = Instant.parse("2025-12-30T00:00:00Z");
        for (var next = hours.nextChange(at);
            next.isPresent() && next.get().isBefore(Instant.parse("2027-02-01T00:00:00Z"));
            next = hours.nextChange(next.get())) {
          changes++;
        }
        assertThat(changes).as("%s %d", zone, minute).isEqualTo(2 * 365);
      }
    }
  }

  @Test
  void daysOfAMonthCountFromItsEndAsWell() {
    var last =
        active(
            new TimeInterval(
                List.of(),
                Set.of(),
                List.of(new TimeInterval.Days(-1, -1)),
                EnumSet.of(Month.FEBRUARY),
                List.of(),
                ZoneOffset.UTC));

    assertThat(last.isOpen(Instant.parse("2026-02-28T12:00:00Z"))).isTrue();
    assertThat(last.isOpen(Instant.parse("2028-02-28T12:00:00Z"))).isFalse();
    assertThat(last.isOpen(Instant.parse("2028-02-29T12:00:00Z"))).isTrue();
    assertThat(last.isOpen(Instant.parse("2026-03-31T12:00:00Z"))).isFalse();
    assertThat(last.nextChange(Instant.parse("2026-02-28T12:00:00Z")))
        .contains(Instant.parse("2026-03-01T00:00:00Z"));
  }

  @Test
  void muteTimesCloseWhatActiveTimesOpen() {
    var lunch = new Hours.Named("lunch", List.of(daily(at(12, 0), at(13, 0))));
    var hours = new Hours(List.of(new Hours.Named("office", List.of(office()))), List.of(lunch));

    assertThat(hours.nextChange(Instant.parse("2026-11-27T10:00:00Z")))
        .contains(Instant.parse("2026-11-27T11:00:00Z"));
    assertThat(hours.why(Instant.parse("2026-11-27T11:30:00Z")).orElseThrow().text())
        .isEqualTo("within lunch");
  }

  @Test
  void whatHasNoHoursIsAlwaysOpenAndWhatIsOverStaysClosed() {
    assertThat(Hours.ALWAYS.isOpen(Instant.EPOCH)).isTrue();
    assertThat(Hours.ALWAYS.nextChange(Instant.EPOCH)).isEmpty();
    var past =
        active(
            new TimeInterval(
                List.of(),
                Set.of(),
                List.of(),
                Set.of(),
                List.of(new TimeInterval.Years(2020, 2021)),
                BERLIN));
    assertThat(past.isOpen(Instant.parse("2026-01-01T00:00:00Z"))).isFalse();
    assertThat(past.nextChange(Instant.parse("2026-01-01T00:00:00Z"))).isEmpty();
  }

  @Test
  void timesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new TimeInterval.Times(at(22, 0), at(6, 0)))
        .hasMessageContaining("two ranges for a night");
    assertThatThrownBy(() -> new TimeInterval.Days(0, 3)).hasMessageContaining("1 to 31");
    assertThatThrownBy(() -> new TimeInterval.Days(9, 3)).hasMessageContaining("before the last");
    assertThatThrownBy(() -> new TimeInterval.Years(2027, 2026)).hasMessageContaining("before");
  }

  private static Hours active(TimeInterval interval) {
    return new Hours(List.of(new Hours.Named("office", List.of(interval))), List.of());
  }

  private static TimeInterval office() {
    return new TimeInterval(
        List.of(new TimeInterval.Times(at(9, 0), at(17, 0))),
        EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
        List.of(),
        Set.of(),
        List.of(),
        BERLIN);
  }

  private static TimeInterval daily(int start, int end) {
    return new TimeInterval(
        List.of(new TimeInterval.Times(start, end)),
        Set.of(),
        List.of(),
        Set.of(),
        List.of(),
        BERLIN);
  }

  private static int at(int hour, int minute) {
    return hour * 60 + minute;
  }
}
