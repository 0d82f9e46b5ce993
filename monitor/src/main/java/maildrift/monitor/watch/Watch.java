package maildrift.monitor.watch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.state.AlertBook;
import maildrift.alerts.state.AlertTerms;
import maildrift.alerts.state.Policies;
import maildrift.alerts.state.Policy;
import maildrift.alerts.state.Transition;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Look;
import maildrift.monitor.check.Recall;
import maildrift.monitor.config.ScheduleConfig;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.SeenRecord;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreFailure;
import maildrift.probes.Gap;
import maildrift.probes.Rule;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.migration.MigrationProbe;
import maildrift.probes.mtasts.MtaStsProbe;

/**
 * Takes domains' turns. A turn {@link Opinions looks} at the domain, compares it with the baseline
 * and steps its alerts, {@link Settlement commits} what changed in one batch and only then shows
 * and tells it. What looks wrong is looked at again, past every cache and at last by the
 * authoritative servers, before it fires.
 *
 * <p>Turns of different domains run at once, each on a virtual thread of the scheduler's; a domain
 * has one at a time. Locks are taken in this order and never the other way round: a domain's {@link
 * DomainWatch#turn}, held while the network is asked; its {@link DomainWatch#lock}, held while what
 * was seen is stored and told, several of them only by {@link Acceptance}; that of {@link
 * SharedRecords}. The listener is called with the domain's lock held: it must neither wait for a
 * turn nor call back in.
 *
 * <p>{@link #add} and {@link #remove} are called by one thread at a time: which domains there are
 * is decided elsewhere.
 */
public final class Watch {
  /** Between the looks at domains that are asked for together. */
  public static final Duration APART = Relatives.APART;

  private final StateStore store;
  private final StateTable table;
  private final Listener listener;
  private final Clock clock;
  private final ProbeRoster roster;
  private final ConcurrentHashMap<String, DomainWatch> watches = new ConcurrentHashMap<>();
  private final KeyRing keys = new KeyRing();
  private final SharedRecords shared = new SharedRecords(this::owner);
  private final Denials denials = new Denials();
  private final LookTimes times;
  private final Opinions opinions;
  private final Settlement settlement;
  private final Acceptance acceptance;
  private volatile Terms terms;

  /**
   * What a reload may change.
   *
   * @param baselineFirst the first gapless observation of a record is accepted by itself
   * @param alerts how findings become alerts
   */
  public record Terms(ScheduleConfig schedule, boolean baselineFirst, AlertTerms alerts) {

    /**
     * @param policies what is otherwise than the schedule says
     */
    public Terms(ScheduleConfig schedule, boolean baselineFirst, Policies policies) {
      this(
          schedule,
          baselineFirst,
          AlertTerms.DEFAULT
              .policies(
                  policies.all(
                      new Policy(
                          schedule.confirmations(),
                          schedule.confirmAfter(),
                          Duration.ZERO,
                          Duration.ZERO)))
              .apart(schedule.interval())
              .news(MigrationProbe.NEWS));
    }

    /** The same for every severity. */
    public Terms(ScheduleConfig schedule, boolean baselineFirst) {
      this(schedule, baselineFirst, Policies.DEFAULT);
    }

    /**
     * How long a pending alert has to wait until a look can confirm it: what a look sees again at
     * once, whoever asked for it, was not there for any longer.
     */
    Duration untilConfirmed(Alert pending, Instant now) {
      var policy = alerts.policy(pending.labels());
      if (now.isBefore(pending.updatedAt())) {
        // A clock that was set back must not leave it waiting.
        return Duration.ZERO;
      }
      var wait = Duration.between(now, pending.updatedAt().plus(policy.confirmAfter()));
      // The last look is worth its price only when the alert may fire by it.
      var hold = policy.holdFor().minus(alerts.held(pending, now));
      return pending.looks() + 1 >= policy.confirmations() && hold.compareTo(wait) > 0
          ? hold
          : wait;
    }
  }

  /** Hears of what is committed. */
  public interface Listener {
    /** The domain's state was replaced. */
    void looked(DomainState state);

    /** Watched records of it are others than they were last believed to be. */
    default void recordsChanged(DomainState state, List<RecordChange> changes) {}

    /** Alerts changed; already durable. */
    void changed(List<Transition> transitions);

    /** The domain must be looked at then, whenever its turn is: before, nothing is confirmed. */
    void confirm(String domain, Duration in);

    /** The domain must be looked at by then, unless its turn comes before. */
    void sooner(String domain, Duration within);
  }

  /** Whether the resolvers as a whole cannot look; then no domain is blamed for it. */
  @FunctionalInterface
  public interface Resolvers {
    boolean unusable();

    /**
     * Whether a look that began then, in {@link System#nanoTime}, can be believed; may ask somebody
     * and wait for the answer.
     *
     * @param isNews whether an alert may fire or end by it
     */
    default boolean couldSee(long began, BooleanSupplier isNews) {
      return true;
    }

    /** How much of that time they could have been asked in: not while maildrift was suspended. */
    default Duration seeing(Instant from, Instant to) {
      return Duration.between(from, to);
    }

    /** Whether the reason for a gap is one that maildrift tells of as its own. */
    default boolean isTold(Gap gap) {
      return false;
    }
  }

  public Watch(
      CheckRunner runner,
      StateStore store,
      StateTable table,
      Published published,
      Listener listener,
      Resolvers resolvers,
      Clock clock,
      Terms terms) {
    this.store = store;
    this.table = table;
    this.listener = listener;
    this.clock = clock;
    this.terms = terms;
    roster = new ProbeRoster(runner.probes());
    times = new LookTimes(store);
    opinions = new Opinions(runner, roster, published, resolvers, clock, () -> this.terms);
    var notes = new RecordNotes(roster, shared, keys, () -> this.terms);
    settlement =
        new Settlement(
            runner,
            store,
            table,
            published,
            listener,
            resolvers,
            clock,
            keys,
            shared,
            notes,
            times,
            new Relatives(watches, listener),
            denials,
            () -> this.terms);
    acceptance = new Acceptance(watches, store, shared, notes, clock);
  }

  public void terms(Terms value) {
    terms = value;
  }

  /**
   * Begins to watch a domain, or takes over its new declaration.
   *
   * @param restored what the store kept of it
   */
  public void add(ManagedDomain domain, Optional<Remembered> restored) {
    var watch =
        watches.computeIfAbsent(
            domain.name().toString(), _ -> new DomainWatch(DomainState.unseen(domain)));
    watch.lock.lock();
    try {
      restored.ifPresent(
          memory -> {
            watch.state = memory.state().only(roster.names());
            watch.recall = Recall.NOTHING;
            watch.alerts = memory.alerts();
            watch.baseline = shared(domain, memory.baseline());
            watch.records.putAll(shared(domain, memory.records()));
            shared.hold(domain.name(), watch.records);
            watch.recordsChanged = memory.state().recordsChanged();
            memory
                .since()
                .forEach(
                    (record, since) -> {
                      if (KeyRing.isKey(record)) {
                        watch.keysSince.put(record, since);
                      }
                      if (MigrationProbe.isTtl(record)) {
                        watch.ttlsSince.put(record, since);
                      }
                      if (MtaStsProbe.isPolicy(record)) {
                        watch.policySince = Optional.of(since);
                      }
                    });
          });
      watch.state = watch.state.domain(domain);
      keys.seen(domain, watch.records);
      table.put(watch.state);
    } finally {
      watch.lock.unlock();
    }
  }

  /** The nearest managed domain at or above a name. */
  private Optional<ManagedDomain> owner(DnsName name) {
    for (var at = name; !at.isRoot(); at = at.parent()) {
      var watch = watches.get(at.toString());
      if (watch != null) {
        return Optional.of(watch.state.domain());
      }
    }
    return Optional.empty();
  }

  /** What the store kept of a record that is no domain's own; before any domain is added. */
  public void restoreShared(SeenRecord record) {
    shared.restore(record);
  }

  /** All that the store kept was added. */
  public void restored() {
    shared.restored();
  }

  /** The same, with one copy of what many domains have. */
  private Map<String, String> shared(ManagedDomain domain, Map<String, String> records) {
    var same = HashMap.<String, String>newHashMap(records.size());
    records.forEach(
        (record, value) -> {
          if (SharedRecords.isForeign(domain.name(), record)) {
            same.put(shared.one(record), shared.one(value));
          } else {
            same.put(record, value);
          }
        });
    return Map.copyOf(same);
  }

  /**
   * What the store kept of one domain.
   *
   * @param since when each of the records became what it is
   */
  public record Remembered(
      DomainState state,
      List<Alert> alerts,
      Map<String, String> baseline,
      Map<String, String> records,
      Map<String, Instant> since) {
    public Remembered {
      since = Map.copyOf(since);
      alerts = List.copyOf(alerts);
      baseline = Map.copyOf(baseline);
      records = Map.copyOf(records);
    }
  }

  /**
   * Stops watching a domain: its series vanish, its alerts end with that reason.
   *
   * @throws StoreFailure when that could not be stored; it is then watched as before
   */
  public void remove(String name) {
    var watch = watches.get(name);
    if (watch == null) {
      return;
    }
    watch.lock.lock();
    try {
      if (watch.removed) {
        return;
      }
      var step = AlertBook.closeAll(watch.alerts, "no longer monitored", clock.instant());
      var batch = Batch.builder().forget(name);
      Settlement.write(step.transitions(), name, batch);
      var domain = watch.state.domain().name();
      shared.commit(
          Optional.of(new SharedRecords.Holding(domain, Map.of(), watch.records.keySet())),
          List.of(),
          clock.instant(),
          batch,
          () -> store.commit(batch.build()));
      watch.removed = true;
      watches.remove(name);
      table.remove(watch.state.domain().name());
      times.forget(name);
      denials.forget(name);
      keys.forget(watch.state.domain());
      listener.changed(step.transitions());
    } finally {
      watch.lock.unlock();
    }
  }

  public Set<String> names() {
    return Set.copyOf(watches.keySet());
  }

  /** One turn of a domain; nothing happens for a name that is not watched (any more). */
  public void turn(String name) {
    turn(name, Look.REGULAR);
  }

  /** A turn because somebody asked for it: what the cache knows is not good enough for him. */
  public void turnNow(String name) {
    turn(name, Look.SECOND_OPINION);
  }

  private void turn(String name, Look look) {
    var watch = watches.get(name);
    if (watch == null) {
      return;
    }
    watch.turn.lock();
    try {
      turn(name, watch, look);
    } finally {
      watch.isAskedFor = false;
      watch.turn.unlock();
    }
  }

  private void turn(String name, DomainWatch watch, Look look) {
    var began = System.nanoTime();
    var seen = opinions.of(watch, look);
    // A look that a shutdown cut short has seen nothing, not even gaps.
    if (!Thread.currentThread().isInterrupted()) {
      settlement.settle(name, watch, opinions.believed(watch, seen, began));
    }
  }

  /**
   * Takes the records as they were last seen for the baseline, and looks again at once. Returns
   * false for an unknown domain.
   */
  public boolean accept(String name, String by) {
    if (!acceptance.accept(name, by)) {
      return false;
    }
    turnNow(name);
    return true;
  }

  /**
   * Takes one record for the baseline of all domains that depend on it, as it was last seen, and
   * has them looked at soon. They share its cause, so they share the decision.
   *
   * @return those domains, in the order of names; empty where nobody has such a record
   */
  public List<String> acceptRecord(String record, String by) {
    var names = acceptance.acceptRecord(record, by);
    var wait = Duration.ZERO;
    for (var name : names) {
      listener.sooner(name, wait);
      wait = wait.plus(APART);
    }
    return names;
  }

  /** The accepted baseline of a domain; empty for an unknown one. */
  public Optional<Map<String, String>> baseline(String name) {
    return Optional.ofNullable(watches.get(name)).map(watch -> new TreeMap<>(watch.baseline));
  }

  /** The records that a domain depends on without owning them; empty for an unknown one. */
  public Set<String> shared(String name) {
    var watch = watches.get(name);
    if (watch == null) {
      return Set.of();
    }
    watch.lock.lock();
    try {
      return shared.among(watch.state.domain(), watch.records.keySet());
    } finally {
      watch.lock.unlock();
    }
  }

  /** What a pending alert with these labels waits for. */
  public Policy policy(Labels labels) {
    return terms.alerts().policy(labels);
  }

  /** What a domain has changed since then, in the order of records, and is not accepted. */
  public List<RecordChange> changed(String name, Instant since) {
    var watch = watches.get(name);
    if (watch == null) {
      return List.of();
    }
    var recent =
        watch.recordsChanged.entrySet().stream()
            .filter(change -> !change.getValue().isBefore(since))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    if (recent.isEmpty()) {
      return List.of();
    }
    watch.lock.lock();
    try {
      return recent.stream()
          .map(
              record ->
                  new RecordChange(
                      name,
                      record,
                      watch.baseline.getOrDefault(record, ""),
                      watch.records.getOrDefault(record, "")))
          .filter(change -> !change.before().equals(change.after()))
          .toList();
    } finally {
      watch.lock.unlock();
    }
  }

  /** What the resolvers say and others deny. */
  public Denials denials() {
    return denials;
  }

  /** The alerts of all domains, in every phase; does not wait for turns. */
  public List<Alert> alerts() {
    var all = new ArrayList<Alert>();
    watches.values().forEach(watch -> all.addAll(watch.alerts));
    return all;
  }

  /** Takes resolved alerts out of the book that nobody needs to hear of any more. */
  public void forget(Alert alert) {
    var watch = watches.get(alert.labels().get("domain"));
    if (watch != null) {
      watch.lock.lock();
      try {
        watch.alerts =
            watch.alerts.stream()
                .filter(
                    own ->
                        own.phase() != Alert.Phase.RESOLVED
                            || !own.fingerprint().equals(alert.fingerprint()))
                .toList();
      } finally {
        watch.lock.unlock();
      }
    }
  }

  /**
   * Stores when domains were last looked at that showed nothing new; called now and then, and at
   * the end.
   */
  public void flushChecked() {
    times.flush();
  }

  /** All rules by id, those of the watch included. */
  public Map<String, Rule> rules() {
    return roster.rules();
  }
}
