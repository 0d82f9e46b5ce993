package maildrift.probes.dnssec;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.Dnssec;
import maildrift.probes.dns.DnssecSettings;
import maildrift.probes.dns.FakeDns;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.Secured;
import maildrift.probes.dns.Security;
import maildrift.probes.dns.Signature;
import maildrift.probes.dns.SignedZone;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Smtp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnssecProbeTest {
  private static final DnssecProbe PROBE = new DnssecProbe();
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");
  private static final DnsName NAME = DnsName.of("contoso.test");
  private static final ManagedDomain CONTOSO = ManagedDomain.undeclared(NAME);

  private final List<AutoCloseable> closing = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (var one : closing) {
      one.close();
    }
  }

  // ---- Zones on the wire: exactly these rules are violated

  private record Scenario(
      String name, BiConsumer<FakeDns, SignedZone> change, String status, String violated) {}

  private static Scenario of(
      String name, BiConsumer<FakeDns, SignedZone> change, String status, String violated) {
    return new Scenario(name, change, status, violated);
  }

  private static void sound(FakeDns dns, SignedZone test) {
    test.delegate(zone(SignedZone.of("contoso.test", NOW), dns));
  }

  private static SignedZone zone(SignedZone contoso, FakeDns dns) {
    return contoso
        .add(
            "contoso.test NS ns.contoso.test",
            "contoso.test MX 10 mx.contoso.test",
            "contoso.test TXT \"v=spf1 -all\"",
            "_dmarc.contoso.test TXT \"v=DMARC1; p=reject\"",
            "mx.contoso.test A 192.0.2.1")
        .into(dns.server());
  }

  private static SignedZone lasting(FakeDns dns, Duration since, Duration left) {
    return zone(SignedZone.valid("contoso.test", NOW.minus(since), NOW.plus(left)), dns);
  }

  private static final Duration DAY = Duration.ofDays(1);

  @TestFactory
  Stream<DynamicTest> judgesWhatIsPublished() {
    return Stream.of(
            of("signed and sound", DnssecProbeTest::sound, "secure", ""),
            of(
                "not signed",
                (dns, test) -> {
                  test.delegate("contoso.test");
                  dns.add("contoso.test MX 10 mx.contoso.test");
                },
                "insecure",
                "dnssec.status INFO"),
            of(
                "signed, but the parent does not say so",
                (dns, test) -> {
                  // The parent's denial comes first: at a zone cut both have one.
                  test.delegate("contoso.test");
                  zone(SignedZone.of("contoso.test", NOW), dns);
                },
                "insecure",
                "dnssec.status INFO"),
            of(
                "a record changed behind its signature",
                (dns, test) -> {
                  sound(dns, test);
                  dns.set("contoso.test TXT v=spf1 +all");
                },
                "bogus",
                "dnssec.status CRITICAL"),
            of(
                "the MX changed behind its signature",
                (dns, test) -> {
                  sound(dns, test);
                  dns.set("contoso.test MX 10 mx.stranger.test");
                },
                "bogus",
                "dnssec.status CRITICAL"),
            of(
                "signatures stripped",
                (dns, test) -> {
                  sound(dns, test);
                  dns.remove("contoso.test", "RRSIG");
                },
                "bogus",
                "dnssec.status CRITICAL"),
            of(
                "the parent names another key",
                (dns, test) -> test.delegateWrongly(zone(SignedZone.of("contoso.test", NOW), dns)),
                "bogus",
                "dnssec.ds-mismatch CRITICAL, dnssec.status CRITICAL"),
            of(
                "the parent names a key and the zone has none",
                (dns, test) -> {
                  test.delegate(SignedZone.of("contoso.test", NOW));
                  dns.add("contoso.test MX 10 mx.contoso.test");
                },
                "bogus",
                "dnssec.ds-mismatch CRITICAL, dnssec.status CRITICAL"),
            of(
                "signatures expired",
                (dns, test) -> test.delegate(lasting(dns, DAY.multipliedBy(30), DAY.negated())),
                "bogus",
                "dnssec.sig-expiry CRITICAL, dnssec.status CRITICAL"),
            of(
                "two days left",
                (dns, test) ->
                    test.delegate(lasting(dns, DAY.multipliedBy(28), DAY.multipliedBy(2))),
                "secure",
                "dnssec.sig-expiry CRITICAL"),
            of(
                "five days left",
                (dns, test) ->
                    test.delegate(lasting(dns, DAY.multipliedBy(9), DAY.multipliedBy(5))),
                "secure",
                "dnssec.sig-expiry WARNING"),
            of(
                "less than a quarter left",
                (dns, test) ->
                    test.delegate(lasting(dns, DAY.multipliedBy(24), DAY.multipliedBy(7))),
                "secure",
                "dnssec.sig-expiry WARNING"),
            of(
                "signed for two days all the time, as some operators do",
                (dns, test) -> test.delegate(lasting(dns, DAY, DAY)),
                "secure",
                ""),
            of(
                "signed for two days, and then no more",
                (dns, test) ->
                    test.delegate(lasting(dns, Duration.ofHours(45), Duration.ofHours(3))),
                "secure",
                "dnssec.sig-expiry CRITICAL"),
            of(
                "RSASHA256",
                (dns, test) -> test.delegate(zone(SignedZone.by(8, "contoso.test", NOW), dns)),
                "secure",
                ""),
            of(
                "RSASHA512",
                (dns, test) -> test.delegate(zone(SignedZone.by(10, "contoso.test", NOW), dns)),
                "secure",
                "dnssec.algo INFO"),
            of(
                "NSEC3 iterations",
                (dns, test) ->
                    test.delegate(
                        zone(
                            SignedZone.of("contoso.test", NOW)
                                .add("contoso.test NSEC3PARAM 1 0 10 AABB"),
                            dns)),
                "secure",
                "dnssec.nsec3-iter WARNING"),
            of(
                "NSEC3 without iterations",
                (dns, test) ->
                    test.delegate(
                        zone(
                            SignedZone.of("contoso.test", NOW)
                                .add("contoso.test NSEC3PARAM 1 0 0 -"),
                            dns)),
                "secure",
                ""),
            of(
                "an MX host in a zone that is not signed",
                (dns, test) -> {
                  test.delegate(
                          SignedZone.of("contoso.test", NOW)
                              .add("contoso.test MX 10 mx.plain.test")
                              .into(dns.server()))
                      .delegate("plain.test");
                  dns.add("mx.plain.test A 192.0.2.1");
                },
                "secure",
                "dnssec.mx-zone INFO mx.plain.test"),
            of(
                "everything over TCP",
                (dns, test) -> {
                  sound(dns, test);
                  dns.server().faults(Fault.TRUNCATED);
                },
                "secure",
                ""))
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(),
                    () -> {
                      var judgement = judge(scenario.change());
                      assertThat(judgement.facts()).containsEntry("status", scenario.status());
                      assertThat(violated(judgement)).isEqualTo(scenario.violated());
                      assertThat(judgement.gaps()).isEmpty();
                      close();
                    }));
  }

  private static String violated(Judgement judgement) {
    return String.join(
        ", ",
        judgement.findings().stream()
            .map(
                one ->
                    one.rule().id()
                        + " "
                        + one.severity()
                        + (one.subject().equals("contoso.test") ? "" : " " + one.subject()))
            .sorted()
            .toList());
  }

  // who fails | how
  @ParameterizedTest
  @CsvSource({
    "contoso.test, SERVFAIL",
    "contoso.test, REFUSED",
    "contoso.test, SILENT",
    "contoso.test, REFERRAL",
    "test, SERVFAIL",
    "test, SILENT"
  })
  void anOutageIsAGapAndResolvesNothing(String name, Fault fault) {
    var judgement =
        judge(
            (dns, test) -> {
              sound(dns, test);
              dns.fault(name, fault);
            });

    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.records()).isEmpty();
    for (var rule : PROBE.rules()) {
      assertThat(judgement.gaps())
          .anyMatch(gap -> gap.hides(new Finding.Key(rule.id(), "contoso.test")));
    }
  }

  @Test
  void anAnswerThatIsWithheldAndGivenWhenNobodyChecksIsBogusAndNoOutage() {
    var dns = FakeDns.serving("contoso.test MX 10 mx.contoso.test");
    closing.add(dns);
    dns.fault("contoso.test", Fault.BOGUS);

    var judgement = judge(dns, DnssecSettings.DEFAULT.trusting(DnsServer.parse(dns.hostAndPort())));

    assertThat(violated(judgement)).isEqualTo("dnssec.status CRITICAL");
    assertThat(judgement.facts())
        .containsEntry("status", "bogus")
        .containsEntry("validatedBy", "resolver " + dns.hostAndPort());
  }

  @Test
  void aMailHostThatIsNotAnsweredHidesItselfAlone() {
    var judgement =
        judge(
            (dns, test) -> {
              test.delegate(
                      SignedZone.of("contoso.test", NOW)
                          .add("contoso.test MX 10 mx.plain.test")
                          .into(dns.server()))
                  .delegate("plain.test");
              dns.add("mx.plain.test A 192.0.2.1").fault("mx.plain.test", Fault.SERVFAIL);
            });

    assertThat(judgement.facts()).containsEntry("status", "secure");
    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps())
        .singleElement()
        .matches(gap -> gap.hides(new Finding.Key("dnssec.mx-zone", "mx.plain.test")))
        .matches(gap -> !gap.hides(new Finding.Key("dnssec.status", "contoso.test")));
  }

  @Test
  void aZoneThatIsAnAnchorItselfNeedsNoDsRecord() {
    var unanswered = new Answer.Unanswered(Answer.Failure.SERVFAIL, "SERVFAIL", "test");
    var ds = secured(RecordType.DS, new Security.Unseen("SERVFAIL"), unanswered);
    var keys = found(RecordType.DNSKEY, "0101030d" + "ab".repeat(64));
    var seen =
        new DnssecSeen(
            NAME,
            ds,
            secured(RecordType.MX, new Security.Secure(), mx()),
            Optional.of(
                new DnssecSeen.Signed(
                    ds,
                    secured(RecordType.DNSKEY, new Security.Secure(), keys),
                    secured(RecordType.NSEC3PARAM, new Security.Secure(), none()),
                    List.of())),
            List.of());

    var judgement = PROBE.judge(CONTOSO, seen, Context.at(NOW));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
  }

  @Test
  void saysWhatToGiveTheRegistrar() {
    var judgement =
        judge((dns, test) -> test.delegateWrongly(zone(SignedZone.of("contoso.test", NOW), dns)));

    assertThat(judgement.findings())
        .filteredOn(finding -> finding.rule().id().equals("dnssec.ds-mismatch"))
        .singleElement()
        .matches(finding -> finding.remedy().contains("contoso.test. IN DS "))
        .matches(finding -> finding.remedy().contains(" 13 2 "));
  }

  @Test
  void theStatusIsWatchedAndSaysWhoValidated() {
    var judgement = judge(DnssecProbeTest::sound);

    assertThat(judgement.records()).containsExactly(Map.entry("contoso.test DNSSEC", "secure"));
    assertThat(judgement.facts())
        .containsEntry("validatedBy", "maildrift")
        .containsEntry("signaturesExpire", NOW.plus(Duration.ofDays(30)).toString());
  }

  @Test
  void anUnsignedDomainCostsTwoQuestions() {
    var test = SignedZone.of("test", NOW);
    var dns = FakeDns.serving("contoso.test MX 10 mx.contoso.test");
    closing.add(dns);
    test.delegate("contoso.test").into(dns.server());

    judge(dns, DnssecSettings.DEFAULT.anchors(test.anchor()));

    assertThat(dns.asked("contoso.test")).isEqualTo(2);
    assertThat(dns.asked("test")).isEqualTo(1);
  }

  @Test
  void readsFlagsAndAlgorithm() {
    var key =
        Key.of(
                DnsName.of("dskey.example.com"),
                found(RecordType.DNSKEY, "01000305" + "0103f2c9dd57c4d4cb4b3f2d8f4fb4d3"))
            .getFirst();

    assertThat(key.flags()).isEqualTo(256);
    assertThat(key.algorithm()).isEqualTo(5);
    assertThat(key.maySign()).isTrue();
    assertThat(key.isEntryPoint()).isFalse();
    assertThat(key.digest(9)).isEmpty();
  }

  @Test
  void theRootsKeyHasTheTagAndDigestThatIanaPublishes() {
    // KSK-2017 as in the root zone.
    var base64 =
        "AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU=";
    var hex =
        "01010308"
            + java.util.HexFormat.of().formatHex(java.util.Base64.getDecoder().decode(base64));
    var key = Key.of(DnsName.ROOT, found(RecordType.DNSKEY, hex)).getFirst();

    assertThat(key.tag()).isEqualTo(20326);
    assertThat(key.isEntryPoint()).isTrue();
    assertThat(DnssecSettings.ROOT.getFirst())
        .endsWith(key.digest(2).orElseThrow().toUpperCase(java.util.Locale.ROOT));
    assertThat(new Key.Ds(20326, 8, 2, key.digest(2).orElseThrow()).matches(key)).isTrue();
  }

  // ---- Without a wire

  @Test
  void indeterminateIsAGap() {
    var seen =
        seen(new Security.Indeterminate("the resolver does not pass on signatures"), List.of());

    var judgement = PROBE.judge(CONTOSO, seen, Context.at(NOW));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps())
        .anyMatch(gap -> gap.hides(new Finding.Key("dnssec.status", "contoso.test")));
    assertThat(judgement.facts()).containsEntry("status", "indeterminate");
  }

  @Test
  void sha1IsOutOfDate() {
    var seen =
        new DnssecSeen(
            NAME,
            secured(
                RecordType.DS,
                new Security.Secure(),
                found(RecordType.DS, "30390701" + "ab".repeat(20))),
            secured(RecordType.MX, new Security.Secure(), mx()),
            Optional.of(
                new DnssecSeen.Signed(
                    secured(
                        RecordType.DS,
                        new Security.Secure(),
                        found(RecordType.DS, "30390701" + "ab".repeat(20))),
                    secured(
                        RecordType.DNSKEY,
                        new Security.Secure(),
                        found(RecordType.DNSKEY, "010103070301" + "ab".repeat(64))),
                    secured(RecordType.NSEC3PARAM, new Security.Secure(), none()),
                    List.of())),
            List.of());

    var judgement = PROBE.judge(CONTOSO, seen, Context.at(NOW));

    assertThat(judgement.findings())
        .filteredOn(finding -> finding.rule().id().equals("dnssec.algo"))
        .singleElement()
        .matches(
            finding ->
                finding
                    .message()
                    .equals(
                        "contoso.test has keys of RSASHA1-NSEC3-SHA1 (7) and a DS record of digest type 1 (SHA-1) alone"));
  }

  @Test
  void everyRuleIsExplained() {
    assertThat(PROBE.rules())
        .allSatisfy(
            rule ->
                assertThat(List.of(rule.why(), rule.reference(), rule.remedy(), rule.example()))
                    .doesNotContain(""));
  }

  private static DnssecSeen seen(Security security, List<Signature> signatures) {
    var mx = new Secured(new Question(NAME, RecordType.MX), mx(), security, signatures, "");
    return new DnssecSeen(NAME, mx, mx, Optional.empty(), List.of());
  }

  private static Secured secured(RecordType type, Security security, Answer answer) {
    return new Secured(new Question(NAME, type), answer, security, List.of(), "maildrift");
  }

  private static Answer mx() {
    return new Answer.Found(
        List.of(new Rdata.Mx(10, DnsName.of("mx.contoso.test"))),
        List.of(),
        Duration.ofMinutes(5),
        "test",
        false);
  }

  private static Answer none() {
    return new Answer.NoData(List.of(), Duration.ZERO, "test", false);
  }

  private static Answer found(RecordType type, String hex) {
    return new Answer.Found(
        List.of(new Rdata.Other(type, hex)), List.of(), Duration.ofMinutes(5), "test", false);
  }

  private Judgement judge(BiConsumer<FakeDns, SignedZone> change) {
    var dns = FakeDns.serving();
    closing.add(dns);
    var test = SignedZone.of("test", NOW);
    change.accept(dns, test);
    test.into(dns.server());
    return judge(dns, DnssecSettings.DEFAULT.anchors(test.anchor()));
  }

  private static Judgement judge(FakeDns dns, DnssecSettings settings) {
    try (var door =
        new DnsDoor(
            DnsSettings.only(List.of(DnsServer.parse(dns.hostAndPort())))
                .timeout(Duration.ofMillis(400))
                .dnssec(settings))) {
      return PROBE.judge(CONTOSO, PROBE.observe(CONTOSO, network(door)), Context.at(NOW));
    }
  }

  private static Network network(DnsDoor door) {
    var deadline = Deadline.after(Duration.ofSeconds(20));
    return new Network() {
      @Override
      public Dns dns() {
        return door.cached(deadline);
      }

      @Override
      public Dnssec dnssec() {
        return door.dnssec(deadline);
      }

      @Override
      public Instant now() {
        return NOW;
      }

      @Override
      public Smtp smtp() {
        throw new UnsupportedOperationException("nobody asks for mail servers here");
      }

      @Override
      public Deadline deadline() {
        return deadline;
      }
    };
  }
}
