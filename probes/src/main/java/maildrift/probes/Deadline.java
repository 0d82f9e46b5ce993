package maildrift.probes;

import java.time.Duration;

/**
 * The instant by which something must have ended, on the monotonic clock.
 *
 * @param nanoTime a value of {@link System#nanoTime()}
 */
public record Deadline(long nanoTime) {

  public static Deadline after(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  /** The earlier of this and {@code duration} from now. */
  public Deadline atMost(Duration duration) {
    var other = after(duration);
    return other.nanoTime - nanoTime < 0 ? other : this;
  }

  /** What is left; zero when it has passed. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
  }

  public boolean passed() {
    return nanoTime - System.nanoTime() <= 0;
  }
}
