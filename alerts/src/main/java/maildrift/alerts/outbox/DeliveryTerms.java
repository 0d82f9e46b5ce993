package maildrift.alerts.outbox;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How hard we try.
 *
 * @param inFlight notifications to one receiver at a time; while it fails, one
 * @param delays after the first failure, the second and so on; then the last one for ever (Standard
 *     Webhooks' schedule, whose first attempt is at once)
 * @param jitter part of the delay by which it may be shorter or longer, so that receivers are not
 *     hit by all at once
 * @param lease how long a claim is good for; longer than any attempt takes
 * @param longestPause the most that a receiver's Retry-After is obeyed
 * @param mergeAfter what has waited for so long is told together with what waits behind it in its
 *     group: the receiver was away, and need not hear each step of a day
 */
public record DeliveryTerms(
    int inFlight,
    List<Duration> delays,
    double jitter,
    Duration lease,
    Duration longestPause,
    Duration mergeAfter) {
  public static final DeliveryTerms DEFAULT =
      new DeliveryTerms(
          4,
          List.of(
              Duration.ofSeconds(5),
              Duration.ofMinutes(5),
              Duration.ofMinutes(30),
              Duration.ofHours(2),
              Duration.ofHours(5),
              Duration.ofHours(10),
              Duration.ofHours(14),
              Duration.ofHours(20),
              Duration.ofHours(24)),
          0.1,
          Duration.ofMinutes(5),
          Duration.ofHours(1),
          Duration.ofMinutes(2));

  public DeliveryTerms(
      int inFlight, List<Duration> delays, double jitter, Duration lease, Duration longestPause) {
    this(inFlight, delays, jitter, lease, longestPause, DEFAULT.mergeAfter);
  }

  public DeliveryTerms {
    delays = List.copyOf(delays);
    if (inFlight < 1 || delays.isEmpty() || jitter < 0 || jitter >= 1) {
      throw new IllegalArgumentException(
          "deliveries need at least one in flight, a delay, and a jitter below 1");
    }
  }

  /** The same, but what piled up is merged after another time. */
  public DeliveryTerms mergeAfter(Duration other) {
    return new DeliveryTerms(inFlight, delays, jitter, lease, longestPause, other);
  }

  /** How long to wait after a failure that so many others came before. */
  Duration delay(int failuresBefore, RandomGenerator random) {
    var delay = delays.get(Math.min(failuresBefore, delays.size() - 1));
    var factor = 1 + jitter * (2 * random.nextDouble() - 1);
    return Duration.ofMillis(Math.round(delay.toMillis() * factor));
  }

  /** Whether what the receiver refuses was tried often enough. */
  boolean isEnough(int failures) {
    return failures > delays.size();
  }
}
