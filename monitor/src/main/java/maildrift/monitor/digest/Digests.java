package maildrift.monitor.digest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import maildrift.alerts.Alert;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.alerts.outbox.MessageIds;
import maildrift.alerts.outbox.Owed;
import maildrift.monitor.config.DigestConfig;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.DigestMark;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreFailure;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.domain.Tenant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes each tenant's digest once for each time of its schedule. That it was made is committed
 * together with the mail that is then owed: a crash neither loses nor doubles it. What was missed
 * while nothing ran is made up for by one digest. The times are the schedule's, not the clock's at
 * the look, so that a clock that is set makes none twice.
 */
public final class Digests implements DigestDesk {
  private static final Logger LOG = LoggerFactory.getLogger(Digests.class);

  private static final Duration WEEK = Duration.ofDays(7);

  /** A mark that lies further ahead was made by a clock that was wrong. */
  private static final Duration LIES_AHEAD = Duration.ofDays(1);

  private static final int MOST_EPISODES = 5_000;
  private static final int MOST_CHANGES = 200;
  private static final String NEVER = "never";

  private final StateStore store;
  private final Clock clock;
  private final Source source;
  private final Runnable wakeDeliveries;
  private final ConcurrentHashMap<String, DigestMark> marks = new ConcurrentHashMap<>();
  private final ReentrantLock making = new ReentrantLock();

  /** What the daemon knows. */
  public interface Source {
    /** To whom the digest of a tenant goes; empty: to nobody. */
    Optional<DigestConfig> digest(String tenant);

    List<DomainState> states();

    List<Alert> alerts();

    List<Mutes.Why> muted(Alert alert);

    List<Silence> silences();

    /** Of a domain and of what it depends on, the newest first. */
    List<Change> history(String domain, int offset, int limit);

    /** Of maildrift, without a slash at its end. */
    String page();
  }

  public Digests(StateStore store, Clock clock, Source source, Runnable wakeDeliveries) {
    this.store = store;
    this.clock = clock;
    this.source = source;
    this.wakeDeliveries = wakeDeliveries;
  }

  /** Takes up what was stored. */
  public void restore() {
    store.digests().forEach(mark -> marks.put(mark.tenant(), mark));
  }

  /** When a digest was last made, of any tenant; empty: never. */
  public Optional<Instant> lastMade() {
    return marks.values().stream()
        .filter(mark -> !mark.figures().equals(NEVER))
        .map(DigestMark::madeAt)
        .max(Instant::compareTo);
  }

  /** Makes those that are due. */
  public void look() {
    making.lock();
    try {
      for (var tenant : tenants()) {
        source.digest(tenant.id()).ifPresent(config -> look(tenant, config));
      }
    } finally {
      making.unlock();
    }
  }

  private void look(Tenant tenant, DigestConfig config) {
    var now = clock.instant();
    var mark = marks.get(tenant.id());
    try {
      if (mark == null || mark.due().isAfter(now.plus(LIES_AHEAD))) {
        // The first one comes at the next time, and tells of what was from now on.
        keep(Batch.builder(), new DigestMark(tenant.id(), now, now, NEVER));
        return;
      }
      var due = config.times().last(mark.due(), now);
      if (due.isPresent()) {
        make(tenant, config, due.get(), now);
      }
    } catch (StoreFailure failure) {
      LOG.error("the digest of {} could not be stored; it is tried again", tenant.id(), failure);
    }
  }

  private void make(Tenant tenant, DigestConfig config, Instant due, Instant now) {
    var written = Written.of(material(tenant, Optional.of(config), now));
    var batch = Batch.builder().owe(owed(written, config, now));
    keep(batch, new DigestMark(tenant.id(), due, now, written.figures().toJson()));
    wakeDeliveries.run();
    LOG.info("the digest of {} for {} is owed to {}", tenant.id(), due, config.receiver());
  }

  private void keep(Batch.Builder batch, DigestMark mark) {
    store.commit(batch.digest(mark).build());
    marks.put(mark.tenant(), mark);
  }

  private Owed owed(Written written, DigestConfig config, Instant now) {
    return Owed.fresh(
        MessageIds.next(),
        config.receiver(),
        "digest/" + written.tenant(),
        store.lastSequence() + 1,
        written.mail(config.to(), config.from()).toJson(),
        now);
  }

  @Override
  public Optional<Written> preview(String tenant) {
    return tenants().stream()
        .filter(one -> one.id().equals(tenant))
        .findFirst()
        .map(one -> Written.of(material(one, source.digest(tenant), clock.instant())));
  }

  @Override
  public Optional<String> send(String tenant) {
    var config = source.digest(tenant);
    var written = preview(tenant);
    if (config.isEmpty() || written.isEmpty()) {
      return Optional.empty();
    }
    var now = clock.instant();
    store.commit(Batch.builder().owe(owed(written.get(), config.get(), now)).build());
    wakeDeliveries.run();
    return Optional.of(config.get().receiver());
  }

  @Override
  public List<Tenant> tenants() {
    return source.states().stream()
        .map(state -> state.domain().tenant())
        .sorted(Comparator.comparing(Tenant::id))
        .filter(distinct())
        .toList();
  }

  private static Predicate<Tenant> distinct() {
    var seen = new HashSet<String>();
    return tenant -> seen.add(tenant.id());
  }

  private Material material(Tenant tenant, Optional<DigestConfig> config, Instant now) {
    var mark = Optional.ofNullable(marks.get(tenant.id()));
    var from =
        mark.map(DigestMark::madeAt)
            .filter(at -> at.isBefore(now))
            .filter(at -> at.isAfter(now.minus(WEEK.multipliedBy(5))))
            .orElse(now.minus(WEEK));
    var states =
        source.states().stream()
            .filter(state -> state.domain().tenant().id().equals(tenant.id()))
            .map(Discreet::of)
            .toList();
    var names =
        states.stream().map(state -> state.domain().name().toString()).collect(Collectors.toSet());
    return new Material(
        tenant,
        from,
        now,
        config.map(one -> one.times().zone()).orElse(ZoneOffset.UTC),
        states,
        store.episodes(tenant.id(), from, MOST_EPISODES).stream()
            .filter(one -> names.contains(one.labels().get("domain")) || one.endedAt().isPresent())
            .filter(one -> !one.labels().get("alertname").equals(WatchRules.SILENCE_ENDING.id()))
            .map(Discreet::of)
            .toList(),
        changes(states, from),
        source.alerts().stream()
            .filter(alert -> alert.phase() == Alert.Phase.FIRING)
            .filter(alert -> names.contains(alert.labels().get("domain")))
            .map(alert -> new Material.Muted(Discreet.of(alert), source.muted(alert)))
            .filter(muted -> !muted.whys().isEmpty())
            .toList(),
        source.silences(),
        mark.map(one -> Figures.parse(one.figures())).orElse(Figures.NONE),
        source.page());
  }

  /** A shared record's line stands in the history of each domain that depends on it. */
  private List<Change> changes(List<DomainState> states, Instant from) {
    var changes = new LinkedHashSet<Change>();
    for (var state : states) {
      try {
        source.history(state.domain().name().toString(), 0, MOST_CHANGES).stream()
            .takeWhile(change -> !change.at().isBefore(from))
            .filter(change -> !Discreet.isAmongStaff(change))
            .forEach(changes::add);
      } catch (StoreFailure failure) {
        LOG.warn("a digest is made without the history of {}", state.domain().name(), failure);
      }
    }
    var sorted = new ArrayList<>(changes);
    sorted.sort(Comparator.comparing(Change::at).reversed());
    return sorted;
  }
}
