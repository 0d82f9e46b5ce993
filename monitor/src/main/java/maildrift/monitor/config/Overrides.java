package maildrift.monitor.config;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.domain.ManagedDomain;

/**
 * What the command line says over the configuration. It holds for every reload and for domains that
 * are added over the API: an option that a reload undoes would lie.
 *
 * @param resolvers asked instead of the configured ones, and nobody else; empty: as configured
 * @param timeout one question's whole deadline; empty: as configured
 * @param skip probes that are left out of every domain, besides those that it skips itself
 */
public record Overrides(List<HostPort> resolvers, Optional<Duration> timeout, Set<String> skip) {
  public static final Overrides NONE = new Overrides(List.of(), Optional.empty(), Set.of());

  public Overrides {
    resolvers = List.copyOf(resolvers);
    skip = Set.copyOf(skip);
  }

  MonitorConfig over(MonitorConfig config) {
    return config.with(over(config.dns())).with(config.domains().stream().map(this::over).toList());
  }

  public DnsConfig over(DnsConfig dns) {
    var asked = resolvers.isEmpty() ? dns : dns.only(resolvers);
    return timeout.map(asked::timeout).orElse(asked);
  }

  ManagedDomain over(ManagedDomain domain) {
    if (domain.skip().containsAll(skip)) {
      return domain;
    }
    var both = new HashSet<>(domain.skip());
    both.addAll(skip);
    return domain.skip(both);
  }
}
