package maildrift.alerts.mute;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;

/**
 * Work that was announced in the configuration: alerts that it covers are not told meanwhile.
 *
 * @param domains their names, as alerts are labelled with them
 * @param tenants all of whose domains are meant
 * @param matchers which of these alerts; of all alerts, where no domains and tenants are named
 * @param length positive
 * @param reason in the operator's words
 */
public record Maintenance(
    Set<String> domains,
    Set<String> tenants,
    List<Matcher> matchers,
    Instant from,
    Duration length,
    String reason) {
  /** The rule that tells how a window is getting on; no window mutes it. */
  public static final String PROGRESS = "maintenance.progress";

  public Maintenance {
    domains = Set.copyOf(domains);
    tenants = Set.copyOf(tenants);
    matchers = List.copyOf(matchers);
    if (domains.isEmpty() && tenants.isEmpty() && matchers.isEmpty()) {
      throw new IllegalArgumentException("a maintenance window is about something");
    }
    if (length.isNegative() || length.isZero()) {
      throw new IllegalArgumentException("maintenance.for must be positive, was " + length);
    }
  }

  /** Of all alerts of some domains. */
  public Maintenance(Set<String> domains, Instant from, Duration length, String reason) {
    this(domains, Set.of(), List.of(), from, length, reason);
  }

  public Instant until() {
    return from.plus(length);
  }

  public boolean isOn(Instant now) {
    return !now.isBefore(from) && now.isBefore(until());
  }

  /** Whether some alerts of a domain are meant. */
  public boolean isAbout(String domain, String tenant) {
    return (domains.isEmpty() && tenants.isEmpty())
        || domains.contains(domain)
        || tenants.contains(tenant);
  }

  /** Whether an alert with these labels is meant, whenever that is. */
  public boolean covers(Labels labels) {
    return isAbout(labels.get("domain"), labels.get("tenant"))
        && matchers.stream().allMatch(matcher -> matcher.matches(labels))
        && !labels.get("alertname").equals(PROGRESS);
  }

  public boolean mutes(Labels labels, Instant now) {
    return isOn(now) && covers(labels);
  }
}
