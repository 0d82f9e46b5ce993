package maildrift.monitor.checklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.monitor.state.DomainState;
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
import maildrift.probes.domain.Declared;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Mode;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import org.junit.jupiter.api.Test;

class WalkthroughTest {
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");
  private static final Rule PRESENT = Rule.warning("area.present", "nothing is there");
  private static final Rule POSITION = Rule.info("area.position", "it is not the first");
  private static final Rule TRIED = Rule.warning("area.tried", "it was refused");
  private static final ManagedDomain DOMAIN = ManagedDomain.undeclared(DnsName.of("contoso.test"));

  private final List<Finding> findings = new ArrayList<>();
  private final Judgement.Builder judgement = new Judgement.Builder();
  private Outcome outcome = Outcome.OBSERVED;
  private ManagedDomain domain = DOMAIN;
  private Instant now = NOW;
  private Ticks ticks = Ticks.of(List.of());

  /** Only its name and its rules are of interest here. */
  private record Area() implements Probe<Boolean> {
    @Override
    public String name() {
      return "area";
    }

    @Override
    public List<Rule> rules() {
      return List.of(PRESENT, POSITION, TRIED);
    }

    @Override
    public boolean looksAt(Rule rule, Judgement own) {
      return !rule.equals(TRIED) || own.facts().get("tried") instanceof List<?>;
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

  private static See rules(String... rules) {
    return new See(List.of(rules), Severity.INFO, List.of(), List.of());
  }

  private static See fact(String path, String... is) {
    return new See(
        List.of(),
        Severity.INFO,
        List.of(new See.Fact("area", path, Set.of(is), OptionalLong.empty(), OptionalLong.empty())),
        List.of());
  }

  private static See declared(Setting setting, See.Demand demand) {
    return new See(
        List.of(),
        Severity.INFO,
        List.of(),
        List.of(new See.Declaration(setting, demand, Optional.of("mode: inline # {domain}"))));
  }

  private static Step step(See see, When when, boolean person) {
    return new Step(
        "one", "One", "", "do it for {domain} by {smarthost}", see, when, person, List.of());
  }

  private static Checklist checklist(Step... steps) {
    return new Checklist("list", "List", "", Set.of(), false, List.of(steps));
  }

  private DomainState state() {
    findings.forEach(judgement::add);
    var result =
        new CheckResult(
            domain,
            NOW,
            List.of(new ProbeResult("area", Duration.ZERO, judgement.build(outcome))),
            findings);
    return DomainState.unseen(domain).after(result, List.of(), _ -> false, Map.of());
  }

  private StepStatus walk(Step step) {
    return progress(step).steps().getFirst();
  }

  private Progress progress(Step... steps) {
    return new Walkthrough(List.of(new Area()), List.of())
        .walk(checklist(steps), state(), ticks, now);
  }

  private StepStatus walk(See see) {
    return walk(step(see, When.ALWAYS, false));
  }

  private void found(Rule rule) {
    findings.add(Finding.of(rule, "contoso.test", rule.title()).remedy("publish it"));
  }

  private static Tick tick(Optional<Instant> migration) {
    return new Tick("contoso.test", "list", "one", migration, "alice", NOW, "on the phone");
  }

  @Test
  void rulesThatHoldAreSeenToBeDone() {
    var status = walk(rules("area.present", "area.position"));

    assertThat(status.state()).isEqualTo(StepState.DONE);
    assertThat(status.reasons())
        .containsExactly("area saw that area.present, area.position hold, 2026-11-21T17:00:00Z");
    assertThat(status.seen()).containsExactly(new StepStatus.Sight("area", NOW));
    assertThat(status.how()).isEqualTo("do it for contoso.test by SMARTHOST");
  }

  @Test
  void aViolationOpensTheStepWithItsRemedyWhateverAPersonTicked() {
    found(PRESENT);
    ticks = Ticks.of(List.of(tick(Optional.empty())));

    var status = walk(step(rules("area.present"), When.ALWAYS, true));

    assertThat(status.state()).isEqualTo(StepState.OPEN);
    assertThat(status.reasons())
        .containsExactly(
            "area.present: nothing is there",
            "alice ticked it at 2026-11-21T17:00:00Z, but it is not so");
    assertThat(status.remedies())
        .containsExactly(new StepStatus.Remedy("area.present", "contoso.test", "publish it"));
    assertThat(status.tickable()).isFalse();
  }

  @Test
  void whatIsBelowTheStepsSeverityDoesNotCount() {
    found(POSITION);
    var see = new See(List.of("area.position"), Severity.WARNING, List.of(), List.of());

    assertThat(walk(see).state()).isEqualTo(StepState.DONE);
    assertThat(walk(rules("area.position")).state()).isEqualTo(StepState.OPEN);
  }

  @Test
  void aWaivedFindingLeavesTheStepDoneAndIsNamed() {
    findings.add(
        Finding.of(PRESENT, "contoso.test", PRESENT.title()).waived("the provider wants it so"));

    var status = walk(rules("area.present"));

    assertThat(status.state()).isEqualTo(StepState.DONE);
    assertThat(status.reasons().toString()).contains("waived", "the provider wants it so");
  }

  @Test
  void aGapOrAnAsideMakesAStepNeitherDoneNorOpen() {
    for (var aside : List.of(true, false)) {
      var test = new WalkthroughTest();
      var gap = Gap.of("area", "contoso.test TXT", "SERVFAIL", "area.present");
      var _ = aside ? test.judgement.aside(gap) : test.judgement.add(gap);

      assertThat(test.walk(rules("area.present")).state()).isEqualTo(StepState.UNSEEN);
      assertThat(test.walk(rules("area.position")).state()).isEqualTo(StepState.DONE);
    }
  }

  @Test
  void aFindingThatIsOnlyRememberedBehindAGapIsUnseenNotOpen() {
    found(PRESENT);
    judgement.add(Gap.of("area", "contoso.test TXT", "timeout", "area."));

    var status = walk(rules("area.present"));

    assertThat(status.state()).isEqualTo(StepState.UNSEEN);
    assertThat(status.reasons())
        .containsExactly(
            "contoso.test TXT cannot be seen now: timeout; when last seen: nothing is there");
  }

  @Test
  void aTickDoesNotStandInForWhatCouldNotBeSeen() {
    judgement.add(Gap.of("area", "contoso.test TXT", "timeout", "area."));
    ticks = Ticks.of(List.of(tick(Optional.empty())));

    assertThat(walk(step(rules("area.present"), When.ALWAYS, true)).state())
        .isEqualTo(StepState.UNSEEN);
  }

  @Test
  void whatWasNotLookedAtIsUnseen() {
    outcome = Outcome.UNOBSERVABLE;

    assertThat(walk(rules("area.present")).state()).isEqualTo(StepState.UNSEEN);
    assertThat(walk(rules("area.unknown")).state()).isEqualTo(StepState.UNSEEN);
    assertThat(
            new Walkthrough(List.of(new Area()), List.of())
                .walk(
                    checklist(step(rules("area.present"), When.ALWAYS, false)),
                    DomainState.unseen(DOMAIN),
                    ticks,
                    NOW)
                .steps()
                .getFirst()
                .reasons())
        .containsExactly("area has not looked yet");
  }

  @Test
  void aRuleThatNobodyTriedIsForAPerson() {
    assertThat(walk(rules("area.tried")).state()).isEqualTo(StepState.PERSON);
    var beside = walk(rules("area.tried", "area.present"));
    assertThat(beside.state()).isEqualTo(StepState.DONE);
    assertThat(beside.reasons().toString()).contains("area.tried was held against nothing");

    judgement.fact("tried", List.of("area.tried"));
    assertThat(walk(rules("area.tried")).state()).isEqualTo(StepState.DONE);
  }

  @Test
  void factsAreComparedAsWordsAndNumbersInEveryItemOfAList() {
    judgement.fact(
        "hosts", List.of(Map.of("ready", true, "ttl", 300), Map.of("ready", true, "ttl", 60)));
    judgement.fact("none", null);

    assertThat(walk(fact("hosts.ready", "true")).state()).isEqualTo(StepState.DONE);
    assertThat(walk(fact("hosts.ready", "false")).state()).isEqualTo(StepState.OPEN);
    assertThat(walk(fact("hosts")).state()).isEqualTo(StepState.DONE);
    assertThat(walk(fact("gone")).reasons())
        .containsExactly("area gone is not there, and must be there");
    assertThat(walk(fact("none")).state()).isEqualTo(StepState.UNSEEN);
    assertThat(walk(fact("none")).reasons()).containsExactly("area none is not known (yet)");
    assertThat(walk(number(OptionalLong.of(300), OptionalLong.empty())).state())
        .isEqualTo(StepState.DONE);
    assertThat(walk(number(OptionalLong.of(299), OptionalLong.empty())).reasons())
        .containsExactly("area hosts.ttl is 300, 60, and must be at most 299");
    assertThat(walk(number(OptionalLong.empty(), OptionalLong.of(61))).state())
        .isEqualTo(StepState.OPEN);
  }

  private static See number(OptionalLong most, OptionalLong least) {
    return new See(
        List.of(),
        Severity.INFO,
        List.of(new See.Fact("area", "hosts.ttl", Set.of(), most, least)),
        List.of());
  }

  @Test
  void aFactThatIsMissingBehindAGapIsUnseen() {
    judgement.add(Gap.of("area", "contoso.test MX", "timeout", "area.present"));

    assertThat(walk(fact("hosts.ready", "true")).state()).isEqualTo(StepState.UNSEEN);
  }

  @Test
  void anUndeclaredSettingIsForAPersonAndADeclaredOneIsSeen() {
    var inline = declared(Setting.MODE, new See.Demand.Only(Set.of("inline")));
    var undeclared = walk(inline);
    domain = DOMAIN.declared(mode(Mode.PARALLEL));
    var wrong = walk(inline);
    domain = DOMAIN.declared(mode(Mode.INLINE));
    var right = walk(inline);

    assertThat(undeclared.state()).isEqualTo(StepState.PERSON);
    assertThat(undeclared.remedies())
        .containsExactly(new StepStatus.Remedy("", "mode", "mode: inline # contoso.test"));
    assertThat(wrong.state()).isEqualTo(StepState.OPEN);
    assertThat(wrong.reasons()).containsExactly("mode is declared as parallel, and must be inline");
    assertThat(right.state()).isEqualTo(StepState.DONE);
  }

  private static Declared mode(Mode mode) {
    return Declared.NOTHING.mode(mode);
  }

  @Test
  void aFieldThatMustBeEmptyIsOpenWhereItIsNotAndForAPersonWhereNothingIsDeclared() {
    var empty = declared(Setting.SMARTHOST, new See.Demand.Nothing());
    assertThat(walk(empty).state()).isEqualTo(StepState.PERSON);

    domain = DOMAIN.smarthosts(List.of(NextHop.parse("[mail.contoso.test]")));
    assertThat(walk(empty).state()).isEqualTo(StepState.OPEN);
  }

  @Test
  void whatOnlyAPersonCanTellIsDoneOnceTicked() {
    var step = step(See.NOTHING, When.ALWAYS, true);
    assertThat(walk(step).state()).isEqualTo(StepState.PERSON);
    assertThat(walk(step).tickable()).isTrue();

    ticks = Ticks.of(List.of(tick(Optional.empty())));
    var done = walk(step);
    assertThat(done.state()).isEqualTo(StepState.DONE);
    assertThat(done.reasons())
        .containsExactly("ticked by alice at 2026-11-21T17:00:00Z: on the phone");
    assertThat(done.tickable()).isTrue();

    ticks = Ticks.UNKNOWN;
    assertThat(progress(step).ticksKnown()).isFalse();
  }

  @Test
  void aTickOfAnotherMigrationSaysNothing() {
    var phased = new When(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(Migration.Phase.WINDOW));
    var step = step(See.NOTHING, phased, true);
    domain = DOMAIN.migration(migration(NOW, Optional.empty()));

    ticks = Ticks.of(List.of(tick(Optional.of(NOW.minusSeconds(86_400)))));
    assertThat(walk(step).state()).isEqualTo(StepState.PERSON);
    assertThat(walk(step).reasons().toString()).contains("for another migration");

    ticks = Ticks.of(List.of(tick(Optional.of(NOW))));
    assertThat(walk(step).state()).isEqualTo(StepState.DONE);
  }

  private static Prescription profile(String name, String variant) {
    return Prescription.of(name, name, Role.INBOUND)
        .parameters(variant.isEmpty() ? Map.of() : Map.of("variant", variant));
  }

  private static Migration migration(Instant start, Optional<String> checklist) {
    return new Migration(
        start,
        Duration.ofDays(3),
        profile("microsoft365", ""),
        profile("seppmail", ""),
        checklist,
        "");
  }

  @Test
  void conditionsThatAreNotMetMakeAStepNotApplicableAndSayWhy() {
    domain =
        DOMAIN
            .prescriptions(List.of(profile("mail-connect", "team")))
            .declared(mode(Mode.PARALLEL))
            .migration(migration(NOW.plusSeconds(3_600), Optional.empty()));
    var none = Set.<String>of();

    assertThat(why(new When(Set.of(), Set.of("pro"), none, none, Set.of())))
        .containsExactly("only for the variant pro; it is team");
    assertThat(why(new When(Set.of(Mode.INLINE), none, none, none, Set.of())))
        .containsExactly("only in mode inline; the domain's is parallel");
    assertThat(why(new When(Set.of(), none, Set.of("mimecast"), none, Set.of())))
        .containsExactly("only for domains with the profile mimecast");
    assertThat(why(new When(Set.of(), none, none, Set.of("mail-connect"), Set.of())))
        .containsExactly("not for domains with the profile mail-connect");
    assertThat(why(new When(Set.of(), none, none, none, Set.of(Migration.Phase.ANNOUNCED))))
        .containsExactly("no longer: only while the migration's phase is announced; it is lead");
    assertThat(
            walk(step(
                    See.NOTHING,
                    new When(
                        Set.of(Mode.PARALLEL),
                        Set.of("team"),
                        Set.of("mail-connect"),
                        Set.of("mimecast"),
                        Set.of(Migration.Phase.LEAD)),
                    true))
                .state())
        .isEqualTo(StepState.PERSON);
  }

  @Test
  void aStepThatIsNotDueYetKeepsTheChecklistFromBeingComplete() {
    domain = DOMAIN.migration(migration(NOW.plusSeconds(3_600), Optional.empty()));
    var when = new When(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(Migration.Phase.AFTER));

    var progress =
        progress(step(rules("area.present"), When.ALWAYS, false), step(See.NOTHING, when, true));

    var later = progress.steps().getLast();
    assertThat(later.state()).isEqualTo(StepState.NOT_YET);
    assertThat(later.reasons())
        .containsExactly("not yet: only while the migration's phase is after; it is lead");
    assertThat(later.tickable()).isFalse();
    assertThat(progress.isComplete()).isFalse();
    assertThat(progress.summary()).isEqualTo("1 of 2 done; 1 not due yet");
  }

  @Test
  void withoutAVariantTheStepsOfVariantsAskForOne() {
    var pro = new When(Set.of(), Set.of("pro"), Set.of(), Set.of(), Set.of());
    var team = new When(Set.of(), Set.of("team"), Set.of(), Set.of(), Set.of());
    found(PRESENT);

    var progress =
        progress(step(rules("area.present"), pro, false), step(rules("area.present"), team, false));

    assertThat(progress.steps())
        .allSatisfy(
            status -> {
              assertThat(status.state()).isEqualTo(StepState.PERSON);
              assertThat(status.reasons()).containsExactly("declare the variant: pro or team");
            });
  }

  private static final Prescription PROVIDER =
      Prescription.of("provider", "provider", Role.INBOUND)
          .smarthosts(List.of(DnsName.of("out.provider.test")))
          .netblocks(List.of(DnsName.of("_spf.provider.test")));

  private static final Prescription MAILBOXES =
      Prescription.of("boxes", "boxes", Role.MAILBOX)
          .mx(
              List.of(
                  new Prescription.MxSet(
                      List.of(
                          new Prescription.MxHost(
                              new HostPattern("*.boxes.test"), Optional.empty())))))
          .netblocks(List.of(DnsName.of("_spf.boxes.test")));

  private StepStatus ofProvider(See see, String how) {
    var step = new Step("one", "One", "", how, see, When.ALWAYS, false, List.of());
    return new Walkthrough(List.of(new Area()), List.of())
        .walk(
            new Checklist("list", "List", "", Set.of("provider"), false, List.of(step)),
            state(),
            ticks,
            now)
        .steps()
        .getFirst();
  }

  @Test
  void aHostThatIsNotTheProvidersIsForAPerson() {
    var see = declared(Setting.SMARTHOST, new See.Demand.Among(See.Provided.SMARTHOSTS));
    domain = DOMAIN.prescriptions(List.of(PROVIDER));

    domain = domain.smarthosts(List.of(NextHop.parse("[out.provider.test]")));
    assertThat(ofProvider(see, "").state()).isEqualTo(StepState.DONE);

    domain = domain.smarthosts(List.of(NextHop.parse("[gw.contoso.test]")));
    var strange = ofProvider(see, "");
    assertThat(strange.state()).isEqualTo(StepState.PERSON);
    assertThat(strange.reasons())
        .containsExactly(
            "smarthost: not one of the provider's hosts: [gw.contoso.test]; those are out.provider.test");
    assertThat(strange.remedies()).hasSize(1);

    domain = domain.prescriptions(List.of(Prescription.of("provider", "provider", Role.INBOUND)));
    assertThat(ofProvider(see, "").state()).isEqualTo(StepState.PERSON);
  }

  @Test
  void aRouteIsHeldAgainstTheOtherProfilesHosts() {
    var see = declared(Setting.DELIVERY_ROUTES, new See.Demand.Among(See.Provided.MAILBOXES));
    var states = new ArrayList<StepState>();
    for (var route : List.of("contoso.boxes.test", "out.provider.test")) {
      for (var profiles : List.of(List.of(PROVIDER, MAILBOXES), List.of(PROVIDER))) {
        domain =
            DOMAIN
                .prescriptions(profiles)
                .declared(Declared.NOTHING.deliveryRoutes(List.of(NextHop.parse(route))));
        states.add(ofProvider(see, "").state());
      }
    }

    assertThat(states)
        .containsExactly(StepState.DONE, StepState.DONE, StepState.PERSON, StepState.DONE);
  }

  @Test
  void whatIsSaidOfAnotherHostOpensNoStep() {
    domain =
        DOMAIN
            .smarthosts(List.of(NextHop.parse("[out.provider.test]")))
            .forwardingServers(List.of(NextHop.parse("[in.provider.test]")));
    findings.add(Finding.of(PRESENT, "out.provider.test:25", "wrong"));

    assertThat(walk(only(new See.Only.Of(Setting.SMARTHOST))).state()).isEqualTo(StepState.OPEN);
    assertThat(walk(only(new See.Only.Of(Setting.FORWARDING_SERVER))).state())
        .isEqualTo(StepState.DONE);
    assertThat(walk(only(new See.Only.Subject("{domain}"))).state()).isEqualTo(StepState.DONE);
    findings.add(Finding.of(PRESENT, "contoso.test", "wrong"));
    assertThat(walk(only(new See.Only.Subject("{domain}"))).state()).isEqualTo(StepState.OPEN);
  }

  private static See only(See.Only only) {
    return new See(
        List.of("area.present"), Severity.INFO, List.of(), List.of(), Map.of("area.present", only));
  }

  @Test
  void placeholdersAreOfTheProfilesThatTheChecklistIsFor() {
    domain = DOMAIN.prescriptions(List.of(MAILBOXES, PROVIDER));

    assertThat(
            ofProvider(rules("area.present"), "{netblocks} {gateway_selector} {days_ahead}").how())
        .isEqualTo("_spf.provider.test default 2026-11-28T20:00:00Z");
    assertThat(ofProvider(rules("area.present"), "{mx_records}").how()).isEqualTo("MX_RECORDS");
    domain = DOMAIN.prescriptions(List.of(MAILBOXES));
    assertThat(walk(step(See.NOTHING, When.ALWAYS, true)).how()).contains("SMARTHOST");
  }

  private List<String> why(When when) {
    var status = walk(step(See.NOTHING, when, true));
    assertThat(status.state()).isEqualTo(StepState.NOT_APPLICABLE);
    return status.reasons();
  }

  @Test
  void conditionsOnWhatIsNotDeclaredHideNoStep() {
    var when =
        new When(Set.of(Mode.INLINE), Set.of(), Set.of(), Set.of(), Set.of(Migration.Phase.AFTER));

    assertThat(walk(step(See.NOTHING, when, true)).state()).isEqualTo(StepState.PERSON);
  }

  @Test
  void theSummaryCountsWhatAppliesAndNamesWhatBlocks() {
    found(PRESENT);
    var open = named("open", step(rules("area.present"), When.ALWAYS, false));
    var done = named("done", step(rules("area.position"), When.ALWAYS, false));
    var person = named("person", step(See.NOTHING, When.ALWAYS, true));
    var elsewhere =
        named(
            "elsewhere",
            step(
                See.NOTHING,
                new When(Set.of(), Set.of("pro"), Set.of(), Set.of(), Set.of()),
                true));

    domain = DOMAIN.prescriptions(List.of(profile("mail-connect", "team")));
    var progress = progress(person, open, done, elsewhere);

    assertThat(progress.summary())
        .isEqualTo("1 of 3 done; 1 open, 1 for a person to tick, 1 not applicable");
    assertThat(progress.isComplete()).isFalse();
    assertThat(progress.blocking().stream().map(status -> status.step().id()))
        .containsExactly("open", "person");
    assertThat(Stream.of(progress(done, elsewhere)).allMatch(Progress::isComplete)).isTrue();
  }

  private static Step named(String id, Step step) {
    return new Step(
        id,
        step.title(),
        step.why(),
        step.how(),
        step.see(),
        step.when(),
        step.person(),
        step.statements());
  }
}
