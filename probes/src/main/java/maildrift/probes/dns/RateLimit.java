package maildrift.probes.dns;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket without a bucket: it remembers when the next message would be due if all came
 * evenly spaced, and lets that time run ahead of the clock by nothing and behind it by the burst
 * (the generic cell rate algorithm). Lock-free.
 */
final class RateLimit {
  /** A tenth of a second's worth may go out at once, but never fewer than one look's questions. */
  private static final int SMALLEST_BURST = 32;

  private final long interval;
  private final long burst;
  private final AtomicLong next;

  /**
   * @param perSecond at least 1
   */
  RateLimit(int perSecond, long now) {
    interval = 1_000_000_000L / perSecond;
    burst = interval * Math.max(SMALLEST_BURST, perSecond / 10);
    next = new AtomicLong(now - burst);
  }

  /**
   * Takes a token.
   *
   * @return when it may be used, on the clock of {@code now} (possibly at once); or {@link
   *     Long#MIN_VALUE} and no token is taken, if that would be after {@code latest}
   */
  long take(long now, long latest) {
    while (true) {
      var due = next.get();
      // An unused allowance is not saved up beyond the burst.
      var at = due - (now - burst) < 0 ? now - burst : due;
      if (at - latest > 0) {
        return Long.MIN_VALUE;
      }
      if (next.compareAndSet(due, at + interval)) {
        return at - now < 0 ? now : at;
      }
    }
  }
}
