package maildrift.alerts.mute;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import maildrift.alerts.Labels;

/**
 * Work that was announced in the configuration: alerts of these domains are not told meanwhile.
 *
 * @param domains their names, as alerts are labelled with them
 * @param length positive
 * @param reason in the operator's words
 */
public record Maintenance(Set<String> domains, Instant from, Duration length, String reason) {
  public Maintenance {
    domains = Set.copyOf(domains);
    if (length.isNegative() || length.isZero()) {
      throw new IllegalArgumentException("maintenance.for must be positive, was " + length);
    }
  }

  public Instant until() {
    return from.plus(length);
  }

  public boolean isOn(Instant now) {
    return !now.isBefore(from) && now.isBefore(until());
  }

  public boolean mutes(Labels labels, Instant now) {
    return isOn(now) && domains.contains(labels.get("domain"));
  }
}
