package maildrift.monitor.wiring;

import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.KeptDomain;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.web.Backend;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;

/**
 * Domains that are kept in the store because somebody said so over the API. What a file says counts
 * before them.
 */
final class DeclaredDomains {
  private final ConfigLoader loader;
  private final StateStore store;
  private final StateTable table;
  private final Discovery discovery;
  private final Population population;
  private final InForce inForce;
  private final Clock clock;

  DeclaredDomains(
      ConfigLoader loader,
      StateStore store,
      StateTable table,
      Discovery discovery,
      Population population,
      InForce inForce,
      Clock clock) {
    this.loader = loader;
    this.store = store;
    this.table = table;
    this.discovery = discovery;
    this.population = population;
    this.inForce = inForce;
    this.clock = clock;
  }

  /** See {@link Backend#kept}. */
  Optional<KeptDomain> kept(String name) {
    if (isConfigured(name)) {
      return Optional.empty(); // What a file says counts; this would change nothing.
    }
    return store.domains().stream().filter(kept -> kept.name().equals(name)).findFirst();
  }

  /** See {@link Backend#declare}. */
  Backend.Declared declare(
      String json, String by, boolean isNew, MonitorConfig within, Consumer<ManagedDomain> mayBe) {
    return switch (loader.domain(json, within)) {
      case ConfigLoader.DomainResult.Refused(var problems) ->
          new Backend.Declared.Refused(problems);
      case ConfigLoader.DomainResult.Accepted(var domain) -> {
        var own = new KeptDomain(domain.name().toString(), json, clock.instant(), by);
        var declared =
            discovery.keeping(
                () -> {
                  mayBe.accept(domain);
                  return keep(own, isNew);
                });
        if (declared instanceof Backend.Declared.Done) {
          population.populate();
        }
        yield declared;
      }
    };
  }

  /** Asks the whole daemon: the caller may not see who has it, and must not take it from him. */
  private Backend.Declared keep(KeptDomain own, boolean isNew) {
    var isKept = store.domains().stream().anyMatch(kept -> kept.name().equals(own.name()));
    if (isNew && (isKept || isManaged(own.name()) || isConfigured(own.name()))) {
      return new Backend.Declared.Taken();
    }
    if (!isNew && (!isKept || isConfigured(own.name()))) {
      return new Backend.Declared.Gone();
    }
    store.commit(Batch.builder().domain(own).build());
    return new Backend.Declared.Done();
  }

  private boolean isManaged(String name) {
    return DnsName.parse(name).flatMap(table::of).isPresent();
  }

  private boolean isConfigured(String name) {
    return DnsName.parse(name).flatMap(inForce.config()::domain).isPresent();
  }

  /** See {@link Backend#removeDomain}. */
  Backend.Removal removeDomain(String name) {
    var removal = discovery.keeping(() -> drop(name));
    if (removal == Backend.Removal.REMOVED) {
      population.populate();
    }
    return removal;
  }

  private Backend.Removal drop(String name) {
    // The next list would bring back what a source says.
    if (store.domains().stream()
        .noneMatch(kept -> kept.name().equals(name) && !discovery.isBrought(kept))) {
      return isManaged(name) ? Backend.Removal.CONFIGURED : Backend.Removal.UNKNOWN;
    }
    store.commit(Batch.builder().dropDomain(name).build());
    return Backend.Removal.REMOVED;
  }
}
