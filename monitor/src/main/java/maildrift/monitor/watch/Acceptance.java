package maildrift.monitor.watch;

import com.google.common.collect.Iterables;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import maildrift.monitor.drift.Drift;
import maildrift.monitor.drift.Includes;
import maildrift.monitor.store.Baseline;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.StateStore;
import maildrift.probes.domain.ManagedDomain;

/**
 * A person takes what is there for the baseline, of one domain or of all that depend on a record.
 * Stored first, like all that changes memory. Who holds the locks of several domains took them in
 * the order of names; everybody else holds one at a time.
 */
final class Acceptance {
  /**
   * A record is accepted for so many domains in one batch: their turns wait for it. A crash between
   * two batches leaves the rest as it was, to be accepted again.
   */
  static final int ACCEPTED_AT_ONCE = 300;

  private final Map<String, DomainWatch> watches;
  private final StateStore store;
  private final SharedRecords shared;
  private final RecordNotes notes;
  private final Clock clock;

  Acceptance(
      Map<String, DomainWatch> watches,
      StateStore store,
      SharedRecords shared,
      RecordNotes notes,
      Clock clock) {
    this.watches = watches;
    this.store = store;
    this.shared = shared;
    this.notes = notes;
    this.clock = clock;
  }

  /**
   * Takes the records as they were last seen for the baseline, once that is stored. Returns false
   * for an unknown domain.
   */
  boolean accept(String name, String by) {
    var watch = watches.get(name);
    if (watch == null) {
      return false;
    }
    watch.lock.lock();
    try {
      if (watch.removed) {
        return false;
      }
      var now = clock.instant();
      var batch = Batch.builder();
      var seen = new HashMap<>(watch.records);
      // Who accepts what one look has seen vouches for it.
      var told = notes.changes(watch, watch.doubts, batch);
      watch.doubts.forEach((record, doubt) -> seen.put(record, doubt.value()));
      seen.forEach(
          (record, value) -> {
            var old = watch.baseline.get(record);
            if (!value.equals(old) && Drift.isCompared(record)) {
              batch.change(line(watch.state.domain(), record, now, old == null ? "" : old, value));
            }
          });
      var accepted =
          seen.entrySet().stream()
              .filter(record -> Drift.isCompared(record.getKey()))
              .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
      batch.baseline(Baseline.of(name, accepted, now, by));
      shared.telling(told, batch, () -> store.commit(batch.build()));
      var believed = watch.doubts.keySet();
      watch.records.putAll(seen);
      notes.remember(watch, believed, now);
      watch.doubts = Map.of();
      watch.baseline = accepted;
      watch.alerts = watch.alerts.stream().map(RecordDrift::settledByAPerson).toList();
    } finally {
      watch.lock.unlock();
    }
    return true;
  }

  /**
   * Takes one record for the baseline of all domains that depend on it, as it was last seen. They
   * share its cause, so they share the decision.
   *
   * @return those domains, in the order of names; empty where nobody has such a record
   */
  List<String> acceptRecord(String record, String by) {
    var names = new ArrayList<String>();
    var told = new HashSet<String>();
    for (var some :
        Iterables.partition(watches.keySet().stream().sorted().toList(), ACCEPTED_AT_ONCE)) {
      names.addAll(acceptRecord(record, by, some, told));
    }
    return names;
  }

  /** The same for some of them; returns whom it concerned. */
  private List<String> acceptRecord(String record, String by, List<String> some, Set<String> told) {
    var locked = new ArrayList<DomainWatch>();
    try {
      for (var name : some) {
        var watch = watches.get(name);
        if (watch == null) {
          continue;
        }
        watch.lock.lock();
        if (!watch.removed && watch.records.containsKey(record)) {
          locked.add(watch);
        } else {
          watch.lock.unlock();
        }
      }
      if (!locked.isEmpty()) {
        acceptLocked(record, by, locked, told);
      }
      return locked.stream().map(watch -> watch.state.domain().name().toString()).toList();
    } finally {
      locked.forEach(watch -> watch.lock.unlock());
    }
  }

  /**
   * One batch.
   *
   * @param lines the shared records whose acceptance a batch before has told
   */
  private void acceptLocked(
      String record, String by, List<DomainWatch> watches, Set<String> lines) {
    var now = clock.instant();
    var batch = Batch.builder();
    var told = new ArrayList<SharedRecords.Changed>();
    var here = new HashSet<String>();
    var after = new LinkedHashMap<DomainWatch, Accepted>();
    for (var watch : watches) {
      var domain = watch.state.domain();
      var seen = new HashMap<>(watch.records);
      watch.doubts.forEach((name, doubt) -> seen.put(name, doubt.value()));
      var together = Drift.together(domain.name(), record, watch.baseline, seen);
      // Who accepts what one look has seen vouches for it.
      var believed = new TreeMap<>(watch.doubts);
      believed.keySet().retainAll(together);
      told.addAll(notes.changes(watch, believed, batch));
      var baseline = new HashMap<>(watch.baseline);
      together.forEach(name -> baseline.put(name, seen.getOrDefault(name, "")));
      var changed =
          together.stream()
              .filter(name -> !seen.getOrDefault(name, "").equals(watch.baseline.get(name)))
              .collect(Collectors.toCollection(TreeSet::new));
      var includes = new Includes(seen, watch.baseline);
      for (var name : changed) {
        if (Drift.follows(name, changed, includes)) {
          continue;
        }
        var old = watch.baseline.getOrDefault(name, "");
        var value = seen.getOrDefault(name, "");
        if (!shared.isShared(domain, name)) {
          batch.change(line(domain, name, now, old, value));
        } else if (!lines.contains(name) && here.add(name)) {
          batch.change(shared.line(name, now, old, value, "accepted"));
        }
      }
      if (!changed.isEmpty()) {
        batch.baseline(Baseline.of(domain.name().toString(), baseline, now, by));
      }
      after.put(watch, new Accepted(together, believed, Map.copyOf(baseline)));
    }
    shared.telling(told, batch, () -> store.commit(batch.build()));
    lines.addAll(here);
    after.forEach((watch, accepted) -> accepted.takeOver(notes, watch, now));
  }

  private static Change line(
      ManagedDomain domain, String record, Instant now, String old, String value) {
    return new Change(
        now,
        domain.name().toString(),
        domain.tenant().id(),
        record,
        Optional.of(old).filter(text -> !text.isEmpty()),
        Optional.of(value).filter(text -> !text.isEmpty()),
        "accepted");
  }

  /** What one domain takes over once it is stored. */
  private record Accepted(
      Set<String> records, Map<String, DomainWatch.Doubt> believed, Map<String, String> baseline) {
    void takeOver(RecordNotes notes, DomainWatch watch, Instant now) {
      var doubts = new HashMap<>(watch.doubts);
      doubts.keySet().removeAll(believed.keySet());
      believed.forEach((record, doubt) -> watch.records.put(record, doubt.value()));
      notes.remember(watch, believed.keySet(), now);
      watch.doubts = Map.copyOf(doubts);
      watch.baseline = baseline;
      watch.alerts =
          watch.alerts.stream()
              .map(
                  alert ->
                      RecordDrift.recordOf(Translation.key(alert))
                              .filter(records::contains)
                              .isPresent()
                          ? RecordDrift.settledByAPerson(alert)
                          : alert)
              .toList();
    }
  }
}
