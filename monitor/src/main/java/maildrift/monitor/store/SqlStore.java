package maildrift.monitor.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.outbox.Outbox;
import maildrift.alerts.outbox.Owed;
import maildrift.alerts.route.GroupState;
import maildrift.monitor.checklist.Tick;
import maildrift.probes.network.Cidr;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store on H2 and on PostgreSQL. */
final class SqlStore implements StateStore, History, GroupCommit.Disk {
  private static final int BACKUP_TRIES = 5;
  private static final Logger LOG = LoggerFactory.getLogger(SqlStore.class);
  private static final int EXPIRED_AT_ONCE = 1_000;
  private static final long MARK_EVERY = TimeUnit.SECONDS.toNanos(5);

  private final Database database;
  private final Optional<Database> historyDatabase;
  private final Optional<String> historyTrouble;
  private final Optional<StoreLock> lock;
  private final Points points;

  private final StateTable states;
  private final SeenTable seen;
  private final BaselineTable baselines;
  private final AlertTable alerts;
  private final GroupTable groups;
  private final OwedTable owed;
  private final SilenceTable silences;
  private final AcknowledgementTable acknowledgements;
  private final DomainTable domains;
  private final NetworkTable networks;
  private final TickTable ticks;
  private final EpisodeTable episodes;
  private final DigestTable digests;
  private final GoneTable gone;
  private final AbsenceTable absences;
  private final ChangeTable pending;
  private final ChangeTable lines;

  /**
   * Held for writing from a commit to its barrier: what is not durable yet must not be delivered.
   * Those who claim share it, so that a receiver that is asked in vain makes nobody wait in line.
   */
  private final ReentrantReadWriteLock barrier = new ReentrantReadWriteLock();

  /** Owed, committed, and the barrier failed. */
  private Set<String> undurable = Set.of();

  /** Of the writer's thread, and of whoever closes after it. */
  private long commits;

  private long markedAt;
  private final AtomicBoolean closed = new AtomicBoolean();

  private final GroupCommit writer;
  private final Optional<HistoryMover> mover;
  private final SqlOutbox outbox;

  /**
   * @param history where the history is; the state's own database on PostgreSQL; empty when it
   *     cannot be used
   * @param historyTrouble why not
   * @param lock closed last
   */
  SqlStore(
      Database database,
      Optional<Database> history,
      Optional<String> historyTrouble,
      Optional<StoreLock> lock,
      String worker,
      Clock clock,
      Points points) {
    this.database = database;
    this.historyDatabase = history;
    this.historyTrouble = historyTrouble;
    this.lock = lock;
    this.points = points;
    var dialect = database.dialect();
    states = new StateTable(dialect);
    seen = new SeenTable(dialect);
    baselines = new BaselineTable(dialect);
    alerts = new AlertTable(dialect);
    groups = new GroupTable(dialect);
    owed = new OwedTable(dialect);
    silences = new SilenceTable(dialect);
    acknowledgements = new AcknowledgementTable(dialect);
    domains = new DomainTable(dialect);
    networks = new NetworkTable(dialect);
    ticks = new TickTable(dialect);
    episodes = new EpisodeTable(dialect);
    digests = new DigestTable(dialect);
    gone = new GoneTable(dialect);
    absences = new AbsenceTable(dialect);
    pending = ChangeTable.pending(dialect);
    lines = ChangeTable.history(dialect);
    outbox = new SqlOutbox(this, database, owed, worker, clock);
    // What this node had claimed before it died is free again.
    database.write(handle -> owed.releaseAllOf(handle, worker));
    mover =
        history
            .filter(apart -> apart != database)
            .map(apart -> new HistoryMover(database, apart, pending, lines));
    commits = database.inTransaction(handle -> CounterTable.read(handle, CounterTable.COMMITS));
    markedAt = System.nanoTime() - MARK_EVERY;
    writer = new GroupCommit(this);
    // Whoever waits for a commit would wait for ever.
    database.whenTaken(writer::end);
  }

  @Override
  public CompletableFuture<Void> submit(Batch batch) {
    return writer.submit(batch);
  }

  @Override
  public void write(Batch batch) {
    barrier.writeLock().lock();
    try {
      database.use(
          handle -> {
            handle.useTransaction(
                transaction -> {
                  database.checkIsOurs(transaction);
                  writeRows(transaction, batch);
                  if (lock.isPresent()) {
                    CounterTable.raise(transaction, CounterTable.COMMITS, commits + 1);
                  }
                  points.reached(Points.Point.BEFORE_COMMIT);
                });
            undurable = owedIn(batch);
            points.reached(Points.Point.AFTER_COMMIT);
            database.dialect().barrier(handle);
            undurable = Set.of();
          });
    } finally {
      barrier.writeLock().unlock();
    }
    points.reached(Points.Point.AFTER_BARRIER);
    commits++;
    if (System.nanoTime() - markedAt > MARK_EVERY) {
      mark();
    }
    if (batch.writes().stream().anyMatch(Write.Changed.class::isInstance)) {
      mover.ifPresent(HistoryMover::wake);
    }
  }

  private void mark() {
    markedAt = System.nanoTime();
    if (lock.isPresent()) {
      try {
        lock.get().mark(commits);
      } catch (IOException failed) {
        LOG.warn("the store's mark was not written", failed);
      }
    }
  }

  private static Set<String> owedIn(Batch batch) {
    return batch.writes().stream()
        .filter(write -> write instanceof Write.Owe || write instanceof Write.Replace)
        .map(write -> write.key().row())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Runs while no commit waits for its barrier, with the ids that must not be delivered yet. */
  <T> T betweenBarriers(Function<Set<String>, T> work) {
    barrier.readLock().lock();
    try {
      return work.apply(undurable);
    } finally {
      barrier.readLock().unlock();
    }
  }

  private void writeRows(Handle handle, Batch batch) {
    var forgotten = new ArrayList<String>();
    var states = new ArrayList<StateRow>();
    var checked = new ArrayList<Write.Checked>();
    var seen = new ArrayList<SeenRecord>();
    var unseen = new ArrayList<Write.DropSeen>();
    var baselines = new ArrayList<Baseline>();
    var droppedBaselines = new ArrayList<String>();
    var alerts = new ArrayList<DomainAlert>();
    var droppedAlerts = new ArrayList<String>();
    var forgottenAlerts = new ArrayList<Write.ForgetAlert>();
    var groups = new ArrayList<GroupState>();
    var droppedGroups = new ArrayList<String>();
    var owed = new ArrayList<Owed>();
    var delivered = new ArrayList<String>();
    var failed = new ArrayList<Write.Failed>();
    var dead = new ArrayList<Write.Dead>();
    var replaced = new ArrayList<Write.Replace>();
    var silences = new ArrayList<KeptSilence>();
    var droppedSilences = new ArrayList<String>();
    var taken = new ArrayList<Acknowledgement>();
    var droppedAcknowledgements = new ArrayList<String>();
    var domains = new ArrayList<KeptDomain>();
    var droppedDomains = new ArrayList<String>();
    var networks = new ArrayList<PublishedNetwork>();
    var ticks = new ArrayList<Tick>();
    var droppedTicks = new ArrayList<Write.DropTick>();
    var digests = new ArrayList<DigestMark>();
    var gone = new ArrayList<GoneReceiver>();
    var droppedGone = new ArrayList<String>();
    var absences = new ArrayList<Absence>();
    var alive = new ArrayList<Instant>();
    var changes = new ArrayList<Write.Changed>();
    for (var write : batch.writes()) {
      switch (write) {
        case Write.Forget(var domain) -> forgotten.add(domain);
        case Write.PutState(var row) -> states.add(row);
        case Write.Checked look -> checked.add(look);
        case Write.PutSeen(var record) -> seen.add(record);
        case Write.DropSeen drop -> unseen.add(drop);
        case Write.PutBaseline(var baseline) -> baselines.add(baseline);
        case Write.DropBaseline(var domain) -> droppedBaselines.add(domain);
        case Write.PutAlert(var alert) -> alerts.add(alert);
        case Write.DropAlert(var fingerprint) -> droppedAlerts.add(fingerprint);
        case Write.ForgetAlert forget -> forgottenAlerts.add(forget);
        case Write.PutGroup(var group) -> groups.add(group);
        case Write.DropGroup(var group) -> droppedGroups.add(group);
        case Write.Owe(var notification) -> owed.add(notification);
        case Write.Delivered(var id) -> delivered.add(id);
        case Write.Failed failure -> failed.add(failure);
        case Write.Dead death -> dead.add(death);
        case Write.Replace replacement -> replaced.add(replacement);
        case Write.PutSilence(var silence) -> silences.add(silence);
        case Write.DropSilence(var id) -> droppedSilences.add(id);
        case Write.PutAcknowledgement(var one) -> taken.add(one);
        case Write.DropAcknowledgement(var fingerprint) -> droppedAcknowledgements.add(fingerprint);
        case Write.PutDomain(var domain) -> domains.add(domain);
        case Write.DropDomain(var name) -> droppedDomains.add(name);
        case Write.PutNetwork(var network) -> networks.add(network);
        case Write.PutTick(var tick) -> ticks.add(tick);
        case Write.DropTick drop -> droppedTicks.add(drop);
        case Write.PutDigest(var mark) -> digests.add(mark);
        case Write.PutGone(var receiver) -> gone.add(receiver);
        case Write.DropGone(var receiver) -> droppedGone.add(receiver);
        case Write.PutAbsence(var absence) -> absences.add(absence);
        case Write.Alive(var at) -> alive.add(at);
        case Write.Changed change -> changes.add(change);
      }
    }
    this.states.drop(handle, forgotten);
    this.seen.forget(handle, forgotten);
    this.baselines.drop(handle, forgotten);
    this.ticks.forget(handle, forgotten);
    this.states.put(handle, states);
    this.states.checked(handle, checked);
    this.seen.put(handle, seen);
    this.seen.drop(handle, unseen);
    this.baselines.put(handle, baselines);
    this.baselines.drop(handle, droppedBaselines);
    this.alerts.put(handle, alerts);
    this.episodes.put(
        handle, alerts.stream().flatMap(kept -> Episode.of(kept.alert()).stream()).toList());
    this.alerts.drop(handle, droppedAlerts);
    this.alerts.forget(handle, forgottenAlerts);
    this.groups.put(handle, groups);
    this.groups.drop(handle, droppedGroups);
    this.owed.owe(handle, owed);
    this.owed.replace(handle, replaced);
    this.owed.delivered(handle, delivered);
    this.owed.failed(handle, failed);
    this.owed.dead(handle, dead);
    this.silences.put(handle, silences);
    this.silences.drop(handle, droppedSilences);
    this.acknowledgements.put(handle, taken);
    this.acknowledgements.drop(handle, droppedAcknowledgements);
    this.domains.put(handle, domains);
    this.domains.drop(handle, droppedDomains);
    this.networks.put(handle, networks);
    this.ticks.put(handle, ticks);
    this.ticks.drop(handle, droppedTicks);
    this.digests.put(handle, digests);
    this.gone.put(handle, gone);
    this.gone.drop(handle, droppedGone);
    this.absences.put(handle, absences);
    alive.forEach(at -> CounterTable.set(handle, CounterTable.ALIVE, at.toEpochMilli()));
    if (isApart()) {
      pending.put(handle, changes);
    } else {
      lines.put(handle, changes);
    }
  }

  private boolean isApart() {
    return historyDatabase.isEmpty() || historyDatabase.get() != database;
  }

  @Override
  public boolean isHopeless(Throwable failure) {
    // Where neither the disk nor the database has spoken, it is a bug in the batch or in our code.
    return Database.isOfTheData(failure)
        || (failure instanceof RuntimeException && !(failure instanceof StoreFailure));
  }

  @Override
  public void whenTaken(Consumer<String> told) {
    database.whenTaken(told);
  }

  @Override
  public void eachState(Consumer<StateRow> reader) {
    database.useTransaction(handle -> states.each(handle, reader));
  }

  @Override
  public Optional<StateRow> state(String domain) {
    return database.inTransaction(handle -> states.find(handle, domain));
  }

  @Override
  public void eachSeen(Consumer<SeenRecord> reader) {
    database.useTransaction(handle -> seen.each(handle, reader));
  }

  @Override
  public List<SeenRecord> seen(String domain) {
    return database.inTransaction(handle -> seen.of(handle, domain));
  }

  @Override
  public void eachBaseline(Consumer<Baseline> reader) {
    database.useTransaction(handle -> baselines.each(handle, reader));
  }

  @Override
  public Optional<Baseline> baseline(String domain) {
    return database.inTransaction(handle -> baselines.find(handle, domain));
  }

  @Override
  public void eachAlert(Consumer<DomainAlert> reader) {
    database.useTransaction(handle -> alerts.each(handle, reader));
  }

  @Override
  public void eachGroup(Consumer<GroupState> reader) {
    database.useTransaction(handle -> groups.each(handle, reader));
  }

  @Override
  public List<KeptSilence> silences() {
    return database.inTransaction(silences::all);
  }

  @Override
  public List<Acknowledgement> acknowledgements() {
    return database.inTransaction(acknowledgements::all);
  }

  @Override
  public List<KeptDomain> domains() {
    return database.inTransaction(domains::all);
  }

  @Override
  public List<Tick> ticks() {
    return database.inTransaction(ticks::all);
  }

  @Override
  public List<Episode> episodes(String tenant, Instant since, int limit) {
    return database.inTransaction(handle -> episodes.of(handle, tenant, since, limit));
  }

  @Override
  public List<DigestMark> digests() {
    return database.inTransaction(digests::all);
  }

  @Override
  public List<GoneReceiver> goneReceivers() {
    return database.inTransaction(gone::all);
  }

  @Override
  public List<Absence> absences() {
    return database.inTransaction(absences::all);
  }

  @Override
  public Optional<Instant> lastAlive() {
    var millis = database.inTransaction(handle -> CounterTable.read(handle, CounterTable.ALIVE));
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  @Override
  public void eachNetwork(Consumer<PublishedNetwork> reader) {
    database.useTransaction(handle -> networks.each(handle, reader));
  }

  @Override
  public Map<String, Map<Cidr, Instant>> withdrawn() {
    var withdrawn = new TreeMap<String, Map<Cidr, Instant>>();
    database.useTransaction(
        handle -> networks.eachWithdrawn(handle, network -> MemoryStore.note(withdrawn, network)));
    return withdrawn;
  }

  @Override
  public Outbox outbox() {
    return outbox;
  }

  @Override
  public long lastSequence() {
    return database.inTransaction(handle -> CounterTable.read(handle, CounterTable.SEQUENCE));
  }

  @Override
  public History history() {
    return this;
  }

  @Override
  public List<Change> read(int offset, int limit) {
    return usableHistory().inTransaction(handle -> lines.newest(handle, offset, limit));
  }

  @Override
  public List<Change> read(String domain, Collection<String> shared, int offset, int limit) {
    return usableHistory()
        .inTransaction(handle -> lines.newest(handle, domain, shared, offset, limit));
  }

  private Database usableHistory() {
    return historyDatabase.orElseThrow(
        () -> new StoreFailure(historyTrouble.orElse("there is no history")));
  }

  @Override
  public Health health() {
    var trouble = writer.trouble();
    var reasons = new ArrayList<String>();
    trouble.ifPresent(reasons::add);
    historyTrouble.ifPresent(reasons::add);
    mover.flatMap(HistoryMover::trouble).ifPresent(why -> reasons.add("history: " + why));
    return new Health(trouble.isEmpty(), reasons, writer.waiting());
  }

  @Override
  public long tries() {
    return writer.tries();
  }

  @Override
  public int expire(Instant before) {
    var removed =
        database.write(
            handle ->
                silences.expire(handle, before)
                    + networks.expire(handle, before)
                    + episodes.expire(handle, before)
                    + absences.expire(handle, before)
                    + owed.expire(handle, before));
    if (historyDatabase.isEmpty()) {
      return removed;
    }
    while (true) {
      var some =
          historyDatabase.get().write(handle -> lines.expire(handle, before, EXPIRED_AT_ONCE));
      removed += some;
      if (some < EXPIRED_AT_ONCE) {
        return removed;
      }
    }
  }

  @Override
  public List<Path> backup(Path directory) {
    if (database.dialect() == Dialect.POSTGRESQL) {
      throw new StoreFailure(
          "back up %s with pg_dump --format=custom, and restore it with pg_restore"
              .formatted(database.name()));
    }
    var files = new ArrayList<Path>();
    files.add(backup(database, directory));
    historyDatabase.ifPresent(history -> files.add(backup(history, directory)));
    return files;
  }

  @Override
  public Optional<Path> directory() {
    return database.dialect() == Dialect.POSTGRESQL
        ? Optional.empty()
        : Optional.ofNullable(Path.of(database.name()).toAbsolutePath().getParent());
  }

  private static Path backup(Database from, Path directory) {
    var name = Path.of(from.name()).getFileName() + ".zip";
    var unfinished = directory.toAbsolutePath().resolve("new-" + name);
    var finished = directory.toAbsolutePath().resolve(name);
    try {
      Files.createDirectories(directory);
      for (var tries = 1; ; tries++) {
        Files.deleteIfExists(unfinished);
        from.use(handle -> handle.execute("backup to ?", unfinished.toString()));
        if (BackupProof.opens(unfinished)) {
          break;
        }
        // H2 may rewrite a chunk while it is copied; the copy is then worth nothing, and is made
        // again.
        if (tries == BACKUP_TRIES) {
          throw new StoreFailure(
              "the backup %s did not open in %d tries; nothing was replaced"
                  .formatted(finished, tries));
        }
      }
      Files.move(unfinished, finished, StandardCopyOption.ATOMIC_MOVE);
      return finished;
    } catch (IOException failed) {
      throw new StoreFailure(
          "the backup %s cannot be written: %s".formatted(finished, H2File.why(failed)), failed);
    }
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    writer.close();
    mark();
    mover.ifPresent(HistoryMover::close);
    historyDatabase.filter(history -> history != database).ifPresent(Database::close);
    database.close();
    lock.ifPresent(SqlStore::release);
  }

  private static void release(StoreLock lock) {
    try {
      lock.close();
    } catch (IOException failed) {
      LOG.warn("the store's lock was not given back", failed);
    }
  }
}
