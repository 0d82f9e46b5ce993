package maildrift.monitor.wiring;

import static maildrift.monitor.wiring.AgainTest.item;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.outbox.Owed;
import org.junit.jupiter.api.Test;

/** Nobody hears a beginning without its end, and nothing twice. */
class MovingTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Optional<Instant> FIRES = Optional.empty();
  private static final Optional<Instant> OVER = Optional.of(NOW);

  private Set<String> firing = Set.of();
  private Set<String> told = Set.of();
  private Set<String> leading = Set.of();

  @Test
  void whatTheOtherOneHearsOfByItsRoutesIsNotToldToItTwice() {
    firing = Set.of("a");
    leading = Set.of("a");

    assertThat(steps(owed("m1", item("a", FIRES)))).containsExactly("m1:");
  }

  @Test
  void whatFiresAndNoRouteLeadsToItWithStaysWhereItIs() {
    firing = Set.of("a");

    assertThat(steps(owed("m1", item("a", FIRES)))).isEmpty();
  }

  @Test
  void whatIsOverIsToldAndWhatFiresBesideItStays() {
    firing = Set.of("a", "b");
    leading = Set.of("b");

    assertThat(steps(owed("m1", item("a", FIRES), item("b", FIRES), item("c", FIRES))))
        .containsExactly("m1: phone[c over] dead[a fires]");
  }

  @Test
  void whoWasToldHearsTheEndWithoutThis() {
    told = Set.of("a", "b");
    firing = Set.of("b");

    assertThat(steps(owed("m1", item("a", OVER), item("b", FIRES)))).containsExactly("m1:");
  }

  private List<String> steps(Owed... owed) {
    return new Moving("phone", false, firing, told, leading, NOW)
        .steps(List.of(owed)).stream()
            .map(
                step ->
                    String.join(",", step.ids())
                        + ":"
                        + String.join("", step.owed().stream().map(MovingTest::said).toList()))
            .toList();
  }

  private static String said(Owed owed) {
    return " %s%s"
        .formatted(
            owed.receiver(),
            Notification.parse(owed.body()).items().stream()
                .map(item -> item.fingerprint() + (item.isFiring() ? " fires" : " over"))
                .toList());
  }

  private static Owed owed(String id, Notification.Item... items) {
    var body =
        new Notification("dead", "g", "first", Labels.of(Map.of()), List.of(items), "http://m.test")
            .toJson();
    return Owed.fresh(id, "dead", "g", 1, body, NOW);
  }
}
