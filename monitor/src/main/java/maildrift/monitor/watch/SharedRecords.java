package maildrift.monitor.watch;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.SeenRecord;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.spf.IncludedRecords;
import maildrift.probes.tls.TlsDrift;

/**
 * Watched records that belong to none of the domains that depend on them: a provider's SPF record,
 * its networks, an MX host's certificate. However many domains see one change, it is one line of
 * the history: its owner's where that is a managed domain, else {@link Change#SHARED no domain's}.
 * What each record was last believed to be is stored with that line, so that neither a restart nor
 * another domain tells the change again.
 */
final class SharedRecords {
  private static final String NETBLOCKS = " netblocks";

  /** One domain's history is read with so many of them at once. */
  private static final int MOST_READ = 500;

  /**
   * Held from deciding what is to be written until it is decided, and where another domain must not
   * decide meanwhile, until it is stored.
   */
  private final ReentrantLock telling = new ReentrantLock();

  private final Map<String, Told> last = new ConcurrentHashMap<>();

  /** How many domains have seen the record and not forgotten it. */
  private final Map<String, Integer> holders = new ConcurrentHashMap<>();

  /** A hundred thousand domains share a handful of texts. */
  private final Interner<String> texts = Interners.newWeakInterner();

  /** The managed domain that a name belongs to. */
  private final Function<DnsName, Optional<ManagedDomain>> owners;

  SharedRecords(Function<DnsName, Optional<ManagedDomain>> owners) {
    this.owners = owners;
  }

  /**
   * What a record was last believed to be.
   *
   * @param since when it became that; a change that was seen before is old
   * @param isTold false: it only followed from another change, and a domain for which it does not
   *     tells it
   */
  private record Told(String value, Instant since, boolean isTold) {}

  /**
   * A record that a domain has seen with another value often enough.
   *
   * @param isLine whether it is told; what only follows from another change is remembered alone
   */
  record Changed(String record, String before, String now, Instant since, boolean isLine) {
    Changed {
      before = TlsDrift.common(record, before);
      now = TlsDrift.common(record, now);
    }
  }

  /**
   * What a batch says of shared records besides.
   *
   * @param first records that the domain sees for the first time
   * @param forgotten those that it lets go of
   */
  record Holding(DnsName domain, Map<String, String> first, Collection<String> forgotten) {}

  /** The one copy of a text. */
  String one(String text) {
    return texts.intern(text);
  }

  /** As the store remembers it. */
  void restore(SeenRecord record) {
    last.put(
        one(record.record()),
        new Told(one(TlsDrift.common(record.record(), record.value())), record.changedAt(), true));
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
    var owner = owner(record);
    return record.endsWith(IncludedRecords.RECORD)
        ? owner.filter(domain::equals).isEmpty()
        : owner.filter(name -> !name.isWithin(domain)).isPresent();
  }

  private static Optional<DnsName> owner(String record) {
    var end = record.indexOf(' ');
    var place = end < 0 ? record : record.substring(0, end);
    var colon = place.indexOf(':');
    return DnsName.parse(colon < 0 ? place : place.substring(0, colon));
  }

  /** A domain held these when it was stored; those that are its own do not count. */
  void hold(DnsName domain, Map<String, String> records) {
    telling.lock();
    try {
      records.forEach((record, value) -> hold(domain, record, value, Instant.MIN));
    } finally {
      telling.unlock();
    }
  }

  /** Whether nobody has held it before. */
  private boolean hold(DnsName domain, String record, String value, Instant now) {
    if (!isForeign(domain, record)) {
      return false;
    }
    holders.merge(one(record), 1, Integer::sum);
    var told = new Told(one(TlsDrift.common(record, value)), now, true);
    return last.putIfAbsent(one(record), told) == null;
  }

  /** Whether nobody holds it any more. */
  private boolean release(DnsName domain, String record) {
    return isForeign(domain, record)
        && holders.computeIfPresent(record, (_, many) -> many > 1 ? many - 1 : null) == null;
  }

  /** Commits a batch with the lines that nobody has told yet. */
  void telling(List<Changed> changes, Batch.Builder batch, Runnable commit) {
    commit(Optional.empty(), changes, Instant.MIN, batch, commit);
  }

  /**
   * Commits a batch together with what it means for shared records: the lines that nobody has told
   * yet, and what the first domain begins and the last one ends to hold. What is decided holds for
   * other domains at once, and is taken back where the commit fails.
   *
   * @param commit of the batch, to which all that is added before
   */
  void commit(
      Optional<Holding> holding,
      List<Changed> changes,
      Instant now,
      Batch.Builder batch,
      Runnable commit) {
    var undo = new ArrayList<Runnable>();
    var isStored = false;
    telling.lock();
    try {
      holding.ifPresent(own -> undo.add(() -> takeBack(own)));
      var isLast = holding.filter(own -> isLast(own, now, batch, undo)).isPresent();
      var news = new TreeMap<String, Changed>();
      changes.stream()
          .filter(this::isNews)
          .forEach(change -> news.merge(change.record(), change, SharedRecords::earlier));
      news.values().forEach(change -> write(change, batch));
      if (isLast || !news.isEmpty()) {
        // Nobody may begin to hold what is just being dropped, or tell what is just being told.
        commit.run();
        isStored = true;
        news.values().forEach(this::told);
        changes.forEach(this::followed);
      }
    } catch (RuntimeException failed) {
      undo.reversed().forEach(Runnable::run);
      throw failed;
    } finally {
      telling.unlock();
    }
    if (isStored) {
      return;
    }
    try {
      commit.run();
    } catch (RuntimeException failed) {
      telling.lock();
      try {
        undo.reversed().forEach(Runnable::run);
      } finally {
        telling.unlock();
      }
      throw failed;
    }
    if (!changes.isEmpty()) {
      telling.lock();
      try {
        changes.forEach(this::followed);
      } finally {
        telling.unlock();
      }
    }
  }

  /** Whether the domain is the last one that lets go of a record. */
  private boolean isLast(Holding own, Instant now, Batch.Builder batch, List<Runnable> undo) {
    own.first()
        .forEach(
            (record, value) -> {
              if (hold(own.domain(), record, value, now)) {
                batch.seen(
                    new SeenRecord(Change.SHARED, record, TlsDrift.common(record, value), now));
              }
            });
    var isLast = false;
    for (var record : own.forgotten()) {
      if (release(own.domain(), record)) {
        batch.dropSeen(Change.SHARED, record);
        Optional.ofNullable(last.remove(record))
            .ifPresent(told -> undo.add(() -> last.put(record, told)));
        isLast = true;
      }
    }
    return isLast;
  }

  private void takeBack(Holding own) {
    own.first()
        .keySet()
        .forEach(
            record -> {
              if (release(own.domain(), record)) {
                last.remove(record);
              }
            });
    own.forgotten().stream()
        .filter(record -> isForeign(own.domain(), record))
        .forEach(record -> holders.merge(one(record), 1, Integer::sum));
  }

  private static Changed earlier(Changed one, Changed other) {
    return other.since().isBefore(one.since()) ? other : one;
  }

  /**
   * Whether nobody has told it: who was late, or does not see all of a host's addresses, brings
   * none.
   */
  private boolean isNews(Changed change) {
    var told = last.get(change.record());
    if (!change.isLine() || change.before().equals(change.now())) {
      return false;
    }
    if (told == null) {
      return true;
    }
    return told.value().equals(change.now())
        ? !told.isTold()
        : change.before().equals(told.value())
            || (change.since().isAfter(told.since())
                && !TlsDrift.isPart(change.record(), change.now(), told.value()));
  }

  private void told(Changed change) {
    last.put(one(change.record()), new Told(one(change.now()), change.since(), true));
  }

  /** What only follows is remembered, but told by the first domain for which it does not. */
  private void followed(Changed change) {
    if (change.isLine()) {
      return;
    }
    last.computeIfPresent(
        change.record(),
        (_, told) ->
            told.value().equals(change.before())
                ? new Told(one(change.now()), change.since(), false)
                : told);
  }

  private void write(Changed change, Batch.Builder batch) {
    batch.seen(new SeenRecord(Change.SHARED, change.record(), change.now(), change.since()));
    batch.change(line(change.record(), change.since(), change.before(), change.now(), "record"));
  }

  /** A line of the history under whom the record belongs to. */
  Change line(String record, Instant at, String before, String now, String kind) {
    var owner = owner(record).flatMap(owners);
    return new Change(
        at,
        owner.map(domain -> domain.name().toString()).orElse(Change.SHARED),
        owner.map(domain -> domain.tenant().id()).orElse(""),
        record,
        text(before),
        text(now),
        kind);
  }

  private static Optional<String> text(String value) {
    return Optional.of(value).filter(text -> !text.isEmpty());
  }
}
