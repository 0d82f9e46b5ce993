package maildrift.monitor.config;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import maildrift.probes.dns.DnsName;

/** A time in which expected changes of some domains alert nobody. */
public record Maintenance(Set<DnsName> domains, Instant from, Duration length, String reason) {

  public Maintenance {
    domains = Set.copyOf(domains);
  }

  /** The first instant after it. */
  public Instant until() {
    return from.plus(length);
  }

  public boolean holds(DnsName domain, Instant now) {
    return domains.contains(domain) && !now.isBefore(from) && now.isBefore(until());
  }
}
