package maildrift.monitor.wiring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import maildrift.monitor.config.AllowlistConfig;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.store.KeptDomain;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Neighbourhood;
import maildrift.probes.network.Cidr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which domains are managed now: those of the configuration, those kept in the store, with the
 * allowlists as last fetched, each knowing its neighbours.
 */
final class Fleet {
  private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

  private final ConfigLoader loader;
  private final Map<String, Allowlist> fetched = new ConcurrentHashMap<>();

  /** Kept domains as they last fitted: a reload must not stop watching one without a word. */
  private final Map<String, Accepted> accepted = new ConcurrentHashMap<>();

  private record Accepted(String definition, MonitorConfig under, ManagedDomain domain) {}

  Fleet(ConfigLoader loader) {
    this.loader = loader;
  }

  @SuppressWarnings("ReferenceEquality") // each load is another object, and comparing them is dear
  private static boolean isOf(Accepted before, KeptDomain own, MonitorConfig config) {
    return before.under() == config && before.definition().equals(own.definition());
  }

  /**
   * By name, configured ones first. A kept domain that the configuration now has, or that it no
   * longer allows, is left out.
   */
  SequencedMap<String, ManagedDomain> domains(MonitorConfig config, List<KeptDomain> kept) {
    var domains = new LinkedHashMap<String, ManagedDomain>();
    config.domains().forEach(domain -> domains.put(domain.name().toString(), current(domain)));
    for (var own : kept) {
      var before = Optional.ofNullable(accepted.get(own.name()));
      if (before.filter(it -> isOf(it, own, config)).isPresent()) {
        domains.putIfAbsent(own.name(), current(before.get().domain()));
        continue;
      }
      switch (loader.domain(own.definition(), config)) {
        case ConfigLoader.DomainResult.Accepted(var domain) -> {
          accepted.put(own.name(), new Accepted(own.definition(), config, domain));
          domains.putIfAbsent(own.name(), current(domain));
        }
        case ConfigLoader.DomainResult.Refused(var problems) -> {
          LOG.error(
              "the domain {} that was added over the API, or discovered, no longer fits the configuration, and is watched as before: {}",
              own.name(),
              problems);
          before.ifPresent(it -> domains.putIfAbsent(own.name(), current(it.domain())));
        }
      }
    }
    // What they have to do with each other changes with every one of them, and with every list.
    Neighbourhood.settled(domains.values())
        .forEach(domain -> domains.put(domain.name().toString(), domain));
    return domains;
  }

  private ManagedDomain current(ManagedDomain domain) {
    return domain
        .allowlist()
        .map(list -> fetched.get(list.name()))
        .map(domain::allowlist)
        .orElse(domain);
  }

  /** An allowlist was fetched. Returns whether it is another than before. */
  boolean fetched(AllowlistConfig config, List<Cidr> networks) {
    var list = config.holding(networks);
    return !list.equals(fetched.put(config.name(), list));
  }

  /** Forgets lists that are no longer fetched. */
  void retain(MonitorConfig config) {
    fetched
        .keySet()
        .removeIf(
            name -> {
              var list = config.allowlists().get(name);
              return list == null || !(list.source() instanceof AllowlistConfig.Fetched);
            });
  }
}
