package maildrift.monitor.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.Severity;

/**
 * What one look at one domain says of every rule and every framework.
 *
 * @param result the look
 * @param rules those that apply to the domain, in the catalogue's order
 */
public record Assessment(
    CheckResult result, List<RuleStatus> rules, List<Framed> frameworks, Score score) {

  /** A domain that violates a critical rule is not half good, whatever else is right. */
  private static final int CAP = 49;

  public Assessment {
    rules = List.copyOf(rules);
    frameworks = List.copyOf(frameworks);
  }

  /**
   * One rule.
   *
   * @param why what could not be seen, or why it is waived; empty otherwise
   */
  public record RuleStatus(Rule rule, Status status, String why, List<Finding> findings) {
    public RuleStatus {
      findings = List.copyOf(findings);
    }

    /** A violation weighs what it is graded as, a rule that holds what it would be. */
    private int weight() {
      return findings.stream()
          .map(Finding::severity)
          .max(Severity::compareTo)
          .map(RuleStatus::weight)
          .orElseGet(() -> weight(rule.severity()));
    }

    private static int weight(Severity severity) {
      return switch (severity) {
        case INFO -> 1;
        case WARNING -> 3;
        case CRITICAL -> 8;
      };
    }
  }

  /** A framework and what came of each demand. */
  public record Framed(Framework framework, List<Outcomes> demands) {
    public Framed {
      demands = List.copyOf(demands);
    }

    public long count(Status status) {
      return demands.stream().filter(demand -> demand.status() == status).count();
    }
  }

  /**
   * One demand.
   *
   * @param why in words: what breaks it, what could not be seen, why it is waived, or what shows it
   * @param seenAt when the domain was looked at
   */
  public record Outcomes(
      Framework.Demand demand, Status status, String why, List<Finding> findings, Instant seenAt) {
    public Outcomes {
      findings = List.copyOf(findings);
    }
  }

  /**
   * How much of what applies is right, by weight. What could not be seen or is waived does not
   * count, and neither does drift: a change is an event, not a grade.
   *
   * @param percent 0 to 100; empty when nothing could be judged
   * @param capped a critical rule is violated
   * @param unknown rules left out because they could not be seen
   */
  public record Score(
      Optional<Integer> percent, boolean capped, int passed, int failed, int unknown, int waived) {}

  /** Assesses a look that ran these probes. */
  public static Assessment of(
      CheckResult result, Collection<? extends Probe<?>> probes, Frameworks frameworks) {
    var statuses = new ArrayList<RuleStatus>();
    var byProbe = new HashMap<String, ProbeResult>();
    result.probes().forEach(probe -> byProbe.put(probe.probe(), probe));
    for (var probe : probes) {
      var ran = byProbe.get(probe.name());
      if (ran != null) {
        probe.rules().stream()
            .map(rule -> status(rule, probe, ran, result))
            .flatMap(Optional::stream)
            .forEach(statuses::add);
      }
    }
    var unasked =
        probes.stream()
            .filter(probe -> !byProbe.containsKey(probe.name()))
            .flatMap(probe -> probe.rules().stream())
            .map(Rule::id)
            .toList();
    return new Assessment(
        result,
        statuses,
        frameworks.all().stream()
            .map(
                framework ->
                    new Framed(
                        framework,
                        framework.demands().stream()
                            .map(demand -> outcome(demand, statuses, unasked, byProbe, result))
                            .toList()))
            .toList(),
        score(statuses, frameworks));
  }

  /** Empty: the rule does not apply to what the domain has. */
  private static Optional<RuleStatus> status(
      Rule rule, Probe<?> probe, ProbeResult ran, CheckResult result) {
    var found =
        result.findings().stream().filter(own -> own.rule().id().equals(rule.id())).toList();
    var counting = found.stream().filter(Finding::counts).toList();
    if (!counting.isEmpty()) {
      return Optional.of(new RuleStatus(rule, Status.FAIL, "", counting));
    }
    if (!found.isEmpty()) {
      return Optional.of(
          new RuleStatus(rule, Status.WAIVED, found.getFirst().waived().orElse(""), found));
    }
    var gap =
        Stream.concat(ran.judgement().gaps().stream(), ran.judgement().asides().stream())
            .filter(own -> concerns(own, rule))
            .findFirst();
    if (gap.isPresent()) {
      return Optional.of(new RuleStatus(rule, Status.UNKNOWN, told(gap.get()), List.of()));
    }
    if (!probe.looksAt(rule, ran.judgement())) {
      return Optional.empty();
    }
    return switch (ran.judgement().outcome()) {
      case OBSERVED -> Optional.of(new RuleStatus(rule, Status.PASS, "", List.of()));
      // What is not there cannot be badly written; only whether it should be there counts.
      case ABSENT -> Optional.empty();
      case UNOBSERVABLE ->
          Optional.of(new RuleStatus(rule, Status.UNKNOWN, "could not look", List.of()));
    };
  }

  private static boolean concerns(Gap gap, Rule rule) {
    return gap.rules().stream()
        .anyMatch(own -> own.endsWith(".") ? rule.id().startsWith(own) : own.equals(rule.id()));
  }

  private static String told(Gap gap) {
    return gap.unseen() + ": " + gap.why();
  }

  private static Outcomes outcome(
      Framework.Demand demand,
      List<RuleStatus> statuses,
      List<String> unasked,
      Map<String, ProbeResult> probes,
      CheckResult result) {
    var at = result.checkedAt();
    if (demand.invisible().isPresent()) {
      return new Outcomes(demand, Status.UNKNOWN, demand.invisible().get(), List.of(), at);
    }
    var own = statuses.stream().filter(status -> demand.covers(status.rule().id())).toList();
    var broken =
        own.stream()
            .flatMap(status -> status.findings().stream())
            .filter(finding -> finding.severity().compareTo(demand.from()) >= 0)
            .toList();
    var counting = broken.stream().filter(Finding::counts).toList();
    if (!counting.isEmpty()) {
      return new Outcomes(demand, Status.FAIL, messages(counting), counting, at);
    }
    var why = new LinkedHashSet<String>();
    for (var fact : demand.facts()) {
      switch (said(fact, probes)) {
        case Said.Unseen(var reason) -> why.add(reason);
        case Said.Other(var value) -> {
          return new Outcomes(
              demand,
              Status.FAIL,
              "%s %s is %s, not %s".formatted(fact.probe(), fact.name(), value, fact.wanted()),
              List.of(),
              at);
        }
        case Said.Right _ -> {
          // Nothing to say.
        }
      }
    }
    own.stream()
        .filter(status -> status.status() == Status.UNKNOWN)
        .forEach(status -> why.add(status.why()));
    demand.needs().stream()
        .filter(need -> isEmpty(need, probes))
        .forEach(need -> why.add(need.otherwise()));
    // Skipped by the configuration, or left out on the command line.
    if (unasked.stream().anyMatch(demand::covers)) {
      why.add("not looked at");
    }
    if (!why.isEmpty()) {
      return new Outcomes(demand, Status.UNKNOWN, String.join("; ", why), List.of(), at);
    }
    if (!broken.isEmpty()) {
      return new Outcomes(
          demand,
          Status.WAIVED,
          broken.stream()
              .map(finding -> finding.waived().orElse(""))
              .distinct()
              .toList()
              .toString(),
          broken,
          at);
    }
    return new Outcomes(demand, Status.PASS, "", List.of(), at);
  }

  private static String messages(List<Finding> findings) {
    return String.join("; ", findings.stream().map(Finding::message).distinct().limit(5).toList());
  }

  private sealed interface Said {
    record Right() implements Said {}

    record Other(String value) implements Said {}

    record Unseen(String why) implements Said {}
  }

  private static Said said(Framework.Fact fact, Map<String, ProbeResult> probes) {
    var probe = probes.get(fact.probe());
    if (probe == null) {
      return new Said.Unseen("not looked at");
    }
    return switch (probe.judgement().outcome()) {
      case UNOBSERVABLE ->
          new Said.Unseen(
              probe.judgement().gaps().stream()
                  .findFirst()
                  .map(Assessment::told)
                  .orElse("could not look"));
      case ABSENT -> new Said.Other("absent");
      case OBSERVED -> {
        var value = probe.judgement().facts().get(fact.name());
        yield value != null && fact.accepts(value.toString())
            ? new Said.Right()
            : new Said.Other(value == null ? "absent" : value.toString());
      }
    };
  }

  private static boolean isEmpty(Framework.Needed need, Map<String, ProbeResult> probes) {
    var probe = probes.get(need.probe());
    return probe != null
        && probe.judgement().facts().get(need.name()) instanceof Collection<?> list
        && list.isEmpty();
  }

  private static Score score(List<RuleStatus> rules, Frameworks frameworks) {
    var graded = rules.stream().filter(status -> !frameworks.isEvent(status.rule().id())).toList();
    var passed = weight(graded, Status.PASS);
    var failed = weight(graded, Status.FAIL);
    var capped =
        graded.stream()
            .filter(status -> status.status() == Status.FAIL)
            .flatMap(status -> status.findings().stream())
            .anyMatch(finding -> finding.severity() == Severity.CRITICAL);
    var percent =
        passed + failed == 0
            ? Optional.<Integer>empty()
            : Optional.of(100 * passed / (passed + failed))
                .map(value -> capped ? Math.min(value, CAP) : value);
    return new Score(
        percent,
        capped,
        count(graded, Status.PASS),
        count(graded, Status.FAIL),
        count(graded, Status.UNKNOWN),
        count(graded, Status.WAIVED));
  }

  private static int weight(List<RuleStatus> rules, Status wanted) {
    return rules.stream()
        .filter(status -> status.status() == wanted)
        .mapToInt(RuleStatus::weight)
        .sum();
  }

  private static int count(List<RuleStatus> rules, Status wanted) {
    return (int) rules.stream().filter(status -> status.status() == wanted).count();
  }
}
