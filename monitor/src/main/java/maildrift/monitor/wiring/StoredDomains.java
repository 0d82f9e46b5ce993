package maildrift.monitor.wiring;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import maildrift.alerts.Alert;
import maildrift.monitor.self.SelfWatch;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.SeenRecord;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.watch.Watch;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the store kept of domains and of alerts, read once at the start, when nobody writes yet. */
final class StoredDomains {
  private static final Logger LOG = LoggerFactory.getLogger(StoredDomains.class);

  private final List<Alert> alerts = new ArrayList<>();
  private final Map<String, List<Alert>> own = new HashMap<>();
  private final Map<String, Map<String, String>> baselines = new HashMap<>();
  private final Map<String, Map<String, String>> seen = new HashMap<>();
  private final Map<String, Map<String, Instant>> since = new HashMap<>();
  private final Map<String, byte[]> states = new HashMap<>();
  private final Map<String, Instant> checkedAt = new HashMap<>();

  /**
   * Reads all of it.
   *
   * @param shared takes up records that are no domain's own, before any domain is added
   */
  StoredDomains(StateStore store, Consumer<SeenRecord> shared) {
    store.eachAlert(
        kept -> {
          alerts.add(kept.alert());
          own.computeIfAbsent(kept.domain(), _ -> new ArrayList<>()).add(kept.alert());
        });
    store.eachBaseline(baseline -> baselines.put(baseline.domain(), baseline.records()));
    store.eachSeen(
        record -> {
          if (record.domain().equals(Change.SHARED)) {
            shared.accept(record);
            return;
          }
          seen.computeIfAbsent(record.domain(), _ -> new HashMap<>())
              .put(record.record(), record.value());
          since
              .computeIfAbsent(record.domain(), _ -> new HashMap<>())
              .put(record.record(), record.changedAt());
        });
    store.eachState(
        row -> {
          states.put(row.domain(), row.content());
          checkedAt.put(row.domain(), row.checkedAt());
        });
  }

  /** Of all domains, and of maildrift itself. */
  List<Alert> alerts() {
    return alerts;
  }

  List<Alert> alerts(String domain) {
    return own.getOrDefault(domain, List.of());
  }

  /** All that is known of a domain. */
  Watch.Remembered of(ManagedDomain domain) {
    var name = domain.name().toString();
    return new Watch.Remembered(
        restoredState(domain, states.get(name), checkedAt.get(name)),
        alerts(name),
        baselines.getOrDefault(name, Map.of()),
        seen.getOrDefault(name, Map.of()),
        since.getOrDefault(name, Map.of()));
  }

  /**
   * Those that were taken out while the daemon was down, with nothing but their alerts: these end
   * as if it had seen that.
   */
  Map<ManagedDomain, Watch.Remembered> orphans(Set<String> managed) {
    var names = new HashSet<>(own.keySet());
    names.addAll(states.keySet());
    names.removeAll(managed);
    names.remove(SelfWatch.DOMAIN);
    var orphans = new HashMap<ManagedDomain, Watch.Remembered>();
    names.forEach(
        name ->
            DnsName.parse(name)
                .map(ManagedDomain::undeclared)
                .ifPresent(
                    domain ->
                        orphans.put(
                            domain,
                            new Watch.Remembered(
                                DomainState.unseen(domain),
                                alerts(name),
                                Map.of(),
                                Map.of(),
                                Map.of()))));
    return orphans;
  }

  private static DomainState restoredState(
      ManagedDomain domain,
      byte @org.jspecify.annotations.Nullable [] content,
      @org.jspecify.annotations.Nullable Instant at) {
    if (content == null) {
      return DomainState.unseen(domain);
    }
    try {
      var state = DomainState.restore(domain, content);
      return at == null ? state : state.checkedAt(at);
    } catch (RuntimeException failure) {
      LOG.error(
          "the stored state of {} cannot be read; it is looked at anew", domain.name(), failure);
      return DomainState.unseen(domain);
    }
  }
}
