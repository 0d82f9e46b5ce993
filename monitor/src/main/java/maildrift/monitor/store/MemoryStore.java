package maildrift.monitor.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import maildrift.alerts.Alert;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.outbox.InMemoryOutbox;
import maildrift.alerts.outbox.Outbox;
import maildrift.alerts.route.GroupState;
import maildrift.monitor.checklist.Tick;
import maildrift.probes.network.Cidr;

/** The twin that forgets at exit: for the demo and for tests. */
public final class MemoryStore implements StateStore, History {
  private final Map<String, StateRow> states = new TreeMap<>();
  private final Map<String, Map<String, SeenRecord>> seen = new TreeMap<>();
  private final Map<String, Baseline> baselines = new TreeMap<>();
  private final Map<String, DomainAlert> alerts = new TreeMap<>();
  private final Map<String, GroupState> groups = new TreeMap<>();
  private final InMemoryOutbox outbox = new InMemoryOutbox();
  private final Map<String, KeptSilence> silences = new TreeMap<>();
  private final Map<String, Acknowledgement> acknowledgements = new TreeMap<>();
  private final Map<String, KeptDomain> domains = new TreeMap<>();
  private final Map<String, Map<Cidr, PublishedNetwork>> networks = new TreeMap<>();
  private final Map<String, Map<String, Tick>> ticks = new TreeMap<>();
  private final Map<String, Episode> episodes = new TreeMap<>();
  private final Map<String, DigestMark> digests = new TreeMap<>();
  private final Map<String, GoneReceiver> gone = new TreeMap<>();
  private final Map<Instant, Absence> absences = new TreeMap<>();
  private final Map<String, Change> changes = new TreeMap<>();
  private Optional<Instant> alive = Optional.empty();
  private long lastSequence;
  private long tries;
  private boolean closed;

  @Override
  public synchronized CompletableFuture<Void> submit(Batch batch) {
    if (closed) {
      return CompletableFuture.failedFuture(new StoreFailure("the store is closed"));
    }
    var forgets = new ArrayList<Write>();
    var others = new ArrayList<Write>();
    batch.writes().forEach(w -> (w instanceof Write.Forget ? forgets : others).add(w));
    forgets.forEach(this::apply);
    others.forEach(this::apply);
    tries++;
    return CompletableFuture.completedFuture(null);
  }

  private void apply(Write write) {
    switch (write) {
      case Write.Forget(var domain) -> {
        states.remove(domain);
        seen.remove(domain);
        baselines.remove(domain);
        ticks.remove(domain);
      }
      case Write.PutState(var row) -> states.put(row.domain(), row);
      case Write.Checked(var domain, var at) ->
          states.computeIfPresent(domain, (_, row) -> row.checked(at));
      case Write.PutSeen(var record) ->
          seen.computeIfAbsent(record.domain(), _ -> new TreeMap<>()).put(record.record(), record);
      case Write.DropSeen(var domain, var name) ->
          seen.computeIfPresent(
              domain,
              (_, records) -> {
                records.remove(name);
                return records;
              });
      case Write.PutBaseline(var baseline) -> baselines.put(baseline.domain(), baseline);
      case Write.DropBaseline(var domain) -> baselines.remove(domain);
      case Write.PutAlert(var alert) -> {
        alerts.put(alert.alert().fingerprint(), micros(alert));
        Episode.of(alert.alert())
            .ifPresent(one -> episodes.put(one.fingerprint() + " " + one.startedAt(), one));
      }
      case Write.DropAlert(var fingerprint) -> alerts.remove(fingerprint);
      case Write.ForgetAlert forget ->
          alerts.computeIfPresent(
              forget.fingerprint(), (_, kept) -> forget.isMeant(kept.alert()) ? null : kept);
      case Write.PutGroup(var group) -> groups.put(group.key(), micros(group));
      case Write.DropGroup(var group) -> groups.remove(group);
      case Write.Owe(var notification) -> {
        outbox.owe(List.of(notification));
        lastSequence = Math.max(lastSequence, notification.sequence());
      }
      case Write.Delivered(var id) -> outbox.delivered(id);
      case Write.Failed(var id, var notBefore, var error) ->
          outbox.retryLater(id, notBefore, error);
      case Write.Dead(var id, _, var error) -> outbox.dead(id, error);
      case Write.Replace(var ids, var by, _, _) -> outbox.replaceFree(ids, by);
      case Write.PutSilence(var silence) -> silences.put(silence.id(), silence);
      case Write.DropSilence(var id) -> silences.remove(id);
      case Write.PutAcknowledgement(var taken) -> acknowledgements.put(taken.fingerprint(), taken);
      case Write.DropAcknowledgement(var fingerprint) -> acknowledgements.remove(fingerprint);
      case Write.PutDomain(var domain) -> domains.put(domain.name(), domain);
      case Write.DropDomain(var name) -> domains.remove(name);
      case Write.PutNetwork(var network) ->
          networks
              .computeIfAbsent(network.source(), _ -> new TreeMap<>())
              .put(network.network(), network);
      case Write.PutTick(var tick) ->
          ticks
              .computeIfAbsent(tick.domain(), _ -> new TreeMap<>())
              .put(ticked(tick.checklist(), tick.step()), tick);
      case Write.DropTick(var domain, var checklist, var step) ->
          ticks.getOrDefault(domain, new TreeMap<>()).remove(ticked(checklist, step));
      case Write.PutDigest(var mark) -> digests.put(mark.tenant(), mark);
      case Write.PutGone(var receiver) -> gone.put(receiver.receiver(), receiver);
      case Write.DropGone(var receiver) -> gone.remove(receiver);
      case Write.PutAbsence(var absence) -> absences.put(absence.from(), absence);
      case Write.Alive(var at) -> alive = Optional.of(at);
      case Write.Changed(var id, var change) -> changes.put(id, change);
    }
  }

  private static String ticked(String checklist, String step) {
    return checklist + "/" + step;
  }

  private static DomainAlert micros(DomainAlert kept) {
    var alert = kept.alert();
    return new DomainAlert(
        kept.domain(),
        new Alert(
            alert.labels(),
            alert.annotations(),
            alert.phase(),
            alert.looks(),
            alert.flaps(),
            Micros.of(alert.startsAt()),
            Micros.of(alert.updatedAt()),
            alert.endsAt().map(Micros::of),
            alert.course()));
  }

  private static GroupState micros(GroupState group) {
    return new GroupState(
        group.key(),
        group.receiver(),
        group.groupKey(),
        group.labels(),
        group.told(),
        Micros.of(group.toldAt()),
        group.thread());
  }

  private synchronized <T> List<T> copy(Map<String, T> rows) {
    return List.copyOf(rows.values());
  }

  private synchronized <T> List<T> flat(Map<String, ? extends Map<?, T>> rows) {
    return rows.values().stream().flatMap(row -> row.values().stream()).toList();
  }

  @Override
  public void eachState(Consumer<StateRow> reader) {
    copy(states).forEach(reader);
  }

  @Override
  public synchronized Optional<StateRow> state(String domain) {
    return Optional.ofNullable(states.get(domain));
  }

  @Override
  public void eachSeen(Consumer<SeenRecord> reader) {
    flat(seen).forEach(reader);
  }

  @Override
  public synchronized List<SeenRecord> seen(String domain) {
    return List.copyOf(seen.getOrDefault(domain, Map.of()).values());
  }

  @Override
  public void eachBaseline(Consumer<Baseline> reader) {
    copy(baselines).forEach(reader);
  }

  @Override
  public synchronized Optional<Baseline> baseline(String domain) {
    return Optional.ofNullable(baselines.get(domain));
  }

  @Override
  public void eachAlert(Consumer<DomainAlert> reader) {
    copy(alerts).forEach(reader);
  }

  @Override
  public void eachGroup(Consumer<GroupState> reader) {
    copy(groups).forEach(reader);
  }

  @Override
  public synchronized List<KeptSilence> silences() {
    return List.copyOf(silences.values());
  }

  @Override
  public List<Acknowledgement> acknowledgements() {
    return copy(acknowledgements);
  }

  @Override
  public synchronized List<KeptDomain> domains() {
    return List.copyOf(domains.values());
  }

  @Override
  public List<Tick> ticks() {
    return flat(ticks);
  }

  @Override
  public synchronized List<Episode> episodes(String tenant, Instant since, int limit) {
    return episodes.values().stream()
        .filter(one -> one.tenant().equals(tenant))
        .filter(one -> one.endedAt().map(end -> !end.isBefore(since)).orElse(true))
        .sorted(
            Comparator.comparing(Episode::startedAt).reversed().thenComparing(Episode::fingerprint))
        .limit(limit)
        .toList();
  }

  @Override
  public List<DigestMark> digests() {
    return copy(digests);
  }

  @Override
  public List<GoneReceiver> goneReceivers() {
    return copy(gone);
  }

  @Override
  public synchronized List<Absence> absences() {
    return List.copyOf(absences.values());
  }

  @Override
  public synchronized Optional<Instant> lastAlive() {
    return alive;
  }

  @Override
  public void eachNetwork(Consumer<PublishedNetwork> reader) {
    flat(networks).forEach(reader);
  }

  @Override
  public synchronized Map<String, Map<Cidr, Instant>> withdrawn() {
    var withdrawn = new TreeMap<String, Map<Cidr, Instant>>();
    networks
        .values()
        .forEach(source -> source.values().forEach(network -> note(withdrawn, network)));
    return withdrawn;
  }

  /** Adds the network where it is withdrawn. */
  static void note(Map<String, Map<Cidr, Instant>> withdrawn, PublishedNetwork network) {
    network
        .withdrawnAt()
        .ifPresent(
            at ->
                withdrawn
                    .computeIfAbsent(network.source(), _ -> new TreeMap<>())
                    .put(network.network(), at));
  }

  @Override
  public Outbox outbox() {
    return outbox;
  }

  @Override
  public synchronized long lastSequence() {
    return lastSequence;
  }

  @Override
  public History history() {
    return this;
  }

  @Override
  public List<Change> read(int offset, int limit) {
    return read(_ -> true, offset, limit);
  }

  @Override
  public List<Change> read(String domain, Collection<String> shared, int offset, int limit) {
    return read(
        change ->
            change.domain().equals(domain)
                || (change.domain().equals(Change.SHARED) && shared.contains(change.record())),
        offset,
        limit);
  }

  private synchronized List<Change> read(
      java.util.function.Predicate<Change> wanted, int offset, int limit) {
    return changes.values().stream()
        .filter(wanted)
        .sorted(
            Comparator.comparing(Change::at)
                .reversed()
                .thenComparing(Change::domain)
                .thenComparing(Change::record))
        .skip(offset)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized long tries() {
    return tries;
  }

  @Override
  public Health health() {
    return new Health(true, List.of(), 0);
  }

  @Override
  public synchronized int expire(Instant before) {
    var rows = changes.size() + silences.size() + episodes.size() + absences.size() + count();
    episodes.values().removeIf(one -> one.endedAt().filter(at -> at.isBefore(before)).isPresent());
    changes.values().removeIf(change -> change.at().isBefore(before));
    silences.values().removeIf(silence -> silence.endsAt().isBefore(before));
    absences.values().removeIf(absence -> absence.to().isBefore(before));
    networks
        .values()
        .forEach(
            source ->
                source
                    .values()
                    .removeIf(
                        network ->
                            network.withdrawnAt().filter(at -> at.isBefore(before)).isPresent()));
    return rows - changes.size() - silences.size() - episodes.size() - absences.size() - count();
  }

  private int count() {
    return networks.values().stream().mapToInt(Map::size).sum();
  }

  @Override
  public List<Path> backup(Path directory) {
    throw new StoreFailure("a store in memory has nothing to back up");
  }

  @Override
  public Optional<Path> directory() {
    return Optional.empty();
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
