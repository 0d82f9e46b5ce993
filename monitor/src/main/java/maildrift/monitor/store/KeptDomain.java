package maildrift.monitor.store;

import java.time.Instant;

/**
 * A managed domain that was added over the API and is in no configuration file.
 *
 * @param definition as one entry of {@code domains:}, in JSON
 */
public record KeptDomain(String name, String definition, Instant addedAt, String addedBy) {
  public KeptDomain {
    addedAt = Micros.of(addedAt);
  }
}
