package maildrift.monitor.watch;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.SeenRecord;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.spf.IncludedRecords;

/**
 * Watched records that belong to none of the domains that depend on them: a provider's SPF record,
 * its networks, an MX host's certificate. However many domains see one change, it is one line of
 * the history, {@link Change#SHARED no domain's}. What each record was last believed to be is
 * stored with that line, so that neither a restart nor another domain tells the change again.
 */
final class SharedRecords {
  private static final String NETBLOCKS = " netblocks";

  /** One domain's history is read with so many of them at once. */
  private static final int MOST_READ = 500;

  /** Held from finding that a change is news to knowing that it is stored. */
  private final ReentrantLock telling = new ReentrantLock();

  private final Map<String, String> last = new ConcurrentHashMap<>();

  /** How many domains have seen the record and not forgotten it. */
  private final Map<String, Integer> holders = new ConcurrentHashMap<>();

  /** A hundred thousand domains share a handful of texts. */
  private final Interner<String> texts = Interners.newWeakInterner();

  /**
   * A record that a domain has seen with another value often enough.
   *
   * @param isLine whether it is told; what only follows from another change is remembered alone
   */
  record Changed(String record, String before, String now, Instant since, boolean isLine) {}

  /** The one copy of a text. */
  String one(String text) {
    return texts.intern(text);
  }

  /** As the store remembers it. */
  void restore(SeenRecord record) {
    last.put(one(record.record()), one(record.value()));
  }

  /** Forgets what nobody depends on, once all domains are restored. */
  void restored() {
    last.keySet().retainAll(holders.keySet());
  }

  /** Those of the records that are not the domain's own, or not its alone. */
  Set<String> among(ManagedDomain domain, Collection<String> records) {
    return records.stream()
        .filter(record -> isShared(domain, record))
        .limit(MOST_READ)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether it is nobody's own, or at least one domain depends on it without owning it. */
  boolean isShared(ManagedDomain domain, String record) {
    return isForeign(domain.name(), record) || holders.containsKey(record);
  }

  /** Whether a domain that sees this record depends on somebody else for it. */
  static boolean isForeign(DnsName domain, String record) {
    if (record.endsWith(NETBLOCKS)) {
      return true;
    }
    var end = record.indexOf(' ');
    var place = end < 0 ? record : record.substring(0, end);
    var colon = place.indexOf(':');
    var owner = DnsName.parse(colon < 0 ? place : place.substring(0, colon));
    return record.endsWith(IncludedRecords.RECORD)
        ? owner.filter(domain::equals).isEmpty()
        : owner.filter(name -> !name.isWithin(domain)).isPresent();
  }

  /** A domain holds these from now on; those that are its own do not count. */
  void hold(DnsName domain, Map<String, String> records) {
    records.forEach(
        (record, value) -> {
          if (isForeign(domain, record)) {
            holders.merge(one(record), 1, Integer::sum);
            last.putIfAbsent(one(record), one(value));
          }
        });
  }

  /** What is to be written when a domain sees records for the first time. */
  void first(DnsName domain, Map<String, String> records, Instant now, Batch.Builder batch) {
    records.forEach(
        (record, value) -> {
          if (isForeign(domain, record) && !last.containsKey(record)) {
            batch.seen(new SeenRecord(Change.SHARED, record, value, now));
          }
        });
  }

  /** What is to be written when a domain lets go of records; before {@link #release}. */
  void leave(DnsName domain, Collection<String> records, Batch.Builder batch) {
    for (var record : records) {
      if (isForeign(domain, record) && holders.getOrDefault(record, 0) <= 1) {
        batch.dropSeen(Change.SHARED, record);
      }
    }
  }

  /** A domain no longer holds these. */
  void release(DnsName domain, Collection<String> records) {
    for (var record : records) {
      if (isForeign(domain, record)
          && holders.computeIfPresent(record, (_, many) -> many > 1 ? many - 1 : null) == null) {
        last.remove(record);
      }
    }
  }

  /**
   * Commits a batch together with the lines that nobody has told yet.
   *
   * @param commit of the batch, to which the lines are added before
   */
  void telling(List<Changed> changes, Batch.Builder batch, Runnable commit) {
    if (!changes.isEmpty()) {
      telling.lock();
      try {
        var news = new TreeMap<String, Changed>();
        changes.stream()
            .filter(this::isNews)
            .forEach(change -> news.merge(change.record(), change, SharedRecords::earlier));
        if (!news.isEmpty()) {
          news.values().forEach(change -> write(change, batch));
          commit.run();
          news.forEach((record, change) -> last.put(one(record), one(change.now())));
          return;
        }
      } finally {
        telling.unlock();
      }
    }
    commit.run();
  }

  private static Changed earlier(Changed one, Changed other) {
    return other.since().isBefore(one.since()) ? other : one;
  }

  private boolean isNews(Changed change) {
    return !change.now().equals(last.get(change.record()));
  }

  private void write(Changed change, Batch.Builder batch) {
    batch.seen(new SeenRecord(Change.SHARED, change.record(), change.now(), change.since()));
    if (change.isLine()) {
      batch.change(
          new Change(
              change.since(),
              Change.SHARED,
              "",
              change.record(),
              text(last.getOrDefault(change.record(), change.before())),
              text(change.now()),
              "record"));
    }
  }

  private static Optional<String> text(String value) {
    return Optional.of(value).filter(text -> !text.isEmpty());
  }
}
