package maildrift.monitor.web;

import com.google.common.base.Suppliers;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.mute.Maintenance;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.alerts.notify.Trial;
import maildrift.alerts.outbox.DeadLetter;
import maildrift.alerts.outbox.Owed;
import maildrift.alerts.route.Links;
import maildrift.alerts.route.Route;
import maildrift.alerts.route.Routing;
import maildrift.alerts.state.Policy;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.checklist.Checklist;
import maildrift.monitor.checklist.Progress;
import maildrift.monitor.checklist.Step;
import maildrift.monitor.checklist.Tick;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.Problem;
import maildrift.monitor.digest.DigestDesk;
import maildrift.monitor.digest.Discreet;
import maildrift.monitor.event.Event;
import maildrift.monitor.event.Events;
import maildrift.monitor.metrics.Asked;
import maildrift.monitor.metrics.Sink;
import maildrift.monitor.self.ReceiverState;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.store.Backups;
import maildrift.monitor.store.Baseline;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.KeptDomain;
import maildrift.probes.Rule;
import maildrift.probes.domain.ManagedDomain;

/**
 * The daemon as one sees it who is limited to some tenants. Handlers of requests know nothing of
 * limits: they get this instead of the daemon, and what is not the caller's is not there. What is
 * the daemon's as a whole is refused, for the case that a handler asks for it all the same.
 *
 * <p>One is made for each request.
 */
final class Limited implements Backend {
  /** Labels whose values are no names of anybody's. */
  private static final Set<String> OF_ALL = Set.of("severity", "alertname");

  private final Backend all;
  private final Set<String> tenants;
  private final Supplier<List<DomainState>> domains;
  private final Supplier<MonitorConfig> config;
  private final Supplier<Set<String>> logins;

  Limited(Backend all, Set<String> tenants) {
    this.all = all;
    this.tenants = tenants;
    domains =
        Suppliers.memoize(
            () -> all.domains().stream().filter(this::isTheirs).map(Discreet::of).toList());
    config = Suppliers.memoize(this::limitedConfig);
    logins = Suppliers.memoize(this::ownLogins);
  }

  /** Those who see no more than this one does. */
  private Set<String> ownLogins() {
    var http = all.config().http();
    var own = new HashSet<String>();
    http.limits()
        .forEach(
            (user, limit) -> {
              if (tenants.containsAll(limit)) {
                own.add(user);
              }
            });
    http.tokens().stream()
        .filter(token -> token.tenants().filter(tenants::containsAll).isPresent())
        .forEach(token -> own.add(token.name()));
    return own;
  }

  private boolean isTheirs(DomainState state) {
    return isTheirs(state.domain());
  }

  private boolean isTheirs(ManagedDomain domain) {
    return tenants.contains(domain.tenant().id());
  }

  private boolean isTheirs(Labels labels) {
    return tenants.contains(labels.get("tenant"));
  }

  /** Labels that somebody has made up, and not those of an alert. */
  private boolean isTheirsAlone(Labels labels) {
    return isTheirs(labels) && (labels.get("domain").isEmpty() || has(labels.get("domain")));
  }

  private static Refusal denied(String what) {
    return Refusal.forbidden(what + " is the whole daemon's, and you are limited to tenants of it");
  }

  @Override
  public MonitorConfig config() {
    return config.get();
  }

  private MonitorConfig limitedConfig() {
    var whole = all.config();
    var theirs = domains.get().stream().map(DomainState::domain).toList();
    var names = theirs.stream().map(one -> one.name().toString()).collect(Collectors.toSet());
    return whole.limited(
        tenants,
        theirs,
        whole.maintenance().stream().flatMap(window -> limited(window, names).stream()).toList());
  }

  /** As far as it is about them; what it says of others is not told. */
  private Optional<Maintenance> limited(Maintenance window, Set<String> names) {
    var about = new HashSet<>(window.domains());
    about.retainAll(names);
    var of = new HashSet<>(window.tenants());
    of.retainAll(tenants);
    var isAboutAll = window.domains().isEmpty() && window.tenants().isEmpty();
    var matchesThem =
        window.matchers().stream()
            .filter(matcher -> matcher.name().equals("tenant"))
            .allMatch(
                matcher ->
                    tenants.stream()
                        .anyMatch(one -> matcher.matches(Labels.of(Map.of("tenant", one)))));
    if (!matchesThem || (!isAboutAll && about.isEmpty() && of.isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(
        new Maintenance(
            about,
            isAboutAll ? tenants : of,
            window.matchers().stream()
                .filter(matcher -> !Set.of("tenant", "domain").contains(matcher.name()))
                .toList(),
            window.from(),
            window.length(),
            window.reason()));
  }

  @Override
  public Instant now() {
    return all.now();
  }

  @Override
  public Collection<DomainState> domains() {
    return domains.get();
  }

  @Override
  public Optional<DomainState> domain(String name) {
    return all.domain(name).filter(this::isTheirs).map(Discreet::of);
  }

  private boolean has(String name) {
    return all.domain(name).filter(this::isTheirs).isPresent();
  }

  @Override
  public Optional<Instant> nextCheck(String name) {
    return has(name) ? all.nextCheck(name) : Optional.empty();
  }

  @Override
  public Optional<Baseline> baseline(String name) {
    return has(name)
        ? all.baseline(name).map(baseline -> Discreet.of(baseline, logins.get()))
        : Optional.empty();
  }

  @Override
  public List<Change> history(String name, int offset, int limit) {
    return has(name)
        ? all.history(name, offset, limit).stream()
            .map(change -> Discreet.of(change, logins.get()))
            .toList()
        : List.of();
  }

  @Override
  public Optional<Rule> rule(String id) {
    return all.rule(id);
  }

  @Override
  public List<Alert> alerts() {
    return all.alerts().stream()
        .filter(alert -> isTheirs(alert.labels()))
        .map(Discreet::of)
        .toList();
  }

  private boolean hasAlert(String fingerprint) {
    return all.alerts().stream()
        .anyMatch(alert -> alert.fingerprint().equals(fingerprint) && isTheirs(alert.labels()));
  }

  @Override
  public List<Mutes.Why> muted(Alert alert) {
    return isTheirs(alert.labels()) ? discreet(all.muted(alert)) : List.of();
  }

  @Override
  public List<Mutes.Why> muted(Labels labels) {
    return isTheirsAlone(labels) ? discreet(all.muted(labels)) : List.of();
  }

  /** That it is not told they see; who silenced others with it, and why, they do not. */
  private List<Mutes.Why> discreet(List<Mutes.Why> whys) {
    return whys.stream()
        .<Mutes.Why>map(
            why ->
                switch (why) {
                  case Mutes.Why.Silenced silenced ->
                      all.silences().stream()
                              .filter(silence -> silence.id().equals(silenced.id()))
                              .anyMatch(this::isTheirs)
                          ? Discreet.of(silenced, logins.get())
                          : new Mutes.Why.Silenced(
                              silenced.id(), "", "of more than yours", silenced.until());
                  case Mutes.Why.Inhibited inhibited -> {
                    var theirs = inhibited.by().stream().filter(this::hasAlert).toList();
                    yield theirs.size() == inhibited.by().size()
                        ? inhibited
                        : new Mutes.Why.Inhibited(theirs, "a graver alert", inhibited.rule());
                  }
                  case Mutes.Why.InMaintenance maintenance -> maintenance;
                  case Mutes.Why.OutsideHours hours -> hours;
                })
        .toList();
  }

  @Override
  public Policy policy(Alert alert) {
    return all.policy(alert);
  }

  @Override
  public Optional<Acknowledgement> acknowledgement(Alert alert) {
    return isTheirs(alert.labels())
        ? all.acknowledgement(alert).map(taken -> Discreet.of(taken, logins.get()))
        : Optional.empty();
  }

  @Override
  public Optional<Acknowledgement> acknowledge(String fingerprint, String by, String comment) {
    return hasAlert(fingerprint) ? all.acknowledge(fingerprint, by, comment) : Optional.empty();
  }

  @Override
  public List<Acknowledgement> acknowledge(
      Collection<String> fingerprints, String by, String comment) {
    var theirs = alerts().stream().map(Alert::fingerprint).collect(Collectors.toSet());
    return all.acknowledge(fingerprints.stream().filter(theirs::contains).toList(), by, comment);
  }

  @Override
  public boolean unacknowledge(String fingerprint, String by) {
    return hasAlert(fingerprint) && all.unacknowledge(fingerprint, by);
  }

  @Override
  public DigestDesk digests() {
    return all.digests().only(tenants);
  }

  @Override
  public List<Silence> silences() {
    return all.silences().stream()
        .filter(this::isTheirs)
        .map(silence -> Discreet.of(silence, logins.get()))
        .toList();
  }

  /** One that can hide nothing of anybody else. */
  private boolean isTheirs(Silence silence) {
    return TenantMatcher.isWithin(silence.matchers(), tenants);
  }

  @Override
  public List<Matcher> within(List<Matcher> matchers) {
    return TenantMatcher.within(matchers, tenants);
  }

  /** Whatever it says, it hides nothing of anybody else. */
  @Override
  public void putSilence(Silence silence) {
    if (all.silences().stream().anyMatch(old -> old.id().equals(silence.id()) && !isTheirs(old))) {
      throw Refusal.notFound("there is no silence " + silence.id());
    }
    all.putSilence(
        new Silence(
            silence.id(),
            within(silence.matchers()),
            silence.startsAt(),
            silence.endsAt(),
            silence.createdBy(),
            silence.comment(),
            silence.updatedAt()));
  }

  @Override
  public boolean expireSilence(String id) {
    return silences().stream().anyMatch(silence -> silence.id().equals(id))
        && all.expireSilence(id);
  }

  @Override
  public Progress progress(Checklist checklist, DomainState state, UnaryOperator<Tick> shown) {
    return all.progress(checklist, state, tick -> Discreet.of(shown.apply(tick), logins.get()));
  }

  @Override
  public void tick(DomainState state, Checklist checklist, Step step, String by, String note) {
    known(state);
    all.tick(state, checklist, step, by, note);
  }

  @Override
  public boolean untick(DomainState state, Checklist checklist, Step step, String by) {
    known(state);
    return all.untick(state, checklist, step, by);
  }

  private void known(DomainState state) {
    if (!isTheirs(state)) {
      throw notManaged(state.domain());
    }
  }

  private static Refusal notManaged(ManagedDomain domain) {
    return Refusal.notFound(domain.name() + " is not a managed domain");
  }

  @Override
  public Optional<DomainState> check(String name) {
    return has(name) ? all.check(name).map(Discreet::of) : Optional.empty();
  }

  @Override
  public boolean accept(String name, String by) {
    return has(name) && all.accept(name, by);
  }

  /** A shared record is in the baselines of other tenants, too. */
  @Override
  public List<String> acceptRecord(String record, String by) {
    throw denied("A record that domains share");
  }

  @Override
  public Optional<KeptDomain> kept(String name) {
    return has(name) ? all.kept(name) : Optional.empty();
  }

  /** What it names must be theirs already: what a domain is compared with is shown. */
  @Override
  public Declared declare(
      String json, String by, boolean isNew, MonitorConfig within, Consumer<ManagedDomain> mayBe) {
    return all.declare(
        json,
        by,
        isNew,
        config(),
        domain -> {
          if (!isTheirs(domain)) {
            throw Refusal.forbidden(
                "tenant must be " + tenants.stream().sorted().collect(Collectors.joining(" or ")));
          }
          if (!isNew && !has(domain.name().toString())) {
            throw notManaged(domain);
          }
          mayBe.accept(domain);
        });
  }

  @Override
  public Removal removeDomain(String name) {
    return has(name) ? all.removeDomain(name) : Removal.UNKNOWN;
  }

  /** Only their own: another's declaration would show in what is found. */
  @Override
  public CheckResult probe(String target, List<String> profiles, Duration limit) {
    if (!has(target)) {
      throw Refusal.notFound(target + " is not configured");
    }
    if (!profiles.isEmpty()) {
      throw denied("A profile besides those of the configuration");
    }
    return Discreet.of(all.probe(target, profiles, limit));
  }

  @Override
  public void metrics(Asked asked, Sink reader) {
    all.metrics(domains.get(), asked, reader);
  }

  @Override
  public void metrics(Collection<DomainState> states, Asked asked, Sink reader) {
    all.metrics(states.stream().filter(this::isTheirs).toList(), asked, reader);
  }

  @Override
  public String latestEvent() {
    return all.latestEvent();
  }

  @Override
  public Optional<Events.Listener> listen(Optional<String> lastId, Event.Interest interest) {
    return all.listen(lastId, interest.within(tenants));
  }

  // ---- The daemon's as a whole

  /** The fleet's page shows those that there are: none. */
  @Override
  public List<ReceiverState> receivers() {
    return List.of();
  }

  @Override
  public Optional<Trial> tryReceiver(String receiver, boolean isOver) {
    throw denied("A receiver");
  }

  @Override
  public void eachOwed(String receiver, int limit, Consumer<Owed> reader) {
    throw denied("What is owed");
  }

  @Override
  public void eachDead(int limit, Consumer<DeadLetter> reader) {
    throw denied("What was given up");
  }

  @Override
  public boolean enable(String receiver) {
    throw denied("A receiver");
  }

  @Override
  public List<String> retryDead(Predicate<DeadLetter> which) {
    throw denied("What was given up");
  }

  @Override
  public Moved moveOwed(String from, String to) {
    throw denied("What receivers are owed");
  }

  @Override
  public long dropOwed(String receiver) {
    throw denied("What receivers are owed");
  }

  @Override
  public boolean dropDead(String id) {
    throw denied("What was given up");
  }

  @Override
  public Map<String, String> warnings() {
    return Map.of();
  }

  /** Alerts show who is told: nobody. */
  @Override
  public Routing routing() {
    return Routing.NONE;
  }

  /** Which way their alerts go and when they are told; to whom, and what of others, is not said. */
  @Override
  public List<Route> taken(Labels labels) {
    return isTheirsAlone(labels)
        ? all.taken(labels).stream().map(Limited::discreet).toList()
        : List.of();
  }

  private static Route discreet(Route route) {
    return new Route(
        route.matchers().stream().filter(matcher -> OF_ALL.contains(matcher.name())).toList(),
        List.of(),
        route.goesOn(),
        route.grouping(),
        route.hours(),
        route.escalations().stream()
            .map(step -> new Route.Escalation(step.after(), List.of()))
            .toList());
  }

  @Override
  public Links links() {
    return all.links();
  }

  @Override
  public Backups backups() {
    throw denied("A backup");
  }

  @Override
  public List<Problem> reload() {
    throw denied("The configuration");
  }

  @Override
  public Map<String, String> unwell(boolean live) {
    return all.unwell(live);
  }

  @Override
  public String version() {
    return all.version();
  }
}
