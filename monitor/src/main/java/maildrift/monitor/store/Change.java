package maildrift.monitor.store;

import java.time.Instant;
import java.util.Optional;

/**
 * One line of the history: something changed.
 *
 * @param domain whose it is; {@link #SHARED} for what many domains depend on and none owns
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
  /** The domain of a record that belongs to none of those that depend on it. */
  public static final String SHARED = "";

  /** The kind of those that say who took an alert, or gave it back. */
  public static final String ACKNOWLEDGED = "acknowledged";

  /** The kind of those that say who did a step of a checklist, or took that back. */
  public static final String TICKED = "ticked";

  public Change {
    before = before.map(Texts::storable);
    after = after.map(Texts::storable);
    at = Micros.of(at);
  }
}
