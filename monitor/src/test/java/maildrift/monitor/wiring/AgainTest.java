package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.outbox.DeadLetter;
import maildrift.alerts.outbox.Owed;
import org.junit.jupiter.api.Test;

class AgainTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void whatFiredIsOverWhereItHasEnded() {
    var again = Again.of(letter(item("a", Optional.empty())), Set.of(), NOW).orElseThrow();

    assertThat(said(again)).containsExactly("a over");
  }

  @Test
  void anEndIsNotToldOfWhatFiresAgain() {
    var letter = letter(item("a", Optional.of(NOW)), item("b", Optional.of(NOW)));

    assertThat(said(Again.of(letter, Set.of("a"), NOW).orElseThrow())).containsExactly("b over");
    assertThat(Again.of(letter, Set.of("a", "b"), NOW)).isEmpty();
  }

  private static List<String> said(Owed owed) {
    return Notification.parse(owed.body()).items().stream()
        .map(item -> item.fingerprint() + (item.isFiring() ? " fires" : " over"))
        .toList();
  }

  static Notification.Item item(String fingerprint, Optional<Instant> end) {
    return new Notification.Item(
        Labels.of(Map.of("alertname", "mx.missing")),
        new TreeMap<>(),
        NOW.minusSeconds(600),
        end,
        "",
        fingerprint);
  }

  private static DeadLetter letter(Notification.Item... items) {
    var body =
        new Notification(
                "oncall", "g", "first", Labels.of(Map.of()), List.of(items), "http://m.test")
            .toJson();
    return new DeadLetter(Owed.fresh("old", "oncall", "g", 1, body, NOW), NOW);
  }
}
