package maildrift.monitor.wiring;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.Trial;
import maildrift.alerts.outbox.DeadLetter;
import maildrift.alerts.outbox.Deliveries;
import maildrift.alerts.outbox.Owed;
import maildrift.alerts.route.Links;
import maildrift.alerts.route.Routing;
import maildrift.alerts.state.Policy;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.checklist.Checklist;
import maildrift.monitor.checklist.Progress;
import maildrift.monitor.checklist.Step;
import maildrift.monitor.checklist.Tick;
import maildrift.monitor.cli.Version;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.Problem;
import maildrift.monitor.digest.Digests;
import maildrift.monitor.event.Event;
import maildrift.monitor.event.Events;
import maildrift.monitor.metrics.Asked;
import maildrift.monitor.metrics.Sink;
import maildrift.monitor.schedule.Scheduler;
import maildrift.monitor.self.ReceiverState;
import maildrift.monitor.self.ReceiverWatch;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.Backups;
import maildrift.monitor.store.Baseline;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.KeptDomain;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.watch.AlertDesk;
import maildrift.monitor.watch.Watch;
import maildrift.monitor.web.Backend;
import maildrift.probes.Rule;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;

/**
 * What the web side asks of the daemon, each thing of the part that knows it. Decides nothing
 * itself; which calls block is said by {@link Backend}.
 */
record DaemonBackend(
    InForce inForce,
    Reload reloading,
    Health health,
    StateStore store,
    StateTable table,
    Watch watch,
    Scheduler scheduler,
    Map<String, Rule> rules,
    AllAlerts book,
    AlertDesk desk,
    SilenceBook silenced,
    Acknowledging acknowledging,
    Rerouting rerouting,
    ReceiverWatch receiverWatch,
    Deliveries deliveries,
    Redelivery redelivery,
    Tools tools,
    Digests digests,
    Backups backups,
    ChecklistDesk checklists,
    DeclaredDomains declared,
    AdHocLook adHoc,
    Scrape scrape,
    Happenings happenings,
    Clock clock)
    implements Backend {

  @Override
  public MonitorConfig config() {
    return inForce.config();
  }

  @Override
  public Instant now() {
    return clock.instant();
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
    return book.all();
  }

  @Override
  public List<Mutes.Why> muted(Alert alert) {
    return desk.whys(alert);
  }

  @Override
  public List<Mutes.Why> muted(Labels labels) {
    var now = clock.instant();
    return desk.whys(
        new Alert(labels, new TreeMap<>(), Alert.Phase.FIRING, 0, 0, now, now, Optional.empty()));
  }

  @Override
  public Policy policy(Alert alert) {
    return watch.policy(alert.labels());
  }

  @Override
  public Optional<Trial> tryReceiver(String receiver, boolean isOver) {
    return Optional.ofNullable(inForce.config().alerts().receivers().get(receiver))
        .map(
            one ->
                Trial.of(
                    receiver, one, tools, Wiring.links(inForce.config()).externalUrl(), isOver));
  }

  @Override
  public List<ReceiverState> receivers() {
    return receiverWatch.states();
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
  public boolean enable(String receiver) {
    var wasGone = receiverWatch.forget(receiver);
    deliveries.enable(receiver);
    return wasGone;
  }

  @Override
  public List<String> retryDead(Predicate<DeadLetter> which) {
    return redelivery.retryDead(which);
  }

  @Override
  public Moved moveOwed(String from, String to) {
    return redelivery.moveOwed(from, to);
  }

  @Override
  public long dropOwed(String receiver) {
    return redelivery.dropOwed(receiver);
  }

  @Override
  public boolean dropDead(String id) {
    return redelivery.dropDead(id);
  }

  @Override
  public Map<String, String> warnings() {
    var warnings = health.warnings();
    reloading.warning().ifPresent(what -> warnings.put("configuration", what));
    return warnings;
  }

  @Override
  public Routing routing() {
    return rerouting.of(inForce.config());
  }

  @Override
  public Links links() {
    return Wiring.links(inForce.config());
  }

  @Override
  public Optional<Acknowledgement> acknowledgement(Alert alert) {
    return desk.acknowledgement(alert.fingerprint());
  }

  @Override
  public Optional<Acknowledgement> acknowledge(String fingerprint, String by, String comment) {
    return acknowledging.acknowledge(fingerprint, by, comment);
  }

  @Override
  public List<Acknowledgement> acknowledge(
      Collection<String> fingerprints, String by, String comment) {
    return acknowledging.acknowledge(fingerprints, by, comment);
  }

  @Override
  public boolean unacknowledge(String fingerprint, String by) {
    return acknowledging.unacknowledge(fingerprint, by);
  }

  @Override
  public List<Silence> silences() {
    return silenced.all();
  }

  @Override
  public void putSilence(Silence silence) {
    silenced.put(silence);
  }

  @Override
  public boolean expireSilence(String id) {
    return silenced.expire(id);
  }

  @Override
  public Progress progress(Checklist checklist, DomainState state, UnaryOperator<Tick> shown) {
    return checklists.progress(checklist, state, shown);
  }

  @Override
  public void tick(DomainState state, Checklist checklist, Step step, String by, String note) {
    checklists.tick(state, checklist, step, by, note);
  }

  @Override
  public boolean untick(DomainState state, Checklist checklist, Step step, String by) {
    return checklists.untick(state, checklist, step, by);
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
    return declared.kept(name);
  }

  @Override
  public Declared declare(
      String json, String by, boolean isNew, MonitorConfig within, Consumer<ManagedDomain> mayBe) {
    return declared.declare(json, by, isNew, within, mayBe);
  }

  @Override
  public Removal removeDomain(String name) {
    return declared.removeDomain(name);
  }

  @Override
  public CheckResult probe(String target, List<String> profiles, Duration limit) {
    return adHoc.probe(target, profiles, limit);
  }

  @Override
  public void metrics(Asked asked, Sink reader) {
    scrape.of(asked, reader);
  }

  @Override
  public void metrics(Collection<DomainState> states, Asked asked, Sink reader) {
    scrape.of(states, asked, reader);
  }

  @Override
  public List<Problem> reload() {
    return reloading.reload();
  }

  @Override
  public String latestEvent() {
    return happenings.latestEvent();
  }

  @Override
  public Optional<Events.Listener> listen(Optional<String> lastId, Event.Interest interest) {
    return happenings.listen(lastId, interest);
  }

  @Override
  public Map<String, String> unwell(boolean live) {
    return health.unwell(live);
  }

  @Override
  public String version() {
    return Version.TEXT;
  }
}
