package maildrift.alerts.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Hours;
import maildrift.alerts.mute.TimeInterval;
import org.junit.jupiter.api.Test;

class HoursOfRoutesTest {
  private static final Instant FRIDAY_EVENING = Instant.parse("2026-11-27T18:00:00Z");
  private static final Hours OFFICE =
      new Hours(
          List.of(
              new Hours.Named(
                  "office",
                  List.of(
                      new TimeInterval(
                          List.of(new TimeInterval.Times(9 * 60, 17 * 60)),
                          EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
                          List.of(),
                          Set.of(),
                          List.of(),
                          ZoneId.of("Europe/Berlin"))))),
          List.of());

  private static World world() {
    return new World(
        new Routing(
            List.of(
                new Route(
                    List.of(Matcher.equal("severity", "warning")),
                    List.of("mail"),
                    false,
                    Grouping.DEFAULT,
                    OFFICE,
                    List.of()),
                new Route(List.of(), List.of("oncall"), false, Grouping.DEFAULT)),
            Map.of("mail", true, "oncall", true)));
  }

  @Test
  void whatFiresOutsideTheHoursIsToldWhenTheyBegin() {
    var world = world();
    world.now = FRIDAY_EVENING;
    world.breaks("a.test", "spf.all-qualifier", "warning");
    world.breaks("a.test", "mx.extra", "critical");
    world.passes(Duration.ofDays(1));
    assertThat(world.told).allMatch(told -> told.startsWith("oncall "));
    assertThat(world.dispatcher.whys(world.alert("a.test", "spf.all-qualifier"), world.now))
        .extracting(why -> why.text())
        .containsExactly("outside office");

    world.told.clear();
    world.passes(Duration.between(world.now, Instant.parse("2026-11-30T07:59:59Z")));
    world.told.removeIf(told -> told.startsWith("oncall "));
    assertThat(world.told).isEmpty();
    world.passes(Duration.ofSeconds(1));
    assertThat(world.told).contains("mail first: +a.test");
    assertThat(world.last().firing().getFirst().annotation("held_back"))
        .isEqualTo(
            "held back outside office since 2026-11-27T18:00:30Z, until 2026-11-30T08:00:00Z");
  }

  /**
   * It stays in the group in which it was told, but at the hours of the way that leads there now.
   */
  @Test
  void whatGetsWorseAtNightIsToldAtNightThoughItWasToldByDay() {
    var world =
        new World(
            new Routing(
                List.of(
                    new Route(
                        List.of(Matcher.equal("severity", "warning")),
                        List.of("oncall"),
                        false,
                        Grouping.DEFAULT,
                        OFFICE,
                        List.of()),
                    new Route(List.of(), List.of("oncall"), false, Grouping.DEFAULT)),
                Map.of("oncall", true)));
    world.now = Instant.parse("2026-11-27T10:00:00Z");
    world.breaks("a.test", "spf.present", "warning");
    world.passes(Duration.ofMinutes(10));
    world.now = FRIDAY_EVENING;
    world.breaks("b.test", "spf.present", "warning");
    world.passes(Duration.ofHours(1));
    assertThat(world.told).containsExactly("oncall first: +a.test");

    world.breaks("a.test", "spf.present", "critical");
    world.passes(Duration.ofMinutes(10));

    assertThat(world.told).containsExactly("oncall first: +a.test", "oncall worse: +a.test");
    world.passes(Duration.between(world.now, Instant.parse("2026-11-30T07:59:59Z")));
    world.told.removeIf(told -> told.equals("oncall repeat: +a.test"));
    assertThat(world.told).hasSize(2);
    world.passes(Duration.ofMinutes(5));
    assertThat(world.told.getLast()).isEqualTo("oncall new_alerts: +a.test +b.test");
  }

  @Test
  void whatComesAndGoesOutsideTheHoursIsNeverTold() {
    var world = world();
    world.now = FRIDAY_EVENING;
    world.breaks("a.test", "spf.all-qualifier", "warning");
    world.passes(Duration.ofHours(5));
    world.mends("a.test", "spf.all-qualifier");
    world.passes(Duration.ofDays(5));

    assertThat(world.told).isEmpty();
  }

  @Test
  void theEndOfWhatWasToldWaitsForTheHoursToo() {
    var world = world();
    world.now = FRIDAY_EVENING.minus(Duration.ofHours(3));
    world.breaks("a.test", "spf.all-qualifier", "warning");
    world.passes(Duration.ofHours(3));
    assertThat(world.told).containsExactly("mail first: +a.test");
    world.mends("a.test", "spf.all-qualifier");
    world.passes(Duration.ofDays(2));
    assertThat(world.told).hasSize(1);
    world.restart();
    world.passes(Duration.ofDays(1));

    assertThat(world.told).containsExactly("mail first: +a.test", "mail resolved: -a.test");
    assertThat(world.states).isEmpty();
  }

  @Test
  void aRestartOutsideTheHoursTellsNothingAndForgetsNothing() {
    var world = world();
    world.now = FRIDAY_EVENING;
    world.breaks("a.test", "spf.all-qualifier", "warning");
    for (var restart = 0; restart < 20; restart++) {
      world.restart();
      world.passes(Duration.ofHours(1));
    }
    assertThat(world.told).isEmpty();
    world.passes(Duration.ofDays(2));
    assertThat(world.told.getFirst()).isEqualTo("mail first: +a.test");
  }
}
