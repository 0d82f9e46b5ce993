package maildrift.monitor.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import org.junit.jupiter.api.Test;

class AssessmentTest {
  private static final Rule PRESENT = Rule.warning("area.present", "nothing is there");
  private static final Rule BROKEN = Rule.critical("area.broken", "it is broken");
  private static final Rule EVENT = Rule.critical("event.changed", "it changed");
  private static final Instant SEEN = Instant.parse("2026-11-21T17:00:00Z");

  private final List<Finding> findings = new ArrayList<>();
  private final Judgement.Builder judgement = new Judgement.Builder().fact("list", List.of());

  /** Only its name and its rules are of interest here. */
  private record Area() implements Probe<Boolean> {
    @Override
    public String name() {
      return "area";
    }

    @Override
    public List<Rule> rules() {
      return List.of(PRESENT, BROKEN, EVENT);
    }

    @Override
    public boolean looksAt(Rule rule, Judgement own) {
      return !own.facts().containsKey("untried") || !rule.equals(BROKEN);
    }

    @Override
    public Boolean observe(ManagedDomain domain, Network network) {
      return true;
    }

    @Override
    public Judgement judge(ManagedDomain domain, Boolean seen, Context context) {
      return new Judgement.Builder().build(Outcome.OBSERVED);
    }
  }

  private static Framework.Demand demand(String... rules) {
    return new Framework.Demand(
        "demand",
        "It is right",
        List.of(rules),
        Severity.WARNING,
        List.of(),
        List.of(),
        Optional.empty());
  }

  private static Framework.Demand fact(String... words) {
    return new Framework.Demand(
        "fact",
        "It says so",
        List.of(),
        Severity.WARNING,
        List.of(new Framework.Fact("area", "word", Set.of(words))),
        List.of(),
        Optional.empty());
  }

  private Assessment assess(Outcome outcome, Framework.Demand... demands) {
    var domain = ManagedDomain.undeclared(DnsName.of("contoso.test"));
    var result =
        new CheckResult(
            domain,
            SEEN,
            List.of(new ProbeResult("area", Duration.ZERO, judgement.build(outcome))),
            findings);
    return Assessment.of(
        result,
        List.of(new Area()),
        new Frameworks(
            List.of(new Framework("one", "One", "ours", List.of(demands))), Set.of("event.*")));
  }

  private void found(Rule rule) {
    findings.add(Finding.of(rule, "contoso.test", rule.title()));
  }

  private static Assessment.Outcomes only(Assessment assessment) {
    return assessment.frameworks().getFirst().demands().getFirst();
  }

  @Test
  void whatNobodyAskedForHasNeitherPassedNorFailed() {
    judgement.fact("untried", true);

    for (var outcome : List.of(Outcome.OBSERVED, Outcome.UNOBSERVABLE)) {
      assertThat(assess(outcome).rules())
          .extracting(Assessment.RuleStatus::rule)
          .containsExactly(PRESENT, EVENT);
    }
  }

  @Test
  void whatHoldsPassesAndScoresInFull() {
    var assessment = assess(Outcome.OBSERVED, demand("area.*"));

    assertThat(only(assessment).status()).isEqualTo(Status.PASS);
    assertThat(only(assessment).seenAt()).isEqualTo(SEEN);
    assertThat(assessment.score().percent()).contains(100);
  }

  @Test
  void aViolationFailsAndSaysWhichAndWeighsWhatItIsGradedAs() {
    found(PRESENT);
    var assessment = assess(Outcome.OBSERVED, demand("area.*"));

    assertThat(only(assessment).status()).isEqualTo(Status.FAIL);
    assertThat(only(assessment).why()).isEqualTo("nothing is there");
    assertThat(only(assessment).findings()).hasSize(1);
    // 8 of 8 + 3.
    assertThat(assessment.score().percent()).contains(72);
    assertThat(assessment.score().capped()).isFalse();
  }

  @Test
  void aCriticalViolationCapsTheScore() {
    found(BROKEN);
    findings.replaceAll(finding -> finding.severity(Severity.CRITICAL));
    var assessment = assess(Outcome.OBSERVED);

    assertThat(assessment.score().capped()).isTrue();
    assertThat(assessment.score().percent())
        .hasValueSatisfying(it -> assertThat(it).isLessThan(50));
  }

  @Test
  void anEventIsNoGrade() {
    found(EVENT);

    assertThat(assess(Outcome.OBSERVED).score().percent()).contains(100);
  }

  @Test
  void whatIsLessThanADemandAsksForDoesNotBreakIt() {
    findings.add(Finding.of(PRESENT, "contoso.test", "hardly").severity(Severity.INFO));

    assertThat(only(assess(Outcome.OBSERVED, demand("area.*"))).status()).isEqualTo(Status.PASS);
  }

  @Test
  void whatIsWaivedIsShownAsWaivedWithItsReason() {
    findings.add(Finding.of(PRESENT, "contoso.test", "nothing").waived("agreed until May"));
    var assessment = assess(Outcome.OBSERVED, demand("area.*"));

    assertThat(only(assessment).status()).isEqualTo(Status.WAIVED);
    assertThat(only(assessment).why()).contains("agreed until May");
    assertThat(assessment.score().waived()).isEqualTo(1);
    assertThat(assessment.score().percent()).contains(100);
  }

  @Test
  void aGapIsUnknownForTheRulesItHidesAndNoPass() {
    judgement.add(Gap.of("area", "contoso.test TXT", "timeout", BROKEN.id()));
    var assessment = assess(Outcome.OBSERVED, demand("area.broken"), demand("area.present"));

    assertThat(assessment.frameworks().getFirst().demands())
        .extracting(Assessment.Outcomes::status)
        .containsExactly(Status.UNKNOWN, Status.PASS);
    assertThat(only(assessment).why()).isEqualTo("contoso.test TXT: timeout");
    assertThat(assessment.score().unknown()).isEqualTo(1);
  }

  @Test
  void aViolationIsToldEvenBesideAGap() {
    judgement.add(Gap.of("area", "contoso.test TXT", "timeout", BROKEN.id()));
    found(PRESENT);

    assertThat(only(assess(Outcome.OBSERVED, demand("area.*"))).status()).isEqualTo(Status.FAIL);
  }

  @Test
  void ofWhatIsAbsentOnlyItsAbsenceCounts() {
    found(PRESENT);
    var assessment = assess(Outcome.ABSENT, demand("area.*"));

    assertThat(assessment.rules())
        .extracting(rule -> rule.rule().id())
        .containsExactly(PRESENT.id());
    assertThat(only(assessment).status()).isEqualTo(Status.FAIL);
  }

  @Test
  void aFactThatIsDemandedMustBeThereAndRight() {
    judgement.fact("word", "quarantine");
    assertThat(only(assess(Outcome.OBSERVED, fact("reject"))))
        .satisfies(it -> assertThat(it.status()).isEqualTo(Status.FAIL))
        .satisfies(it -> assertThat(it.why()).isEqualTo("area word is quarantine, not reject"));
    assertThat(only(assess(Outcome.OBSERVED, fact("reject", "quarantine"))).status())
        .isEqualTo(Status.PASS);
    assertThat(only(assess(Outcome.OBSERVED, fact())).status()).isEqualTo(Status.PASS);
    assertThat(only(assess(Outcome.ABSENT, fact())).status()).isEqualTo(Status.FAIL);
    assertThat(only(assess(Outcome.UNOBSERVABLE, fact("reject"))).status())
        .isEqualTo(Status.UNKNOWN);
  }

  @Test
  void whatWasNotLookedAtOrCannotBeSeenIsUnknown() {
    var invisible =
        new Framework.Demand(
            "rate",
            "Few complaints",
            List.of(),
            Severity.WARNING,
            List.of(),
            List.of(),
            Optional.of("only receivers know"));
    var needing =
        new Framework.Demand(
            "keys",
            "Keys",
            List.of("area.broken"),
            Severity.WARNING,
            List.of(),
            List.of(new Framework.Needed("area", "list", "nothing is declared")),
            Optional.empty());

    assertThat(assess(Outcome.OBSERVED, invisible, needing).frameworks().getFirst().demands())
        .allSatisfy(it -> assertThat(it.status()).isEqualTo(Status.UNKNOWN))
        .extracting(Assessment.Outcomes::why)
        .containsExactly("only receivers know", "nothing is declared");
    assertThat(
            Assessment.of(
                    new CheckResult(
                        ManagedDomain.undeclared(DnsName.of("contoso.test")),
                        SEEN,
                        List.of(),
                        List.of()),
                    List.of(new Area()),
                    new Frameworks(
                        List.of(new Framework("one", "One", "ours", List.of(demand("area.*")))),
                        Set.of()))
                .frameworks()
                .getFirst()
                .demands())
        .singleElement()
        .satisfies(it -> assertThat(it.status()).isEqualTo(Status.UNKNOWN))
        .satisfies(it -> assertThat(it.why()).isEqualTo("not looked at"));
  }
}
