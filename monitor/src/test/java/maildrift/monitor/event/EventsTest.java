package maildrift.monitor.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventsTest {
  private static final Instant NOW = Instant.parse("2026-11-28T20:00:00Z");

  private final Events events = new Events(NOW);

  private void tell(String domain, String tenant) {
    events.tell(
        Event.Kind.VERDICT,
        Event.Audience.of(tenant),
        NOW,
        json -> json.writeStringProperty("domain", domain));
  }

  private Events.Listener listen(Optional<String> lastId, Optional<Set<String>> tenants) {
    return events
        .listen(lastId, new Event.Interest(Optional.empty(), tenants, false))
        .orElseThrow();
  }

  private static List<Event> heard(Events.Listener listener) throws InterruptedException {
    var all = new ArrayList<Event>();
    for (var next = listener.next(Duration.ZERO);
        next.isPresent();
        next = listener.next(Duration.ZERO)) {
      all.add(next.get());
    }
    return all;
  }

  @Test
  void whoListensHearsWhatComesAndGoesOnAfterWhatHeHeard() throws InterruptedException {
    tell("before.test", "contoso");
    var listener = listen(Optional.empty(), Optional.empty());
    tell("a.test", "contoso");
    tell("b.test", "contoso");
    var heard = heard(listener);
    assertThat(heard)
        .extracting(Event::json)
        .containsExactly(
            "{\"at\":\"2026-11-28T20:00:00Z\",\"domain\":\"a.test\"}",
            "{\"at\":\"2026-11-28T20:00:00Z\",\"domain\":\"b.test\"}");

    var again = listen(Optional.of(heard.getFirst().id()), Optional.empty());
    assertThat(again.hasMissed()).isFalse();
    assertThat(heard(again)).containsExactly(heard.getLast());
    assertThat(heard(listen(Optional.of(heard.getLast().id()), Optional.empty()))).isEmpty();
  }

  @Test
  void whatNobodyKnowsAnyMoreIsSaidToBeMissed() throws InterruptedException {
    var listener = listen(Optional.empty(), Optional.empty());
    tell("first.test", "");
    var first = heard(listener).getFirst();
    for (var i = 0; i < Events.KEPT; i++) {
      tell("other.test", "");
    }
    assertThat(listen(Optional.of(first.id()), Optional.empty()).hasMissed()).isFalse();
    tell("one-more.test", "");
    assertThat(listen(Optional.of(first.id()), Optional.empty()).hasMissed()).isTrue();
    assertThat(listen(Optional.of("of-another-run-7"), Optional.empty()).hasMissed()).isTrue();
  }

  @Test
  void whoIsLimitedHearsOfHisTenantsAlone() throws InterruptedException {
    var listener = listen(Optional.empty(), Optional.of(Set.of("contoso")));
    tell("a.test", "contoso");
    tell("b.test", "fabrikam");
    events.tell(Event.Kind.RELOAD, Event.Audience.WHOLE, NOW, _ -> {});
    assertThat(heard(listener))
        .singleElement()
        .extracting(Event::json)
        .asString()
        .contains("a.test");
  }

  @Test
  void whoDoesNotReadIsDroppedAndHoldsNobodyUp() throws InterruptedException {
    var slow = listen(Optional.empty(), Optional.empty());
    for (var i = 0; i <= Events.WAITING; i++) {
      assertThat(slow.isTooSlow()).isFalse();
      tell("a.test", "");
    }
    assertThat(slow.isTooSlow()).isTrue();
    assertThat(heard(slow)).hasSize(Events.WAITING);
  }

  @Test
  void whoGoesOnAfterTheLatestHearsAllThatComesThen() throws InterruptedException {
    var atFirst = events.latestId();
    tell("a.test", "contoso");
    var then = events.latestId();
    tell("b.test", "contoso");

    assertThat(heard(listen(Optional.of(atFirst), Optional.empty()))).hasSize(2);
    assertThat(heard(listen(Optional.of(then), Optional.empty())))
        .singleElement()
        .extracting(Event::json)
        .asString()
        .contains("b.test");
  }

  @ParameterizedTest
  @EnumSource
  void onlySoManyListen(Event.By by) {
    var anybody = new Event.Interest(by, Optional.empty(), Optional.empty(), false);
    var some = listen(by.most(), anybody);
    assertThat(events.listen(Optional.empty(), anybody)).isEmpty();
    some.getFirst().close();
    assertThat(events.listen(Optional.empty(), anybody)).isPresent();
  }

  private List<Events.Listener> listen(int times, Event.Interest interest) {
    return IntStream.range(0, times)
        .mapToObj(_ -> events.listen(Optional.empty(), interest).orElseThrow())
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void oneLoginLeavesRoomForOthers(Event.By by) {
    var red = new Event.Interest(by, Optional.of("red"), Optional.empty(), false);
    var limited = red.within(Set.of("red"));
    var some = listen(by.mostOfOne(), limited);
    assertThat(events.listen(Optional.empty(), limited)).isEmpty();
    assertThat(
            events.listen(
                Optional.empty(),
                new Event.Interest(by, Optional.of("operator"), Optional.empty(), false)))
        .isPresent();
    some.getFirst().close();
    assertThat(events.listen(Optional.empty(), limited)).isPresent();
  }

  @Test
  void openPagesTakeNoRoomFromPrograms() {
    var bob = Optional.of("bob");
    listen(
        Event.By.PAGE.mostOfOne(), new Event.Interest(Event.By.PAGE, bob, Optional.empty(), false));
    listen(Event.By.PROGRAM.mostOfOne(), new Event.Interest(bob, Optional.empty(), false));
  }
}
