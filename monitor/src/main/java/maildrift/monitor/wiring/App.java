package maildrift.monitor.wiring;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.Severity;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.alerts.notify.Heartbeat;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.Trial;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.notify.mail.MailReceiver;
import maildrift.alerts.outbox.DeadLetter;
import maildrift.alerts.outbox.Deliveries;
import maildrift.alerts.outbox.DeliveryTerms;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.outbox.Owed;
import maildrift.alerts.route.Dispatcher;
import maildrift.alerts.route.GroupState;
import maildrift.alerts.route.Links;
import maildrift.alerts.route.Routing;
import maildrift.alerts.state.Policy;
import maildrift.alerts.state.Transition;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Doors;
import maildrift.monitor.check.Look;
import maildrift.monitor.check.OutsideDoors;
import maildrift.monitor.checklist.Checklist;
import maildrift.monitor.checklist.Progress;
import maildrift.monitor.checklist.Step;
import maildrift.monitor.checklist.Tick;
import maildrift.monitor.checklist.Ticks;
import maildrift.monitor.checklist.Walkthrough;
import maildrift.monitor.cli.Version;
import maildrift.monitor.config.AllowlistConfig;
import maildrift.monitor.config.ConfigFiles;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.DigestConfig;
import maildrift.monitor.config.DiscoveryConfig;
import maildrift.monitor.config.HeartbeatConfig;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.Problem;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.config.WebConfig;
import maildrift.monitor.digest.Digests;
import maildrift.monitor.event.Event;
import maildrift.monitor.event.Events;
import maildrift.monitor.feed.M365Endpoints;
import maildrift.monitor.metrics.Asked;
import maildrift.monitor.metrics.Metrics;
import maildrift.monitor.metrics.Names;
import maildrift.monitor.metrics.Sink;
import maildrift.monitor.schedule.Calendar;
import maildrift.monitor.schedule.Scheduler;
import maildrift.monitor.self.ContradictedResolvers;
import maildrift.monitor.self.Detours;
import maildrift.monitor.self.EndingSilences;
import maildrift.monitor.self.FailingBackups;
import maildrift.monitor.self.FailingDiscovery;
import maildrift.monitor.self.FailingReceivers;
import maildrift.monitor.self.GoneReceivers;
import maildrift.monitor.self.Heartbeats;
import maildrift.monitor.self.MailPort;
import maildrift.monitor.self.MaintenanceProgress;
import maildrift.monitor.self.OwnNetwork;
import maildrift.monitor.self.Presence;
import maildrift.monitor.self.Pulse;
import maildrift.monitor.self.ReceiverState;
import maildrift.monitor.self.ReceiverWatch;
import maildrift.monitor.self.RefusedNotifications;
import maildrift.monitor.self.RemovedReceivers;
import maildrift.monitor.self.Resolving;
import maildrift.monitor.self.SelfWatch;
import maildrift.monitor.self.SilentResolvers;
import maildrift.monitor.self.Watchdog;
import maildrift.monitor.service.ServiceManager;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.Backups;
import maildrift.monitor.store.Baseline;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.KeptDomain;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreFailure;
import maildrift.monitor.watch.AlertDesk;
import maildrift.monitor.watch.Published;
import maildrift.monitor.watch.RecordChange;
import maildrift.monitor.watch.SameQuestion;
import maildrift.monitor.watch.Watch;
import maildrift.monitor.watch.WatchRules;
import maildrift.monitor.web.Backend;
import maildrift.monitor.web.FrontDoor;
import maildrift.monitor.web.WebServer;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Gap;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.netblocks.NetblocksProbe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon: everything is built here, top to bottom, and closed backwards. The longest file of
 * the house on purpose: a straight line that reads in order.
 */
public final class App implements Backend, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(App.class);

  /** Looks at once; each is a handful of virtual threads that mostly wait. */
  private static final int PARALLEL = 256;

  private static final Duration SELF_LOOK = Duration.ofSeconds(2);
  private static final Duration BEAT = Duration.ofSeconds(5);

  /** A part that does not show within this that it moves does not. */
  private static final Duration PROOF = Duration.ofSeconds(20);

  /** What was given up is owed again, so many at a time. */
  private static final int MOST_RETRIED = 1_000;

  private static final int FEW_RETRIED = 20;

  /** Read at once, to be merged by group. */
  private static final int FEW_MOVED = 200;

  /** No look takes nearly as long. */
  private static final double STUCK_SECONDS = 600;

  private static final Duration FILE_LOOK = Duration.ofSeconds(5);
  private static final Duration FLUSH = Duration.ofSeconds(30);

  /** Looks that run on old settings after a reload end well within this. */
  private static final Duration DOORS_LINGER = Duration.ofSeconds(40);

  /** SIGTERM ends the daemon within 15 s. */
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(13);

  private final Clock clock;
  private final ConfigLoader loader;
  private final Optional<Path> file;
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();
  private final ReentrantLock reloading = new ReentrantLock();
  private final StateStore store;
  private final StateTable table = new StateTable();
  private final Published published = new Published();
  private final Fleet fleet;
  private final Discovery discovery;
  private final Resolving resolving;
  private final OwnNetwork network;
  private final MailPort mailPort;
  private final Metrics metrics;
  private final Happenings happenings;
  private final CheckRunner runner;
  private final Watch watch;
  private final SelfWatch selfWatch;
  private final Presence presence;
  private final ReceiverWatch receivers;
  private final Pulse pulse;
  private final Heartbeats heartbeats;
  private final AlertDesk desk;
  private final Digests digests;
  private final Backups backups;
  private final Deliveries deliveries;
  private final Heartbeat heartbeat;
  private final Tools tools;
  private final Vertx vertx;
  private final Scheduler scheduler;
  private final Calendar calendar;
  private final WebServer web;
  private ServiceManager manager = ServiceManager.nobody();
  private final Map<String, Rule> rules;
  private final Walkthrough walkthrough;
  private final TickBook ticks;
  private final Set<String> meteredReceivers = new HashSet<>();
  private final Set<String> meteredHeartbeats = new HashSet<>();
  private final ReentrantLock silencing = new ReentrantLock();
  private final ReentrantLock retrying = new ReentrantLock();

  /** Allowlists that the calendar fetches. Guarded by {@link #reloading}. */
  private final Map<String, AllowlistConfig> fetching = new HashMap<>();

  /** Sources of domains that the calendar reads. Guarded by {@link #reloading}. */
  private final Map<String, DiscoveryConfig> discovering = new HashMap<>();

  private volatile MonitorConfig config;
  private volatile OutsideDoors doors;
  private volatile FeedPoller feed;
  private volatile List<Silence> silences = List.of();
  private volatile ConfigFiles files;
  private volatile Set<String> unwellReceivers = Set.of();
  private volatile boolean isPopulated = true;
  private volatile boolean isApplied = true;
  private volatile boolean reloadedWell = true;

  /** As of the last scrape. */
  private volatile AlertCounts alertCounts = AlertCounts.NONE;

  private volatile Instant loadedAt;
  private volatile int port;
  private volatile boolean open;

  /**
   * Builds the daemon on an open store, which it closes in the end; {@link #start} sets it going.
   *
   * @param file to reload from; empty: the configuration stays as it is
   */
  public App(
      MonitorConfig initial,
      Optional<Path> file,
      ConfigFiles files,
      ConfigLoader loader,
      StateStore store,
      List<Probe<?>> probes,
      Clock clock) {
    this(initial, file, files, loader, store, probes, clock, FrontDoor.shut());
  }

  /**
   * @param door closed in the end; may listen already
   */
  public App(
      MonitorConfig initial,
      Optional<Path> file,
      ConfigFiles files,
      ConfigLoader loader,
      StateStore store,
      List<Probe<?>> probes,
      Clock clock,
      FrontDoor door) {
    this(initial, file, files, loader, store, probes, clock, door, Presence.of(clock));
  }

  /**
   * @param presence what of its time it was there for, by the same clock
   */
  App(
      MonitorConfig initial,
      Optional<Path> file,
      ConfigFiles files,
      ConfigLoader loader,
      StateStore store,
      List<Probe<?>> probes,
      Clock clock,
      FrontDoor door,
      Presence presence) {
    this.presence = presence;
    this.clock = clock;
    this.loader = loader;
    this.file = file;
    this.files = files;
    this.config = initial;
    this.store = store;
    this.loadedAt = clock.instant();
    closing.push(store);
    fleet = new Fleet(loader);
    discovery = new Discovery(store, loader, () -> config, clock, () -> populate(config));
    resolving = new Resolving(presence, clock);
    metrics = new Metrics(Version.TEXT);
    happenings = new Happenings(new Events(clock.instant()), clock);
    closing.push(metrics);
    mailPort =
        new MailPort(
            () -> config.smtp().port(),
            () -> config.schedule().interval(),
            () -> resolving.blind(config.schedule().unobservableAfter()),
            clock);
    feed = new FeedPoller(initial.feeds(), clock);
    doors = openDoors(initial);
    closing.push(() -> doors.close());
    Doors current = (look, deadline) -> doors.open(look, deadline);
    network = new OwnNetwork(clock, resolving, current);
    runner = new CheckRunner(probes, current, metrics::took, clock);
    watch =
        new Watch(runner, store, table, published, new Told(), new Eyes(), clock, terms(initial));
    rules = watch.rules();
    walkthrough = new Walkthrough(probes, WatchRules.own());
    ticks = new TickBook(store);
    deliveries = new Deliveries(store.outbox(), DeliveryTerms.DEFAULT, clock, new Undelivered());
    receivers =
        new ReceiverWatch(
            store, presence, () -> config.alerts().own().receiverFailingAfter(), clock);
    var dispatcher =
        new Dispatcher(
            initial.alerts().routing(),
            Mutes.NONE,
            links(initial),
            Duration.ofHours(3),
            store.lastSequence(),
            () -> "msg_" + UUID.randomUUID().toString().replace("-", ""));
    desk = new AlertDesk(store, dispatcher, clock, deliveries::wake, this::forget);
    backups = new Backups(store, () -> config.store().backup(), clock);
    selfWatch =
        new SelfWatch(
            List.of(
                new SilentResolvers(
                    resolving,
                    network,
                    () -> config.schedule().unobservableAfter(),
                    this::askingResolvers),
                mailPort,
                new MaintenanceProgress(() -> config.maintenance(), new Sight()),
                new ContradictedResolvers(
                    watch.denials(), resolving, () -> config.schedule(), clock),
                new EndingSilences(() -> silences, watch::alerts),
                new FailingReceivers(receivers, () -> config.alerts().own().receiverFailingAfter()),
                new GoneReceivers(receivers),
                new RemovedReceivers(receivers),
                new RefusedNotifications(receivers),
                new FailingBackups(backups),
                new FailingDiscovery(discovery::states, presence),
                new Watchdog(() -> !config.alerts().watchdogRoutes().isEmpty())),
            store,
            clock,
            this::alertsChanged);
    digests = new Digests(store, clock, new Known(), deliveries::wake);
    tools = Tools.standard(clock);
    pulse =
        new Pulse(
            () -> standsStill(),
            Map.of("store", this::showThatTheStoreMoves, "loop", this::showThatTheLoopMoves),
            System::nanoTime);
    heartbeats = new Heartbeats(tools.http(), clock, System::nanoTime);
    desk.hold(labels -> Watchdog.isIt(labels) && pulse.isSilent());
    desk.history(this::endOf);
    heartbeat = new Heartbeat(this::refreshed);
    vertx = door.vertx();
    web = door.web();
    closing.push(door);
    closing.push(() -> deliveries.stop(Duration.ofSeconds(5)));
    closing.push(heartbeat);
    closing.push(desk);
    scheduler =
        new Scheduler(vertx, initial.schedule().interval(), PARALLEL, new Random(), watch::turn);
    calendar = new Calendar();
    closing.push(watch::flushChecked);
    closing.push(scheduler);
    closing.push(calendar);
    closing.push(web);
    meters();
  }

  /** Who started the daemon and hears how it is; said before {@link #start}. */
  public void supervisedBy(ServiceManager hears) {
    manager = hears;
  }

  /**
   * Listens, takes up what was stored, begins to look, and answers.
   *
   * @return the port that HTTP listens on
   */
  public int start() {
    try {
      port = web.serve(config.http());
    } catch (WebServer.CannotServe failure) {
      throw new IllegalStateException(failure.getMessage(), failure);
    }
    manager.stage("takes up what was stored");
    restore();
    reloading.lock();
    try {
      apply(config, config.alerts().notifiers(tools));
    } finally {
      reloading.unlock();
    }
    calendar.every("own eyes", SELF_LOOK, this::lookAtOwnEyes);
    calendar.every("own alerts", SELF_LOOK, this::lookAtItself);
    calendar.every("pulse", BEAT, this::beat);
    calendar.every("files", FILE_LOOK, this::reloadChangedFiles);
    calendar.every("feed", FLUSH, this::pollFeed);
    calendar.every("removals", FILE_LOOK, this::populateAgain);
    calendar.every("orphans", FLUSH, discovery::settle);
    calendar.every("flush", FLUSH, watch::flushChecked);
    calendar.every("digests", FLUSH, digests::look);
    calendar.every("backups", FLUSH, backups::look);
    calendar.daily("retention", 3, 40, this::expire);
    open = true;
    web.ready(this);
    supervise();
    return port;
  }

  private void supervise() {
    if (!manager.listens()) {
      return;
    }
    manager.ready(status());
    var supervision =
        new Supervision(manager, scheduler, store, () -> unwell(true), this::status, clock);
    calendar.every("supervision", manager.pace(), supervision::look);
  }

  /** One line for whoever asks the service manager. */
  private String status() {
    var trouble = unwell(false);
    return "watches %d domains, port %d%s"
        .formatted(
            table.size(),
            port,
            trouble.isEmpty()
                ? ""
                : trouble.entrySet().stream()
                    .map(reason -> reason.getKey() + ": " + reason.getValue())
                    .collect(Collectors.joining("; ", "; not ready: ", "")));
  }

  private void expire() {
    var before = clock.instant().minus(config.store().keep());
    store.expire(before);
    published.expire(before);
    presence.forget(before);
  }

  private OutsideDoors openDoors(MonitorConfig settings) {
    var maxAge = settings.schedule().interval();
    return Wiring.doors(
            Wiring.dnsSettings(settings.dns(), maxAge),
            Wiring.smtpSettings(settings.smtp()),
            settings.https().settings(),
            maxAge,
            resolving,
            mailPort::heard)
        .with(name -> feed.feed(name));
  }

  private static Watch.Terms terms(MonitorConfig settings) {
    return new Watch.Terms(
        settings.schedule(),
        settings.baseline() == MonitorConfig.BaselineMode.FIRST,
        settings.alerts().policies());
  }

  /** What a person pastes to see whether they answer. */
  private List<String> askingResolvers() {
    var name =
        domains().stream().findFirst().map(state -> state.domain().name().toString()).orElse(".");
    return config.dns().resolvers().isEmpty()
        ? List.of("dig " + name + " SOA")
        : config.dns().resolvers().stream()
            .map(resolver -> SameQuestion.dig(resolver.host(), resolver.port(), name))
            .toList();
  }

  private static Links links(MonitorConfig settings) {
    var base =
        settings
            .http()
            .externalUrl()
            .map(Object::toString)
            .orElse(
                (settings.http().web().flatMap(WebConfig::tls).isPresent() ? "https://" : "http://")
                    + settings.http().listen());
    var trimmed = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    return new Links(
        trimmed,
        labels ->
            labels.get("domain").isEmpty()
                ? trimmed + "/"
                : trimmed + "/domains/" + labels.get("domain"));
  }

  private void restore() {
    discovery.configured(config.discovery());
    store.eachNetwork(published::restore);
    feed.recall(published.present(feed.shown()));
    ticks.restore();
    digests.restore();
    var alerts = new ArrayList<Alert>();
    var own = new HashMap<String, List<Alert>>();
    store.eachAlert(
        kept -> {
          alerts.add(kept.alert());
          own.computeIfAbsent(kept.domain(), _ -> new ArrayList<>()).add(kept.alert());
        });
    var baselines = new HashMap<String, Map<String, String>>();
    store.eachBaseline(baseline -> baselines.put(baseline.domain(), baseline.records()));
    var seen = new HashMap<String, Map<String, String>>();
    var since = new HashMap<String, Map<String, Instant>>();
    store.eachSeen(
        record -> {
          if (record.domain().equals(Change.SHARED)) {
            watch.restoreShared(record);
            return;
          }
          seen.computeIfAbsent(record.domain(), _ -> new HashMap<>())
              .put(record.record(), record.value());
          since
              .computeIfAbsent(record.domain(), _ -> new HashMap<>())
              .put(record.record(), record.changedAt());
        });
    var states = new HashMap<String, byte[]>();
    var checkedAt = new HashMap<String, Instant>();
    store.eachState(
        row -> {
          states.put(row.domain(), row.content());
          checkedAt.put(row.domain(), row.checkedAt());
        });
    receivers.restore();
    presence.restore(store.absences(), store.lastAlive());
    selfWatch.restore(own.getOrDefault(SelfWatch.DOMAIN, List.of()));
    silences = Silences.restored(store.silences());
    var domains = fleet.domains(config, store.domains());
    domains.forEach(
        (name, domain) ->
            watch.add(
                domain,
                Optional.of(
                    new Watch.Remembered(
                        restoredState(domain, states.get(name), checkedAt.get(name)),
                        own.getOrDefault(name, List.of()),
                        baselines.getOrDefault(name, Map.of()),
                        seen.getOrDefault(name, Map.of()),
                        since.getOrDefault(name, Map.of())))));
    // Alerts of domains that were taken out while the daemon was down end as if it had seen that.
    var orphans = new HashSet<>(own.keySet());
    orphans.addAll(states.keySet());
    orphans.removeAll(domains.keySet());
    orphans.remove(SelfWatch.DOMAIN);
    orphans.forEach(
        name ->
            DnsName.parse(name)
                .map(ManagedDomain::undeclared)
                .ifPresent(
                    domain ->
                        watch.add(
                            domain,
                            Optional.of(
                                new Watch.Remembered(
                                    DomainState.unseen(domain),
                                    own.getOrDefault(name, List.of()),
                                    Map.of(),
                                    Map.of(),
                                    Map.of())))));
    watch.restored();
    var groups = new ArrayList<GroupState>();
    store.eachGroup(groups::add);
    // Before the first decision: who is silenced must not be told at a restart, and who was told
    // of a dead receiver in its place is neither told that it is over nor told again.
    receivers.configured(marks(config));
    receivers.look(Map.of());
    unwellReceivers = receivers.unwell();
    desk.routing(routing(config));
    desk.mutes(new Mutes(silences, config.maintenance()));
    desk.start(alerts, groups, store.acknowledgements());
  }

  private static DomainState restoredState(
      ManagedDomain domain,
      byte @org.jspecify.annotations.Nullable [] content,
      @org.jspecify.annotations.Nullable Instant at) {
    if (content == null) {
      return DomainState.unseen(domain);
    }
    try {
      var state = DomainState.restore(domain, content);
      return at == null ? state : state.checkedAt(at);
    } catch (RuntimeException failure) {
      LOG.error(
          "the stored state of {} cannot be read; it is looked at anew", domain.name(), failure);
      return DomainState.unseen(domain);
    }
  }

  /** Puts a configuration in force: who is watched, how, and who is told. */
  private void apply(MonitorConfig next, Map<String, Notifier> notifiers) {
    fleet.retain(next);
    network.names(next.dns().controlNames());
    watch.terms(terms(next));
    desk.links(links(next));
    var gone = receivers.configured(marks(next));
    desk.routing(routing(next));
    silencing.lock();
    try {
      desk.mutes(new Mutes(silences, next.maintenance()));
    } finally {
      silencing.unlock();
    }
    deliveries.receivers(notifiers, gone);
    heartbeat.receivers(notifiers);
    heartbeats.configured(next.alerts().own().heartbeats());
    receiverMeters(notifiers.keySet());
    heartbeatMeters(next);
    discovery.configured(next.discovery());
    populate(next);
    fetchAllowlists(next);
    discover(next);
    if (!feed.config().equals(next.feeds())) {
      var another = new FeedPoller(next.feeds(), clock);
      another.recall(published.present(another.shown()));
      feed = another;
    }
  }

  private static Map<String, String> marks(MonitorConfig settings) {
    var marks = new HashMap<String, String>();
    settings.alerts().receivers().forEach((name, receiver) -> marks.put(name, Mark.of(receiver)));
    return marks;
  }

  /** Alerts about receivers do not rely on those that they are about. */
  private Routing routing(MonitorConfig settings) {
    return Detours.around(
        settings.alerts().routing(), unwellReceivers, settings.alerts().grouping());
  }

  /** Nothing is asked of the publisher for a fleet that does not need it. */
  private void pollFeed() {
    var needing =
        table.all().stream()
            .map(DomainState::domain)
            .filter(domain -> !domain.skip().contains(NetblocksProbe.NAME))
            .filter(
                domain ->
                    domain.prescriptions().stream()
                        .anyMatch(
                            prescription -> prescription.feeds().contains(M365Endpoints.NAME)))
            .toList();
    if (!needing.isEmpty() && feed.poll()) {
      var wait = Duration.ZERO;
      for (var domain : needing) {
        scheduler.sooner(domain.name().toString(), wait);
        wait = wait.plus(Watch.APART);
      }
    }
  }

  /**
   * Lists that are new or others are fetched at once and then now and then; lists that are gone are
   * no longer.
   */
  private void fetchAllowlists(MonitorConfig next) {
    fetching.keySet().stream()
        .filter(
            name ->
                !next.allowlists().containsKey(name)
                    || !next.allowlists().get(name).equals(fetching.get(name)))
        .toList()
        .forEach(
            name -> {
              fetching.remove(name);
              calendar.remove("allowlist " + name);
            });
    next.allowlists()
        .forEach(
            (name, list) -> {
              if (list.source() instanceof AllowlistConfig.Fetched fetched
                  && !fetching.containsKey(name)) {
                fetching.put(name, list);
                calendar.every("allowlist " + name, fetched.refresh(), () -> fetch(list, fetched));
              }
            });
  }

  /** Sources that are new or others are read at once, and then now and then. */
  private void discover(MonitorConfig next) {
    for (var gone : List.copyOf(discovering.keySet())) {
      if (!next.discovery().containsKey(gone)) {
        discovering.remove(gone);
        calendar.remove(DISCOVERY + gone);
        DISCOVERY_METERS.forEach(meter -> metrics.remove(meter, gone));
      }
    }
    next.discovery()
        .forEach(
            (name, source) -> {
              var before = discovering.put(name, source);
              if (before == null) {
                discoveryMeters(name);
              }
              if (!source.equals(before)) {
                calendar.every(DISCOVERY + name, pace(source), () -> discovery.refresh(name));
              }
            });
  }

  private static Duration pace(DiscoveryConfig source) {
    return source.source() instanceof DiscoveryConfig.Files ? FILE_LOOK : source.refreshInterval();
  }

  private void discoveryMeters(String name) {
    metrics.gauge(Names.DISCOVERY_DOMAINS, () -> discovery.status(name).domains(), name);
    metrics.gauge(Names.DISCOVERY_REFUSED, () -> discovery.status(name).refused(), name);
    metrics.counter(Names.DISCOVERY_FAILURES, () -> discovery.status(name).failures(), name);
    metrics.gauge(
        Names.DISCOVERY_LAST_SUCCESS, () -> seconds(discovery.status(name).succeeded()), name);
  }

  private void populate(MonitorConfig next) {
    reloading.lock();
    try {
      var domains = fleet.domains(next, store.domains());
      domains.values().forEach(domain -> watch.add(domain, Optional.empty()));
      isPopulated = true;
      watch.names().stream().filter(name -> !domains.containsKey(name)).forEach(this::unwatch);
      scheduler.set(domains.keySet(), next.schedule().interval());
    } finally {
      reloading.unlock();
    }
  }

  /** The end of a domain's alerts is owed to somebody: it is tried until it is stored. */
  private void unwatch(String name) {
    try {
      watch.remove(name);
      ticks.forget(name);
      happenings.forget(name);
    } catch (StoreFailure failure) {
      LOG.error("the end of {} could not be stored; it is tried again", name, failure);
      isPopulated = false;
    }
  }

  private void populateAgain() {
    if (!isPopulated) {
      populate(config);
    }
  }

  /** A list that cannot be used leaves the one before it in force. */
  private void fetch(AllowlistConfig list, AllowlistConfig.Fetched source) {
    var fetched = AllowlistFetch.of(list, source, Request.DEADLINE);
    fetched
        .unreadable()
        .ifPresentOrElse(
            why -> LOG.warn("allowlist {} is not used: {}", list.name(), why),
            () -> {
              if (fleet.fetched(list, fetched.entries())) {
                populate(config);
              }
            });
  }

  /** Never waits for the store: a database that is away is no absence of ours. */
  private void lookAtOwnEyes() {
    presence.tick();
    var after = config.schedule().unobservableAfter();
    var some = table.all().stream().limit(3).map(state -> state.domain().name()).toList();
    if (some.isEmpty()) {
      resolving.answered();
    }
    network.look(some, after);
  }

  private void lookAtItself() {
    keepAbsences();
    lookAtReceivers();
    selfWatch.look();
  }

  private void keepAbsences() {
    for (var absence : presence.takeNew()) {
      LOG.warn(
          "maildrift did not run, stood still, or the clock leapt, from {} to {}; what it did not see then counts for nothing",
          absence.from(),
          absence.to());
      try {
        store.commit(Batch.builder().absence(absence).build());
      } catch (StoreFailure failure) {
        presence.putBack(absence);
        throw failure;
      }
    }
  }

  private void lookAtReceivers() {
    receivers.look(deliveries.counts());
    var unwell = receivers.unwell();
    if (!unwell.equals(unwellReceivers)) {
      unwellReceivers = unwell;
      reloading.lock();
      try {
        desk.routing(routing(config));
      } finally {
        reloading.unlock();
      }
      if (nobodyHears()) {
        LOG.error("no receiver takes what it is owed: nobody hears of anything ({})", unwell);
      }
    }
  }

  /** Whether all receivers that there are have been unreachable for too long or want no more. */
  private boolean nobodyHears() {
    var names = config.alerts().receivers().keySet();
    var deaf =
        receivers.states().stream()
            .filter(
                state -> state.isLate() || state.condition() == ReceiverState.Condition.DISABLED)
            .map(ReceiverState::name)
            .collect(Collectors.toSet());
    return !names.isEmpty() && deaf.containsAll(names);
  }

  /** Tells dead-man's switches, if everything moves. */
  private void beat() {
    if (pulse.beat()) {
      heartbeats.beat();
      if (pulse.endedSilence()) {
        desk.lookAgain();
      }
    }
  }

  private Map<String, String> standsStill() {
    var reasons = new LinkedHashMap<>(unwell(false));
    if (nobodyHears()) {
      reasons.put("receivers", "no receiver takes what it is owed");
    }
    return reasons;
  }

  private void showThatTheStoreMoves() throws Exception {
    store
        .submit(Batch.builder().alive(clock.instant()).build())
        .get(PROOF.toSeconds(), TimeUnit.SECONDS);
  }

  private void showThatTheLoopMoves() throws Exception {
    scheduler.next("").get(PROOF.toSeconds(), TimeUnit.SECONDS);
  }

  /** What a receiver that forgets is told again; not that maildrift lives, when it does not. */
  private List<Notification.Item> refreshed(String receiver) {
    var isSilent = pulse.isSilent();
    return desk.toldFiring(receiver).stream()
        .filter(item -> !(isSilent && Watchdog.isIt(item.labels())))
        .toList();
  }

  private void reloadChangedFiles() {
    applyAgain();
    if (file.isPresent() && files.changed()) {
      LOG.info("the configuration changed on disk");
      reload();
    }
  }

  private void applyAgain() {
    if (isApplied) {
      return;
    }
    reloading.lock();
    try {
      if (!isApplied) {
        var problems = applied(config, config.alerts().notifiers(tools));
        LOG.info("the configuration was tried again: {} problems", problems.size());
      }
    } finally {
      reloading.unlock();
    }
  }

  @Override
  public List<Problem> reload() {
    var problems = file.map(this::reload).orElse(List.of());
    if (file.isPresent()) {
      happenings.reloaded(problems);
    }
    return problems;
  }

  private List<Problem> reload(Path from) {
    reloading.lock();
    manager.reloading();
    try {
      var result = loader.load(from);
      files = result.files();
      return switch (result) {
        case ConfigLoader.Loaded loaded -> {
          // False until all of it is in force.
          reloadedWell = false;
          yield replace(loaded.config());
        }
        case ConfigLoader.Rejected rejected -> {
          reloadedWell = false;
          rejected
              .problems()
              .forEach(problem -> LOG.error("configuration not reloaded: {}", problem));
          yield rejected.problems();
        }
      };
    } finally {
      manager.reloaded();
      reloading.unlock();
    }
  }

  /**
   * Everything that may fail comes first, so that a configuration is in force as a whole or not at
   * all.
   */
  private List<Problem> replace(MonitorConfig next) {
    var old = config;
    var looksElsewhere =
        !old.dns().equals(next.dns())
            || !old.smtp().equals(next.smtp())
            || !old.https().equals(next.https())
            || !old.schedule().equals(next.schedule());
    var notifiers = next.alerts().notifiers(tools);
    try {
      port = web.serve(next.http());
    } catch (WebServer.CannotServe failure) {
      LOG.error("configuration not reloaded: {}", failure.getMessage(), failure);
      return List.of(
          new Problem(file.orElseThrow().toString(), 1, 1, String.valueOf(failure.getMessage())));
    }
    if (looksElsewhere) {
      var before = doors;
      doors = openDoors(next);
      vertx.setTimer(DOORS_LINGER.toMillis(), _ -> Thread.startVirtualThread(before::close));
    }
    config = next;
    if (!old.store().url().equals(next.store().url())) {
      LOG.warn("store.url counts after a restart");
    }
    return applied(next, notifiers);
  }

  /** What of it needs the store may fail; it is tried again until all of it is in force. */
  private List<Problem> applied(MonitorConfig next, Map<String, Notifier> notifiers) {
    isApplied = false;
    try {
      apply(next, notifiers);
    } catch (StoreFailure failure) {
      LOG.error("not all of the configuration is in force yet; it is tried again", failure);
      return List.of(
          new Problem(
              file.map(Object::toString).orElse(""),
              1,
              1,
              "not all of it is in force yet, because the store fails; it is tried again: "
                  + failure.getMessage()));
    }
    isApplied = true;
    reloadedWell = true;
    loadedAt = clock.instant();
    LOG.info("configuration in force: {} domains", table.size());
    return List.of();
  }

  private void meters() {
    ProbeCatalog.all().forEach(probe -> metrics.probe(probe.name()));
    metrics.gauge(Names.DOMAINS, table::size);
    metrics.gauge(Names.SCHEDULE_LAG, scheduler::lagSeconds);
    web.loginFailures()
        .forEach((why, count) -> metrics.counter(Names.LOGIN_FAILURES, count::getAsLong, why));
    metrics.gauge(Names.RELOAD_SUCCESSFUL, () -> reloadedWell ? 1 : 0);
    metrics.gauge(Names.RELOAD_TIME, () -> loadedAt.getEpochSecond());
    metrics.gauge(Names.STORE_HEALTHY, () -> store.health().writable() ? 1 : 0);
    metrics.counter(Names.RESOLVER_CONTRADICTIONS, () -> watch.denials().total());
    metrics.counter(Names.DNS_QUERIES, () -> doors.dnsDoor().stats().queries());
    metrics.counter(Names.DNS_CACHE_HITS, () -> doors.dnsDoor().stats().cacheHits());
    for (var failure : Answer.Failure.values()) {
      metrics.counter(
          Names.DNS_QUERY_FAILURES,
          () -> doors.dnsDoor().stats().failures(failure),
          failure.word());
    }
    metrics.gauge(
        Names.DIGEST_TIME,
        () -> digests.lastMade().map(at -> (double) at.getEpochSecond()).orElse(Double.NaN));
    metrics.gauge(
        Names.BACKUP_TIME,
        () -> backups.lastMade().map(at -> (double) at.getEpochSecond()).orElse(Double.NaN));
    metrics.counter(Names.BACKUP_FAILURES, backups::failures);
    muteMeters();
    for (var phase : List.of(Alert.Phase.PENDING, Alert.Phase.FIRING)) {
      for (var severity : Severity.values()) {
        metrics.gauge(
            Names.ALERTS, () -> alertCounts.of(phase, severity), phase.word(), severity.word());
      }
    }
  }

  /** By why they are not told, and how many windows there are. */
  private void muteMeters() {
    metrics.gauge(Names.ALERTS_ACKNOWLEDGED, () -> alertCounts.acknowledged());
    for (var by : Mutes.Why.WORDS) {
      metrics.gauge(Names.ALERTS_MUTED, () -> alertCounts.muted().getOrDefault(by, 0L), by);
    }
    metrics.gauge(
        Names.MAINTENANCE_WINDOWS,
        () -> desk.mutes().maintenance().stream().filter(one -> one.isOn(clock.instant())).count(),
        "on");
    metrics.gauge(
        Names.MAINTENANCE_WINDOWS,
        () ->
            desk.mutes().maintenance().stream()
                .filter(one -> one.from().isAfter(clock.instant()))
                .count(),
        "announced");
  }

  /** In one pass, because each alert is held against every mute. */
  private AlertCounts countAlerts() {
    return AlertCounts.of(
        alerts(),
        this::muted,
        alert -> acknowledgement(alert).filter(Acknowledgement::holds).isPresent());
  }

  private static final String DISCOVERY = "discovery ";

  private static final List<Names> DISCOVERY_METERS =
      List.of(
          Names.DISCOVERY_DOMAINS,
          Names.DISCOVERY_REFUSED,
          Names.DISCOVERY_FAILURES,
          Names.DISCOVERY_LAST_SUCCESS);

  private static final List<Names> RECEIVER_METERS =
      List.of(
          Names.NOTIFICATIONS,
          Names.NOTIFICATIONS_FAILED,
          Names.NOTIFICATIONS_PENDING,
          Names.NOTIFICATION_OLDEST_PENDING,
          Names.NOTIFICATION_LAST_SUCCESS,
          Names.NOTIFICATIONS_GIVEN_UP,
          Names.RECEIVER_DISABLED);

  private void receiverMeters(Set<String> configured) {
    for (var gone : List.copyOf(meteredReceivers)) {
      if (!configured.contains(gone)) {
        RECEIVER_METERS.forEach(name -> metrics.remove(name, gone));
        meteredReceivers.remove(gone);
      }
    }
    for (var receiver : configured) {
      if (meteredReceivers.add(receiver)) {
        metrics.counter(Names.NOTIFICATIONS, () -> attempts(receiver), receiver);
        for (var failure : Failure.values()) {
          metrics.counter(
              Names.NOTIFICATIONS_FAILED,
              () -> failed(receiver, failure),
              receiver,
              failure.word());
        }
        // As of a moment ago: a scrape must not wait for a database that is away.
        metrics.gauge(
            Names.NOTIFICATIONS_PENDING,
            () -> receivers.state(receiver).map(ReceiverState::pending).orElse(0L),
            receiver);
        metrics.gauge(
            Names.NOTIFICATION_OLDEST_PENDING,
            () -> seconds(receivers.state(receiver).flatMap(ReceiverState::oldest)),
            receiver);
        metrics.gauge(
            Names.NOTIFICATION_LAST_SUCCESS,
            () -> seconds(receivers.state(receiver).flatMap(ReceiverState::lastSuccess)),
            receiver);
        metrics.gauge(
            Names.NOTIFICATIONS_GIVEN_UP,
            () -> receivers.state(receiver).map(ReceiverState::givenUp).orElse(0L),
            receiver);
        metrics.gauge(
            Names.RECEIVER_DISABLED, () -> receivers.gone(receiver).isPresent() ? 1 : 0, receiver);
      }
    }
  }

  /** Not a number where there is none: such a sample compares with nothing. */
  private static double seconds(Optional<Instant> at) {
    return at.map(instant -> instant.toEpochMilli() / 1000.0).orElse(Double.NaN);
  }

  private void heartbeatMeters(MonitorConfig next) {
    var names = next.alerts().own().heartbeats().stream().map(HeartbeatConfig::name).toList();
    meteredHeartbeats.removeIf(
        gone -> {
          if (names.contains(gone)) {
            return false;
          }
          metrics.remove(Names.HEARTBEAT_LAST_SUCCESS, gone);
          metrics.remove(Names.HEARTBEAT_INTERVAL, gone);
          return true;
        });
    for (var name : names) {
      if (meteredHeartbeats.add(name)) {
        metrics.gauge(
            Names.HEARTBEAT_LAST_SUCCESS, () -> seconds(heartbeats.lastSuccess(name)), name);
        metrics.gauge(
            Names.HEARTBEAT_INTERVAL,
            () ->
                heartbeats
                    .interval(name)
                    .map(interval -> interval.toMillis() / 1000.0)
                    .orElse(Double.NaN),
            name);
      }
    }
  }

  private long attempts(String receiver) {
    var counts = deliveries.counts().get(receiver);
    return counts == null
        ? 0
        : counts.sent() + counts.failed().values().stream().mapToLong(Long::longValue).sum();
  }

  private long failed(String receiver, Failure failure) {
    var counts = deliveries.counts().get(receiver);
    return counts == null ? 0 : counts.failed().getOrDefault(failure, 0L);
  }

  private void forget(Alert alert) {
    if (alert.labels().get("domain").isEmpty()) {
      selfWatch.forget(alert);
    } else {
      watch.forget(alert);
    }
  }

  /** What maintenance windows are about. */
  private final class Sight implements MaintenanceProgress.Sight {
    @Override
    public Collection<ManagedDomain> domains() {
      return table.all().stream().map(DomainState::domain).toList();
    }

    @Override
    public List<RecordChange> changed(String domain, Instant since) {
      return watch.changed(domain, since);
    }

    @Override
    public Collection<Alert> alerts() {
      return watch.alerts();
    }
  }

  /** Whether what is seen can be believed. */
  private final class Eyes implements Watch.Resolvers {
    @Override
    public boolean unusable() {
      return network.closed().isPresent() || resolving.blind(config.schedule().unobservableAfter());
    }

    @Override
    public Duration seeing(Instant from, Instant to) {
      // An outage of ours is nobody else's, also for whom it is over a little later.
      var start = from.isBefore(network.reopened()) ? network.reopened() : from;
      return start.isBefore(to) ? presence.between(start, to) : Duration.ZERO;
    }

    @Override
    public boolean couldSee(long began, BooleanSupplier isNews) {
      return network.couldSee(began, isNews);
    }

    @Override
    public boolean isTold(Gap gap) {
      return mailPort.explains(gap);
    }
  }

  private void alertsChanged(List<Transition> transitions) {
    desk.changed(transitions);
    happenings.changed(transitions);
  }

  /** What the watch tells. */
  private final class Told implements Watch.Listener {
    @Override
    public void looked(DomainState state) {
      happenings.looked(state);
    }

    @Override
    public void recordsChanged(DomainState state, List<RecordChange> changes) {
      happenings.recordsChanged(state, changes);
    }

    @Override
    public void changed(List<Transition> transitions) {
      alertsChanged(transitions);
    }

    @Override
    public void confirm(String domain, Duration in) {
      scheduler.soon(domain, in);
    }

    @Override
    public void sooner(String domain, Duration within) {
      scheduler.sooner(domain, within);
    }
  }

  /** What digests are made of. */
  private final class Known implements Digests.Source {
    @Override
    public Optional<DigestConfig> digest(String tenant) {
      return config.alerts().digest(tenant);
    }

    @Override
    public List<DomainState> states() {
      return List.copyOf(table.all());
    }

    @Override
    public List<Alert> alerts() {
      return App.this.alerts();
    }

    @Override
    public List<Mutes.Why> muted(Alert alert) {
      return desk.whys(alert);
    }

    @Override
    public List<Silence> silences() {
      return silences;
    }

    @Override
    public List<Change> history(String domain, int offset, int limit) {
      return App.this.history(domain, offset, limit);
    }

    @Override
    public String page() {
      return links(config).externalUrl();
    }
  }

  /** What deliveries tell. */
  private final class Undelivered implements Deliveries.Listener {
    @Override
    public void disabled(String receiver, String why) {
      receivers.gone(receiver, why);
      LOG.error(
          "receiver {} is told nothing more until it is configured otherwise or enabled: {}",
          receiver,
          why);
    }

    @Override
    public void dead(Owed owed, String why) {
      LOG.error("notification {} to {} is given up: {}", owed.id(), owed.receiver(), why);
    }
  }

  /** The port that HTTP listens on. */
  public int port() {
    return port;
  }

  @Override
  public MonitorConfig config() {
    return config;
  }

  @Override
  public Collection<DomainState> domains() {
    return table.all();
  }

  @Override
  public Optional<DomainState> domain(String name) {
    return DnsName.parse(name).flatMap(table::of);
  }

  @Override
  public Optional<Instant> nextCheck(String name) {
    try {
      return scheduler.next(name).get(2, TimeUnit.SECONDS).map(clock.instant()::plus);
    } catch (ExecutionException | TimeoutException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public Optional<Baseline> baseline(String name) {
    return store.baseline(name);
  }

  @Override
  public List<Change> history(String name, int offset, int limit) {
    return store.history().read(name, watch.shared(name), offset, limit);
  }

  @Override
  public Optional<Rule> rule(String id) {
    return Optional.ofNullable(rules.get(id));
  }

  @Override
  public List<Alert> alerts() {
    var all = new ArrayList<>(selfWatch.alerts());
    all.addAll(watch.alerts());
    return all;
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public List<Mutes.Why> muted(Alert alert) {
    return desk.whys(alert);
  }

  @Override
  public Policy policy(Alert alert) {
    return watch.policy(alert.labels());
  }

  @Override
  public Optional<Trial> tryReceiver(String receiver, boolean isOver) {
    return Optional.ofNullable(config.alerts().receivers().get(receiver))
        .map(one -> Trial.of(receiver, one, tools, links(config).externalUrl(), isOver));
  }

  @Override
  public List<ReceiverState> receivers() {
    return receivers.states();
  }

  @Override
  public void eachOwed(String receiver, int limit, Consumer<Owed> reader) {
    store.outbox().eachWaiting(receiver, limit, reader);
  }

  @Override
  public void eachDead(int limit, Consumer<DeadLetter> reader) {
    store.outbox().eachDead(limit, reader);
  }

  @Override
  public List<String> retryDead(Predicate<DeadLetter> which) {
    // One person at a time: nobody owes a letter again that another has just owed again.
    retrying.lock();
    try {
      var done = new ArrayList<String>();
      var seen = 0;
      while (seen < MOST_RETRIED) {
        var few = fewDead(which);
        if (few.isEmpty()) {
          break;
        }
        few.forEach(letter -> retry(letter).ifPresent(done::add));
        seen += few.size();
      }
      deliveries.wake();
      return done;
    } finally {
      retrying.unlock();
    }
  }

  /** A body may be megabytes. */
  private List<DeadLetter> fewDead(Predicate<DeadLetter> which) {
    var few = new ArrayList<DeadLetter>();
    store
        .outbox()
        .eachDead(
            Integer.MAX_VALUE,
            letter -> {
              if (few.size() < FEW_RETRIED && which.test(letter)) {
                few.add(letter);
              }
            });
    return few;
  }

  private Optional<String> retry(DeadLetter letter) {
    var firing = firing();
    var id = letter.owed().id();
    var again = Again.of(letter, firing, clock.instant());
    again.ifPresentOrElse(
        owed -> store.outbox().replaceFree(List.of(id), List.of(owed)),
        () -> {
          LOG.info("nothing of notification {} is so any more; it is dropped", id);
          store.outbox().delivered(id);
        });
    return again.map(Owed::id);
  }

  @Override
  public Moved moveOwed(String from, String to) {
    retrying.lock();
    try {
      var moved = new HashSet<String>();
      var tried = new HashSet<String>();
      var dropped = 0L;
      // A reload may bring it back; then it is sent what is left.
      while (!config.alerts().receivers().containsKey(from)) {
        var few = fewOwedOrDead(from, tried);
        if (few.isEmpty()) {
          break;
        }
        few.forEach(owed -> tried.add(owed.id()));
        var batch = Batch.builder();
        for (var step : moving(to).steps(few)) {
          if (step.by().isPresent()) {
            batch.replaceFree(step.ids(), step.owed(), clock.instant());
            step.rest().ifPresent(rest -> tried.add(rest.id()));
            moved.addAll(step.ids());
          } else {
            step.ids().forEach(batch::delivered);
            dropped += step.ids().size();
          }
        }
        store.commit(batch.build());
        deliveries.wake();
      }
      var left = new HashSet<String>();
      store.outbox().eachWaiting(from, Integer.MAX_VALUE, owed -> left.add(owed.id()));
      moved.removeAll(left);
      var all = left.size() + store.outbox().deadCounts().getOrDefault(from, 0L);
      LOG.warn(
          "what {} was owed is owed to {}: {} notifications, {} dropped as no news, {} left",
          from,
          to,
          moved.size(),
          dropped,
          all);
      return new Moved(moved.size(), dropped, all);
    } finally {
      retrying.unlock();
    }
  }

  private Moving moving(String to) {
    var takesMail = config.alerts().receivers().get(to) instanceof MailReceiver;
    return new Moving(
        to, takesMail, firing(), desk.toldTo(to), desk.leadingTo(to), clock.instant());
  }

  /** What waits for it, the oldest first, and then what it had refused. */
  private List<Owed> fewOwedOrDead(String receiver, Set<String> except) {
    var waiting = fewOwed(receiver, except);
    return waiting.isEmpty()
        ? fewDead(
                letter ->
                    letter.owed().receiver().equals(receiver)
                        && !except.contains(letter.owed().id()))
            .stream()
            .map(DeadLetter::owed)
            .sorted(Comparator.comparingLong(Owed::sequence))
            .toList()
        : waiting;
  }

  private List<Owed> fewOwed(String receiver, Set<String> except) {
    var few = new ArrayList<Owed>();
    store
        .outbox()
        .eachWaiting(
            receiver,
            except.size() + FEW_MOVED,
            owed -> {
              if (!except.contains(owed.id())) {
                few.add(owed);
              }
            });
    return few;
  }

  private Set<String> firing() {
    return alerts().stream()
        .filter(alert -> alert.phase() == Alert.Phase.FIRING)
        .map(Alert::fingerprint)
        .collect(Collectors.toSet());
  }

  @Override
  public long dropOwed(String receiver) {
    retrying.lock();
    try {
      var dropped = 0L;
      for (var few = fewOwedOrDead(receiver, Set.of());
          !few.isEmpty();
          few = fewOwedOrDead(receiver, Set.of())) {
        var batch = Batch.builder();
        few.forEach(owed -> batch.delivered(owed.id()));
        store.commit(batch.build());
        dropped += few.size();
      }
      LOG.warn("{} notifications that {} was owed are dropped", dropped, receiver);
      return dropped;
    } finally {
      retrying.unlock();
    }
  }

  @Override
  public boolean dropDead(String id) {
    var found = new ArrayList<String>();
    store
        .outbox()
        .eachDead(
            Integer.MAX_VALUE,
            letter -> {
              if (letter.owed().id().equals(id)) {
                found.add(id);
              }
            });
    found.forEach(store.outbox()::delivered);
    return !found.isEmpty();
  }

  @Override
  public Map<String, String> warnings() {
    var warnings = new LinkedHashMap<String, String>();
    var unwell = new TreeSet<>(unwellReceivers);
    unwell.retainAll(config.alerts().receivers().keySet());
    if (nobodyHears()) {
      warnings.put("receivers", "no receiver takes what it is owed: nobody hears of anything");
    } else if (!unwell.isEmpty()) {
      warnings.put("receivers", "failing: " + String.join(", ", unwell));
    }
    // Anybody may ask: why is in the log and not here.
    discovery
        .unwell()
        .forEach(
            name ->
                warnings.put(
                    DISCOVERY + name, "its list is not used; the one before stays in force"));
    return warnings;
  }

  @Override
  public boolean enable(String receiver) {
    var wasGone = receivers.forget(receiver);
    deliveries.enable(receiver);
    return wasGone;
  }

  @Override
  public Routing routing() {
    return routing(config);
  }

  @Override
  public Links links() {
    return links(config);
  }

  @Override
  public List<Mutes.Why> muted(Labels labels) {
    var now = clock.instant();
    return desk.whys(
        new Alert(labels, new TreeMap<>(), Alert.Phase.FIRING, 0, 0, now, now, Optional.empty()));
  }

  @Override
  public Optional<Acknowledgement> acknowledgement(Alert alert) {
    return desk.acknowledgement(alert.fingerprint());
  }

  @Override
  public Optional<Acknowledgement> acknowledge(String fingerprint, String by, String comment) {
    var taken = desk.acknowledge(fingerprint, by, comment);
    taken.ifPresent(one -> remember(fingerprint, "acknowledged " + one.text(), one.at()));
    taken.ifPresent(_ -> tellTaken(fingerprint, true, by));
    return taken;
  }

  @Override
  public List<Acknowledgement> acknowledge(
      Collection<String> fingerprints, String by, String comment) {
    var taken = desk.acknowledge(fingerprints, by, comment);
    var labels = new HashMap<String, Labels>();
    alerts().forEach(alert -> labels.put(alert.fingerprint(), alert.labels()));
    var lines = Batch.builder();
    for (var one : taken) {
      Optional.ofNullable(labels.get(one.fingerprint()))
          .flatMap(of -> line(of, Optional.empty(), "acknowledged " + one.text(), one.at()))
          .ifPresent(lines::change);
    }
    var _ = store.submit(lines.build());
    taken.forEach(one -> tellTaken(one.fingerprint(), true, by));
    return taken;
  }

  @Override
  public boolean unacknowledge(String fingerprint, String by) {
    var wasTaken = desk.unacknowledge(fingerprint, by).isPresent();
    if (wasTaken) {
      tellTaken(fingerprint, false, by);
    }
    return wasTaken;
  }

  private void tellTaken(String fingerprint, boolean isTaken, String by) {
    alerts().stream()
        .filter(alert -> alert.fingerprint().equals(fingerprint))
        .findFirst()
        .ifPresent(alert -> happenings.acknowledged(alert.labels(), isTaken, by));
  }

  private void remember(String fingerprint, String after, Instant at) {
    line(fingerprint, Optional.empty(), after, at)
        .ifPresent(
            line -> {
              var _ = store.submit(Batch.builder().change(line).build());
            });
  }

  /** Whoever ended it: a person, or the alert that has become worse or about something else. */
  private Optional<Change> endOf(Acknowledgement taken) {
    return taken
        .ended()
        .flatMap(
            end -> line(taken.fingerprint(), Optional.of(taken.takenText()), end.why(), end.at()));
  }

  private Optional<Change> line(
      String fingerprint, Optional<String> before, String after, Instant at) {
    return alerts().stream()
        .filter(alert -> alert.fingerprint().equals(fingerprint))
        .findFirst()
        .flatMap(alert -> line(alert.labels(), before, after, at));
  }

  /** A line of the domain's history; empty where the alert is about none. */
  private static Optional<Change> line(
      Labels labels, Optional<String> before, String after, Instant at) {
    return labels.get("domain").isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Change(
                at,
                labels.get("domain"),
                labels.get("tenant"),
                labels.get("alertname") + " " + labels.get("subject"),
                before,
                Optional.of(after),
                Change.ACKNOWLEDGED));
  }

  @Override
  public Digests digests() {
    return digests;
  }

  @Override
  public Backups backups() {
    return backups;
  }

  @Override
  public List<Silence> silences() {
    return silences;
  }

  @Override
  public void putSilence(Silence silence) {
    silencing.lock();
    try {
      store.commit(Batch.builder().silence(Silences.kept(silence)).build());
      var oldest = clock.instant().minus(config.store().keep());
      silences =
          Stream.concat(
                  silences.stream()
                      .filter(old -> old.endsAt().isAfter(oldest))
                      .filter(old -> !old.id().equals(silence.id())),
                  Stream.of(silence))
              .toList();
      desk.mutes(new Mutes(silences, config.maintenance()));
    } finally {
      silencing.unlock();
    }
    happenings.silenced(silence);
  }

  @Override
  public boolean expireSilence(String id) {
    silencing.lock();
    try {
      var found = silences.stream().filter(silence -> silence.id().equals(id)).findFirst();
      if (found.isEmpty()) {
        return false;
      }
      var expired = found.get().expire(clock.instant());
      store.commit(Batch.builder().silence(Silences.kept(expired)).build());
      silences =
          silences.stream().map(silence -> silence.id().equals(id) ? expired : silence).toList();
      desk.mutes(new Mutes(silences, config.maintenance()));
      happenings.silenced(expired);
      return true;
    } finally {
      silencing.unlock();
    }
  }

  @Override
  public Progress progress(Checklist checklist, DomainState state, UnaryOperator<Tick> shown) {
    var known = ticks.of(state.domain().name().toString()).stream().map(shown).toList();
    return walkthrough.walk(checklist, state, Ticks.of(known), clock.instant());
  }

  @Override
  public void tick(DomainState state, Checklist checklist, Step step, String by, String note) {
    var now = clock.instant();
    ticks.tick(
        new Tick(
            state.domain().name().toString(),
            checklist.name(),
            step.id(),
            Walkthrough.migrationOf(checklist, state.domain().asOf(now)),
            by,
            now,
            note),
        state.domain().tenant().id());
  }

  @Override
  public boolean untick(DomainState state, Checklist checklist, Step step, String by) {
    return ticks.untick(
        state.domain().name().toString(),
        checklist.name(),
        step.id(),
        state.domain().tenant().id(),
        by,
        clock.instant());
  }

  @Override
  public Optional<DomainState> check(String name) {
    watch.turnNow(name);
    return domain(name);
  }

  @Override
  public boolean accept(String name, String by) {
    return watch.accept(name, by);
  }

  @Override
  public List<String> acceptRecord(String record, String by) {
    return watch.acceptRecord(record, by);
  }

  @Override
  public Optional<KeptDomain> kept(String name) {
    if (isConfigured(name)) {
      return Optional.empty(); // What a file says counts; this would change nothing.
    }
    return store.domains().stream().filter(kept -> kept.name().equals(name)).findFirst();
  }

  @Override
  public Declared declare(
      String json, String by, boolean isNew, MonitorConfig within, Consumer<ManagedDomain> mayBe) {
    return switch (loader.domain(json, within)) {
      case ConfigLoader.DomainResult.Refused(var problems) -> new Declared.Refused(problems);
      case ConfigLoader.DomainResult.Accepted(var domain) -> {
        var own = new KeptDomain(domain.name().toString(), json, clock.instant(), by);
        var declared =
            discovery.keeping(
                () -> {
                  mayBe.accept(domain);
                  return keep(own, isNew);
                });
        if (declared instanceof Declared.Done) {
          populate(config);
        }
        yield declared;
      }
    };
  }

  /** Asks the whole daemon: the caller may not see who has it, and must not take it from him. */
  private Declared keep(KeptDomain own, boolean isNew) {
    var isKept = store.domains().stream().anyMatch(kept -> kept.name().equals(own.name()));
    if (isNew && (isKept || domain(own.name()).isPresent() || isConfigured(own.name()))) {
      return new Declared.Taken();
    }
    if (!isNew && (!isKept || isConfigured(own.name()))) {
      return new Declared.Gone();
    }
    store.commit(Batch.builder().domain(own).build());
    return new Declared.Done();
  }

  private boolean isConfigured(String name) {
    return DnsName.parse(name).flatMap(config::domain).isPresent();
  }

  @Override
  public Removal removeDomain(String name) {
    var removal = discovery.keeping(() -> drop(name));
    if (removal == Removal.REMOVED) {
      populate(config);
    }
    return removal;
  }

  private Removal drop(String name) {
    // The next list would bring back what a source says.
    if (store.domains().stream()
        .noneMatch(kept -> kept.name().equals(name) && !discovery.isBrought(kept))) {
      return domain(name).isPresent() ? Removal.CONFIGURED : Removal.UNKNOWN;
    }
    store.commit(Batch.builder().dropDomain(name).build());
    return Removal.REMOVED;
  }

  @Override
  public CheckResult probe(String target, List<String> profiles, Duration limit) {
    var name = DnsName.of(target);
    var domain =
        table.of(name).map(DomainState::domain).orElseGet(() -> ManagedDomain.undeclared(name));
    if (!profiles.isEmpty()) {
      var uses = profiles.stream().map(ProfileUse::parse).toList();
      var declared = domain;
      domain =
          switch (loader.adHoc(name, uses, config)) {
            case ConfigLoader.DomainResult.Accepted(var accepted) ->
                declared.prescriptions(
                    Stream.concat(
                            declared.prescriptions().stream(), accepted.prescriptions().stream())
                        .toList());
            case ConfigLoader.DomainResult.Refused(var problems) ->
                throw new IllegalArgumentException(problems.getFirst().message());
          };
    }
    return runner.check(
        domain,
        Look.REGULAR,
        _ -> true,
        new Context(clock.instant(), published.withdrawn()),
        limit);
  }

  @Override
  public void metrics(Collection<DomainState> states, Asked asked, Sink reader) {
    metrics.domains(states, asked, config.metrics(), reader);
  }

  @Override
  public void metrics(Asked asked, Sink reader) {
    alertCounts = countAlerts();
    metrics.scrape(table.all(), asked, config.metrics(), reader);
  }

  @Override
  public Optional<Events.Listener> listen(Optional<String> lastId, Event.Interest interest) {
    return happenings.listen(lastId, interest);
  }

  @Override
  public Map<String, String> unwell(boolean live) {
    var reasons = new LinkedHashMap<String, String>();
    // Being late is not being ill: with dead resolvers every look takes as long as it may.
    var stalled = scheduler.stalledSeconds();
    if (stalled > 30) {
      reasons.put("schedule", "the event loop has stood still for %.0f s".formatted(stalled));
    }
    desk.unwell().ifPresent(why -> reasons.put("alerts", why));
    if (scheduler.stuckSeconds() > STUCK_SECONDS) {
      reasons.put("looks", "no look has ended for %.0f s".formatted(scheduler.stuckSeconds()));
    }
    var stuck = deliveries.stuck();
    if (!stuck.isEmpty()) {
      reasons.put("deliveries", "nobody sends to " + String.join(", ", stuck));
    }
    if (!live) {
      if (!open) {
        reasons.put("start", "not everything is started yet");
      }
      desk.waiting().ifPresent(why -> reasons.put("alerts", why));
      var health = store.health();
      if (!health.writable()) {
        reasons.put("store", String.join("; ", health.reasons()));
      }
    }
    return reasons;
  }

  @Override
  public String version() {
    return Version.TEXT;
  }

  /** For tests whose clock leaps. */
  Deliveries deliveries() {
    return deliveries;
  }

  /** For tests that must see what it remembers. */
  Watch watch() {
    return watch;
  }

  /** For tests that move the clock: what was heard grows old, and what is due is decided. */
  void passed(Duration by) {
    doors.older(by);
    lookAtOwnEyes();
    desk.wake();
  }

  /** For such tests: everything that is owed by now was decided and has arrived. */
  boolean isQuiet() {
    return desk.isIdle()
        && store.outbox().backlog().values().stream().allMatch(owed -> owed.pending() == 0);
  }

  /** For the demo and tests that must look at DNS as the daemon does. */
  public Doors.Door door(Duration limit) {
    return doors.open(Look.SECOND_OPINION, Deadline.after(limit));
  }

  /**
   * Closes everything, the last opened first; each part gets its chance, whatever the others do.
   * What has not ended by then is left: what a store that cannot write still waits for is made
   * again at the next start.
   */
  @Override
  public void close() {
    open = false;
    manager.stopping();
    pulse.end();
    var closer = Thread.ofVirtual().name("close").start(this::closeParts);
    try {
      if (!closer.join(CLOSE_WITHIN)) {
        LOG.error("not everything could be closed within {}; it is left as it is", CLOSE_WITHIN);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeParts() {
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } catch (Exception failure) {
        LOG.warn("a part did not close cleanly", failure);
      }
    }
  }
}
