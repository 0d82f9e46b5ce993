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
 * @param body the receiver-independent content, as JSON: Alertmanager's webhook shape, version "4"
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
    Optional<String> lastError) {}
