package maildrift.monitor.self;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.outbox.Deliveries;
import maildrift.alerts.outbox.Owed;
import maildrift.monitor.self.ReceiverState.Condition;
import maildrift.monitor.store.MemoryStore;
import org.junit.jupiter.api.Test;

class ReceiverWatchTest {
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private final MemoryStore store = new MemoryStore();
  private final Presence presence = Presence.always(clock);
  private final ReceiverWatch watch =
      new ReceiverWatch(store, presence, () -> Duration.ofMinutes(15), clock);

  ReceiverWatchTest() {
    watch.configured(Map.of("mail", "m1"));
  }

  @Test
  void whatWaitsForTooLongWithNothingTakenIsLate() {
    owe("a");
    look(Optional.empty(), Optional.of(now));
    pass(Duration.ofMinutes(16));

    assertThat(look(Optional.empty(), Optional.of(now)).isLate()).isTrue();
  }

  @Test
  void oneThatTakesAllButOneMessageIsNotLate() {
    owe("poison");
    look(Optional.empty(), Optional.empty());
    pass(Duration.ofMinutes(1));
    var taken = Optional.of(now);
    pass(Duration.ofHours(1));

    assertThat(look(taken, Optional.empty()).isLate()).isFalse();

    var failing = Optional.of(now);
    pass(Duration.ofMinutes(16));
    assertThat(look(taken, failing).isLate()).isTrue();
  }

  @Test
  void oneThatWasRefusedBeforeARestartIsWaitedForAnew() {
    owe("poison");
    store.outbox().retryLater("poison", now, "refused: HTTP 400");
    pass(Duration.ofHours(1));

    assertThat(look(Optional.empty(), Optional.empty()).isLate()).isFalse();
  }

  @Test
  void whatWasLateBeforeARestartIsLateOnceOnly() {
    watch.restoredLate(Set.of("mail"));
    owe("a");
    assertThat(look(Optional.empty(), Optional.empty()).isLate()).isTrue();
    store.outbox().delivered("a");
    watch.look(Map.of());
    pass(Duration.ofSeconds(1));

    owe("b");

    assertThat(look(Optional.empty(), Optional.empty()).isLate()).isFalse();
  }

  @Test
  void whatArrivedMeanwhileIsNotLate() {
    watch.restoredLate(Set.of("mail"));
    watch.look(Map.of());

    owe("a");

    assertThat(look(Optional.of(now), Optional.empty()).isLate()).isFalse();
  }

  @Test
  void aSingleAttemptThatFailedMakesNobodyUnwell() {
    owe("a");

    var state = look(Optional.empty(), Optional.of(now));

    assertThat(state.condition()).isEqualTo(Condition.FAILING);
    assertThat(watch.unwell()).isEmpty();
    pass(Duration.ofMinutes(16));
    look(Optional.empty(), Optional.of(now));
    assertThat(watch.unwell()).containsExactly("mail");
  }

  @Test
  void oneThatIsTakenOutOfTheConfigurationIsGoneNoMore() {
    owe("a");
    watch.gone("mail", "HTTP 410");
    assertThat(look(Optional.empty(), Optional.empty()).condition()).isEqualTo(Condition.DISABLED);

    watch.configured(Map.of());

    assertThat(look(Optional.empty(), Optional.empty()).condition()).isEqualTo(Condition.REMOVED);
    assertThat(store.goneReceivers()).isEmpty();
  }

  private void owe(String id) {
    store.outbox().owe(List.of(Owed.fresh(id, "mail", "g", 1, "{}", now)));
  }

  private void pass(Duration time) {
    now = now.plus(time);
    presence.tick();
  }

  private ReceiverState look(Optional<Instant> taken, Optional<Instant> failing) {
    watch.look(
        Map.of(
            "mail",
            new Deliveries.Counts(0, Map.of(), 0, false, taken, failing, Optional.empty())));
    return watch.state("mail").orElseThrow();
  }
}
