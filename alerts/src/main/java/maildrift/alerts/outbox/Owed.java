package maildrift.alerts.outbox;

import java.time.Instant;
import java.util.Optional;

/**
 * A notification that is owed to one receiver.
 *
 * @param id stable over all retries ({@code webhook-id})
 * @param receiver the receiver's name in the configuration
 * @param groupKey notifications of one group to one receiver are delivered in the order of {@code
 *     sequence}
 * @param sequence grows with every notification that is owed
 * @param body the content as JSON, the same for every kind of receiver: Alertmanager's webhook
 *     shape, version "4"; or a {@link maildrift.alerts.ReadyMail} for one that sends mail
 * @param attempts how often it was tried
 * @param nextAttempt not before
 * @param lastError of the last try
 */
public record Owed(
    String id,
    String receiver,
    String groupKey,
    long sequence,
    String body,
    Instant createdAt,
    int attempts,
    Instant nextAttempt,
    Optional<String> lastError) {

  /** How the last error of one that the receiver refused begins. */
  static final String REFUSED = "refused: ";

  public Owed {
    if (id.isEmpty() || receiver.isEmpty() || attempts < 0) {
      throw new IllegalArgumentException("an owed notification has an id and a receiver");
    }
  }

  /** One that was not tried yet and may be at once. */
  public static Owed fresh(
      String id, String receiver, String groupKey, long sequence, String body, Instant now) {
    return new Owed(id, receiver, groupKey, sequence, body, now, 0, now, Optional.empty());
  }

  /** The same after a try that failed. */
  public Owed failed(Instant next, String error) {
    return new Owed(
        id, receiver, groupKey, sequence, body, createdAt, attempts + 1, next, Optional.of(error));
  }

  /** Whether its receiver was there the last time, and did not like it. */
  public boolean wasRefused() {
    return lastError.filter(error -> error.startsWith(REFUSED)).isPresent();
  }

  /** The same, to be tried at another time. */
  public Owed nextAttempt(Instant next) {
    return new Owed(id, receiver, groupKey, sequence, body, createdAt, attempts, next, lastError);
  }
}
