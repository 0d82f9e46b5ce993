package maildrift.probes.dns;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void aBurstGoesAtOnceAndTheRestEvenlySpaced() {
    var limit = new RateLimit(10, 0);

    for (var i = 0; i < 33; i++) {
      assertThat(limit.take(0, SECOND)).isZero();
    }
    assertThat(limit.take(0, SECOND)).isEqualTo(SECOND / 10);
    assertThat(limit.take(0, SECOND)).isEqualTo(SECOND / 5);
  }

  @Test
  void whatWouldBeTooLateTakesNothing() {
    var limit = new RateLimit(10, 0);
    for (var i = 0; i < 34; i++) {
      limit.take(0, SECOND);
    }

    assertThat(limit.take(0, SECOND / 10)).isEqualTo(Long.MIN_VALUE);
    assertThat(limit.take(0, SECOND)).isEqualTo(SECOND / 5);
  }

  @Test
  void anIdleHourIsNotSavedUp() {
    var limit = new RateLimit(10, 0);
    var now = 3600 * SECOND;
    var immediate = 0;
    while (limit.take(now, now + SECOND) == now) {
      immediate++;
    }

    assertThat(immediate).isEqualTo(33);
  }
}
