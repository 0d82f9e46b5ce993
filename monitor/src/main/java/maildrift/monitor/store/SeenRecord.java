package maildrift.monitor.store;

import java.time.Instant;

/**
 * What a watched record looked like when it was last seen.
 *
 * @param record its name within the domain, e.g. {@code spf} or {@code dkim/default}
 * @param value normalised text
 * @param changedAt since when it has been so
 */
public record SeenRecord(String domain, String record, String value, Instant changedAt) {
  public SeenRecord {
    value = Texts.storable(value);
    changedAt = Micros.of(changedAt);
  }
}
