package maildrift.monitor.watch;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Look;
import maildrift.monitor.check.ProbeResult;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Severity;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.zone.ZoneProbe;

/**
 * Looks at a domain as often as it takes until what it shows can be believed. A regular look asks
 * the resolvers. What is pending is looked at again past every cache, and what would fire by that
 * at the zone's own servers too. What the resolvers alone say never fires; whom the zone's own
 * servers answered, they overrule.
 *
 * <p>Asks the network and blocks; changes nothing. Called with the domain's {@link
 * DomainWatch#turn} held and no other lock.
 */
final class Opinions {
  private static final String BLIND =
      "maildrift's own network, or its resolvers, could not look at that time";

  private final CheckRunner runner;
  private final ProbeRoster roster;
  private final Published published;
  private final Watch.Resolvers resolvers;
  private final Clock clock;
  private final Supplier<Watch.Terms> terms;

  Opinions(
      CheckRunner runner,
      ProbeRoster roster,
      Published published,
      Watch.Resolvers resolvers,
      Clock clock,
      Supplier<Watch.Terms> terms) {
    this.runner = runner;
    this.roster = roster;
    this.published = published;
    this.resolvers = resolvers;
    this.clock = clock;
    this.terms = terms;
  }

  /** One turn's look: a regular one, or those that confirm or deny what is pending and ripe. */
  Seen of(DomainWatch watch, Look look) {
    var now = clock.instant();
    var domain = watch.state.domain().asOf(now);
    var context = new Context(now, published.withdrawn(), watch::past);
    var ripe =
        watch.alerts.stream()
            .filter(alert -> alert.phase() == Alert.Phase.PENDING)
            .filter(alert -> !terms.get().untilConfirmed(alert, now).isPositive())
            .toList();
    return !ripe.isEmpty() && !watch.state.isUnseen()
        ? confirm(domain, watch, ripe, context, look == Look.SECOND_OPINION)
        : regular(domain, watch, context, look);
  }

  /**
   * The same as long as our own network could look meanwhile; else nothing was seen.
   *
   * @param began when the turn did, in {@link System#nanoTime}
   */
  Seen believed(DomainWatch watch, Seen seen, long began) {
    return resolvers.couldSee(began, () -> isNews(watch, seen)) ? seen : blinded(seen);
  }

  /** Whether a firing alert may end by a look, or one begin. */
  private boolean isNews(DomainWatch watch, Seen seen) {
    var found = seen.result().findings().stream().map(Finding::key).collect(Collectors.toSet());
    return seen.proved()
        || watch.alerts.stream()
            .filter(alert -> alert.phase() == Alert.Phase.FIRING)
            .map(Translation::key)
            .anyMatch(key -> !found.contains(key) && !seen.hidden().test(key))
        || firesAtOnce(watch, seen);
  }

  /** Whether a finding that is new needs no second look; which is so may differ by rule. */
  private boolean firesAtOnce(DomainWatch watch, Seen seen) {
    var known = watch.alerts.stream().map(Translation::key).collect(Collectors.toSet());
    var look = seen.result();
    var drift = new ArrayList<>(RecordDrift.between(watch.baseline, look));
    drift.addAll(seen.extra());
    return look.plus(runner.graded(drift, look.domain(), look.checkedAt())).findings().stream()
        .filter(Finding::counts)
        .filter(finding -> !known.contains(finding.key()))
        .map(finding -> Translation.problem(look.domain(), finding))
        .anyMatch(problem -> terms.get().alerts().policy(problem.labels()).confirmations() == 1);
  }

  /** What was seen while our own network, or the resolvers, could not look: nothing. */
  private Seen blinded(Seen seen) {
    var look = seen.result();
    var unseen =
        look.probes().stream()
            .flatMap(
                result ->
                    roster.named(result.probe()).stream()
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

  private Seen regular(ManagedDomain domain, DomainWatch watch, Context context, Look look) {
    var result =
        caughtUp(
            domain, watch, context, runner.check(domain, look, _ -> true, context, watch.recall));
    var contradicted =
        watch.alerts.stream()
            .filter(alert -> alert.phase() == Alert.Phase.FIRING)
            .anyMatch(
                alert ->
                    Contradictions.isOne(Translation.key(alert))
                        && Contradictions.compared(Translation.key(alert), result).isEmpty());
    if (!contradicted) {
      return new Seen(
          result,
          List.of(),
          key ->
              Contradictions.isOne(key)
                  ? !Contradictions.compared(key, result).orElse(false)
                  : result.hides(key),
          true,
          true,
          Set.of(),
          false);
    }
    // What the zone probe does not compare the authoritative servers themselves must agree on.
    var authoritative = runner.check(domain, Look.AUTHORITATIVE, _ -> true, context);
    var contradictions = Contradictions.of(authoritative, result.findings());
    return new Seen(
        result,
        contradictions,
        key ->
            Contradictions.isOne(key)
                ? !Contradictions.compared(key, result)
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
    var better = own.over(result, roster::probeOf);
    var open = watch.alerts.stream().map(Translation::key).collect(Collectors.toSet());
    var doubts = problems(watch, result);
    doubts.removeAll(problems(watch, better));
    return open.containsAll(doubts) ? better : result;
  }

  /** What a look finds wrong that somebody would be told of. */
  private Set<Finding.Key> problems(DomainWatch watch, CheckResult look) {
    return look
        .plus(
            runner.graded(
                RecordDrift.between(watch.baseline, look), look.domain(), look.checkedAt()))
        .findings()
        .stream()
        .filter(finding -> finding.counts() && finding.severity() != Severity.INFO)
        .map(Finding::key)
        .collect(Collectors.toCollection(HashSet::new));
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
    var confirmed = pending.stream().map(Translation::key).collect(Collectors.toUnmodifiableSet());
    var doubted =
        pending.stream()
            .flatMap(alert -> roster.doubted(Translation.key(alert)).stream())
            .flatMap(roster::withSiblings)
            .collect(Collectors.toSet());
    // While something stays in doubt, as behind a mail server that does not answer, the other
    // probes keep their turns.
    var full =
        everything
            || doubted.isEmpty()
            || (confirmed.stream().allMatch(key -> roster.probeOf(key).isEmpty())
                && confirmed.stream().anyMatch(key -> roster.doubted(key).isEmpty()))
            || confirmed.stream().anyMatch(Contradictions::isOne)
            || !watch.fullyLooked.plus(terms.get().schedule().interval()).isAfter(clock.instant());
    Predicate<String> wanted = full ? _ -> true : doubted::contains;
    var second = runner.check(domain, Look.SECOND_OPINION, wanted, context, watch.recall);
    var alerts = terms.get().alerts();
    var last = pending.stream().anyMatch(alert -> alerts.isLastLook(alert, context.now()));
    var doubtful = stillDoubtful(second, watch, pending);
    if (!doubtful || !last) {
      // Who denies it may remember what was: the zone's own servers say what is.
      var answer = doubtful ? second : checked(second, domain, watch, context, doubted);
      return new Seen(
          answer,
          List.of(),
          key ->
              Contradictions.isOne(key)
                  ? !Contradictions.compared(key, second).orElse(false)
                  : roster.isHidden(key, answer),
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
            .map(Translation::key)
            .collect(Collectors.toSet());
    var both =
        Stream.concat(
                second.findings().stream()
                    .filter(finding -> !own.knows(roster.probeOf(finding.key())))
                    .filter(
                        finding ->
                            agreed.contains(finding.key()) || firing.contains(finding.key())),
                own.findings(roster::probeOf).stream())
            .toList();
    var result =
        new CheckResult(domain, authoritative.checkedAt(), merged(second, authoritative), both);
    return new Seen(
        result,
        Contradictions.of(authoritative, both),
        key ->
            Contradictions.isOne(key)
                ? !Contradictions.compared(key, second).orElse(true)
                    || !Contradictions.compared(key, authoritative).orElse(true)
                : (roster.isHidden(key, second) && !own.knows(roster.probeOf(key)))
                    || roster.isHidden(key, authoritative),
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
    var needed = byDnsAlone.stream().flatMap(roster::withSiblings).collect(Collectors.toSet());
    return OwnServers.of(
            runner.check(domain, Look.AUTHORITATIVE, needed::contains, context, watch.recall))
        .over(denial, roster::probeOf);
  }

  private boolean stillDoubtful(CheckResult second, DomainWatch watch, List<Alert> pending) {
    var found = new HashSet<>(second.findings().stream().map(Finding::key).toList());
    RecordDrift.between(watch.baseline, second).forEach(finding -> found.add(finding.key()));
    return pending.stream()
        .map(Translation::key)
        .anyMatch(
            key ->
                found.contains(key)
                    || (Contradictions.isOne(key)
                        && !Contradictions.compared(key, second).orElse(false)));
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
}
