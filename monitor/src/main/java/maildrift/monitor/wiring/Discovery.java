package maildrift.monitor.wiring;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.DiscoveryConfig;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.TargetList;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.self.ListSource;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.KeptDomain;
import maildrift.monitor.store.StateStore;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Tenant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Domains from lists that others keep. What a source last said is in the store, among the domains
 * kept there, so that a source that is away, broken or suddenly empty takes nothing away, not even
 * over a restart.
 */
final class Discovery {
  private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);

  /** Begins {@link KeptDomain#addedBy} of what a source brought. */
  private static final String BY = "discovery ";

  private static final int MOST_NAMED = 5;

  /** The least time for which the domains of a source stay that is no longer configured. */
  static final Duration ORPHANED = Duration.ofHours(1);

  private final StateStore store;
  private final ConfigLoader loader;
  private final Supplier<MonitorConfig> config;
  private final Clock clock;
  private final Runnable changed;
  private final Map<String, Source> sources = new ConcurrentHashMap<>();

  /** Sources that are no longer configured and have domains, since when. */
  private final Map<String, Instant> orphaned = new HashMap<>();

  /** Held while what is kept is compared and changed; never while somebody is told of it. */
  private final ReentrantLock keeping = new ReentrantLock();

  /** Changes with every change of what is kept. */
  private final AtomicLong revision = new AtomicLong();

  /** Others are kept than those that are watched, as long as that could not be said. */
  private volatile boolean isUntold;

  /**
   * @param config in force
   * @param changed to be run when there are other domains than before
   */
  Discovery(
      StateStore store,
      ConfigLoader loader,
      Supplier<MonitorConfig> config,
      Clock clock,
      Runnable changed) {
    this.store = store;
    this.loader = loader;
    this.config = config;
    this.clock = clock;
    this.changed = changed;
  }

  /** How a source is. */
  record Status(
      long domains,
      long refused,
      long failures,
      Optional<Instant> succeeded,
      Optional<String> why) {
    static final Status UNREAD = new Status(0, 0, 0, Optional.empty(), Optional.empty());
  }

  private static final class Source {
    final DiscoveryConfig settings;
    final Instant since;
    final Shrinkage shrinkage;
    final ReentrantLock lock = new ReentrantLock();
    volatile Status status = Status.UNREAD;
    private TargetSource.Said applied = TargetSource.Said.NOTHING;
    private List<TargetSource.Stamp> stamps = List.of();
    private long readNanos;

    /** Definitions of domains that somebody else has now; they are for when he gives them up. */
    private volatile Map<String, String> waiting = Map.of();

    /** Of what was kept when it was read. */
    private volatile long revision;

    private Map<String, String> refused = Map.of();

    /** Those of them that nobody else has. */
    private volatile SortedMap<String, String> unused = new TreeMap<>();

    private volatile SortedMap<String, List<String>> undeclared = new TreeMap<>();

    /** In force when that was applied: another one may declare a tenant that was unknown. */
    private Optional<MonitorConfig> under = Optional.empty();

    Source(DiscoveryConfig settings, Instant since) {
      this.settings = settings;
      this.since = since;
      shrinkage = new Shrinkage(settings.allowEmpty(), settings.refreshInterval());
    }
  }

  Status status(String source) {
    return Optional.ofNullable(sources.get(source)).map(one -> one.status).orElse(Status.UNREAD);
  }

  /** The sources whose last list is not used. */
  Set<String> unwell() {
    var unwell = new TreeSet<String>();
    sources.forEach((name, source) -> source.status.why().ifPresent(_ -> unwell.add(name)));
    return unwell;
  }

  /** How many targets of each source are not taken up as it says; only those that have some. */
  Map<String, Integer> unused() {
    var unused = new TreeMap<String, Integer>();
    sources.forEach(
        (name, source) -> {
          var count =
              source.unused.size() + source.undeclared.values().stream().mapToInt(List::size).sum();
          if (count > 0) {
            unused.put(name, count);
          }
        });
    return unused;
  }

  /** How they are, by name. */
  List<ListSource> states() {
    return sources.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            named -> {
              var source = named.getValue();
              var status = source.status;
              return new ListSource(
                  named.getKey(),
                  source.since,
                  status.succeeded(),
                  status.why(),
                  status.domains(),
                  source.settings.refreshInterval(),
                  source.unused,
                  source.undeclared,
                  remedy(named.getKey(), source.settings.source()));
            })
        .toList();
  }

  private static String remedy(String name, DiscoveryConfig.Source source) {
    return switch (source) {
      case DiscoveryConfig.Files files ->
          "See what is there, from the folder of the configuration, and that maildrift may read it: ls -l "
              + files.patterns().stream()
                  .map(DiscoveryConfig.Pattern::shown)
                  .collect(Collectors.joining(" "));
      // A path may be a secret.
      case DiscoveryConfig.Url url ->
          "Ask %s as discovery.%s of the configuration says, with its credentials: curl -sS -i -H 'Accept: application/json' URL. It must answer 200 and a list in the format of http_sd."
              .formatted(url.url().getHost(), name);
    };
  }

  /** What a source brought, if one did. */
  static Optional<String> sourceOf(KeptDomain kept) {
    return kept.addedBy().startsWith(BY)
        ? Optional.of(kept.addedBy().substring(BY.length()))
        : Optional.empty();
  }

  /** Does something while nobody else changes which domains are kept. */
  <T> T keeping(Supplier<T> change) {
    keeping.lock();
    try {
      return change.get();
    } finally {
      revision.incrementAndGet();
      keeping.unlock();
    }
  }

  /**
   * Takes up other sources. The domains of one that is no longer configured stay for a while: it
   * may have been renamed, or the file with it is being written.
   */
  void configured(Map<String, DiscoveryConfig> next) {
    keeping.lock();
    try {
      sources.keySet().retainAll(next.keySet());
      next.forEach(
          (name, settings) -> {
            var before = sources.get(name);
            if (before == null || !before.settings.equals(settings)) {
              sources.put(name, new Source(settings, clock.instant()));
            }
          });
      count();
    } finally {
      keeping.unlock();
    }
  }

  /** How many domains each source brings, and which sources have some and are no longer there. */
  private void count() {
    var counts = new TreeMap<String, Long>();
    for (var kept : store.domains()) {
      sourceOf(kept).ifPresent(name -> counts.merge(name, 1L, Long::sum));
    }
    sources.forEach(
        (name, source) -> {
          var old = source.status;
          source.status =
              new Status(
                  counts.getOrDefault(name, 0L),
                  old.refused(),
                  old.failures(),
                  old.succeeded(),
                  old.why());
        });
    counts.keySet().removeAll(sources.keySet());
    orphaned.keySet().retainAll(counts.keySet());
    var now = clock.instant();
    counts.forEach(
        (name, domains) -> {
          if (orphaned.putIfAbsent(name, now) == null) {
            LOG.warn(
                "discovery {} is not configured any more: its {} domains stay until {}, until every other source was read meanwhile, or until another one brings them",
                name,
                domains,
                CheckJson.instant(now.plus(ORPHANED)));
          }
        });
  }

  /** Whether a source that is configured brings it. */
  boolean isBrought(KeptDomain kept) {
    return sourceOf(kept).filter(sources::containsKey).isPresent();
  }

  private boolean isOrphan(KeptDomain kept) {
    return sourceOf(kept).isPresent() && !isBrought(kept);
  }

  /** Drops the domains of sources that are no longer configured, when their time is over. */
  void settle() {
    keeping.lock();
    try {
      dropOrphans();
    } finally {
      keeping.unlock();
    }
    tellWhatIsUntold();
  }

  private void dropOrphans() {
    var now = clock.instant();
    var over = new TreeSet<String>();
    orphaned.forEach(
        (name, since) -> {
          if (!now.isBefore(since.plus(ORPHANED)) && isReadSince(since)) {
            over.add(name);
          }
        });
    if (over.isEmpty()) {
      return;
    }
    var batch = Batch.builder();
    var gone =
        store.domains().stream()
            .filter(kept -> sourceOf(kept).filter(over::contains).isPresent())
            .map(KeptDomain::name)
            .toList();
    var heirs = giveUp(gone, batch);
    store.commit(batch.build());
    revision.incrementAndGet();
    isUntold = true;
    heirs.forEach(Discovery::inherited);
    orphaned.keySet().removeAll(over);
    LOG.info(
        "{} domains are no longer managed: their source is not configured any more",
        gone.size() - heirs.size());
  }

  /** Each source that there is has said what it brings: none is merely another name. */
  private boolean isReadSince(Instant since) {
    return sources.values().stream()
        .allMatch(
            source -> source.status.succeeded().filter(at -> !at.isBefore(since)).isPresent());
  }

  /** Reads a source; blocks. What cannot be used leaves everything as it is. */
  void refresh(String name) {
    var source = sources.get(name);
    if (source == null || !source.lock.tryLock()) {
      return;
    }
    try {
      if (isDue(source)) {
        read(name, source);
      }
      tellWhatIsUntold();
    } catch (TargetSource.Away | TargetList.Unreadable away) {
      failed(name, source, String.valueOf(away.getMessage()));
    } catch (RuntimeException failure) {
      failed(name, source, String.valueOf(failure));
    } finally {
      source.lock.unlock();
    }
  }

  private void tellWhatIsUntold() {
    if (!isUntold) {
      return;
    }
    isUntold = false;
    try {
      changed.run();
    } catch (RuntimeException failure) {
      isUntold = true;
      throw failure;
    }
  }

  /** Files are looked at often, and read when they are others, or when it is time. */
  private boolean isDue(Source source) {
    if (!(source.settings.source() instanceof DiscoveryConfig.Files files)) {
      return true;
    }
    var stamps = TargetSource.stamps(files);
    var now = System.nanoTime();
    if (stamps.equals(source.stamps)
        && !isOutdated(source)
        && now - source.readNanos < source.settings.refreshInterval().toNanos()) {
      return false;
    }
    source.stamps = stamps;
    source.readNanos = now;
    return true;
  }

  /** Somebody had what it names, and may have given it up. */
  private boolean isOutdated(Source source) {
    return !source.waiting.isEmpty() && source.revision != revision.get();
  }

  @SuppressWarnings("ReferenceEquality") // each load is another object, and comparing them is dear
  private static boolean isUnder(Source source, MonitorConfig config) {
    return source.under.filter(it -> it == config).isPresent();
  }

  private void read(String name, Source source) throws TargetSource.Away, TargetList.Unreadable {
    var said = TargetSource.said(source.settings, source.applied);
    var documents = said.documents();
    var now = config.get();
    if (documents.equals(source.applied.documents())
        && isUnder(source, now)
        && !isOutdated(source)) {
      source.applied = said;
      source.shrinkage.settled();
      keeping.lock();
      try {
        succeeded(name, source, source.status.domains(), source.status.refused());
      } finally {
        keeping.unlock();
      }
      return;
    }
    var targets = new LinkedHashMap<String, TargetList.Target>();
    var refused = new LinkedHashMap<String, String>();
    for (var document : documents.entrySet()) {
      for (var target : TargetList.parse(document.getKey(), document.getValue())) {
        DnsName.parse(target.name())
            .ifPresentOrElse(
                domain -> targets.putIfAbsent(domain.toString(), target),
                () -> refused.put(target.name(), "is not a domain's name"));
      }
    }
    keeping.lock();
    try {
      if (sources.get(name) != source) {
        return; // Another configuration is in force by now.
      }
      var kept = kept(name, source, targets, refused, now, suspicion(source, documents.keySet()));
      if (kept.isEmpty()) {
        return;
      }
      var unused = new TreeMap<>(refused);
      unused.keySet().removeAll(source.waiting.keySet());
      source.unused = unused;
      source.undeclared.forEach(
          (tenant, domains) ->
              domains.forEach(
                  domain ->
                      refused.put(domain, "is watched without its tenant '%s'".formatted(tenant))));
      succeeded(name, source, kept.get(), refused.size());
    } finally {
      keeping.unlock();
    }
    source.applied = said;
    source.under = Optional.of(now);
    if (!refused.equals(source.refused)) {
      source.refused = refused;
      show(name, refused);
    }
  }

  private static void show(String name, Map<String, String> refused) {
    refused.entrySet().stream()
        .limit(MOST_NAMED)
        .forEach(
            one ->
                LOG.warn(
                    "discovery {}: {} is not used as listed: {}",
                    name,
                    one.getKey(),
                    one.getValue()));
    if (refused.size() > MOST_NAMED) {
      LOG.warn("discovery {}: and {} more", name, refused.size() - MOST_NAMED);
    }
  }

  /** Why what was read may not be all of the list. */
  private static Optional<String> suspicion(Source source, Set<String> documents) {
    if (source.applied.documents().isEmpty()) {
      return Optional.of("nobody knows yet of what files the list was made before");
    }
    return source.applied.documents().keySet().stream()
        .filter(document -> !documents.contains(document))
        .findFirst()
        .map("%s, which was read before, is not there"::formatted);
  }

  /** How many domains it brings; empty: the list is not believed. */
  private Optional<Long> kept(
      String name,
      Source source,
      Map<String, TargetList.Target> targets,
      Map<String, String> refused,
      MonitorConfig now,
      Optional<String> suspicion) {
    var all = new HashMap<String, KeptDomain>();
    store.domains().forEach(kept -> all.put(kept.name(), kept));
    var before = new LinkedHashSet<String>();
    all.values().stream()
        .filter(kept -> sourceOf(kept).filter(name::equals).isPresent())
        .forEach(kept -> before.add(kept.name()));
    var doubt = source.shrinkage.doubt(before, targets.keySet(), suspicion, clock.instant());
    if (doubt.isPresent()) {
      failed(name, source, doubt.get());
      return Optional.empty();
    }
    return Optional.of(keep(name, source, targets, before, all, refused, now));
  }

  /** In one batch, so that a list is taken up as a whole. Returns how many domains it brings. */
  private long keep(
      String name,
      Source source,
      Map<String, TargetList.Target> targets,
      Set<String> before,
      Map<String, KeptDomain> all,
      Map<String, String> refused,
      MonitorConfig now) {
    var batch = Batch.builder();
    var changes = 0;
    var count = 0L;
    var waiting = new HashMap<String, String>();
    var undeclared = new TreeMap<String, List<String>>();
    for (var target : targets.entrySet()) {
      var domain = target.getKey();
      var kept = Optional.ofNullable(all.get(domain));
      var isOurs = before.contains(domain);
      try {
        // A tenant that is written wrong takes no domain away from the one that it had.
        var stranger =
            isOurs && kept.filter(own -> hasTenant(own, now)).isPresent()
                ? Optional.<String>empty()
                : Targets.undeclaredTenant(target.getValue(), now);
        var definition =
            stranger.isPresent()
                ? Targets.withoutTenant(target.getValue())
                : Targets.definition(target.getValue());
        if (loader.domain(definition, now) instanceof ConfigLoader.DomainResult.Refused(var why)) {
          throw new IllegalArgumentException(why.getFirst().message());
        }
        if (kept.isPresent() && !isOurs && !isOrphan(kept.get())) {
          refused.put(domain, "is managed already, by " + kept.get().addedBy());
          waiting.put(domain, definition);
          continue;
        }
        stranger.ifPresent(
            tenant -> undeclared.computeIfAbsent(tenant, _ -> new ArrayList<>()).add(domain));
        // An orphan that says the same changes hands, and keeps what is known of it.
        if (!isOurs || !kept.map(KeptDomain::definition).equals(Optional.of(definition))) {
          batch.domain(new KeptDomain(domain, definition, clock.instant(), BY + name));
          changes++;
        }
        count++;
      } catch (IllegalArgumentException wrong) {
        // One that was understood before is watched as before.
        refused.put(domain, String.valueOf(wrong.getMessage()));
        count += isOurs ? 1 : 0;
      }
    }
    var gone = before.stream().filter(domain -> !targets.containsKey(domain)).toList();
    changes += gone.size();
    var heirs = giveUp(gone, batch);
    if (changes > 0) {
      store.commit(batch.build());
      revision.incrementAndGet();
      heirs.forEach(Discovery::inherited);
      LOG.info("discovery {}: {} domains, {} changes", name, count, changes);
      isUntold = true;
    }
    source.waiting = Map.copyOf(waiting);
    source.undeclared = undeclared;
    source.revision = revision.get();
    return count;
  }

  private boolean hasTenant(KeptDomain own, MonitorConfig now) {
    return loader.domain(own.definition(), now)
            instanceof ConfigLoader.DomainResult.Accepted(var domain)
        && !domain.tenant().equals(Tenant.NONE);
  }

  /**
   * Domains that a source no longer brings are dropped, or are another's that names them, too: then
   * they are watched on as if nothing had happened. Returns who has which of them when the batch is
   * committed.
   */
  private Map<String, Source> giveUp(List<String> gone, Batch.Builder batch) {
    var heirs = new HashMap<String, Source>();
    for (var domain : gone) {
      var heir =
          sources.entrySet().stream()
              .filter(other -> other.getValue().waiting.containsKey(domain))
              .min(Map.Entry.comparingByKey());
      if (heir.isEmpty()) {
        batch.dropDomain(domain);
        continue;
      }
      var source = heir.get().getValue();
      Optional.ofNullable(source.waiting.get(domain))
          .ifPresent(
              definition ->
                  batch.domain(
                      new KeptDomain(
                          domain, definition, clock.instant(), BY + heir.get().getKey())));
      heirs.put(domain, source);
    }
    return heirs;
  }

  private static void inherited(String domain, Source source) {
    var left = new HashMap<>(source.waiting);
    left.remove(domain);
    source.waiting = Map.copyOf(left);
    var old = source.status;
    source.status =
        new Status(
            old.domains() + 1,
            Math.max(0, old.refused() - 1),
            old.failures(),
            old.succeeded(),
            old.why());
  }

  private void succeeded(String name, Source source, long domains, long refused) {
    if (source.status.why().isPresent()) {
      LOG.info("discovery {}: the list is read again", name);
    }
    source.status =
        new Status(
            domains,
            refused,
            source.status.failures(),
            Optional.of(clock.instant()),
            Optional.empty());
  }

  private static void failed(String name, Source source, String why) {
    var old = source.status;
    if (!old.why().equals(Optional.of(why))) {
      LOG.warn("discovery {}: the list before stays in force: {}", name, why);
    }
    source.status =
        new Status(
            old.domains(), old.refused(), old.failures() + 1, old.succeeded(), Optional.of(why));
  }
}
