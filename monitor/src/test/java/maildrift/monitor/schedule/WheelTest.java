package maildrift.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WheelTest {
  private final Wheel wheel = new Wheel(8, 0);

  private List<Integer> firedUntil(long tick) {
    var fired = new ArrayList<Integer>();
    wheel.advance(tick, fired::add);
    return fired;
  }

  @Test
  void aTimerFiresOnceAtItsTick() {
    wheel.arm(0, 3);

    assertThat(firedUntil(2)).isEmpty();
    assertThat(firedUntil(3)).containsExactly(0);
    assertThat(firedUntil(30)).isEmpty();
  }

  @Test
  void aTimerBeyondOneTurnWaitsForItsTurn() {
    wheel.arm(0, 19);

    assertThat(firedUntil(11)).isEmpty();
    assertThat(firedUntil(18)).isEmpty();
    assertThat(firedUntil(19)).containsExactly(0);
  }

  @Test
  void aJumpOverManyTurnsFiresEachOnce() {
    wheel.arm(0, 3);
    wheel.arm(1, 50);
    wheel.arm(2, 5_000);

    assertThat(firedUntil(1_000)).containsExactlyInAnyOrder(0, 1);
    assertThat(firedUntil(5_000)).containsExactly(2);
  }

  @Test
  void armingAgainMovesAndDisarmingStops() {
    wheel.arm(0, 3);
    wheel.arm(0, 5);
    wheel.arm(1, 4);
    wheel.disarm(1);

    assertThat(firedUntil(4)).isEmpty();
    assertThat(firedUntil(5)).containsExactly(0);
  }

  @Test
  void aTimerMayBeArmedAgainWhileItFires() {
    wheel.arm(0, 2);
    var ticks = new ArrayList<Long>();
    for (long tick = 1; tick <= 40; tick++) {
      var at = tick;
      wheel.advance(
          tick,
          timer -> {
            ticks.add(at);
            wheel.arm(timer, at + 10);
          });
    }

    assertThat(ticks).containsExactly(2L, 12L, 22L, 32L);
  }

  @Test
  void aPastTickMeansTheNextOne() {
    firedUntil(100);
    wheel.arm(0, 7);

    assertThat(firedUntil(101)).containsExactly(0);
  }

  @Test
  void randomTimersFireExactlyWhenANaiveModelSays() {
    var random = new Random(42);
    var expected = new HashMap<Integer, Long>();
    for (long tick = 1; tick <= 2_000; tick++) {
      var timer = random.nextInt(200);
      var at = tick + 1 + random.nextInt(60);
      wheel.arm(timer, at);
      expected.put(timer, at);
      var now = tick;
      var fired = firedUntil(now);
      var due =
          expected.entrySet().stream()
              .filter(e -> e.getValue() <= now)
              .map(e -> e.getKey())
              .toList();
      assertThat(fired).containsExactlyInAnyOrderElementsOf(due);
      due.forEach(expected::remove);
    }
  }
}
