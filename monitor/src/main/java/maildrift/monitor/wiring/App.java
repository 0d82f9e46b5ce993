package maildrift.monitor.wiring;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import maildrift.alerts.Alert;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.notify.Heartbeat;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.outbox.Deliveries;
import maildrift.alerts.outbox.DeliveryTerms;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.route.Dispatcher;
import maildrift.alerts.route.GroupState;
import maildrift.alerts.state.Transition;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Doors;
import maildrift.monitor.check.Look;
import maildrift.monitor.checklist.Walkthrough;
import maildrift.monitor.cli.Version;
import maildrift.monitor.config.ConfigFiles;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.Problem;
import maildrift.monitor.digest.Digests;
import maildrift.monitor.event.Events;
import maildrift.monitor.metrics.Metrics;
import maildrift.monitor.metrics.Names;
import maildrift.monitor.schedule.Calendar;
import maildrift.monitor.schedule.Scheduler;
import maildrift.monitor.self.ContradictedResolvers;
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
import maildrift.monitor.self.ReceiverWatch;
import maildrift.monitor.self.RefusedNotifications;
import maildrift.monitor.self.RefusedTargets;
import maildrift.monitor.self.RemovedReceivers;
import maildrift.monitor.self.Resolving;
import maildrift.monitor.self.SelfWatch;
import maildrift.monitor.self.SilentResolvers;
import maildrift.monitor.self.Watchdog;
import maildrift.monitor.service.ServiceManager;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.Backups;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.watch.AlertDesk;
import maildrift.monitor.watch.Published;
import maildrift.monitor.watch.RecordChange;
import maildrift.monitor.watch.Watch;
import maildrift.monitor.watch.WatchRules;
import maildrift.monitor.web.Backend;
import maildrift.monitor.web.FrontDoor;
import maildrift.monitor.web.WebServer;
import maildrift.probes.Deadline;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon: everything is built here, top to bottom, started, and closed backwards. A straight
 * line that reads in order; what the parts do is said where they are.
 *
 * <p>To start, {@link #start} listens (whoever asks is told to wait), takes up what the store kept,
 * puts the configuration in force, lets the calendar begin, and answers. {@link Reload} puts
 * another configuration in force by the same steps. To stop, {@link #close} says so, tells no
 * dead-man's switch any more, and closes the parts, the last opened first: nobody asks any more, no
 * turn begins, what is decided is stored, what is owed is sent as far as it can be, and the store
 * is last.
 *
 * <p>Turns and deliveries run on virtual threads and block; so does all that the calendar runs. The
 * event loop keeps the schedule and serves HTTP, and calls nothing of this that waits. A turn is
 * {@link Watch}'s; alerts that change by it go to the {@link AlertDesk}, which makes what is owed
 * of them, and what is owed is sent by {@link Deliveries}.
 */
public final class App implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(App.class);

  /** Looks at once; each is a handful of virtual threads that mostly wait. */
  private static final int PARALLEL = 256;

  private static final Duration SELF_LOOK = Duration.ofSeconds(2);
  private static final Duration BEAT = Duration.ofSeconds(5);
  private static final Duration FILE_LOOK = Duration.ofSeconds(5);
  private static final Duration FLUSH = Duration.ofSeconds(30);

  /** SIGTERM ends the daemon within 15 s. */
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(13);

  private final Deque<AutoCloseable> closing = new ArrayDeque<>();
  private final Clock clock;
  private final InForce inForce;
  private final StateStore store;
  private final StateTable table = new StateTable();
  private final Published published = new Published();
  private final Presence presence;
  private final AbsenceBook absences;
  private final Fleet fleet;
  private final Discovery discovery;
  private final ProviderFeed feed;
  private final OpenDoors doors;
  private final OwnNetwork network;
  private final OwnEyes eyes;
  private final Metrics metrics;
  private final Happenings happenings;
  private final Watch watch;
  private final Scheduler scheduler;
  private final TickBook ticks;
  private final SelfWatch selfWatch;
  private final ReceiverWatch receivers;
  private final Deliveries deliveries;
  private final AlertDesk desk;
  private final SilenceBook silences;
  private final Rerouting rerouting;
  private final AllAlerts alerts;
  private final Digests digests;
  private final Backups backups;
  private final Health health;
  private final Heartbeats heartbeats;
  private final LifeSign lifeSign;
  private final Heartbeat heartbeat;
  private final Calendar calendar;
  private final WebServer web;
  private final Population population;
  private final AllowlistCalendar allowlists;
  private final DiscoveryCalendar discoveries;
  private final ReceiverMeters receiverMeters;
  private final HeartbeatMeters heartbeatMeters;
  private final Scrape scrape;
  private final Reload reload;
  private final DaemonBackend backend;
  private volatile ServiceManager manager = ServiceManager.nobody();

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
    this.store = store;
    closing.push(store);
    inForce = new InForce(initial);
    absences = new AbsenceBook(presence, store);
    fleet = new Fleet(loader);
    discovery = new Discovery(store, loader, inForce::config, clock, this::populate);
    metrics = new Metrics(Version.TEXT);
    happenings = new Happenings(new Events(clock.instant()), clock);
    closing.push(metrics);

    // What is seen, and whether it can be believed.
    var resolving = new Resolving(presence, clock);
    var mailPort =
        new MailPort(
            () -> inForce.config().smtp().port(),
            () -> inForce.config().schedule().interval(),
            () -> resolving.blind(inForce.config().schedule().unobservableAfter()),
            clock);
    feed = new ProviderFeed(initial.feeds(), published, clock);
    doors = new OpenDoors(door.vertx(), resolving, mailPort, feed, initial);
    closing.push(doors);
    network = new OwnNetwork(clock, resolving, doors);
    eyes = new OwnEyes(network, resolving, presence, mailPort, table, inForce);
    var runner = new CheckRunner(probes, doors, metrics::took, clock);
    watch =
        new Watch(runner, store, table, published, new Told(), eyes, clock, Wiring.terms(initial));
    scheduler =
        new Scheduler(
            door.vertx(), initial.schedule().interval(), PARALLEL, new Random(), watch::turn);
    ticks = new TickBook(store);

    // Who is told.
    receivers =
        new ReceiverWatch(
            store, presence, () -> inForce.config().alerts().own().receiverFailingAfter(), clock);
    deliveries =
        new Deliveries(store.outbox(), DeliveryTerms.DEFAULT, clock, new Undelivered(receivers));
    var dispatcher =
        new Dispatcher(
            initial.alerts().routing(),
            Mutes.NONE,
            Wiring.links(initial),
            Duration.ofHours(3),
            store.lastSequence(),
            () -> "msg_" + UUID.randomUUID().toString().replace("-", ""));
    desk = new AlertDesk(store, dispatcher, clock, deliveries::wake, this::forget);
    silences = new SilenceBook(store, desk, happenings, inForce, clock);
    backups = new Backups(store, () -> inForce.config().store().backup(), clock);
    selfWatch =
        new SelfWatch(
            List.of(
                new SilentResolvers(
                    resolving,
                    network,
                    () -> inForce.config().schedule().unobservableAfter(),
                    eyes::asking),
                mailPort,
                new MaintenanceProgress(
                    () -> inForce.config().maintenance(), new FleetSight(table, watch)),
                new ContradictedResolvers(
                    watch.denials(), resolving, () -> inForce.config().schedule(), clock),
                new EndingSilences(silences::all, watch::alerts),
                new FailingReceivers(
                    receivers, () -> inForce.config().alerts().own().receiverFailingAfter()),
                new GoneReceivers(receivers),
                new RemovedReceivers(receivers),
                new RefusedNotifications(receivers),
                new FailingBackups(backups),
                new FailingDiscovery(discovery::states, presence),
                new RefusedTargets(discovery::states),
                new Watchdog(() -> !inForce.config().alerts().watchdogRoutes().isEmpty())),
            store,
            clock,
            this::alertsChanged);
    alerts = new AllAlerts(selfWatch, watch);
    var acknowledging = new Acknowledging(desk, store, happenings, alerts);
    desk.history(acknowledging::endOf);
    digests =
        new Digests(
            store,
            clock,
            new DigestSource(inForce, table, alerts, desk, silences, store, watch),
            deliveries::wake);

    // Whether it is well.
    var tools = Tools.standard(clock);
    rerouting = new Rerouting(receivers, deliveries, desk, inForce);
    health = new Health(scheduler, desk, deliveries, store, discovery, rerouting, inForce);
    heartbeats = new Heartbeats(tools.http(), clock, System::nanoTime);
    lifeSign = new LifeSign(store, scheduler, desk, health::standsStill, heartbeats, clock);
    desk.hold(lifeSign::isUntrue);
    heartbeat = new Heartbeat(lifeSign::refreshed);
    web = door.web();
    closing.push(door);
    closing.push(() -> deliveries.stop(Duration.ofSeconds(5)));
    closing.push(heartbeat);
    closing.push(desk);
    calendar = new Calendar();
    closing.push(watch::flushChecked);
    closing.push(scheduler);
    closing.push(calendar);
    closing.push(web);

    // What is configured, and who asks.
    population = new Population(inForce, fleet, store, watch, scheduler, ticks, happenings);
    allowlists = new AllowlistCalendar(calendar, fleet, population);
    discoveries = new DiscoveryCalendar(calendar, discovery, metrics, FILE_LOOK);
    receiverMeters = new ReceiverMeters(metrics, deliveries, receivers);
    heartbeatMeters = new HeartbeatMeters(metrics, heartbeats);
    scrape = new Scrape(metrics, table, alerts, desk, inForce, clock);
    reload =
        new Reload(
            inForce,
            file,
            loader,
            () -> manager,
            doors,
            web,
            tools,
            happenings,
            table,
            clock,
            this::take,
            files);
    backend =
        new DaemonBackend(
            inForce,
            reload,
            health,
            store,
            table,
            watch,
            scheduler,
            watch.rules(),
            alerts,
            desk,
            silences,
            acknowledging,
            rerouting,
            receivers,
            deliveries,
            new Redelivery(store, deliveries, desk, alerts, inForce, clock),
            tools,
            digests,
            backups,
            new ChecklistDesk(new Walkthrough(probes, WatchRules.own()), ticks, clock),
            new DeclaredDomains(loader, store, table, discovery, population, inForce, clock),
            new AdHocLook(runner, loader, table, published, inForce, clock),
            scrape,
            happenings,
            clock);
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
    int port;
    // A reload that is asked for by now waits: under it looks would begin that remember nothing.
    inForce.lock.lock();
    try {
      port = reload.listen();
      manager.stage("takes up what was stored");
      restore();
      reload.first();
    } finally {
      inForce.lock.unlock();
    }
    calendar.every("own eyes", SELF_LOOK, eyes::look);
    calendar.every("own alerts", SELF_LOOK, this::lookAtItself);
    calendar.every("pulse", BEAT, lifeSign::beat);
    calendar.every("files", FILE_LOOK, reload::changedFiles);
    calendar.every("feed", FLUSH, () -> feed.poll(table, scheduler));
    calendar.every("removals", FILE_LOOK, population::again);
    calendar.every("orphans", FLUSH, discovery::settle);
    calendar.every("flush", FLUSH, watch::flushChecked);
    calendar.every("digests", FLUSH, digests::look);
    calendar.every("backups", FLUSH, backups::look);
    calendar.daily("retention", 3, 40, this::expire);
    health.open(true);
    web.ready(backend);
    supervise();
    return port;
  }

  private void supervise() {
    if (!manager.listens()) {
      return;
    }
    manager.ready(status());
    var supervision =
        new Supervision(manager, scheduler, store, () -> health.unwell(true), this::status, clock);
    calendar.every("supervision", manager.pace(), supervision::look);
  }

  String status() {
    return health.status(table.size(), reload.port()) + reload.status();
  }

  /** Takes up what was stored, before anybody looks, decides or is told. */
  private void restore() {
    var config = inForce.config();
    discovery.configured(config.discovery());
    store.eachNetwork(published::restore);
    feed.restore();
    ticks.restore();
    digests.restore();
    var kept = new StoredDomains(store, watch::restoreShared);
    receivers.restore();
    absences.restore();
    selfWatch.restore(kept.alerts(SelfWatch.DOMAIN));
    silences.restore();
    var domains = fleet.domains(config, store.domains());
    domains.values().forEach(domain -> watch.add(domain, Optional.of(kept.of(domain))));
    kept.orphans(domains.keySet())
        .forEach((domain, ending) -> watch.add(domain, Optional.of(ending)));
    watch.restored();
    var groups = new ArrayList<GroupState>();
    store.eachGroup(groups::add);
    // All of this before the first decision.
    receivers.configured(Wiring.marks(config));
    rerouting.restore();
    desk.routing(rerouting.of(config));
    silences.configured(config);
    desk.start(kept.alerts(), groups, store.acknowledgements());
  }

  /**
   * Puts a configuration in force: who is watched, how, and who is told. {@link Reload} calls it,
   * again until it has not failed: each line may be done twice.
   */
  private void take(MonitorConfig next, Map<String, Notifier> notifiers) {
    fleet.retain(next);
    network.names(next.dns().controlNames());
    watch.terms(Wiring.terms(next));
    desk.links(Wiring.links(next));
    var gone = receivers.configured(Wiring.marks(next));
    desk.routing(rerouting.of(next));
    silences.configured(next);
    deliveries.receivers(notifiers, gone);
    heartbeat.receivers(notifiers);
    heartbeats.configured(next.alerts().own().heartbeats());
    receiverMeters.configured(notifiers.keySet());
    heartbeatMeters.configured(next.alerts().own().heartbeats());
    discovery.configured(next.discovery());
    population.populate();
    allowlists.configured(next);
    discoveries.configured(next);
    feed.configured(next.feeds());
  }

  private void populate() {
    population.populate();
  }

  private void expire() {
    var before = clock.instant().minus(inForce.config().store().keep());
    store.expire(before);
    published.expire(before);
    presence.forget(before);
  }

  private void lookAtItself() {
    absences.keep();
    rerouting.look();
    selfWatch.look();
  }

  private void meters() {
    ProbeCatalog.all().forEach(probe -> metrics.probe(probe.name()));
    metrics.gauge(Names.DOMAINS, table::size);
    metrics.gauge(Names.SCHEDULE_LAG, scheduler::lagSeconds);
    web.loginFailures()
        .forEach((why, count) -> metrics.counter(Names.LOGIN_FAILURES, count::getAsLong, why));
    reload.meters(metrics);
    metrics.gauge(Names.STORE_HEALTHY, () -> store.health().writable() ? 1 : 0);
    metrics.counter(Names.RESOLVER_CONTRADICTIONS, () -> watch.denials().total());
    doors.meters(metrics);
    metrics.gauge(
        Names.DIGEST_TIME,
        () -> digests.lastMade().map(at -> (double) at.getEpochSecond()).orElse(Double.NaN));
    metrics.gauge(
        Names.BACKUP_TIME,
        () -> backups.lastMade().map(at -> (double) at.getEpochSecond()).orElse(Double.NaN));
    metrics.counter(Names.BACKUP_FAILURES, backups::failures);
    scrape.meters();
  }

  private void forget(Alert alert) {
    alerts.forget(alert);
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

  /** The port that HTTP listens on. */
  public int port() {
    return reload.port();
  }

  /** What the web side asks. */
  public Backend backend() {
    return backend;
  }

  /** Reads the configuration again; what is wrong with it, or empty when it is in force now. */
  public List<Problem> reload() {
    return reload.reload();
  }

  /** For tests whose clock leaps. */
  Deliveries deliveries() {
    return deliveries;
  }

  /** For such tests, too. */
  Digests digests() {
    return digests;
  }

  /** For tests that must see what it remembers. */
  Watch watch() {
    return watch;
  }

  /** For tests that move the clock: what was heard grows old, and what is due is decided. */
  void passed(Duration by) {
    doors.older(by);
    eyes.look();
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
    health.open(false);
    manager.stopping();
    lifeSign.end();
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
