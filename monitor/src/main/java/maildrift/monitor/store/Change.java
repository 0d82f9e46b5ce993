package maildrift.monitor.store;

import java.time.Instant;
import java.util.Optional;

/**
 * One line of the history: something changed.
 *
 * @param tenant empty text where the domain has none
 * @param record what changed, e.g. {@code spf}, or a rule id for a finding
 * @param before the old value; empty when there was none
 * @param after the new value; empty when there is none any more
 * @param kind e.g. {@code record}, {@code finding}, {@code accepted}, {@code accepted by migration
 *     to …}
 */
public record Change(
    Instant at,
    String domain,
    String tenant,
    String record,
    Optional<String> before,
    Optional<String> after,
    String kind) {
  public Change {
    before = before.map(Texts::storable);
    after = after.map(Texts::storable);
    at = Micros.of(at);
  }
}
