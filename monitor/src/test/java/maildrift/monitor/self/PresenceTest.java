package maildrift.monitor.self;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import maildrift.monitor.store.Absence;
import org.junit.jupiter.api.Test;

class PresenceTest {
  @Test
  void anAbsenceThatCouldNotBeKeptIsTakenAgain() {
    var clock = new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
    var presence = new Presence(clock::get, () -> 0);
    clock.updateAndGet(now -> now.plusSeconds(3600));
    presence.tick();
    var absence = presence.takeNew().getFirst();

    presence.putBack(absence);

    assertThat(presence.takeNew()).containsExactly(absence);
    assertThat(presence.takeNew()).isEmpty();
  }

  private static final Instant START = Instant.parse("2026-11-28T17:00:00Z");

  private Instant wall = START;
  private Duration steady = Duration.ZERO;
  private final Presence presence = new Presence(() -> wall, () -> steady.toNanos());

  @Test
  void ordinaryTimeCounts() {
    for (var i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(2));
      presence.tick();
    }

    assertThat(presence.between(START, wall)).isEqualTo(Duration.ofSeconds(200));
    assertThat(presence.awake()).isEqualTo(Duration.ofSeconds(200));
    assertThat(presence.takeNew()).isEmpty();
  }

  @Test
  void aProcessThatStoodStillWasNotThere() {
    pass(Duration.ofMinutes(10));
    presence.tick();
    pass(Duration.ofSeconds(20));
    presence.tick();

    assertThat(presence.between(START, wall)).isEqualTo(Duration.ofSeconds(20));
    assertThat(presence.awake()).isLessThan(Duration.ofMinutes(1));
    assertThat(presence.takeNew())
        .containsExactly(new Absence(START, START.plus(Duration.ofMinutes(10))));
    assertThat(presence.takeNew()).isEmpty();
  }

  @Test
  void oneThatIsAskedBeforeTheFirstTickKnowsThatToo() {
    pass(Duration.ofMinutes(10));

    assertThat(presence.between(START, wall)).isZero();
  }

  @Test
  void aClockThatLeapsForwardOrAMachineThatWasSuspendedMakesNothingOlder() {
    wall = wall.plus(Duration.ofHours(1));
    presence.tick();

    assertThat(presence.between(START.minusSeconds(30), wall)).isEqualTo(Duration.ofSeconds(30));
    assertThat(presence.awake()).isZero();
  }

  @Test
  void aClockThatIsSetBackMakesNothingNegative() {
    wall = wall.minus(Duration.ofHours(1));
    presence.tick();
    pass(Duration.ofSeconds(5));
    presence.tick();

    assertThat(presence.between(START, wall)).isZero();
    assertThat(presence.awake()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void theTimeBetweenTwoRunsDoesNotCount() {
    var old = new Absence(START.minusSeconds(7200), START.minusSeconds(3600));
    presence.restore(List.of(old), Optional.of(START.minusSeconds(600)));

    assertThat(presence.between(START.minusSeconds(7200), START)).isEqualTo(Duration.ofMinutes(50));
    assertThat(presence.takeNew()).containsExactly(new Absence(START.minusSeconds(600), START));
  }

  private void pass(Duration time) {
    wall = wall.plus(time);
    steady = steady.plus(time);
  }
}
