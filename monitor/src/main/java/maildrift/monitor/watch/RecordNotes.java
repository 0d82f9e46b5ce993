package maildrift.monitor.watch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.monitor.drift.Drift;
import maildrift.monitor.drift.Includes;
import maildrift.monitor.store.Baseline;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.SeenRecord;
import maildrift.probes.dane.DaneProbe;
import maildrift.probes.migration.MigrationProbe;
import maildrift.probes.mtasts.MtaStsProbe;
import org.jspecify.annotations.Nullable;

/**
 * What a look means for what is remembered of a domain's records: which are new, which have another
 * value and since how many looks, which are gone, and what of that is a line of history. A value is
 * history only when as many looks have seen it, as far apart, as make an alert fire: one answer may
 * be a lie.
 *
 * <p>First {@link #noted what is to be} is made, and written into a batch; memory takes it over
 * only once that is stored. Called with {@link DomainWatch#lock} held.
 */
final class RecordNotes {
  private final ProbeRoster roster;
  private final SharedRecords shared;
  private final KeyRing keys;
  private final Supplier<Watch.Terms> terms;

  RecordNotes(ProbeRoster roster, SharedRecords shared, KeyRing keys, Supplier<Watch.Terms> terms) {
    this.roster = roster;
    this.shared = shared;
    this.keys = keys;
    this.terms = terms;
  }

  /**
   * What memory has to take over once it is stored.
   *
   * @param records those that are new or others than before
   * @param first those of them that are new
   * @param shared those of them that are others than before and belong to no domain
   * @param forgotten those that are no longer watched
   * @param doubts values that more looks must see first
   */
  record Noted(
      Map<String, String> records,
      Map<String, String> first,
      List<SharedRecords.Changed> shared,
      Set<String> forgotten,
      Map<String, DomainWatch.Doubt> doubts,
      Map<String, Instant> recordsChanged,
      Map<String, String> baseline) {}

  /** Notes what the records look like now, and accepts what is seen for the first time. */
  Noted noted(
      String name, DomainWatch watch, CheckResult result, Instant now, Batch.Builder batch) {
    var domain = watch.state.domain();
    var first = new HashMap<String, String>();
    var believed = new TreeMap<String, DomainWatch.Doubt>();
    var doubts = new HashMap<>(watch.doubts);
    var baseline = new HashMap<>(watch.baseline);
    var forgotten = new HashSet<String>();
    for (var probe : result.probes()) {
      var gapless = probe.judgement().gaps().isEmpty();
      for (var entry : probe.judgement().records().entrySet()) {
        var isForeign = SharedRecords.isForeign(domain.name(), entry.getKey());
        var record = isForeign ? shared.one(entry.getKey()) : entry.getKey();
        var value = isForeign ? shared.one(entry.getValue()) : entry.getValue();
        var before = watch.records.get(record);
        if (value.equals(before)) {
          doubts.remove(record);
        } else if (before == null) {
          first.put(record, value);
        } else if (MigrationProbe.isSighting(record)) {
          believed.put(record, new DomainWatch.Doubt(value, 1, now, now));
        } else if (!believed.containsKey(record)) {
          // Two probes may show one record; it is one look.
          var doubt = doubted(record, watch.doubts.get(record), value, now);
          if (doubt.looks() < terms.get().schedule().confirmations()) {
            doubts.put(record, doubt);
          } else {
            doubts.remove(record);
            believed.put(record, doubt);
          }
        }
        if (gapless
            && terms.get().baselineFirst()
            && !baseline.containsKey(record)
            && Drift.isCompared(record)) {
          baseline.put(record, value);
        }
      }
      if (gapless && probe.judgement().asides().isEmpty()) {
        forgetUnwatched(baseline, probe);
        forgetUnwatched(doubts, probe);
        unwatched(watch, probe).forEach(forgotten::add);
      }
    }
    unwatchedByAll(watch, result, baseline, doubts).forEach(forgotten::add);
    first.forEach((record, value) -> batch.seen(new SeenRecord(name, record, value, now)));
    forgotten.forEach(record -> batch.dropSeen(name, record));
    var changed = new HashMap<String, Instant>();
    believed.forEach(
        (record, doubt) -> {
          if (Drift.isCompared(record)) {
            changed.put(record, doubt.since());
          }
        });
    var records = new HashMap<>(first);
    believed.forEach((record, doubt) -> records.put(record, doubt.value()));
    var told = changes(watch, believed, batch);
    var by = Arrival.arrived(watch, result, records, baseline, now, batch);
    var accepted = watch.baseline;
    if (!baseline.equals(accepted)) {
      accepted = Map.copyOf(baseline);
      batch.baseline(Baseline.of(name, accepted, now, by.orElse("maildrift")));
    }
    return new Noted(
        records,
        first,
        told,
        Set.copyOf(forgotten),
        Map.copyOf(doubts),
        with(watch.recordsChanged, changed, forgotten),
        accepted);
  }

  /**
   * That a record has another value now is history only when as many looks have seen it, as far
   * apart, as make an alert fire: one answer may be a lie.
   */
  private DomainWatch.Doubt doubted(
      String record, DomainWatch.@Nullable Doubt before, String value, Instant now) {
    if (before == null || !isSame(record, before.value(), value)) {
      return new DomainWatch.Doubt(value, 1, now, now);
    }
    var tooSoon =
        !now.isBefore(before.at())
            && now.isBefore(before.at().plus(terms.get().schedule().confirmAfter()));
    return tooSoon
        ? before
        : new DomainWatch.Doubt(before.value(), before.looks() + 1, before.since(), now);
  }

  /** Some values say since when; until one is believed, each look says that it is since now. */
  private static boolean isSame(String record, String one, String other) {
    return one.equals(other)
        || (DaneProbe.isRecord(record) && DaneProbe.undated(one).equals(DaneProbe.undated(other)));
  }

  /**
   * Writes what the domain's records have become, and the history of its own.
   *
   * @return those that belong to no domain, whose history is written once for all
   */
  List<SharedRecords.Changed> changes(
      DomainWatch watch, Map<String, DomainWatch.Doubt> believed, Batch.Builder batch) {
    var domain = watch.state.domain();
    var name = domain.name().toString();
    var foreign = new ArrayList<SharedRecords.Changed>();
    var after = new HashMap<>(watch.records);
    believed.forEach((record, now) -> after.put(record, now.value()));
    var includes = new Includes(after, watch.records);
    believed.forEach(
        (record, now) -> {
          batch.seen(new SeenRecord(name, record, now.value(), now.since()));
          var before = watch.records.getOrDefault(record, "");
          var isLine =
              Drift.isCompared(record) && !Drift.follows(record, believed.keySet(), includes);
          if (shared.isShared(domain, record)) {
            foreign.add(
                new SharedRecords.Changed(record, before, now.value(), now.since(), isLine));
          } else if (isLine) {
            batch.change(
                new Change(
                    now.since(),
                    name,
                    domain.tenant().id(),
                    record,
                    Optional.of(before).filter(value -> !value.isEmpty()),
                    Optional.of(now.value()).filter(value -> !value.isEmpty()),
                    "record"));
          }
        });
    return foreign;
  }

  private static Map<String, Instant> with(
      Map<String, Instant> known, Map<String, Instant> more, Set<String> less) {
    if (more.isEmpty() && less.stream().noneMatch(known::containsKey)) {
      return known;
    }
    var all = new HashMap<>(known);
    all.putAll(more);
    all.keySet().removeAll(less);
    return Map.copyOf(all);
  }

  /** A selector or source that is no longer declared is no longer compared. */
  private void forgetUnwatched(Map<String, ?> baseline, ProbeResult probe) {
    var shown = probe.judgement().records().keySet();
    var kinds =
        shown.stream().map(RecordDrift::kind).collect(Collectors.toCollection(HashSet::new));
    kinds.addAll(roster.completeKinds(probe));
    kinds.removeIf(kind -> roster.sharing(kind).findAny().isPresent());
    baseline
        .keySet()
        .removeIf(record -> kinds.contains(RecordDrift.kind(record)) && !shown.contains(record));
  }

  /** Nor is it remembered: who accepts what is there does not accept it. */
  private List<String> unwatched(DomainWatch watch, ProbeResult probe) {
    var kinds = new HashSet<>(roster.completeKinds(probe));
    kinds.removeIf(kind -> roster.sharing(kind).findAny().isPresent());
    return kinds.isEmpty()
        ? List.of()
        : watch.records.keySet().stream()
            .filter(record -> kinds.contains(RecordDrift.kind(record)))
            .filter(record -> !probe.judgement().records().containsKey(record))
            .toList();
  }

  /**
   * The same for kinds that several probes see: all of them must have looked, and nothing of the
   * kind may be in doubt, for it is such records that say which others there are.
   */
  private Set<String> unwatchedByAll(
      DomainWatch watch, CheckResult result, Map<String, ?> baseline, Map<String, ?> doubts) {
    var unwatched = new HashSet<String>();
    for (var kind : roster.sharedKinds()) {
      var shown = new HashSet<String>();
      var looked = 0L;
      for (var probe : result.probes()) {
        if (roster.completeKinds(probe).contains(kind)
            && probe.judgement().gaps().isEmpty()
            && probe.judgement().asides().isEmpty()) {
          looked++;
          probe.judgement().records().keySet().stream()
              .filter(record -> RecordDrift.kind(record).equals(kind))
              .forEach(shown::add);
        }
      }
      var needed =
          roster
              .sharing(kind)
              .filter(probe -> !result.domain().skip().contains(probe.name()))
              .count();
      if (looked == needed && shown.stream().noneMatch(doubts::containsKey)) {
        var own = result.domain().name() + " " + kind;
        Predicate<String> gone =
            record ->
                RecordDrift.kind(record).equals(kind)
                    && !record.equals(own)
                    && !shown.contains(record);
        baseline.keySet().removeIf(gone);
        doubts.keySet().removeIf(gone);
        watch.records.keySet().stream().filter(gone).forEach(unwatched::add);
      }
    }
    return unwatched;
  }

  /** Memory takes over what is stored, alerts and state aside; what that changes. */
  List<RecordChange> takeOver(DomainWatch watch, Noted noted, Instant now) {
    var changes = watch.changes(noted.records(), noted.recordsChanged());
    watch.records.putAll(noted.records());
    remember(watch, noted.records().keySet(), now);
    watch.doubts = noted.doubts();
    forget(watch, noted.forgotten());
    watch.recordsChanged = noted.recordsChanged();
    watch.baseline = noted.baseline();
    return changes;
  }

  /** Since when keys and policies have been what they are. */
  void remember(DomainWatch watch, Set<String> changed, Instant now) {
    if (changed.stream().anyMatch(MtaStsProbe::isPolicy)) {
      watch.policySince = Optional.of(now);
    }
    var isChanged = false;
    for (var record : changed) {
      if (MigrationProbe.isTtl(record)) {
        watch.ttlsSince.put(
            record,
            Optional.ofNullable(watch.doubts.get(record))
                .map(DomainWatch.Doubt::since)
                .orElse(now));
      }
      if (KeyRing.isKey(record)) {
        watch.keysSince.put(record, now);
        isChanged = true;
      }
    }
    if (isChanged) {
      keys.seen(watch.state.domain(), watch.records);
    }
  }

  private void forget(DomainWatch watch, Set<String> records) {
    watch.records.keySet().removeAll(records);
    watch.keysSince.keySet().removeAll(records);
    watch.ttlsSince.keySet().removeAll(records);
    if (records.stream().anyMatch(KeyRing::isKey)) {
      keys.seen(watch.state.domain(), watch.records);
    }
  }
}
