package maildrift.monitor.watch;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import maildrift.alerts.Alert;
import maildrift.monitor.check.Recall;
import maildrift.monitor.state.DomainState;
import maildrift.probes.Memory;
import maildrift.probes.migration.MigrationProbe;
import maildrift.probes.mtasts.MtaStsProbe;
import org.jspecify.annotations.Nullable;

/**
 * What the watch remembers of one domain between its turns. Whoever changes it holds {@link #lock};
 * the lists and maps that others read without it are replaced, never changed. No lock but {@link
 * #turn} is held while the network is asked, so that a domain whose servers are slow delays neither
 * a scrape nor a reload.
 */
final class DomainWatch {
  /** Held for a whole turn, network included: a domain has one turn at a time. */
  final ReentrantLock turn = new ReentrantLock();

  final ReentrantLock lock = new ReentrantLock();

  /** Alerts in every phase, resolved ones too until receivers were told. */
  volatile List<Alert> alerts = List.of();

  /** Accepted values by record name. */
  volatile Map<String, String> baseline = Map.of();

  /** Values as last seen and confirmed, by record name. */
  final Map<String, String> records = new HashMap<>();

  /** Other values of records, seen by too few looks yet to be believed. */
  volatile Map<String, Doubt> doubts = Map.of();

  /**
   * A value that a record may have taken.
   *
   * @param looks how many in a row saw it
   * @param since when the first of them was
   * @param at when the last of them was that counted
   */
  record Doubt(String value, int looks, Instant since, Instant at) {}

  /** When a record was last seen to change. */
  volatile Map<String, Instant> recordsChanged = Map.of();

  /** Since when a time to live has been high or low, by record name. */
  final Map<String, Instant> ttlsSince = new HashMap<>();

  /** Since when a DKIM key has been the one that it is, by record name. */
  final Map<String, Instant> keysSince = new HashMap<>();

  /** What {@link KeyRing} made of the keys at the last look. */
  long keysStamp;

  /** When the MTA-STS policy was first seen as it was last seen. */
  volatile Optional<Instant> policySince = Optional.empty();

  /** When all probes were last run together; a confirmation runs only those that are doubted. */
  volatile Instant fullyLooked = Instant.EPOCH;

  volatile DomainState state;

  /** It is no longer watched: what a turn still brings is dropped. */
  volatile boolean removed;

  /** Its relatives asked for a look, and it has not been looked at since. */
  volatile boolean isAskedFor;

  /** Belongs to {@link #state}, which has the facts. */
  volatile Recall recall = Recall.NOTHING;

  private @Nullable Settled settled;

  /**
   * What a look came to that changed nothing. While all of it is still the very same, a look that
   * sees the same again changes nothing either.
   */
  private record Settled(
      DomainState state, List<Alert> alerts, Map<String, String> baseline, Watch.Terms terms) {}

  DomainWatch(DomainState state) {
    this.state = state;
  }

  /** What is remembered of a record. */
  Optional<Memory.Past> past(String record) {
    lock.lock();
    try {
      return Optional.ofNullable(records.get(record))
          .map(
              last ->
                  new Memory.Past(Optional.ofNullable(baseline.get(record)), last, since(record)));
    } finally {
      lock.unlock();
    }
  }

  /** What changes by these values, that changed then. */
  List<RecordChange> changes(Map<String, String> values, Map<String, Instant> changed) {
    return changed.entrySet().stream()
        .filter(one -> !one.getValue().equals(recordsChanged.get(one.getKey())))
        .map(Map.Entry::getKey)
        .sorted()
        .map(
            record ->
                new RecordChange(
                    state.domain().name().toString(),
                    record,
                    records.getOrDefault(record, ""),
                    values.getOrDefault(record, "")))
        .toList();
  }

  private Optional<Instant> since(String record) {
    if (MtaStsProbe.isPolicy(record)) {
      return policySince;
    }
    return Optional.ofNullable(
        (MigrationProbe.isTtl(record) ? ttlsSince : recordsChanged).get(record));
  }

  /** Whether a look that sees what the last one saw need not be worked through. */
  boolean isSettled(Watch.Terms terms) {
    // Cheap: what is the very same object is equal at a glance.
    return new Settled(state, alerts, baseline, terms).equals(settled);
  }

  void settled(Watch.Terms terms) {
    settled = new Settled(state, alerts, baseline, terms);
  }

  void unsettled() {
    settled = null;
  }
}
