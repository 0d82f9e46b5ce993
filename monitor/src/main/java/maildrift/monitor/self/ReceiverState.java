package maildrift.monitor.self;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * How a receiver is.
 *
 * @param since when it came to be so; empty where it is well
 * @param pending notifications that wait for it
 * @param oldest when the oldest of them was made owed
 * @param lastSuccess when something last arrived there since the start
 * @param lastError of the last attempt that failed
 * @param givenUp notifications that it refused until they were given up
 * @param isLate whether the oldest has waited for too long
 */
public record ReceiverState(
    String name,
    Condition condition,
    Optional<Instant> since,
    long pending,
    Optional<Instant> oldest,
    Optional<Instant> lastSuccess,
    Optional<String> lastError,
    long givenUp,
    boolean isLate) {

  /** In a word. */
  public enum Condition {
    OK,
    /** The last attempts did not succeed, or what waits has waited for too long. */
    FAILING,
    /** It said 410 and is asked no more. */
    DISABLED,
    /** It is not in the configuration any more, and something waits for it. */
    REMOVED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether an alert that goes there is likely to be heard soon. */
  public boolean isWell() {
    return condition == Condition.OK;
  }
}
