package maildrift.probes.dmarc;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.dkim.DkimProbe;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DmarcProbeTest {
  private static final DmarcProbe PROBE = new DmarcProbe();
  private static final String CONTOSO = "contoso.test";
  private static final String MAIL = "mail.contoso.test";
  private static final String RUA = "; rua=mailto:dmarc@contoso.test";

  // Scenarios: the domain's own record (+R: with a good rua), and the rules that it violates; no
  // others.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v=DMARC1; p=reject +R                          |
          v=DMARC1; p=quarantine; sp=reject; np=reject +R |
          v=DMARC1; p=reject; adkim=s; aspf=s; psd=n +R  |
          v=DMARC1; p=reject; unknown=tag +R             |
          v=DMARC1; p=none; t=y +R                       | dmarc.policy warning
          v=DMARC1; p=none +R                            | dmarc.policy warning
          v=DMARC1; p=reject                             | dmarc.rua warning
          v=DMARC1; p=reject; rua=https://contoso.test/r | dmarc.rua warning
          v=DMARC1; p=reject; sp=none +R                 | dmarc.sp warning
          v=DMARC1; p=reject; np=quarantine +R           | dmarc.np warning
          v=DMARC1; p=reject; sp=quarantine; np=none +R  | dmarc.sp warning, dmarc.np warning
          v=DMARC1; p=reject; t=y +R                     | dmarc.testing warning
          v=DMARC1; p=none; sp=reject; t=y +R            | dmarc.policy warning, dmarc.testing warning
          v=DMARC1; p=reject; pct=50 +R                  | dmarc.pct warning
          v=DMARC1; p=reject; pct=100 +R                 | dmarc.pct info
          v=DMARC1; p=reject; rf=afrf; ri=86400 +R       | dmarc.rf info, dmarc.ri info
          v=DMARC1; p=reject; rua=mailto:d@contoso.test!10m | dmarc.uri-size info
          v=DMARC1; p=reject; ruf=mailto:d@contoso.test  | dmarc.ruf info, dmarc.rua warning
          v=DMARC1; p=reject; fo=1 +R                    | dmarc.fo info
          v=DMARC1; p=reject; fo=0:1; ruf=mailto:d@contoso.test +R | dmarc.fo info
          v=DMARC1; p=reject; adkim=strict +R            | dmarc.syntax warning
          v=DMARC1; p=reject; p=none +R                  | dmarc.syntax warning
          v=DMARC1; p=reject; junk +R                    | dmarc.syntax warning
          v=DMARC1; p=block +R                           | dmarc.p-missing critical
          v=DMARC1 +R                                    | dmarc.p-missing critical
          v=DMARC1; p=reject; sp=block +R                | dmarc.p-missing critical
          v=DMARC1; p=block                              | dmarc.p-missing critical, dmarc.rua warning
          v=DMARC1; p=reject; psd=y +R                   | dmarc.psd warning
          v=dmarc1; p=reject                             | dmarc.version critical, dmarc.present warning
          p=reject; v=DMARC1                             | dmarc.version critical, dmarc.present warning
          v=spf1 -all                                    | dmarc.wrong-place critical, dmarc.present warning
          something else                                 | dmarc.present warning
          """)
  void judgesTheRecord(String record, @Nullable String violated) {
    var text = record.endsWith(" +R") ? record.substring(0, record.length() - 3) + RUA : record;

    var judgement = judge(CONTOSO, new Zone().txt("_dmarc.contoso.test", text));

    assertThat(violated(judgement)).isEqualTo(rules(violated == null ? "" : violated));
    assertThat(judgement.findings()).extracting(Finding::subject).allMatch(CONTOSO::equals);
    assertThat(judgement.findings())
        .extracting(Finding::cause)
        .allMatch("_dmarc.contoso.test TXT"::equals);
    assertThat(judgement.gaps()).isEmpty();
  }

  // record | p, sp, effective
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v=DMARC1; p=none                        | none none none
          v=DMARC1; p=reject; sp=quarantine       | reject quarantine reject
          v=DMARC1; p=reject; t=y                 | reject reject quarantine
          v=DMARC1; p=quarantine; t=y             | quarantine quarantine none
          v=DMARC1; p=none; t=y                   | none none none
          v=DMARC1; p=reject; pct=0               | reject reject reject
          v=DMARC1; p=block; rua=mailto:d@contoso.test | none none none
          v=DMARC1; p=block                       | null null null
          """)
  void saysWhichPolicyIsInForce(String record, String policies) {
    var facts = judge(CONTOSO, new Zone().txt("_dmarc.contoso.test", record)).facts();

    assertThat(
            facts.get("policy")
                + " "
                + facts.get("subdomainPolicy")
                + " "
                + facts.get("effectivePolicy"))
        .isEqualTo(policies);
    assertThat(facts).containsEntry("record", record).containsEntry("foundAt", CONTOSO);
  }

  @Test
  void theOtherReadingStandsBeside() {
    var facts =
        judge(CONTOSO, new Zone().txt("_dmarc.contoso.test", "v=DMARC1; p=reject; t=y; pct=0"))
            .facts();

    assertThat(facts).containsEntry("effectivePolicy", "quarantine");
    assertThat(rfc7489(facts))
        .containsEntry("effectivePolicy", "quarantine")
        .containsEntry("percent", 0);
    assertThat(facts.get("differences")).isEqualTo(List.of());

    var testing =
        judge(CONTOSO, new Zone().txt("_dmarc.contoso.test", "v=DMARC1; p=reject; t=y")).facts();
    assertThat(rfc7489(testing)).containsEntry("effectivePolicy", "reject");
    assertThat(testing.get("differences"))
        .isEqualTo(
            List.of(
                "receivers of RFC 9989 apply quarantine (from contoso.test), those of RFC 7489 apply"
                    + " reject (from contoso.test)"));
  }

  @Test
  void aRecordOfItsOwnNeedsOneQuestion() {
    var zone = new Zone().txt("_dmarc.mail.contoso.test", "v=DMARC1; p=reject" + RUA);

    judge(MAIL, zone);

    assertThat(zone.askedNames()).containsExactly("_dmarc.mail.contoso.test");
  }

  @Test
  void withoutOneTheRestOfTheTreeIsAskedAtOnce() {
    var zone = new Zone().exists(MAIL);

    var judgement = judge(MAIL, zone);

    assertThat(zone.askedNames())
        .containsExactly("_dmarc.mail.contoso.test", "_dmarc.contoso.test", "_dmarc.test");
    assertThat(violated(judgement)).isEqualTo(rules("dmarc.present warning"));
    assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(judgement.records())
        .containsExactly(Map.entry("_dmarc.mail.contoso.test DMARC", ""));
    assertThat(judgement.facts())
        .containsEntry("record", null)
        .containsEntry("foundAt", null)
        .containsEntry("effectivePolicy", null)
        .containsEntry("reportUris", List.of());
    assertThat(judgement.findings().getFirst().remedy())
        .contains("_dmarc.mail.contoso.test. IN TXT \"v=DMARC1; p=none; rua=mailto:");
  }

  @Test
  void aDomainThatSendsMustHaveOne() {
    var sending =
        ManagedDomain.undeclared(DnsName.of(CONTOSO))
            .dkim(
                List.of(
                    new DkimExpectation(
                        "default", Optional.empty(), Optional.empty(), "declared", true)));

    assertThat(violated(judge(sending, new Zone()))).isEqualTo(rules("dmarc.present critical"));
  }

  @Test
  void aSubdomainInherits() {
    var zone =
        new Zone()
            .exists(MAIL)
            .txt("_dmarc.contoso.test", "v=DMARC1; p=reject; sp=none; np=quarantine" + RUA);

    var judgement = judge(MAIL, zone);

    assertThat(judgement.facts())
        .containsEntry("foundAt", CONTOSO)
        .containsEntry("policy", "reject")
        .containsEntry("subdomainPolicy", "none")
        .containsEntry("nonexistentPolicy", "quarantine")
        .containsEntry("effectivePolicy", "none");
    assertThat(violated(judgement)).isEqualTo(rules("dmarc.policy warning"));
    assertThat(judgement.findings().getFirst().cause()).isEqualTo("_dmarc.contoso.test TXT");
    assertThat(judgement.records())
        .containsOnlyKeys("_dmarc.mail.contoso.test DMARC", "_dmarc.contoso.test DMARC");
  }

  @Test
  void aSubdomainThatDoesNotExistHasItsOwnPolicy() {
    var zone = new Zone().txt("_dmarc.contoso.test", "v=DMARC1; p=none; sp=none; np=reject" + RUA);

    assertThat(judge("ghost.contoso.test", zone).facts())
        .containsEntry("effectivePolicy", "reject");
    assertThat(zone.isAsked("ghost.contoso.test", RecordType.A)).isTrue();

    var failing =
        new Zone()
            .txt("_dmarc.contoso.test", "v=DMARC1; p=none; sp=none; np=reject" + RUA)
            .fails("ghost.contoso.test");
    var judgement = judge("ghost.contoso.test", failing);
    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.facts()).containsEntry("effectivePolicy", null);
    assertThat(judgement.gaps())
        .anyMatch(gap -> gap.hides(new Finding.Key("dmarc.policy", "ghost.contoso.test")))
        .noneMatch(gap -> gap.hides(new Finding.Key("dmarc.rua", "ghost.contoso.test")));
  }

  @Test
  void existenceIsOnlyAskedWhereItMatters() {
    for (var record : List.of("v=DMARC1; p=none; sp=reject", "v=DMARC1; p=reject; np=reject")) {
      var zone = new Zone().txt("_dmarc.contoso.test", record);
      judge("ghost.contoso.test", zone);
      assertThat(zone.isAsked("ghost.contoso.test", RecordType.A)).isFalse();
    }
  }

  @Test
  void anUnansweredQuestionIsAGapAndResolvesNothing() {
    var judgement = judge(CONTOSO, new Zone().fails("_dmarc.contoso.test"));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.records()).isEmpty();
    assertThat(judgement.gaps())
        .singleElement()
        .matches(gap -> gap.hides(new Finding.Key("dmarc.present", CONTOSO)))
        .matches(gap -> gap.unseen().equals("_dmarc.contoso.test TXT"));
  }

  @Test
  void anUnansweredNameFurtherUpHidesWhatComesFromThere() {
    var judgement =
        judge(
            MAIL,
            new Zone()
                .txt("_dmarc.mail.contoso.test", "v=DMARC1; p=none", "v=DMARC1; p=reject")
                .fails("_dmarc.contoso.test"));

    assertThat(violated(judgement)).isEqualTo(rules("dmarc.multiple critical"));
    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.gaps())
        .anyMatch(gap -> gap.hides(new Finding.Key("dmarc.present", MAIL)))
        .noneMatch(gap -> gap.hides(new Finding.Key("dmarc.multiple", MAIL)));
  }

  @Test
  void aNameAboveABoundaryNeedNotAnswer() {
    var zone =
        new Zone()
            .exists(MAIL)
            .txt("_dmarc.contoso.test", "v=DMARC1; p=reject; psd=n" + RUA)
            .fails("_dmarc.test");

    var judgement = judge(MAIL, zone);

    assertThat(judgement.gaps()).isEmpty();
    assertThat(judgement.facts()).containsEntry("effectivePolicy", "reject");
  }

  @Test
  void severalRecordsAreNone() {
    var judgement =
        judge(
            CONTOSO,
            new Zone().txt("_dmarc.contoso.test", "v=DMARC1; p=none", "v=DMARC1; p=reject"));

    assertThat(violated(judgement)).isEqualTo(rules("dmarc.multiple critical"));
    assertThat(judgement.facts()).containsEntry("effectivePolicy", null);
    assertThat(judgement.records())
        .containsEntry("_dmarc.contoso.test DMARC", "v=DMARC1; p=none | v=DMARC1; p=reject");
  }

  @Test
  void otherTextsBesideTheRecordAreIgnored() {
    var zone =
        new Zone().txt("_dmarc.contoso.test", "v=spf1 -all", "v=DMARC1; p=reject" + RUA, "hello");

    assertThat(judge(CONTOSO, zone).findings()).isEmpty();
  }

  @Test
  void aRecordBehindACnameIsTheCause() {
    var zone =
        new Zone()
            .cname("_dmarc.contoso.test", "contoso.dmarc.provider.test")
            .txt("contoso.dmarc.provider.test", "v=DMARC1; p=none" + RUA);

    assertThat(judge(CONTOSO, zone).findings())
        .extracting(Finding::cause)
        .containsExactly("contoso.dmarc.provider.test TXT");
  }

  // expected policy | record | finding
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none       | v=DMARC1; p=none            |
          quarantine | v=DMARC1; p=quarantine      |
          quarantine | v=DMARC1; p=reject          |
          quarantine | v=DMARC1; p=none            | dmarc.policy critical
          reject     | v=DMARC1; p=quarantine      | dmarc.policy critical
          reject     | v=DMARC1; p=reject; t=y     | dmarc.policy critical, dmarc.testing warning
          quarantine | v=DMARC1; p=reject; t=y     | dmarc.testing warning
          """)
  void anExpectedPolicyMustBeInForce(String expected, String record, @Nullable String violated) {
    var judgement = judge(expecting(expected), new Zone().txt("_dmarc.contoso.test", record + RUA));

    assertThat(violated(judgement)).isEqualTo(rules(violated == null ? "" : violated));
  }

  @Test
  void reportsToOtherDomainsMustBeAuthorised() {
    var record = "v=DMARC1; p=reject; rua=mailto:d@reports.example.net,mailto:d@sub.contoso.test";
    var zone = new Zone().txt("_dmarc.contoso.test", record);

    var judgement = judge(CONTOSO, zone);

    assertThat(violated(judgement)).isEqualTo(rules("dmarc.rua-external critical"));
    var finding = judgement.findings().getFirst();
    assertThat(finding.subject()).isEqualTo("reports.example.net");
    assertThat(finding.cause()).isEqualTo("_report._dmarc.reports.example.net TXT");
    assertThat(finding.remedy())
        .contains("contoso.test._report._dmarc.reports.example.net. IN TXT \"v=DMARC1\"");
    assertThat(zone.askedNames())
        .containsExactly("_dmarc.contoso.test", "contoso.test._report._dmarc.reports.example.net");
    assertThat(judgement.facts())
        .containsEntry(
            "reportUris", List.of("mailto:d@reports.example.net", "mailto:d@sub.contoso.test"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"v=DMARC1", "v=DMARC1;", "v=DMARC1; rua=mailto:other@reports.example.net"})
  void anAuthorisationSuffices(String authorisation) {
    var zone =
        new Zone()
            .txt("_dmarc.contoso.test", "v=DMARC1; p=reject; rua=mailto:d@reports.example.net")
            .txt("contoso.test._report._dmarc.reports.example.net", authorisation, "noise");

    assertThat(judge(CONTOSO, zone).findings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v=dmarc1", "yes", "v=DMARC1; rua=mailto:other@elsewhere.example.org"})
  void anythingElseDoesNot(String authorisation) {
    var zone =
        new Zone()
            .txt("_dmarc.contoso.test", "v=DMARC1; p=reject; rua=mailto:d@reports.example.net")
            .txt("contoso.test._report._dmarc.reports.example.net", authorisation);

    assertThat(violated(judge(CONTOSO, zone))).isEqualTo(rules("dmarc.rua-external critical"));
  }

  @Test
  void failureReportsAreALesserLoss() {
    var zone =
        new Zone()
            .txt(
                "_dmarc.contoso.test",
                "v=DMARC1; p=reject; ruf=mailto:d@reports.example.net" + RUA);

    assertThat(violated(judge(CONTOSO, zone))).isEqualTo(rules("dmarc.rua-external warning"));
  }

  @Test
  void theAuthorisationIsAskedForTheNameWhereTheRecordStands() {
    var zone =
        new Zone()
            .exists(MAIL)
            .txt("_dmarc.contoso.test", "v=DMARC1; p=reject; rua=mailto:d@reports.example.net")
            .txt("contoso.test._report._dmarc.reports.example.net", "v=DMARC1");

    assertThat(judge(MAIL, zone).findings()).isEmpty();
  }

  @Test
  void anUnansweredAuthorisationHidesOnlyItself() {
    var zone =
        new Zone()
            .txt("_dmarc.contoso.test", "v=DMARC1; p=none; rua=mailto:d@reports.example.net")
            .fails("contoso.test._report._dmarc.reports.example.net");

    var judgement = judge(CONTOSO, zone);

    assertThat(violated(judgement)).isEqualTo(rules("dmarc.policy warning"));
    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(judgement.gaps())
        .singleElement()
        .matches(gap -> gap.hides(new Finding.Key("dmarc.rua-external", "reports.example.net")))
        .matches(gap -> !gap.hides(new Finding.Key("dmarc.rua-external", "other.example.net")))
        .matches(gap -> !gap.hides(new Finding.Key("dmarc.policy", CONTOSO)));
  }

  @Test
  void reportsGoToHostsThatTakeMail() {
    var record = "v=DMARC1; p=reject; rua=mailto:d@in.contoso.test; ruf=mailto:f@in2.contoso.test";
    var zone = new Zone().txt("_dmarc.contoso.test", record);
    assertThat(judge(CONTOSO, zone).findings()).isEmpty();

    zone.nullMx("in.contoso.test").takesNoMail("in2.contoso.test");
    var judgement = judge(CONTOSO, zone);
    assertThat(judgement.findings())
        .extracting(f -> f.rule().id() + " " + f.subject() + " " + f.severity().word())
        .containsExactlyInAnyOrder(
            "dmarc.rua-mx in.contoso.test critical", "dmarc.rua-mx in2.contoso.test warning");
    assertThat(judgement.findings())
        .extracting(Finding::cause)
        .containsExactlyInAnyOrder("in.contoso.test MX", "in2.contoso.test MX");

    // An address will do (RFC 5321 §5.1), and no answer is no finding.
    assertThat(
            judge(CONTOSO, new Zone().txt("_dmarc.contoso.test", record).fails("in.contoso.test")))
        .satisfies(
            seen -> {
              assertThat(seen.findings()).isEmpty();
              assertThat(seen.gaps())
                  .singleElement()
                  .matches(gap -> gap.hides(new Finding.Key("dmarc.rua-mx", "in.contoso.test")))
                  .matches(gap -> !gap.hides(new Finding.Key("dmarc.rua-mx", "in2.contoso.test")));
            });
  }

  @Test
  void thatTheDomainItselfHasNoMxIsNotSaidTwice() {
    var zone = new Zone().txt("_dmarc.contoso.test", "v=DMARC1; p=reject" + RUA);

    assertThat(judge(CONTOSO, zone.takesNoMail(CONTOSO)).findings()).isEmpty();
    assertThat(
            violated(
                judge(
                    CONTOSO,
                    new Zone()
                        .txt("_dmarc.contoso.test", "v=DMARC1; p=reject" + RUA)
                        .nullMx(CONTOSO))))
        .isEqualTo(rules("dmarc.rua-mx critical"));
  }

  @Test
  void aRecordAtTheDomainItselfIsInTheWrongPlace() {
    var zone = new Zone().txt(CONTOSO, "v=spf1 -all", "v=DMARC1; p=reject" + RUA);
    var judgement = judge(CONTOSO, zone);

    assertThat(violated(judgement))
        .isEqualTo(rules("dmarc.present warning, dmarc.wrong-place critical"));
    assertThat(judgement.findings())
        .filteredOn(finding -> finding.rule().id().equals("dmarc.wrong-place"))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.remedy())
                    .endsWith("_dmarc.contoso.test. IN TXT \"v=DMARC1; p=reject" + RUA + "\""));

    // With a record in the right place nobody asks.
    var right = new Zone().txt("_dmarc.contoso.test", "v=DMARC1; p=reject" + RUA);
    judge(CONTOSO, right);
    assertThat(right.isAsked(CONTOSO, RecordType.TXT)).isFalse();

    var silent = new Zone().exists("_dmarc.contoso.test").fails(CONTOSO);
    assertThat(judge(CONTOSO, silent).gaps())
        .anyMatch(gap -> gap.hides(new Finding.Key("dmarc.wrong-place", CONTOSO)));
  }

  @Test
  void peopleAreNotRefusedUnlessSomebodyMeantIt() {
    var domain = behind(Role.INBOUND, Set.of());
    var zone = new Zone().txt("_dmarc.contoso.test", "v=DMARC1; p=reject" + RUA);

    assertThat(violated(judge(domain, zone))).isEqualTo(rules("dmarc.reject-users info"));
    assertThat(judge(domain.dmarcPolicy("reject"), zone).findings()).isEmpty();
    assertThat(judge(behind(Role.OUTBOUND, Set.of()), zone).findings()).isEmpty();
    var quarantine = new Zone().txt("_dmarc.contoso.test", "v=DMARC1; p=quarantine" + RUA);
    assertThat(judge(domain, quarantine).findings()).isEmpty();
  }

  @Test
  void strictAlignmentAndAProviderThatSendsAsASubdomainDoNotGoTogether() {
    var zone = new Zone().txt("_dmarc.contoso.test", "v=DMARC1; p=quarantine; aspf=s" + RUA);

    assertThat(violated(judge(behind(Role.OUTBOUND, Set.of("spf")), zone)))
        .isEqualTo(rules("dmarc.alignment warning"));
    assertThat(judge(behind(Role.OUTBOUND, Set.of("dkim")), zone).findings()).isEmpty();
  }

  private static ManagedDomain behind(Role role, Set<String> relaxed) {
    return ManagedDomain.undeclared(DnsName.of(CONTOSO))
        .prescriptions(
            List.of(Prescription.of("provider", "provider region=de", role).relaxed(relaxed)));
  }

  private static final String SELECTOR = "default._domainkey.contoso.test";

  private static Judgement.Builder dkim(String value) {
    return new Judgement.Builder().record(SELECTOR + " DKIM", value);
  }

  private static Finding dkimFinding(String rule) {
    return Finding.of(
            new DkimProbe()
                .rules().stream()
                    .filter(known -> known.id().equals(rule))
                    .findFirst()
                    .orElseThrow(),
            SELECTOR,
            "it is broken")
        .cause(SELECTOR + " TXT");
  }

  // The policy, what dkim found | whether reject rests on SPF alone
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v=DMARC1; p=reject           | dkim.selector-missing | true
          v=DMARC1; p=reject           | dkim.revoked          | true
          v=DMARC1; p=reject           | dkim.testing          | false
          v=DMARC1; p=reject; t=y      | dkim.selector-missing | false
          v=DMARC1; p=quarantine       | dkim.selector-missing | false
          v=DMARC1; p=none; sp=reject  | dkim.selector-missing | false
          """)
  void rejectMustNotRestOnSpfAlone(String record, String broken, boolean violated) {
    var domain = behind(Role.OUTBOUND, Set.of());
    var own = judge(domain, new Zone().txt("_dmarc.contoso.test", record + RUA));
    var dkim =
        dkim(broken.equals("dkim.selector-missing") ? "" : "k=rsa; p=")
            .add(dkimFinding(broken))
            .build(Outcome.OBSERVED);

    var both = PROBE.among(domain, own, Map.of("dkim", dkim));

    assertThat(
            both.findings().stream().anyMatch(f -> f.rule().id().equals("dmarc.reject-spf-only")))
        .isEqualTo(violated);
  }

  @Test
  void aWorkingSelectorAnUnseenOneAndNoneAtAllAreThreeThings() {
    var domain = behind(Role.OUTBOUND, Set.of());
    var own = judge(domain, new Zone().txt("_dmarc.contoso.test", "v=DMARC1; p=reject" + RUA));
    var works =
        dkim("")
            .record("two._domainkey.contoso.test DKIM", "k=rsa; p=AAAA")
            .add(dkimFinding("dkim.selector-missing"))
            .build(Outcome.OBSERVED);
    var unseen =
        new Judgement.Builder()
            .add(Gap.of("dkim", SELECTOR + " TXT", "timeout", "dkim.").subject(SELECTOR))
            .build(Outcome.UNOBSERVABLE);
    var none = new Judgement.Builder().build(Outcome.OBSERVED);

    assertThat(PROBE.among(domain, own, Map.of("dkim", works))).isEqualTo(own);
    assertThat(PROBE.among(domain, own, Map.of("dkim", none))).isEqualTo(own);
    assertThat(PROBE.among(domain, own, Map.of())).isEqualTo(own);
    assertThat(PROBE.among(domain, own, Map.of("dkim", unseen)))
        .satisfies(
            hidden -> {
              assertThat(hidden.findings()).isEqualTo(own.findings());
              assertThat(hidden.gaps())
                  .singleElement()
                  .matches(gap -> gap.hides(new Finding.Key("dmarc.reject-spf-only", CONTOSO)));
            });
  }

  @Test
  void theDifferencesOfOldAndNewReceiversAreNamedForEachKindOfName() {
    var facts =
        judge(
                CONTOSO,
                new Zone().txt("_dmarc.contoso.test", "v=DMARC1; p=reject; np=none; pct=50" + RUA))
            .facts();

    assertThat(facts.get("effectivePolicies"))
        .isEqualTo(Map.of("domain", "reject", "subdomains", "reject", "nonexistent", "none"));
    assertThat(facts.get("differences"))
        .isEqualTo(
            List.of(
                "for subdomains that do not exist receivers of RFC 9989 apply none (from"
                    + " contoso.test), those of RFC 7489 apply reject (from contoso.test)",
                "receivers of RFC 9989 apply the policy to all mail, those of RFC 7489 to 50 % of it"));
  }

  @Test
  void aListOfAThousandDestinationsIsNotAThousandQuestions() {
    var record = new StringBuilder("v=DMARC1; p=reject; rua=mailto:d@contoso.test");
    for (var i = 0; i < 1_000; i++) {
      record.append(",mailto:d@r").append(i).append(".example").append(i).append(".net");
    }
    var zone = new Zone().txt("_dmarc.contoso.test", record.toString());

    judge(CONTOSO, zone);

    assertThat(zone.asked).hasSizeLessThan(1 + 10 + 10 + 20 + 1);
  }

  @Test
  void differentPoliciesForOldAndNewReceiversAreNamed() {
    // alice.blogspot.com is an organisation of its own by the public suffix list
    var zone =
        new Zone()
            .exists("alice.blogspot.com")
            .txt("_dmarc.blogspot.com", "v=DMARC1; p=reject; rua=mailto:d@blogspot.com");

    var judgement = judge("alice.blogspot.com", zone);

    assertThat(judgement.findings())
        .extracting(f -> f.rule().id())
        .contains("dmarc.psl-divergence");
    assertThat(judgement.facts()).containsEntry("effectivePolicy", "reject");
    assertThat(rfc7489(judgement.facts())).containsEntry("effectivePolicy", null);

    var same =
        new Zone()
            .exists("a.mail.contoso.test")
            .txt("_dmarc.mail.contoso.test", "v=DMARC1; p=reject; psd=n" + RUA)
            .txt("_dmarc.contoso.test", "v=DMARC1; p=reject" + RUA);
    assertThat(judge("a.mail.contoso.test", same).findings()).isEmpty();
  }

  @Test
  void namesTooLongForDmarcHaveNone() {
    var label = "a".repeat(60);
    var name = String.join(".", label, label, label, label, "contoso");

    var judgement = judge(name, new Zone().txt("_dmarc.contoso", "v=DMARC1; p=reject" + RUA));

    assertThat(judgement.facts()).containsEntry("foundAt", "contoso");
  }

  @Test
  void everyRuleSaysWhyAndWhatToDo() {
    assertThat(PROBE.rules())
        .allSatisfy(
            rule -> {
              assertThat(rule.id()).startsWith("dmarc.");
              assertThat(rule.why()).isNotBlank();
              assertThat(rule.reference()).isNotBlank();
              assertThat(rule.remedy()).isNotBlank();
              assertThat(rule.example()).isNotBlank();
            });
  }

  @SuppressWarnings("unchecked") // as the JSON has it
  private static Map<String, Object> rfc7489(Map<String, Object> facts) {
    return Objects.requireNonNull((Map<String, Object>) facts.get("rfc7489"));
  }

  private static ManagedDomain expecting(String policy) {
    return ManagedDomain.undeclared(DnsName.of(CONTOSO)).dmarcPolicy(policy);
  }

  private static Judgement judge(String domain, Zone zone) {
    return judge(ManagedDomain.undeclared(DnsName.of(domain)), zone);
  }

  private static Judgement judge(ManagedDomain domain, Zone zone) {
    return PROBE.judge(domain, PROBE.observe(domain, zone), Context.at(Instant.EPOCH));
  }

  private static Map<String, Severity> violated(Judgement judgement) {
    return new TreeMap<>(
        judgement.findings().stream()
            .collect(toMap(finding -> finding.rule().id(), Finding::severity)));
  }

  private static Map<String, Severity> rules(String text) {
    return new TreeMap<>(
        Arrays.stream(text.split(","))
            .map(String::strip)
            .filter(rule -> !rule.isEmpty())
            .map(rule -> rule.split(" "))
            .collect(
                toMap(
                    rule -> rule[0], rule -> Severity.valueOf(rule[1].toUpperCase(Locale.ROOT)))));
  }
}
