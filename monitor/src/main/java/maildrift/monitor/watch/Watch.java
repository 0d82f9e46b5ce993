package maildrift.monitor.watch;

import com.google.common.collect.Iterables;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.Course;
import maildrift.alerts.Labels;
import maildrift.alerts.state.AlertBook;
import maildrift.alerts.state.AlertTerms;
import maildrift.alerts.state.Evidence;
import maildrift.alerts.state.Policies;
import maildrift.alerts.state.Policy;
import maildrift.alerts.state.Transition;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Look;
import maildrift.monitor.check.ProbeResult;
import maildrift.monitor.check.Recall;
import maildrift.monitor.config.ScheduleConfig;
import maildrift.monitor.drift.Drift;
import maildrift.monitor.drift.Includes;
import maildrift.monitor.drift.Progress;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.Baseline;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.PublishedNetwork;
import maildrift.monitor.store.SeenRecord;
import maildrift.monitor.store.StateRow;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreFailure;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dane.DaneProbe;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.migration.MigrationProbe;
import maildrift.probes.migration.Move;
import maildrift.probes.mtasts.MtaStsProbe;
import maildrift.probes.spf.SpfProbe;
import maildrift.probes.tls.TlsDrift;
import maildrift.probes.zone.ZoneProbe;
import org.jspecify.annotations.Nullable;

/**
 * Takes domains' turns. A turn looks at the domain, compares it with the baseline, steps its
 * alerts, commits what changed in one batch and only then shows and tells it. What looks wrong is
 * looked at again, past every cache and at last by the authoritative servers, before it fires.
 */
public final class Watch {
  /** Between the looks at domains that are asked for together. */
  public static final Duration APART = Relatives.APART;

  /**
   * A record is accepted for so many domains in one batch: their turns wait for it. A crash between
   * two batches leaves the rest as it was, to be accepted again.
   */
  static final int ACCEPTED_AT_ONCE = 300;

  private static final String BLIND =
      "maildrift's own network, or its resolvers, could not look at that time";

  /** What the record of a netblock source is called, after its name. */
  private static final String NETBLOCKS_RECORD = " netblocks";

  private final CheckRunner runner;
  private final StateStore store;
  private final StateTable table;
  private final Published published;
  private final Listener listener;
  private final Resolvers resolvers;
  private final Clock clock;
  private final Map<String, String> probeOfRule;
  private final Map<String, Probe<?>> probes;
  private final KeyRing keys = new KeyRing();
  private final SharedRecords shared = new SharedRecords(this::owner);
  private final ConcurrentHashMap<String, DomainWatch> watches = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Instant> checked = new ConcurrentHashMap<>();
  private final Relatives relatives;
  private final Denials denials = new Denials();
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
  }

  /** Hears of what is committed. */
  public interface Listener {
    /** The domain's state was replaced. */
    void looked(DomainState state);

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
    this.runner = runner;
    this.store = store;
    this.table = table;
    this.published = published;
    this.listener = listener;
    this.resolvers = resolvers;
    this.clock = clock;
    this.terms = terms;
    this.relatives = new Relatives(watches, listener);
    this.probes =
        runner.probes().stream().collect(Collectors.toUnmodifiableMap(Probe::name, probe -> probe));
    this.probeOfRule =
        runner.probes().stream()
            .flatMap(
                probe -> probe.rules().stream().map(rule -> Map.entry(rule.id(), probe.name())))
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a));
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
            watch.state = memory.state().only(probes.keySet());
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
      apply(step.transitions(), name, batch);
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
      checked.remove(name);
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
    var now = clock.instant();
    var domain = watch.state.domain().asOf(now);
    var context = new Context(now, published.withdrawn(), watch::past);
    var ripe =
        watch.alerts.stream()
            .filter(alert -> alert.phase() == Alert.Phase.PENDING)
            .filter(alert -> !untilConfirmed(alert, now).isPositive())
            .toList();
    var seen =
        !ripe.isEmpty() && !watch.state.isUnseen()
            ? confirm(domain, watch, ripe, context, look == Look.SECOND_OPINION)
            : regular(domain, watch, context, look);
    // A look that a shutdown cut short has seen nothing, not even gaps.
    if (!Thread.currentThread().isInterrupted()) {
      settle(
          name, watch, resolvers.couldSee(began, () -> isNews(watch, seen)) ? seen : blinded(seen));
    }
  }

  /** Whether a firing alert may end by a look, or one begin. */
  private boolean isNews(DomainWatch watch, Seen seen) {
    var found = seen.result().findings().stream().map(Finding::key).collect(Collectors.toSet());
    return seen.proved()
        || watch.alerts.stream()
            .filter(alert -> alert.phase() == Alert.Phase.FIRING)
            .map(Watch::key)
            .anyMatch(key -> !found.contains(key) && !seen.hidden().test(key))
        || firesAtOnce(watch, seen);
  }

  /** Whether a finding that is new needs no second look; which is so may differ by rule. */
  private boolean firesAtOnce(DomainWatch watch, Seen seen) {
    var known = watch.alerts.stream().map(Watch::key).collect(Collectors.toSet());
    var look = seen.result();
    var drift = new ArrayList<>(drift(watch.baseline, look));
    drift.addAll(seen.extra());
    return look.plus(runner.graded(drift, look.domain(), look.checkedAt())).findings().stream()
        .filter(Finding::counts)
        .filter(finding -> !known.contains(finding.key()))
        .map(finding -> Translation.problem(look.domain(), finding))
        .anyMatch(problem -> terms.alerts().policy(problem.labels()).confirmations() == 1);
  }

  /** What was seen while our own network, or the resolvers, could not look: nothing. */
  private Seen blinded(Seen seen) {
    var look = seen.result();
    var unseen =
        look.probes().stream()
            .flatMap(
                result ->
                    Optional.ofNullable(probes.get(result.probe())).stream()
                        .map(
                            probe ->
                                ProbeResult.unseen(probe, look.domain(), result.took(), BLIND)))
            .toList();
    return new Seen(
        new CheckResult(look.domain(), look.checkedAt(), unseen, List.of()),
        List.of(),
        _ -> true,
        seen.full(),
        seen.alone(),
        Set.of(),
        false);
  }

  /**
   * How long a pending alert has to wait until a look can confirm it: what a look sees again at
   * once, whoever asked for it, was not there for any longer.
   */
  private Duration untilConfirmed(Alert pending, Instant now) {
    var alerts = terms.alerts();
    var policy = alerts.policy(pending.labels());
    if (now.isBefore(pending.updatedAt())) {
      // A clock that was set back must not leave it waiting.
      return Duration.ZERO;
    }
    var wait = Duration.between(now, pending.updatedAt().plus(policy.confirmAfter()));
    // The last look is worth its price only when the alert may fire by it.
    var hold = policy.holdFor().minus(alerts.held(pending, now));
    return pending.looks() + 1 >= policy.confirmations() && hold.compareTo(wait) > 0 ? hold : wait;
  }

  /**
   * What a turn saw, by one look or several that must agree.
   *
   * @param full whether all probes ran
   * @param alone whether it is one regular look, as the next one will be
   * @param confirmed which pending alerts it counts for when it saw them again
   * @param proved whether the authoritative servers were asked, too
   */
  private record Seen(
      CheckResult result,
      List<Finding> extra,
      Predicate<Finding.Key> hidden,
      boolean full,
      boolean alone,
      Set<Finding.Key> confirmed,
      boolean proved) {

    Evidence evidence(Finding.Key pending) {
      if (!confirmed.contains(pending)) {
        return Evidence.SAME;
      }
      return proved ? Evidence.PROVES : Evidence.AGREES;
    }
  }

  private Seen regular(ManagedDomain domain, DomainWatch watch, Context context, Look look) {
    var result =
        caughtUp(
            domain, watch, context, runner.check(domain, look, _ -> true, context, watch.recall));
    var contradicted =
        watch.alerts.stream()
            .filter(alert -> alert.phase() == Alert.Phase.FIRING)
            .anyMatch(
                alert -> isContradiction(key(alert)) && compared(key(alert), result).isEmpty());
    if (!contradicted) {
      return new Seen(
          result,
          List.of(),
          key -> isContradiction(key) ? !compared(key, result).orElse(false) : result.hides(key),
          true,
          true,
          Set.of(),
          false);
    }
    // What the zone probe does not compare the authoritative servers themselves must agree on.
    var authoritative = runner.check(domain, Look.AUTHORITATIVE, _ -> true, context);
    var contradictions = inconsistent(authoritative, result.findings());
    return new Seen(
        result,
        contradictions,
        key ->
            isContradiction(key)
                ? !compared(key, result)
                    .orElse(authoritative.gaps().isEmpty() || !contradictions.isEmpty())
                : result.hides(key),
        true,
        false,
        Set.of(),
        false);
  }

  /**
   * Where the resolvers say something else than all of the zone's own servers, those are asked for
   * everything: a record that was removed stays in caches for as long as its TTL allows. What only
   * the resolvers find wrong goes its way, to be denied.
   */
  private CheckResult caughtUp(
      ManagedDomain domain, DomainWatch watch, Context context, CheckResult result) {
    if (result.probes().stream().noneMatch(probe -> ZoneProbe.isBehind(probe.judgement()))) {
      return result;
    }
    var own = OwnServers.of(runner.check(domain, Look.AUTHORITATIVE, _ -> true, context));
    var better = own.over(result, this::probeOf);
    var open = watch.alerts.stream().map(Watch::key).collect(Collectors.toSet());
    var doubts = problems(watch, result);
    doubts.removeAll(problems(watch, better));
    return open.containsAll(doubts) ? better : result;
  }

  /** What a look finds wrong that somebody would be told of. */
  private Set<Finding.Key> problems(DomainWatch watch, CheckResult look) {
    return look
        .plus(runner.graded(drift(watch.baseline, look), look.domain(), look.checkedAt()))
        .findings()
        .stream()
        .filter(finding -> finding.counts() && finding.severity() != Severity.INFO)
        .map(Finding::key)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static boolean isContradiction(Finding.Key key) {
    return key.rule().equals(WatchRules.INCONSISTENT.id());
  }

  /**
   * Whether a look has compared what all servers say about the question that this key is about;
   * empty: it does not know of that question.
   */
  private static Optional<Boolean> compared(Finding.Key key, CheckResult look) {
    return look.probes().stream()
        .flatMap(probe -> ZoneProbe.compared(probe.judgement(), key.subject()).stream())
        .findFirst();
  }

  /**
   * Looks again at what is pending, past every cache; the last look that is needed asks the
   * authoritative servers, too.
   */
  private Seen confirm(
      ManagedDomain domain,
      DomainWatch watch,
      List<Alert> pending,
      Context context,
      boolean everything) {
    var confirmed = pending.stream().map(Watch::key).collect(Collectors.toUnmodifiableSet());
    var doubted =
        pending.stream()
            .flatMap(alert -> doubted(key(alert)).stream())
            .flatMap(this::withSiblings)
            .collect(Collectors.toSet());
    // While something stays in doubt, as behind a mail server that does not answer, the other
    // probes keep their turns.
    var full =
        everything
            || doubted.isEmpty()
            || (confirmed.stream().allMatch(key -> probeOf(key).isEmpty())
                && confirmed.stream().anyMatch(key -> doubted(key).isEmpty()))
            || confirmed.stream().anyMatch(Watch::isContradiction)
            || !watch.fullyLooked.plus(terms.schedule().interval()).isAfter(clock.instant());
    Predicate<String> wanted = full ? _ -> true : doubted::contains;
    var second = runner.check(domain, Look.SECOND_OPINION, wanted, context, watch.recall);
    var alerts = terms.alerts();
    var last = pending.stream().anyMatch(alert -> alerts.isLastLook(alert, context.now()));
    var doubtful = stillDoubtful(second, watch, pending);
    if (!doubtful || !last) {
      // Who denies it may remember what was: the zone's own servers say what is.
      var answer = doubtful ? second : checked(second, domain, watch, context, doubted);
      return new Seen(
          answer,
          List.of(),
          key -> isContradiction(key) ? !compared(key, second).orElse(false) : hidden(key, answer),
          full,
          false,
          confirmed,
          !doubtful);
    }
    var authoritative = runner.check(domain, Look.AUTHORITATIVE, wanted, context, watch.recall);
    var own = OwnServers.of(authoritative);
    var agreed = authoritative.findings().stream().map(Finding::key).collect(Collectors.toSet());
    var firing =
        watch.alerts.stream()
            .filter(a -> a.phase() == Alert.Phase.FIRING)
            .map(Watch::key)
            .collect(Collectors.toSet());
    var both =
        Stream.concat(
                second.findings().stream()
                    .filter(finding -> !own.knows(probeOf(finding.key())))
                    .filter(
                        finding ->
                            agreed.contains(finding.key()) || firing.contains(finding.key())),
                own.findings(this::probeOf).stream())
            .toList();
    var result =
        new CheckResult(domain, authoritative.checkedAt(), merged(second, authoritative), both);
    return new Seen(
        result,
        inconsistent(authoritative, both),
        key ->
            isContradiction(key)
                ? !compared(key, second).orElse(true) || !compared(key, authoritative).orElse(true)
                : (hidden(key, second) && !own.knows(probeOf(key))) || hidden(key, authoritative),
        full,
        false,
        confirmed,
        true);
  }

  /** A denial, unless the zone's own servers say otherwise. */
  private CheckResult checked(
      CheckResult denial,
      ManagedDomain domain,
      DomainWatch watch,
      Context context,
      Set<String> doubted) {
    var byDnsAlone =
        denial.probes().stream()
            .filter(probe -> probe.mark().isPresent())
            .map(ProbeResult::probe)
            .filter(doubted::contains)
            .collect(Collectors.toUnmodifiableSet());
    if (byDnsAlone.isEmpty()) {
      return denial;
    }
    var needed = byDnsAlone.stream().flatMap(this::withSiblings).collect(Collectors.toSet());
    return OwnServers.of(
            runner.check(domain, Look.AUTHORITATIVE, needed::contains, context, watch.recall))
        .over(denial, this::probeOf);
  }

  /** The probes that have to look again at what this key is about, as far as that is known. */
  private Set<String> doubted(Finding.Key key) {
    return isRecord(key)
        ? sharing(kind(key.subject())).map(Probe::name).collect(Collectors.toUnmodifiableSet())
        : probeOf(key).map(Set::of).orElse(Set.of());
  }

  private static boolean isRecord(Finding.Key key) {
    return key.rule().equals(Drift.CHANGED.id()) || key.rule().equals(Progress.RULE.id());
  }

  /** The probes that see records of a kind together. */
  private Stream<Probe<?>> sharing(String kind) {
    return probes.values().stream().filter(probe -> probe.sharedKinds().contains(kind));
  }

  /** A probe, those whose judgements its own needs, and those that these need in turn. */
  private Stream<String> withSiblings(String probe) {
    var needed = new LinkedHashSet<String>();
    var open = new ArrayDeque<>(List.of(probe));
    while (!open.isEmpty()) {
      var next = open.remove();
      if (needed.add(next)) {
        Optional.ofNullable(probes.get(next)).ifPresent(known -> open.addAll(known.siblings()));
      }
    }
    return needed.stream();
  }

  private boolean stillDoubtful(CheckResult second, DomainWatch watch, List<Alert> pending) {
    var found = new HashSet<>(second.findings().stream().map(Finding::key).toList());
    drift(watch.baseline, second).forEach(finding -> found.add(finding.key()));
    return pending.stream()
        .map(Watch::key)
        .anyMatch(
            key ->
                found.contains(key)
                    || (isContradiction(key) && !compared(key, second).orElse(false)));
  }

  /**
   * What the authoritative servers showed. Where they could not say, the second opinion's facts are
   * shown, but a record that only the resolvers vouch for is not one that was seen.
   */
  private static List<ProbeResult> merged(CheckResult second, CheckResult authoritative) {
    var better =
        authoritative.probes().stream()
            .collect(Collectors.toMap(ProbeResult::probe, probe -> probe));
    return second.probes().stream()
        .map(
            probe ->
                Optional.ofNullable(better.get(probe.probe()))
                    .map(own -> merged(probe, own))
                    .orElse(probe))
        .toList();
  }

  private static ProbeResult merged(ProbeResult second, ProbeResult authoritative) {
    if (authoritative.judgement().gaps().isEmpty()) {
      return authoritative;
    }
    var seen = second.judgement();
    var gaps = new LinkedHashSet<>(seen.gaps());
    gaps.addAll(authoritative.judgement().gaps());
    return new ProbeResult(
        second.probe(),
        second.took(),
        new Judgement(
            seen.outcome(),
            seen.facts(),
            authoritative.judgement().records(),
            seen.findings(),
            List.copyOf(gaps),
            Stream.concat(seen.asides().stream(), authoritative.judgement().asides().stream())
                .toList()),
        second.mark(),
        second.asked(),
        second.isRecalled());
  }

  /**
   * What a look at the authoritative servers met besides.
   *
   * @param known what is found already
   */
  private static List<Finding> inconsistent(CheckResult authoritative, List<Finding> known) {
    var keys = known.stream().map(Finding::key).collect(Collectors.toSet());
    return authoritative.contradictions().stream()
        .map(
            contradiction ->
                Finding.of(
                        WatchRules.INCONSISTENT,
                        contradiction.question(),
                        "The authoritative servers contradict each other about %s: %s"
                            .formatted(contradiction.question(), contradiction.answers()))
                    .with("answers", contradiction.answers()))
        .filter(finding -> !keys.contains(finding.key()))
        .toList();
  }

  /** A probe that the domain skips hides nothing: what it once found is no longer of interest. */
  private boolean hidden(Finding.Key key, CheckResult look) {
    return look.hides(key)
        || probeOf(key)
            .filter(probe -> !look.domain().skip().contains(probe))
            .map(probe -> look.probes().stream().noneMatch(ran -> ran.probe().equals(probe)))
            .orElse(false);
  }

  /** Which probe must have run for this key to be seen; empty for what the watch itself finds. */
  private Optional<String> probeOf(Finding.Key key) {
    return Optional.ofNullable(probeOfRule.get(key.rule()))
        .filter(_ -> !key.rule().equals(Progress.RULE.id()));
  }

  private void settle(String name, DomainWatch watch, Seen seen) {
    watch.lock.lock();
    try {
      if (watch.removed) {
        return;
      }
      var now = terms;
      if (seen.result().isRecalled()
          && watch.isSettled(now)
          && watch.keysStamp == keys.stamp(watch, seen.result().checkedAt())) {
        again(name, watch, seen.result());
      } else {
        watch.unsettled();
        settleLocked(name, watch, seen);
      }
      watch.keysStamp = keys.stamp(watch, seen.result().checkedAt());
      if (isQuiet(watch, seen)) {
        watch.settled(now);
      }
    } finally {
      watch.lock.unlock();
    }
  }

  /** Nothing that a look shows changes with time alone, and no alert waits for anything. */
  private static boolean isQuiet(DomainWatch watch, Seen seen) {
    return seen.alone()
        && seen.result().gaps().isEmpty()
        && seen.result().domain().equals(watch.state.domain().asOf(seen.result().checkedAt()))
        && seen.result().domain().waivers().isEmpty()
        && watch.doubts.isEmpty()
        && watch.alerts.stream()
            .allMatch(
                alert ->
                    alert.phase() == Alert.Phase.FIRING
                        && alert.looks() == 0
                        && !alert.isFlapping());
  }

  /** What the look before was settled to holds on. */
  private void again(String name, DomainWatch watch, CheckResult result) {
    watch.state = watch.state.again(result);
    watch.fullyLooked = result.checkedAt();
    checked.put(name, result.checkedAt());
    table.put(watch.state);
    denials.forget(name);
    listener.looked(watch.state);
  }

  /** Nothing in memory changes before the commit: a turn that could not be stored is made again. */
  private void settleLocked(String name, DomainWatch watch, Seen seen) {
    var now = seen.result().checkedAt();
    var declared = watch.state.domain();
    var domain = declared.asOf(now);
    var batch = Batch.builder();
    var noted = noted(name, watch, seen.result(), now, batch);
    var drift = new ArrayList<>(drift(noted.baseline(), seen.result()));
    drift.addAll(seen.extra());
    drift.addAll(keys.findings(domain, watch, seen.result(), now, noted.records().keySet()));
    var ran = seen.result().probes().stream().map(ProbeResult::probe).collect(Collectors.toSet());
    Predicate<Finding.Key> hidden =
        key ->
            seen.hidden().test(key)
                || driftHidden(key, noted.baseline(), seen.result())
                || unobservableHidden(key, ran, seen.result());
    var provisional = watch.state.after(seen.result(), List.of(), hidden, noted.recordsChanged());
    drift.addAll(
        Unobservable.findings(
            provisional,
            seen.result(),
            now,
            terms.schedule().unobservableAfter(),
            resolvers,
            watch.records));
    var graded = runner.graded(drift, domain, now);
    var problems =
        seen.result().plus(graded).findings().stream()
            .filter(Finding::counts)
            .map(finding -> Translation.problem(domain, finding))
            .toList();
    var step =
        AlertBook.step(
            watch.alerts,
            problems,
            labels -> hidden.test(key(labels)),
            labels -> seen.evidence(key(labels)),
            now,
            terms.alerts());
    // The declaration may have been replaced while the network was asked.
    var next = provisional.drift(graded).domain(declared);
    var same = next.sameContent(watch.state);
    if (!same) {
      batch.state(new StateRow(name, next.content(), next.verdict().word(), now, Optional.empty()));
    }
    apply(step.transitions(), name, batch);
    var networks = networks(seen.result(), now, source -> isBelieved(source, watch, noted));
    networks.forEach(batch::network);
    shared.commit(
        Optional.of(new SharedRecords.Holding(domain.name(), noted.first(), noted.forgotten())),
        noted.shared(),
        now,
        batch,
        () -> {
          var writes = batch.build();
          if (!writes.isEmpty()) {
            store.commit(writes);
          }
        });
    if (same) {
      checked.put(name, now);
    } else {
      checked.remove(name);
    }
    published.learn(networks);
    watch.records.putAll(noted.records());
    remember(watch, noted.records().keySet(), now);
    watch.doubts = noted.doubts();
    forget(watch, noted.forgotten());
    watch.recordsChanged = noted.recordsChanged();
    watch.baseline = noted.baseline();
    watch.alerts = step.alerts();
    watch.state = next;
    watch.recall = watch.recall.with(seen.result().domain(), seen.result().probes());
    if (seen.full()) {
      watch.fullyLooked = now;
    }
    table.put(next);
    denials.note(name, seen.alone(), step, hidden);
    listener.looked(next);
    if (!step.transitions().isEmpty()) {
      listener.changed(step.transitions());
      relatives.changed(domain.name(), step.transitions());
    }
    askToConfirm(name, step.alerts(), now);
  }

  /** A doubt that was ripe and that this look could not see waits for its regular turn. */
  private void askToConfirm(String name, List<Alert> alerts, Instant lookedAt) {
    var now = clock.instant();
    alerts.stream()
        .filter(alert -> alert.phase() == Alert.Phase.PENDING)
        .filter(
            alert -> alert.updatedAt().equals(lookedAt) || untilConfirmed(alert, now).isPositive())
        .map(alert -> untilConfirmed(alert, now))
        .min(Duration::compareTo)
        .ifPresent(wait -> listener.confirm(name, wait.isPositive() ? wait : Duration.ZERO));
  }

  private static void apply(List<Transition> transitions, String name, Batch.Builder batch) {
    for (var transition : transitions) {
      switch (transition) {
        case Transition.Dropped(var alert) -> batch.dropAlert(alert.fingerprint());
        case Transition.Pending(var alert) -> batch.alert(name, alert);
        case Transition.Firing(var alert) -> batch.alert(name, alert);
        case Transition.Changed(_, var alert) -> batch.alert(name, alert);
        case Transition.Resolved(var alert) -> batch.alert(name, alert);
      }
    }
  }

  /**
   * Whether this look may add to what a source has ever published. One lying answer must not: that
   * a range was once published is remembered for long.
   */
  private boolean isBelieved(String source, DomainWatch watch, Noted noted) {
    var record = source + NETBLOCKS_RECORD;
    return !noted.doubts().containsKey(record)
        && (watch.records.containsKey(record) || !published.knows(source));
  }

  private List<PublishedNetwork> networks(
      CheckResult result, Instant now, Predicate<String> believed) {
    return result.probes().stream()
        .filter(probe -> probe.probe().equals("netblocks"))
        .flatMap(probe -> published.news(probe.judgement(), now, believed).stream())
        .toList();
  }

  /** Since when keys and policies have been what they are. */
  private void remember(DomainWatch watch, Set<String> changed, Instant now) {
    if (changed.stream().anyMatch(MtaStsProbe::isPolicy)) {
      watch.policySince = Optional.of(now);
    }
    var isChanged = false;
    for (var record : changed) {
      if (MigrationProbe.isTtl(record)) {
        watch.ttlsSince.put(
            record,
            Optional.ofNullable(watch.doubts.get(record))
                .map(DomainWatch.Doubt::since)
                .orElse(now));
      }
      if (KeyRing.isKey(record)) {
        watch.keysSince.put(record, now);
        isChanged = true;
      }
    }
    if (isChanged) {
      keys.seen(watch.state.domain(), watch.records);
    }
  }

  private void forget(DomainWatch watch, Set<String> records) {
    watch.records.keySet().removeAll(records);
    watch.keysSince.keySet().removeAll(records);
    watch.ttlsSince.keySet().removeAll(records);
    if (records.stream().anyMatch(KeyRing::isKey)) {
      keys.seen(watch.state.domain(), watch.records);
    }
  }

  /**
   * What memory has to take over once it is stored.
   *
   * @param records those that are new or others than before
   * @param first those of them that are new
   * @param shared those of them that are others than before and belong to no domain
   * @param forgotten those that are no longer watched
   * @param doubts values that more looks must see first
   */
  private record Noted(
      Map<String, String> records,
      Map<String, String> first,
      List<SharedRecords.Changed> shared,
      Set<String> forgotten,
      Map<String, DomainWatch.Doubt> doubts,
      Map<String, Instant> recordsChanged,
      Map<String, String> baseline) {}

  /** Notes what the records look like now, and accepts what is seen for the first time. */
  private Noted noted(
      String name, DomainWatch watch, CheckResult result, Instant now, Batch.Builder batch) {
    var domain = watch.state.domain();
    var first = new HashMap<String, String>();
    var believed = new TreeMap<String, DomainWatch.Doubt>();
    var doubts = new HashMap<>(watch.doubts);
    var baseline = new HashMap<>(watch.baseline);
    var forgotten = new HashSet<String>();
    for (var probe : result.probes()) {
      var gapless = probe.judgement().gaps().isEmpty();
      for (var entry : probe.judgement().records().entrySet()) {
        var isForeign = SharedRecords.isForeign(domain.name(), entry.getKey());
        var record = isForeign ? shared.one(entry.getKey()) : entry.getKey();
        var value = isForeign ? shared.one(entry.getValue()) : entry.getValue();
        var before = watch.records.get(record);
        if (value.equals(before)) {
          doubts.remove(record);
        } else if (before == null) {
          first.put(record, value);
        } else if (MigrationProbe.isSighting(record)) {
          believed.put(record, new DomainWatch.Doubt(value, 1, now, now));
        } else if (!believed.containsKey(record)) {
          // Two probes may show one record; it is one look.
          var doubt = doubted(record, watch.doubts.get(record), value, now);
          if (doubt.looks() < terms.schedule().confirmations()) {
            doubts.put(record, doubt);
          } else {
            doubts.remove(record);
            believed.put(record, doubt);
          }
        }
        if (gapless
            && terms.baselineFirst()
            && !baseline.containsKey(record)
            && Drift.isCompared(record)) {
          baseline.put(record, value);
        }
      }
      if (gapless && probe.judgement().asides().isEmpty()) {
        forgetUnwatched(baseline, probe);
        forgetUnwatched(doubts, probe);
        unwatched(watch, probe).forEach(forgotten::add);
      }
    }
    unwatchedByAll(watch, result, baseline, doubts).forEach(forgotten::add);
    first.forEach((record, value) -> batch.seen(new SeenRecord(name, record, value, now)));
    forgotten.forEach(record -> batch.dropSeen(name, record));
    var changed = new HashMap<String, Instant>();
    believed.forEach(
        (record, doubt) -> {
          if (Drift.isCompared(record)) {
            changed.put(record, doubt.since());
          }
        });
    var records = new HashMap<>(first);
    believed.forEach((record, doubt) -> records.put(record, doubt.value()));
    var told = changes(watch, believed, batch);
    var by = arrived(watch, result, records, baseline, now, batch);
    var accepted = watch.baseline;
    if (!baseline.equals(accepted)) {
      accepted = Map.copyOf(baseline);
      batch.baseline(Baseline.of(name, accepted, now, by.orElse("maildrift")));
    }
    return new Noted(
        records,
        first,
        told,
        Set.copyOf(forgotten),
        Map.copyOf(doubts),
        with(watch.recordsChanged, changed, forgotten),
        accepted);
  }

  /**
   * Once the window of a migration is over, what its new state prescribes is the baseline, as soon
   * as enough looks have seen it. Returns who accepted it, if there is anything.
   */
  private static Optional<String> arrived(
      DomainWatch watch,
      CheckResult result,
      Map<String, String> records,
      Map<String, String> baseline,
      Instant now,
      Batch.Builder batch) {
    var move = Move.of(result.domain()).filter(own -> own.isSettling(now));
    if (move.isEmpty()) {
      return Optional.empty();
    }
    var by = "migration to " + move.get().migration().to().label();
    var isAny = false;
    for (var probe : result.probes()) {
      // What the probe still finds wrong with the new state has not arrived.
      if (!probe.judgement().gaps().isEmpty()
          || probe.judgement().findings().stream().anyMatch(Watch::isOfTheProfile)) {
        continue;
      }
      var spokenOf = spokenOf(probe, result.domain());
      for (var record : probe.judgement().records().entrySet()) {
        var name = record.getKey();
        var value = record.getValue();
        var old = baseline.get(name);
        if (old != null
            && !old.equals(value)
            && value.equals(records.getOrDefault(name, watch.records.get(name)))
            && !spokenOf.contains(name)
            && !spokenOf.contains(owner(name))
            && move.get().hasArrived(name, old, value)) {
          baseline.put(name, value);
          // A changed record brings its own count of lookups.
          var lookups = result.domain().name() + SpfProbe.LOOKUPS_RECORD;
          Optional.ofNullable(probe.judgement().records().get(lookups))
              .ifPresent(count -> baseline.put(lookups, count));
          isAny = true;
          batch.change(
              new Change(
                  now,
                  result.domain().name().toString(),
                  result.domain().tenant().id(),
                  name,
                  Optional.of(old).filter(text -> !text.isEmpty()),
                  Optional.of(value).filter(text -> !text.isEmpty()),
                  "accepted by " + by));
        }
      }
    }
    return isAny ? Optional.of(by) : Optional.empty();
  }

  /**
   * The records that something is found wrong with, or their owners. The domain itself owns several
   * of them, and has lived with lesser faults before.
   */
  private static Set<String> spokenOf(ProbeResult probe, ManagedDomain domain) {
    var own = domain.name().toString();
    return probe.judgement().findings().stream()
        .filter(
            finding ->
                finding.severity() == Severity.CRITICAL
                    || (finding.severity() != Severity.INFO && !finding.subject().equals(own)))
        .map(Finding::subject)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String owner(String record) {
    return record.substring(0, Math.max(0, record.lastIndexOf(' ')));
  }

  /** Whether it says that the domain does not do what its profile prescribes. */
  private static boolean isOfTheProfile(Finding finding) {
    return finding.evidence().containsKey("profile") && finding.severity() != Severity.INFO;
  }

  /**
   * That a record has another value now is history only when as many looks have seen it, as far
   * apart, as make an alert fire: one answer may be a lie.
   */
  private DomainWatch.Doubt doubted(
      String record, DomainWatch.@Nullable Doubt before, String value, Instant now) {
    if (before == null || !isSame(record, before.value(), value)) {
      return new DomainWatch.Doubt(value, 1, now, now);
    }
    var tooSoon =
        !now.isBefore(before.at())
            && now.isBefore(before.at().plus(terms.schedule().confirmAfter()));
    return tooSoon
        ? before
        : new DomainWatch.Doubt(before.value(), before.looks() + 1, before.since(), now);
  }

  /** Some values say since when; until one is believed, each look says that it is since now. */
  private static boolean isSame(String record, String one, String other) {
    return one.equals(other)
        || (DaneProbe.isRecord(record) && DaneProbe.undated(one).equals(DaneProbe.undated(other)));
  }

  /**
   * Writes what the domain's records have become, and the history of its own.
   *
   * @return those that belong to no domain, whose history is written once for all
   */
  private List<SharedRecords.Changed> changes(
      DomainWatch watch, Map<String, DomainWatch.Doubt> believed, Batch.Builder batch) {
    var domain = watch.state.domain();
    var name = domain.name().toString();
    var foreign = new ArrayList<SharedRecords.Changed>();
    var after = new HashMap<>(watch.records);
    believed.forEach((record, now) -> after.put(record, now.value()));
    var includes = new Includes(after, watch.records);
    believed.forEach(
        (record, now) -> {
          batch.seen(new SeenRecord(name, record, now.value(), now.since()));
          var before = watch.records.getOrDefault(record, "");
          var isLine =
              Drift.isCompared(record) && !Drift.follows(record, believed.keySet(), includes);
          if (shared.isShared(domain, record)) {
            foreign.add(
                new SharedRecords.Changed(record, before, now.value(), now.since(), isLine));
          } else if (isLine) {
            batch.change(
                new Change(
                    now.since(),
                    name,
                    domain.tenant().id(),
                    record,
                    Optional.of(before).filter(value -> !value.isEmpty()),
                    Optional.of(now.value()).filter(value -> !value.isEmpty()),
                    "record"));
          }
        });
    return foreign;
  }

  private static Map<String, Instant> with(
      Map<String, Instant> known, Map<String, Instant> more, Set<String> less) {
    if (more.isEmpty() && less.stream().noneMatch(known::containsKey)) {
      return known;
    }
    var all = new HashMap<>(known);
    all.putAll(more);
    all.keySet().removeAll(less);
    return Map.copyOf(all);
  }

  /** A selector or source that is no longer declared is no longer compared. */
  private void forgetUnwatched(Map<String, ?> baseline, ProbeResult probe) {
    var shown = probe.judgement().records().keySet();
    var kinds = shown.stream().map(Watch::kind).collect(Collectors.toCollection(HashSet::new));
    kinds.addAll(completeKinds(probe));
    kinds.removeIf(kind -> sharing(kind).findAny().isPresent());
    baseline.keySet().removeIf(record -> kinds.contains(kind(record)) && !shown.contains(record));
  }

  /** Nor is it remembered: who accepts what is there does not accept it. */
  private List<String> unwatched(DomainWatch watch, ProbeResult probe) {
    var kinds = new HashSet<>(completeKinds(probe));
    kinds.removeIf(kind -> sharing(kind).findAny().isPresent());
    return kinds.isEmpty()
        ? List.of()
        : watch.records.keySet().stream()
            .filter(record -> kinds.contains(kind(record)))
            .filter(record -> !probe.judgement().records().containsKey(record))
            .toList();
  }

  /**
   * The same for kinds that several probes see: all of them must have looked, and nothing of the
   * kind may be in doubt, for it is such records that say which others there are.
   */
  private Set<String> unwatchedByAll(
      DomainWatch watch, CheckResult result, Map<String, ?> baseline, Map<String, ?> doubts) {
    var unwatched = new HashSet<String>();
    var kinds =
        probes.values().stream()
            .flatMap(probe -> probe.sharedKinds().stream())
            .collect(Collectors.toSet());
    for (var kind : kinds) {
      var shown = new HashSet<String>();
      var looked = 0L;
      for (var probe : result.probes()) {
        if (completeKinds(probe).contains(kind)
            && probe.judgement().gaps().isEmpty()
            && probe.judgement().asides().isEmpty()) {
          looked++;
          probe.judgement().records().keySet().stream()
              .filter(record -> kind(record).equals(kind))
              .forEach(shown::add);
        }
      }
      var needed =
          sharing(kind).filter(probe -> !result.domain().skip().contains(probe.name())).count();
      if (looked == needed && shown.stream().noneMatch(doubts::containsKey)) {
        var own = result.domain().name() + " " + kind;
        Predicate<String> gone =
            record -> kind(record).equals(kind) && !record.equals(own) && !shown.contains(record);
        baseline.keySet().removeIf(gone);
        doubts.keySet().removeIf(gone);
        watch.records.keySet().stream().filter(gone).forEach(unwatched::add);
      }
    }
    return unwatched;
  }

  private Set<String> completeKinds(ProbeResult result) {
    var probe = probes.get(result.probe());
    return probe == null ? Set.of() : probe.completeKinds(result.judgement());
  }

  private static String kind(String record) {
    return record.substring(record.lastIndexOf(' ') + 1);
  }

  private static List<Finding> drift(Map<String, String> baseline, CheckResult result) {
    return Progress.among(
        result.domain(),
        Drift.between(result.domain(), baseline, seen(result), result.checkedAt()));
  }

  private static SortedMap<String, String> seen(CheckResult result) {
    var seen = new TreeMap<String, String>();
    result.probes().forEach(probe -> seen.putAll(probe.judgement().records()));
    return seen;
  }

  /** The record that a finding of drift is about; empty for any other finding. */
  private static Optional<String> recordOf(Finding.Key key) {
    if (isRecord(key)) {
      return Optional.of(key.subject());
    }
    return key.rule().equals(Drift.NETBLOCKS_CHANGED.id())
        ? Optional.of(key.subject() + NETBLOCKS_RECORD)
        : Optional.of(key.subject() + SpfProbe.LOOKUPS_RECORD)
            .filter(_ -> key.rule().equals(Drift.LOOKUPS_CHANGED.id()))
            .or(() -> TlsDrift.recordOf(key));
  }

  /** Drift of a record that this look did not see is neither there nor gone. */
  private static boolean driftHidden(
      Finding.Key key, Map<String, String> baseline, CheckResult result) {
    var record = recordOf(key);
    return record.isPresent()
        && baseline.containsKey(record.get())
        && (result.probes().stream()
                .noneMatch(probe -> probe.judgement().records().containsKey(record.get()))
            || (isRecord(key) && Drift.isUndecided(record.get(), baseline, seen(result))));
  }

  /** While the resolvers cannot look, a domain's own gaps neither begin nor end. */
  private boolean unobservableHidden(Finding.Key key, Set<String> ran, CheckResult look) {
    return key.rule().equals(WatchRules.UNOBSERVABLE.id())
        && (resolvers.unusable()
            || !ran.contains(key.subject())
            || look.gaps().stream()
                .anyMatch(gap -> gap.probe().equals(key.subject()) && resolvers.isTold(gap)));
  }

  static Finding.Key key(Alert alert) {
    return key(alert.labels());
  }

  private static Finding.Key key(Labels labels) {
    return new Finding.Key(labels.get("alertname"), labels.get("subject"));
  }

  /** The accepted baseline of a domain; empty for an unknown one. */
  public Optional<Map<String, String>> baseline(String name) {
    return Optional.ofNullable(watches.get(name)).map(watch -> new TreeMap<>(watch.baseline));
  }

  /**
   * Takes the records as they were last seen for the baseline, and looks again at once. Returns
   * false for an unknown domain.
   */
  public boolean accept(String name, String by) {
    var watch = watches.get(name);
    if (watch == null) {
      return false;
    }
    watch.lock.lock();
    try {
      var now = clock.instant();
      var batch = Batch.builder();
      var seen = new HashMap<>(watch.records);
      // Who accepts what one look has seen vouches for it.
      var told = changes(watch, watch.doubts, batch);
      watch.doubts.forEach((record, doubt) -> seen.put(record, doubt.value()));
      seen.forEach(
          (record, value) -> {
            var old = watch.baseline.get(record);
            if (!value.equals(old) && Drift.isCompared(record)) {
              batch.change(line(watch.state.domain(), record, now, old == null ? "" : old, value));
            }
          });
      var accepted =
          seen.entrySet().stream()
              .filter(record -> Drift.isCompared(record.getKey()))
              .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
      batch.baseline(Baseline.of(name, accepted, now, by));
      shared.telling(told, batch, () -> store.commit(batch.build()));
      var believed = watch.doubts.keySet();
      watch.records.putAll(seen);
      remember(watch, believed, now);
      watch.doubts = Map.of();
      watch.baseline = accepted;
      watch.alerts = watch.alerts.stream().map(Watch::settledByAPerson).toList();
    } finally {
      watch.lock.unlock();
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
    var names = new ArrayList<String>();
    var told = new HashSet<String>();
    for (var some :
        Iterables.partition(watches.keySet().stream().sorted().toList(), ACCEPTED_AT_ONCE)) {
      names.addAll(acceptRecord(record, by, some, told));
    }
    var wait = Duration.ZERO;
    for (var name : names) {
      listener.sooner(name, wait);
      wait = wait.plus(Relatives.APART);
    }
    return names;
  }

  /** The same for some of them; returns whom it concerned. */
  private List<String> acceptRecord(String record, String by, List<String> some, Set<String> told) {
    var locked = new ArrayList<DomainWatch>();
    try {
      for (var name : some) {
        var watch = watches.get(name);
        if (watch == null) {
          continue;
        }
        watch.lock.lock();
        if (!watch.removed && watch.records.containsKey(record)) {
          locked.add(watch);
        } else {
          watch.lock.unlock();
        }
      }
      if (!locked.isEmpty()) {
        acceptLocked(record, by, locked, told);
      }
      return locked.stream().map(watch -> watch.state.domain().name().toString()).toList();
    } finally {
      locked.forEach(watch -> watch.lock.unlock());
    }
  }

  /**
   * One batch.
   *
   * @param lines the shared records whose acceptance a batch before has told
   */
  private void acceptLocked(
      String record, String by, List<DomainWatch> watches, Set<String> lines) {
    var now = clock.instant();
    var batch = Batch.builder();
    var told = new ArrayList<SharedRecords.Changed>();
    var here = new HashSet<String>();
    var after = new LinkedHashMap<DomainWatch, Accepted>();
    for (var watch : watches) {
      var domain = watch.state.domain();
      var seen = new HashMap<>(watch.records);
      watch.doubts.forEach((name, doubt) -> seen.put(name, doubt.value()));
      var together = Drift.together(domain.name(), record, watch.baseline, seen);
      // Who accepts what one look has seen vouches for it.
      var believed = new TreeMap<>(watch.doubts);
      believed.keySet().retainAll(together);
      told.addAll(changes(watch, believed, batch));
      var baseline = new HashMap<>(watch.baseline);
      together.forEach(name -> baseline.put(name, seen.getOrDefault(name, "")));
      var changed =
          together.stream()
              .filter(name -> !seen.getOrDefault(name, "").equals(watch.baseline.get(name)))
              .collect(Collectors.toCollection(TreeSet::new));
      var includes = new Includes(seen, watch.baseline);
      for (var name : changed) {
        if (Drift.follows(name, changed, includes)) {
          continue;
        }
        var old = watch.baseline.getOrDefault(name, "");
        var value = seen.getOrDefault(name, "");
        if (!shared.isShared(domain, name)) {
          batch.change(line(domain, name, now, old, value));
        } else if (!lines.contains(name) && here.add(name)) {
          batch.change(shared.line(name, now, old, value, "accepted"));
        }
      }
      if (!changed.isEmpty()) {
        batch.baseline(Baseline.of(domain.name().toString(), baseline, now, by));
      }
      after.put(watch, new Accepted(together, believed, Map.copyOf(baseline)));
    }
    shared.telling(told, batch, () -> store.commit(batch.build()));
    lines.addAll(here);
    after.forEach((watch, accepted) -> accepted.takeOver(this, watch, now));
  }

  private static Change line(
      ManagedDomain domain, String record, Instant now, String old, String value) {
    return new Change(
        now,
        domain.name().toString(),
        domain.tenant().id(),
        record,
        Optional.of(old).filter(text -> !text.isEmpty()),
        Optional.of(value).filter(text -> !text.isEmpty()),
        "accepted");
  }

  /** What one domain takes over once it is stored. */
  private record Accepted(
      Set<String> records, Map<String, DomainWatch.Doubt> believed, Map<String, String> baseline) {
    void takeOver(Watch all, DomainWatch watch, Instant now) {
      var doubts = new HashMap<>(watch.doubts);
      doubts.keySet().removeAll(believed.keySet());
      believed.forEach((record, doubt) -> watch.records.put(record, doubt.value()));
      all.remember(watch, believed.keySet(), now);
      watch.doubts = Map.copyOf(doubts);
      watch.baseline = baseline;
      watch.alerts =
          watch.alerts.stream()
              .map(
                  alert ->
                      recordOf(key(alert)).filter(records::contains).isPresent()
                          ? settledByAPerson(alert)
                          : alert)
              .toList();
    }
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

  /** What a person has settled does not have to prove that it has stopped flapping. */
  private static Alert settledByAPerson(Alert alert) {
    return recordOf(key(alert)).isEmpty()
        ? alert
        : new Alert(
            alert.labels(),
            alert.annotations(),
            alert.phase(),
            alert.looks(),
            0,
            alert.startsAt(),
            alert.updatedAt(),
            alert.endsAt(),
            Course.STRAIGHT);
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
    var now = new HashMap<>(checked);
    if (!now.isEmpty()) {
      store.markChecked(now).orTimeout(3, TimeUnit.SECONDS).join();
      now.forEach(checked::remove);
    }
  }

  /** All rules by id, those of the watch included. */
  public Map<String, Rule> rules() {
    var all = new HashMap<String, Rule>();
    runner.probes().stream()
        .map(Probe::rules)
        .flatMap(List::stream)
        .forEach(rule -> all.put(rule.id(), rule));
    WatchRules.all().forEach(rule -> all.put(rule.id(), rule));
    return all;
  }
}
