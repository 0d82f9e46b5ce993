package maildrift.monitor.watch;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
import maildrift.probes.Finding;
import maildrift.probes.Severity;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.migration.Move;
import maildrift.probes.spf.SpfProbe;

/** What a migration's new state prescribes, and is there, is what is accepted from then on. */
final class Arrival {
  private Arrival() {}

  /**
   * Once the window of a migration is over, what its new state prescribes is the baseline, as soon
   * as enough looks have seen it. Returns who accepted it, if there is anything.
   *
   * @param records those that are new or others than before
   * @param baseline takes up what has arrived
   * @param batch takes up the lines of history
   */
  static Optional<String> arrived(
      DomainWatch watch,
      CheckResult result,
      Map<String, String> records,
      Map<String, String> baseline,
      Instant now,
      Batch.Builder batch) {
    var move = Move.of(result.domain()).filter(own -> own.isSettling(now));
    if (move.isEmpty()) {
      return Optional.empty();
    }
    var by = "migration to " + move.get().migration().to().label();
    var isAny = false;
    for (var probe : result.probes()) {
      // What the probe still finds wrong with the new state has not arrived.
      if (!probe.judgement().gaps().isEmpty()
          || probe.judgement().findings().stream().anyMatch(Arrival::isOfTheProfile)) {
        continue;
      }
      var spokenOf = spokenOf(probe, result.domain());
      for (var record : probe.judgement().records().entrySet()) {
        var name = record.getKey();
        var value = record.getValue();
        var old = baseline.get(name);
        if (old != null
            && !old.equals(value)
            && value.equals(records.getOrDefault(name, watch.records.get(name)))
            && !spokenOf.contains(name)
            && !spokenOf.contains(owner(name))
            && move.get().hasArrived(name, old, value)) {
          baseline.put(name, value);
          // A changed record brings its own count of lookups.
          var lookups = result.domain().name() + SpfProbe.LOOKUPS_RECORD;
          Optional.ofNullable(probe.judgement().records().get(lookups))
              .ifPresent(count -> baseline.put(lookups, count));
          isAny = true;
          batch.change(
              new Change(
                  now,
                  result.domain().name().toString(),
                  result.domain().tenant().id(),
                  name,
                  Optional.of(old).filter(text -> !text.isEmpty()),
                  Optional.of(value).filter(text -> !text.isEmpty()),
                  "accepted by " + by));
        }
      }
    }
    return isAny ? Optional.of(by) : Optional.empty();
  }

  /**
   * The records that something is found wrong with, or their owners. The domain itself owns several
   * of them, and has lived with lesser faults before.
   */
  private static Set<String> spokenOf(ProbeResult probe, ManagedDomain domain) {
    var own = domain.name().toString();
    return probe.judgement().findings().stream()
        .filter(
            finding ->
                finding.severity() == Severity.CRITICAL
                    || (finding.severity() != Severity.INFO && !finding.subject().equals(own)))
        .map(Finding::subject)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String owner(String record) {
    return record.substring(0, Math.max(0, record.lastIndexOf(' ')));
  }

  /** Whether it says that the domain does not do what its profile prescribes. */
  private static boolean isOfTheProfile(Finding finding) {
    return finding.evidence().containsKey("profile") && finding.severity() != Severity.INFO;
  }
}
