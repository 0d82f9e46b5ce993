package maildrift.probes.dkim;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.smtp.Smtp;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DkimProbeTest {
  private static final DnsName CONTOSO = DnsName.of("contoso.test");
  private static final String OWNER = "default._domainkey.contoso.test";
  private static final String KEY = TestKeys.rsa(2048, 1);
  private static final String OTHER = TestKeys.rsa(2048, 2);
  private static final String GOOD = "v=DKIM1; k=rsa; p=" + KEY;
  private static final DkimProbe PROBE = new DkimProbe();

  // Scenarios: what is published, and the rules that it violates with their severity; no others.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          v=DKIM1; k=rsa; p={2048}                  |
          p={2048}                                  |
          v=DKIM1; k=rsa; p={4096}                  |
          v=DKIM1; h=sha1:sha256; s=email; p={2048} |
          v=DKIM1; h=sha256; s=*; t=x; p={2048}     |
          v=DKIM1; k=rsa; p={768}                   | dkim.key-size critical
          v=DKIM1; k=rsa; p={1024}                  | dkim.key-size warning
          v=DKIM1; k=rsa; p={2047}                  | dkim.key-size warning
          v=DKIM1; k=rsa; p={4097}                  | dkim.key-size warning
          v=DKIM1; k=rsa; p={16384}                 | dkim.key-size warning
          v=DKIM1; p=                               | dkim.revoked critical
          v=DKIM1; h=sha1; p={2048}                 | dkim.hash critical
          v=DKIM1; h=md5; p={2048}                  | dkim.hash critical
          v=DKIM1; s=tlsrpt; p={2048}               | dkim.service critical
          v=DKIM1; t=y; p={2048}                    | dkim.testing warning
          v=DKIM1; t=s; p={2048}                    | dkim.strict info
          v=DKIM1; t=y:s; p={1024}                  | dkim.key-size warning, dkim.testing warning, dkim.strict info
          v=DKIM1; k=ed25519; p={ed}                | dkim.ktype warning
          v=DKIM1; k=dsa; p={2048}                  | dkim.ktype warning
          v=DKIM1; k=rsa; p=AAAA                    | dkim.syntax critical
          v=DKIM1; k=rsa                            | dkim.syntax critical
          k=rsa; v=DKIM1; p={2048}                  | dkim.syntax critical
          v=DKIM1;; p={2048}                        | dkim.syntax warning
          v=spf1 -all                               | dkim.syntax critical
          """)
  void judgesWhatIsPublished(String published, @Nullable String violated) {
    var text =
        published
            .replace("{ed}", TestKeys.ED25519)
            .replace("{768}", TestKeys.rsa(768))
            .replace("{1024}", TestKeys.rsa(1024))
            .replace("{2047}", TestKeys.rsa(2047))
            .replace("{2048}", KEY)
            .replace("{4096}", TestKeys.rsa(4096))
            .replace("{4097}", TestKeys.rsa(4097))
            .replace("{16384}", TestKeys.rsa(16384));

    var judgement = judge(domain(declared("default")), Map.of("default", txt(text)));

    assertThat(violated(judgement)).isEqualTo(rules(violated == null ? "" : violated));
    assertThat(judgement.findings()).extracting(Finding::subject).containsOnly(subjects(judgement));
    assertThat(judgement.findings()).extracting(Finding::cause).allMatch((OWNER + " TXT")::equals);
    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(judgement.gaps()).isEmpty();
  }

  private static String[] subjects(Judgement judgement) {
    return judgement.findings().isEmpty() ? new String[0] : new String[] {OWNER};
  }

  @Test
  void withoutSelectorsThereIsNothingToSay() {
    var judgement = judge(ManagedDomain.undeclared(CONTOSO), Map.of());

    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(judgement.facts()).containsEntry("selectors", List.of());
    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
  }

  @Test
  void aRequiredSelectorThatIsGoneIsMissing() {
    for (var gone : List.of(noData(), noSuchName())) {
      var judgement = judge(domain(declared("default")), Map.of("default", gone));

      assertThat(violated(judgement)).isEqualTo(rules("dkim.selector-missing critical"));
      assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
      assertThat(judgement.records()).containsEntry(OWNER + " DKIM", "");
    }
  }

  @Test
  void anOptionalSelectorMayBeAbsentButIsJudgedWhenThere() {
    var optional = new DkimExpectation("default", Optional.empty(), Optional.empty(), "x", false);

    assertThat(judge(domain(optional), Map.of("default", noSuchName())).findings()).isEmpty();
    assertThat(violated(judge(domain(optional), Map.of("default", txt("v=DKIM1; p=")))))
        .isEqualTo(rules("dkim.revoked info"));
    assertThat(violated(judge(domain(optional), Map.of("default", txt("v=DKIM1")))))
        .isEqualTo(rules("dkim.syntax critical"));
  }

  @Test
  void theMissingRecordIsThereToPaste() {
    var judgement = judge(domain(expecting("default", KEY)), Map.of("default", noSuchName()));

    assertThat(judgement.findings().getFirst().remedy())
        .contains(OWNER + ". IN TXT ( \"v=DKIM1; k=rsa; p=" + KEY.substring(0, 200));
    assertThat(selector(judgement)).containsEntry("matchesExpected", false);
  }

  @Test
  void anUnansweredSelectorIsAGapOfThatSelectorOnly() {
    var judgement =
        judge(
            domain(declared("default"), declared("second")),
            Map.of("default", unanswered(), "second", noSuchName()));

    assertThat(violated(judgement)).isEqualTo(rules("dkim.selector-missing critical"));
    var gap = judgement.gaps().getFirst();
    assertThat(judgement.gaps()).hasSize(1);
    assertThat(gap.unseen()).isEqualTo(OWNER + " TXT");
    assertThat(gap.hides(new Finding.Key("dkim.revoked", OWNER))).isTrue();
    assertThat(gap.hides(new Finding.Key("dkim.revoked", "second._domainkey.contoso.test")))
        .isFalse();
    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.records()).containsOnlyKeys("second._domainkey.contoso.test DKIM");
    assertThat(selector(judgement))
        .containsEntry("outcome", "unobservable")
        .containsEntry("bits", null)
        .containsEntry("matchesExpected", null);
  }

  @Test
  void severalRecordsAreUndefined() {
    var judgement = judge(domain(declared("default")), Map.of("default", txt("v=spf1 -all", GOOD)));

    assertThat(violated(judgement)).isEqualTo(rules("dkim.multiple critical"));
    assertThat(selector(judgement)).containsEntry("record", GOOD);
    assertThat(judgement.records())
        .containsEntry(OWNER + " DKIM", "k=rsa; p=" + KEY + " | v=spf1 -all");
  }

  @Test
  void theExpectedKeyMatchesHoweverItIsWritten() {
    var spaced = "v=DKIM1; p=" + KEY.substring(0, 60) + " " + KEY.substring(60);
    for (var published : List.of(GOOD, spaced)) {
      var judgement = judge(domain(expecting("default", KEY)), Map.of("default", txt(published)));

      assertThat(judgement.findings()).isEmpty();
      assertThat(selector(judgement))
          .containsEntry("matchesExpected", true)
          .containsEntry("type", "rsa")
          .containsEntry("bits", 2048)
          .containsEntry("revoked", false)
          .containsEntry("testing", false)
          .containsEntry("outcome", "observed")
          .containsEntry("record", published);
      assertThat(judgement.records()).containsEntry(OWNER + " DKIM", "k=rsa; p=" + KEY);
    }
  }

  @Test
  void anotherKeyIsShownSideBySide() {
    var judgement =
        judge(domain(expecting("default", KEY)), Map.of("default", txt("v=DKIM1; p=" + OTHER)));

    assertThat(violated(judgement)).isEqualTo(rules("dkim.unexpected critical"));
    var finding = judgement.findings().getFirst();
    var differs = (int) requireNonNull(finding.evidence().get("firstDifference"));
    assertThat(finding.evidence()).containsEntry("expected", KEY).containsEntry("published", OTHER);
    assertThat(KEY.substring(0, differs - 1)).isEqualTo(OTHER.substring(0, differs - 1));
    assertThat(KEY.charAt(differs - 1)).isNotEqualTo(OTHER.charAt(differs - 1));
    assertThat(finding.message())
        .contains("»" + KEY.substring(differs - 1, differs + 15) + "…")
        .contains("»" + OTHER.substring(differs - 1, differs + 15) + "…");
    assertThat(ExpectedKey.parse(finding.remedy())).isEqualTo(KEY);
    assertThat(selector(judgement)).containsEntry("matchesExpected", false);
  }

  // what is published | whether mail can be signed
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v=DKIM1; p=GOOD           | Works",
        "v=DKIM1;; p=GOOD          | Works",
        "v=DKIM1; t=y; p=GOOD      | Works",
        "v=DKIM1; h=sha1; p=GOOD   | Broken",
        "v=DKIM1; s=tlsrpt; p=GOOD | Broken",
        "v=DKIM1; p=SHORT          | Broken",
        "v=DKIM1; p=               | Broken",
        "v=DKIM1; p=AAAA           | Broken",
        "k=rsa; v=DKIM1; p=GOOD    | Broken",
      })
  void aSelectorWorksOrDoesNot(String record, String state) {
    var text = record.replace("GOOD", KEY).replace("SHORT", TestKeys.rsa(512));

    var judgement = judge(domain(declared("default")), Map.of("default", txt(text)));

    assertThat(DkimProbe.state(judgement).getClass().getSimpleName()).isEqualTo(state);
  }

  @Test
  void anUnseenSelectorSaysNothingAndOneThatWorksSuffices() {
    var two = domain(declared("default"), declared("second"));
    var silence = new Answer.Unanswered(Answer.Failure.TIMEOUT, "timeout", "");

    assertThat(DkimProbe.state(judge(two, Map.of("default", silence, "second", txt(GOOD)))))
        .isInstanceOf(DkimProbe.State.Works.class);
    assertThat(DkimProbe.state(judge(two, Map.of("default", silence))))
        .isInstanceOf(DkimProbe.State.Unseen.class);
    assertThat(DkimProbe.state(judge(domain(), Map.of())))
        .isInstanceOf(DkimProbe.State.Undeclared.class);
  }

  @Test
  void aTruncatedKeyIsBrokenAndAnotherOne() {
    var judgement =
        judge(
            domain(expecting("default", KEY)),
            Map.of("default", txt("v=DKIM1; p=" + KEY.substring(0, 239))));

    assertThat(violated(judgement))
        .isEqualTo(rules("dkim.syntax critical, dkim.unexpected critical"));
    assertThat(judgement.findings().getLast().evidence()).containsEntry("firstDifference", 240);
  }

  @Test
  void aRevokedKeyIsRevokedAndNothingElse() {
    var judgement = judge(domain(expecting("default", KEY)), Map.of("default", txt("v=DKIM1; p=")));

    assertThat(violated(judgement)).isEqualTo(rules("dkim.revoked critical"));
    assertThat(selector(judgement)).containsEntry("matchesExpected", false);
  }

  @Test
  void ed25519BesideRsaIsFineAndAloneIsNot() {
    var ed25519 = txt("v=DKIM1; k=ed25519; p=" + TestKeys.ED25519);
    var both = domain(declared("default"), declared("ed"));

    assertThat(judge(both, Map.of("default", txt(GOOD), "ed", ed25519)).findings()).isEmpty();
    assertThat(violated(judge(both, Map.of("default", txt("v=DKIM1; p="), "ed", ed25519))))
        .isEqualTo(rules("dkim.revoked critical, dkim.ktype warning"));

    var hidden = judge(both, Map.of("default", unanswered(), "ed", ed25519));
    assertThat(hidden.findings()).isEmpty();
    var ed = new Finding.Key("dkim.ktype", "ed._domainkey.contoso.test");
    assertThat(hidden.gaps()).anyMatch(gap -> gap.hides(ed));
  }

  @Test
  void aSharedKeyBehindACnameIsOneCause() {
    var shared = DnsName.of("dkim.provider.test");
    var judgement =
        judge(
            domain(declared("default")), Map.of("default", found(List.of(shared), "v=DKIM1; p=")));

    assertThat(judgement.findings())
        .extracting(Finding::cause)
        .containsOnly("dkim.provider.test TXT");
    assertThat(selector(judgement)).containsEntry("cname", List.of("dkim.provider.test"));
  }

  @Test
  void aCnameMustLeadToTheProvider() {
    var expectation =
        new DkimExpectation(
            "default",
            Optional.empty(),
            Optional.of(new HostPattern("default-contoso-test._domainkey.*.onmicrosoft.test")),
            "microsoft365",
            true);
    var right = DnsName.of("default-contoso-test._domainkey.fabrikam.onmicrosoft.test");
    var wrong = DnsName.of("default-contoso-test._domainkey.attacker.test");

    assertThat(
            judge(domain(expectation), Map.of("default", found(List.of(right), GOOD))).findings())
        .isEmpty();
    for (var aliases : List.of(List.of(wrong), List.<DnsName>of())) {
      var judgement = judge(domain(expectation), Map.of("default", found(aliases, GOOD)));
      assertThat(violated(judgement)).isEqualTo(rules("dkim.cname-target critical"));
      assertThat(judgement.findings().getFirst().cause()).isEqualTo(OWNER + " CNAME");
      assertThat(selector(judgement)).containsEntry("matchesExpected", false);
    }
  }

  /** A pattern in a zone would be published as it stands. */
  @Test
  void aTargetIsToBePastedOnlyWhereThereIsOne() {
    assertThat(remedy("default-contoso-test._domainkey.*.onmicrosoft.test | *.dkim.test"))
        .isEqualTo(
            "Set at %s the CNAME that the provider's admin centre shows, of the form default-contoso-test._domainkey.*.onmicrosoft.test or *.dkim.test."
                .formatted(OWNER));
    assertThat(remedy("key.provider.test"))
        .endsWith("\n%s. IN CNAME key.provider.test.".formatted(OWNER));
  }

  private static String remedy(String target) {
    var expectation =
        new DkimExpectation(
            "default", Optional.empty(), Optional.of(new HostPattern(target)), "house", true);
    var elsewhere = Map.<String, Answer>of("default", found(List.of(), GOOD));
    return judge(domain(expectation), elsewhere).findings().getFirst().remedy();
  }

  @Test
  void aDanglingCnameIsNamed() {
    var gone = DnsName.of("gone.provider.test");
    var dangling = new Answer.NoSuchName(List.of(gone), Duration.ofMinutes(5), "test", false);
    var judgement = judge(domain(declared("default")), Map.of("default", dangling));

    assertThat(violated(judgement))
        .isEqualTo(rules("dkim.cname-target critical, dkim.selector-missing critical"));
    assertThat(judgement.findings())
        .extracting(Finding::cause)
        .containsOnly("gone.provider.test TXT");
  }

  @Test
  void aChainThatIsTooLongIsNamed() {
    var chain = new ArrayList<DnsName>();
    for (var i = 0; i < 9; i++) {
      chain.add(DnsName.of("hop" + i + ".provider.test"));
    }

    assertThat(violated(judge(domain(declared("default")), Map.of("default", found(chain, GOOD)))))
        .isEqualTo(rules("dkim.cname-target critical"));
  }

  @Test
  void declaredSelectorsComeFirstAndTheDeclaredKeyWins() {
    var domain =
        domain(declared("second"), expecting("Shared", KEY))
            .prescriptions(
                List.of(prescription(true, expecting("shared", OTHER), declared("third"))));
    var judgement =
        judge(domain, Map.of("second", txt(GOOD), "Shared", txt(GOOD), "third", txt(GOOD)));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.facts().get("selectors"))
        .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
        .extracting(selector -> selector.get("selector"))
        .containsExactly("second", "Shared", "third");
  }

  @Test
  void guessedProfileDataNeverIsCritical() {
    var domain =
        ManagedDomain.undeclared(CONTOSO)
            .prescriptions(List.of(prescription(false, expecting("default", OTHER))));

    assertThat(violated(judge(domain, Map.of("default", txt(GOOD)))))
        .isEqualTo(rules("dkim.unexpected warning"));
  }

  @Test
  void asksForEachSelectorOnceAndForNothingElse() {
    var asked = new ArrayList<Question>();
    var domain =
        domain(declared("one"), declared("ONE"), declared("two"), declared("x".repeat(80)));
    var seen =
        PROBE.observe(
            domain,
            network(
                questions -> {
                  asked.addAll(questions);
                  return questions.stream().map(_ -> txt(GOOD)).toList();
                }));

    assertThat(asked)
        .containsExactly(
            new Question(DnsName.of("one._domainkey.contoso.test"), RecordType.TXT),
            new Question(DnsName.of("two._domainkey.contoso.test"), RecordType.TXT));
    assertThat(seen.looks()).extracting(DkimProbe.Look::selector).hasSize(3);
    var judgement = PROBE.judge(domain, seen, Context.at(Instant.EPOCH));
    assertThat(judgement.gaps()).extracting(Gap::why).containsExactly("no possible DNS name");
  }

  @Test
  void aHostileRecordDoesNotFillTheStore() {
    var judgement =
        judge(domain(declared("default")), Map.of("default", txt("p=" + "A".repeat(60_000))));

    assertThat(judgement.records().get(OWNER + " DKIM")).startsWith("sha256:").hasSize(71);
    assertThat(requireNonNull(selector(judgement).get("record")).toString()).hasSizeLessThan(5_000);
  }

  @Test
  void everyRuleSaysWhyAndWhatToDo() {
    assertThat(PROBE.rules())
        .allSatisfy(
            rule -> {
              assertThat(rule.id()).startsWith("dkim.");
              assertThat(rule.title()).isNotBlank();
              assertThat(rule.why()).isNotBlank();
              assertThat(rule.reference()).isNotBlank();
              assertThat(rule.remedy()).isNotBlank();
              assertThat(rule.example()).isNotBlank();
            });
  }

  private static Judgement judge(ManagedDomain domain, Map<String, Answer> answers) {
    var looks =
        answers.entrySet().stream()
            .map(entry -> new DkimProbe.Look(entry.getKey(), entry.getValue()))
            .toList();
    return PROBE.judge(domain, new DkimProbe.Seen(looks), Context.at(Instant.EPOCH));
  }

  @SuppressWarnings("unchecked") // the first selector's facts, as the JSON has them
  private static Map<String, Object> selector(Judgement judgement) {
    return ((List<Map<String, Object>>) requireNonNull(judgement.facts().get("selectors")))
        .getFirst();
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

  private static ManagedDomain domain(DkimExpectation... expectations) {
    return ManagedDomain.undeclared(CONTOSO).dkim(List.of(expectations));
  }

  private static DkimExpectation declared(String selector) {
    return new DkimExpectation(selector, Optional.empty(), Optional.empty(), "declared", true);
  }

  private static DkimExpectation expecting(String selector, String key) {
    return new DkimExpectation(selector, Optional.of(key), Optional.empty(), "declared", true);
  }

  private static Prescription prescription(boolean certain, DkimExpectation... expectations) {
    return Prescription.of("house", "house", Role.INBOUND)
        .dkim(List.of(expectations))
        .guessed(certain ? Set.of() : Set.of("dkim"));
  }

  private static Answer txt(String... texts) {
    return found(List.of(), texts);
  }

  private static Answer found(List<DnsName> aliases, String... texts) {
    var records = Arrays.stream(texts).<Rdata>map(text -> Rdata.Txt.of(text)).sorted().toList();
    return new Answer.Found(records, aliases, Duration.ofMinutes(5), "test", false);
  }

  private static Answer noData() {
    return new Answer.NoData(List.of(), Duration.ofMinutes(5), "test", false);
  }

  private static Answer noSuchName() {
    return new Answer.NoSuchName(List.of(), Duration.ofMinutes(5), "test", false);
  }

  private static Answer unanswered() {
    return new Answer.Unanswered(Answer.Failure.TIMEOUT, "no answer within 2s", "test");
  }

  private static Network network(Dns dns) {
    return new Network() {
      @Override
      public Dns dns() {
        return dns;
      }

      @Override
      public Smtp smtp() {
        throw new AssertionError("dkim has no business with mail servers");
      }

      @Override
      public Deadline deadline() {
        return Deadline.after(Duration.ofSeconds(5));
      }
    };
  }
}
