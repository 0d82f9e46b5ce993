package maildrift.probes.caa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.FakeDns;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.https.Https;
import maildrift.probes.https.HttpsLook;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.tls.TestCa;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaaProbeTest {
  private static final CaaProbe PROBE = new CaaProbe();
  private static final ManagedDomain CONTOSO = ManagedDomain.undeclared(DnsName.of("contoso.test"));
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");

  private static final TestCa LETS_ENCRYPT = TestCa.root("R12,O=Let's Encrypt");
  private static final TestCa DIGICERT = TestCa.root("G2,O=DigiCert Inc");
  private static final TestCa NOBODY = TestCa.root("Lab Root,O=Laboratory");

  // records, " + " between | issuer of mx.contoso.test's certificate | violated
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          contoso.test MX 10 mx.contoso.test                                                        | le  | caa.present INFO contoso.test
          contoso.test CAA 0 issue "letsencrypt.org"                                                | le  |
          contoso.test CAA 0 issue "LetsEncrypt.org ; validationmethods=dns-01"                     | le  |
          test CAA 0 issue "letsencrypt.org"                                                        | le  |
          contoso.test CAA 0 issue "digicert.com"                                                   | le  | caa.permits-issuer WARNING mx.contoso.test
          contoso.test CAA 0 issue "digicert.com" + contoso.test CAA 0 issue "letsencrypt.org"      | le  |
          contoso.test CAA 0 issue "letsencrypt.org"                                                | dc  | caa.permits-issuer WARNING mx.contoso.test
          contoso.test CAA 0 issue "www.digicert.com"                                               | dc  |
          contoso.test CAA 0 issue ";"                                                              | le  | caa.permits-issuer WARNING mx.contoso.test
          contoso.test CAA 0 issue ";"                                                              | lab |
          contoso.test CAA 0 issue "digicert.com"                                                   | lab |
          contoso.test CAA 0 issue "digicert.com" + mx.contoso.test CAA 0 issue "letsencrypt.org"   | le  |
          contoso.test CAA 0 issue "letsencrypt.org" + mx.contoso.test CAA 0 iodef "mailto:a@b.test" | dc  |
          contoso.test CAA 0 issuewild "digicert.com"                                               | le  |
          contoso.test CAA 0 issuewild "digicert.com"                                               | wild | caa.permits-issuer WARNING mx.contoso.test
          contoso.test CAA 0 issue "letsencrypt.org" + mx.contoso.test CAA 0 issue "digicert.com"   | wild |
          contoso.test CAA 0 issue "digicert.com" + contoso.test CAA 0 issuewild "letsencrypt.org"  | wild |
          contoso.test CAA 0 issue "https://letsencrypt.org/"                                       | lab | caa.syntax CRITICAL contoso.test
          contoso.test CAA 0 issue "https://letsencrypt.org/"                                       | le  | caa.syntax CRITICAL contoso.test, caa.permits-issuer WARNING mx.contoso.test
          contoso.test CAA 128 tbs "unknown"                                                        | lab | caa.syntax CRITICAL contoso.test
          contoso.test CAA 128 issue "letsencrypt.org"                                              | le  |
          contoso.test CAA 0 isue "letsencrypt.org"                                                 | le  | caa.syntax WARNING contoso.test
          contoso.test CAA 1 issue "letsencrypt.org"                                                | le  | caa.syntax WARNING contoso.test
          contoso.test CAA 0 issuemail "swisssign.com"                                              | le  |
          contoso.test CAA 0 issuemail "swiss sign"                                                 | le  | caa.syntax WARNING contoso.test
          contoso.test CAA 0 iodef "mailto:security@contoso.test"                                   | le  |
          contoso.test CAA 0 iodef "https://contoso.test/caa"                                       | le  |
          contoso.test CAA 0 iodef "security@contoso.test"                                          | le  | caa.iodef INFO contoso.test
          contoso.test CNAME other.test + other.test CAA 0 issue "digicert.com"                     | lab |
          """)
  void judgesWhatIsPublished(String records, String issuer, @Nullable String violated) {
    var dns = ListedDns.of();
    Arrays.stream(records.split("\\+", -1)).forEach(dns::add);
    if (!records.contains("CNAME")) {
      dns.add("contoso.test MX 10 mx.contoso.test").add("mx.contoso.test A 192.0.2.1");
    }

    assertThat(violated(judge(dns, certificateOf(issuer))))
        .isEqualTo(violated == null ? "" : violated);
  }

  private static SmtpLook.Tls certificateOf(String issuer) {
    var host = TestCa.wish("mx.contoso.test");
    var leaf =
        switch (issuer) {
          case "le" -> LETS_ENCRYPT.leaf(host);
          case "wild" -> LETS_ENCRYPT.leaf(host.dnsNames("*.contoso.test"));
          case "dc" -> DIGICERT.leaf(host);
          default -> NOBODY.leaf(host);
        };
    return new SmtpLook.Handshake("TLSv1.3", "TLS_AES_128_GCM_SHA256", leaf.der());
  }

  @Test
  void aRegistryThatIsNotAskedIsNoGapOfEveryDomainAndNothingIsSaidToBeMissing() {
    var dns =
        ListedDns.of()
            .add("contoso.test MX 10 mx.contoso.test")
            .add("mx.contoso.test A 192.0.2.1")
            .add("test CAA timeout");

    var judgement = judge(dns, certificateOf("lab"));

    assertThat(judgement.gaps()).isEmpty();
    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.records()).isEmpty();
    assertThat(judgement.hides(new Finding.Key("caa.present", "contoso.test"))).isTrue();
  }

  @Test
  void saysWhatToPublish() {
    var judgement =
        judge(contoso("contoso.test CAA 0 issue \"digicert.com\""), certificateOf("le"));

    var finding = judgement.findings().getFirst();
    assertThat(finding.message())
        .isEqualTo(
            "renewal will fail: mx.contoso.test has a certificate of Let's Encrypt for mx.contoso.test, but the CAA records at contoso.test let only digicert.com issue");
    assertThat(finding.remedy()).endsWith("contoso.test. IN CAA 0 issue \"letsencrypt.org\"");
    assertThat(finding.cause()).isEqualTo("contoso.test CAA");
    assertThat(judgement.facts())
        .containsEntry("foundAt", "contoso.test")
        .containsEntry("issue", List.of("digicert.com"));
    assertThat(judgement.records()).containsEntry("contoso.test CAA", "0 issue \"digicert.com\"");
  }

  @Test
  void withoutCaaRecordsNoMailHostIsContacted() {
    var network = new Scripted(contoso(), new SmtpLook.NotOffered());

    var judgement = judge(CONTOSO, network);

    assertThat(network.looked).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(judgement.gaps()).isEmpty();
  }

  @Test
  void whoeverSkipsTlsDoesNotWantMailHostsToBeContacted() {
    var network =
        new Scripted(contoso("contoso.test CAA 0 issue \"digicert.com\""), certificateOf("le"));

    var judgement = judge(skipping(CONTOSO, "tls"), network);

    assertThat(network.looked).isEmpty();
    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
  }

  @Test
  void aMailHostThatDoesNotAnswerHidesItsIssuerAndNothingElse() {
    var judgement =
        judge(
            contoso("contoso.test CAA 0 issue \"digicert.com\""),
            new SmtpLook.Interrupted("silence"));

    assertThat(judgement.findings()).isEmpty();
    assertThat(hidden(judgement, "caa.permits-issuer", "mx.contoso.test")).isTrue();
    assertThat(hidden(judgement, "caa.syntax", "contoso.test")).isFalse();
  }

  @Test
  void nothingIsSaidOfACertificateForAnotherName() {
    var stranger = LETS_ENCRYPT.leaf("other.test");

    var judgement =
        judge(
            contoso("contoso.test CAA 0 issue \"digicert.com\""),
            new SmtpLook.Handshake("TLSv1.3", "TLS_AES_128_GCM_SHA256", stranger.der()));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
  }

  @Test
  void aNameOnTheWayUpThatIsNotAnsweredHidesWhatIsAboveIt() {
    var judgement =
        judge(
            contoso("mx.contoso.test CAA timeout", "contoso.test CAA 0 issue \"digicert.com\""),
            certificateOf("le"));

    assertThat(judgement.findings()).isEmpty();
    assertThat(hidden(judgement, "caa.permits-issuer", "mx.contoso.test")).isTrue();
    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
  }

  @Test
  void theMostSpecificSetCountsAlthoughTheNameAboveIsNotAnswered() {
    var judgement =
        judge(
            contoso("contoso.test CAA 0 issue \"letsencrypt.org\"", "test CAA timeout"),
            certificateOf("le"));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
  }

  // fault of the server for contoso.test | outcome | violated | is it a gap?
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SERVFAIL        | UNOBSERVABLE |                               | true
          REFUSED         | UNOBSERVABLE |                               | true
          SILENT          | UNOBSERVABLE |                               | true
          NOTIMP          | UNOBSERVABLE |                               | true
          REFERRAL        | UNOBSERVABLE |                               | true
          TRUNCATED       | OBSERVED     | caa.syntax CRITICAL contoso.test | false
          SILENT_OVER_UDP | UNOBSERVABLE |                               | true
          WRONG_ID        | OBSERVED     | caa.syntax CRITICAL contoso.test | false
          EMPTIES         | ABSENT       | caa.present INFO contoso.test | false
          """)
  void aServerThatDoesNotAnswerIsNotAServerThatSaysNo(
      Fault fault, Outcome outcome, @Nullable String violated, boolean gap) {
    try (var server = FakeDns.serving("contoso.test CAA 128 unknown \"x\"");
        var door =
            new DnsDoor(
                DnsSettings.only(List.of(DnsServer.parse(server.hostAndPort())))
                    .timeout(Duration.ofMillis(300)))) {
      server.fault("contoso.test", fault);
      var judgement =
          judge(
              CONTOSO,
              new Scripted(
                  door.cached(Deadline.after(Duration.ofSeconds(20))), new SmtpLook.NotOffered()));

      assertThat(judgement.outcome()).isEqualTo(outcome);
      assertThat(violated(judgement)).isEqualTo(violated == null ? "" : violated);
      assertThat(hidden(judgement, "caa.syntax", "contoso.test")).isEqualTo(gap);
      assertThat(judgement.records().containsKey("contoso.test CAA")).isNotEqualTo(gap);
    }
  }

  // ---- The host of the MTA-STS policy

  private static final String ANNOUNCED = "_mta-sts.contoso.test TXT v=STSv1; id=1";
  private static final String POLICY_HOST = "mta-sts.contoso.test";
  private static final HttpsLook ITS_CERTIFICATE =
      new HttpsLook.Spoke(
          DnsName.of(POLICY_HOST),
          LETS_ENCRYPT.leaf(TestCa.wish(POLICY_HOST)).der(),
          new HttpsLook.Said.Garbled("nothing that matters here"));

  // records besides | violated | contacted?
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          contoso.test CAA 0 issue "digicert.com" | caa.permits-issuer WARNING mta-sts.contoso.test | true
          contoso.test CAA 0 issue "digicert.com" + contoso.test CAA 0 issue "letsencrypt.org" | | true
          contoso.test CAA 0 issue "digicert.com" + mta-sts.contoso.test CAA 0 issue "letsencrypt.org" | | true
          contoso.test CAA 0 issue "digicert.com" + mta-sts.contoso.test CAA 0 issue "digicert.com" | caa.permits-issuer WARNING mta-sts.contoso.test | true
          test CAA 0 iodef "mailto:a@b.test" | | false
          """)
  void thePolicyHostsAuthorityMustBeNamedToo(
      String records, @Nullable String violated, boolean contacted) {
    var dns = contoso(ANNOUNCED, POLICY_HOST + " A 192.0.2.2");
    Arrays.stream(records.split("\\+", -1)).forEach(dns::add);
    var network = new Scripted(dns, certificateOf("dc")).web(ITS_CERTIFICATE);

    var judgement = judge(CONTOSO, network);

    assertThat(violated(judgement)).isEqualTo(violated == null ? "" : violated);
    assertThat(network.read).hasSize(contacted ? 1 : 0);
    if (violated != null) {
      assertThat(String.valueOf(judgement.facts().get("policyHost")))
          .contains("issuer=Let's Encrypt", "permitted=false");
      assertThat(judgement.findings().getFirst().message())
          .startsWith("renewal will fail: mta-sts.contoso.test has a certificate of Let's Encrypt");
    }
  }

  @Test
  void aPolicyThatNobodyAnnouncesIsNotLookedFor() {
    var network =
        new Scripted(
                contoso("contoso.test CAA 0 issue \"digicert.com\"", POLICY_HOST + " A 192.0.2.2"),
                certificateOf("dc"))
            .web(ITS_CERTIFICATE);

    assertThat(violated(judge(CONTOSO, network))).isEmpty();
    assertThat(violated(judge(skipping(CONTOSO, "mtasts"), network))).isEmpty();
    assertThat(network.read).isEmpty();
  }

  @Test
  void aPolicyHostThatIsNotSeenHidesItselfAlone() {
    var dns =
        contoso(
            "contoso.test CAA 0 issue \"digicert.com\"", ANNOUNCED, POLICY_HOST + " A 192.0.2.2");
    var silent =
        judge(
            CONTOSO,
            new Scripted(dns, certificateOf("dc")).web(new HttpsLook.Unobservable("silence")));
    var unasked =
        judge(
            contoso(
                "contoso.test CAA 0 issue \"digicert.com\"", "_mta-sts.contoso.test TXT timeout"),
            certificateOf("dc"));

    for (var judgement : List.of(silent, unasked)) {
      assertThat(judgement.findings()).isEmpty();
      assertThat(judgement.gaps()).isEmpty();
      assertThat(judgement.hides(new Finding.Key("caa.permits-issuer", POLICY_HOST))).isTrue();
      assertThat(judgement.hides(new Finding.Key("caa.permits-issuer", "mx.contoso.test")))
          .isFalse();
    }
  }

  @Test
  void aHostileNameIsNotClimbedForEver() {
    var deep = "a.".repeat(100) + "test";
    var dns = ListedDns.of("contoso.test MX 10 " + deep);

    var judgement = judge(dns, new SmtpLook.NotOffered());

    assertThat(dns.asked()).hasSizeLessThan(10);
    assertThat(judgement.facts()).containsEntry("hostsOmitted", 1);
  }

  // value | issuer, nothing where it is malformed
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          `letsencrypt.org`                        | letsencrypt.org
          `  Ca1.Example.net  `                    | ca1.example.net
          `ca.example.net; account=230123`         | ca.example.net
          `ca.example.net;a=b;c=d`                 | ca.example.net
          `ca.example.net ; a = b ; c-d = e`       | ca.example.net
          `;`                                      | ;
          ``                                       | ;
          `%%%%%`                                  |
          `ca-.example.net`                        |
          `-ca.example.net`                        |
          `ca..example.net`                        |
          `ca.example.net.`                        |
          `ca_1.example.net`                       |
          `ca.example.net; account`                |
          `ca.example.net; a=b c`                  |
          `ca.example.net; =b`                     |
          `ca.example.net a=b`                     |
          """)
  void readsTheValueByTheLetter(String value, @Nullable String issuer) {
    var parsed = IssueValue.parse(value).map(one -> one.issuer().orElse(";"));

    assertThat(parsed.orElse(null)).isEqualTo(issuer);
  }

  @Test
  void mutatedRecordsNeverThrow() {
    var random = new Random(8659);
    for (var round = 0; round < 20_000; round++) {
      var text =
          new StringBuilder("issue ca.example.net; account=230123; validationmethods=dns-01");
      for (var change = random.nextInt(6); change >= 0; change--) {
        text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
      }
      var tag = text.substring(0, 5);
      var value = text.substring(6);
      assertThatCode(
              () -> {
                var set = CaaSet.of(List.of(new Rdata.Caa(random.nextInt(256), tag, value)));
                set.problems();
                set.permits(Set.of("ca.example.net"), true);
              })
          .doesNotThrowAnyException();
    }
  }

  @Test
  void everyRuleIsExplained() {
    assertThat(PROBE.rules())
        .allSatisfy(
            rule ->
                assertThat(List.of(rule.why(), rule.reference(), rule.remedy(), rule.example()))
                    .doesNotContain(""));
  }

  private static ListedDns contoso(String... more) {
    var dns = ListedDns.of("contoso.test MX 10 mx.contoso.test", "mx.contoso.test A 192.0.2.1");
    List.of(more).forEach(dns::add);
    return dns;
  }

  private static Judgement judge(Dns dns, SmtpLook.Tls tls) {
    return judge(CONTOSO, new Scripted(dns, tls));
  }

  private static Judgement judge(ManagedDomain domain, Network network) {
    return PROBE.judge(domain, PROBE.observe(domain, network), Context.at(NOW));
  }

  private static ManagedDomain skipping(ManagedDomain domain, String probe) {
    return new ManagedDomain(
        domain.name(),
        domain.tenant(),
        domain.prescriptions(),
        domain.dkim(),
        domain.allowlist(),
        domain.forwardingServers(),
        domain.smarthosts(),
        domain.tlsLevel(),
        domain.gateways(),
        domain.dmarcPolicy(),
        Set.of(probe),
        domain.waivers(),
        domain.severities());
  }

  private static String violated(Judgement judgement) {
    return String.join(
        ", ",
        judgement.findings().stream()
            .map(one -> one.rule().id() + " " + one.severity() + " " + one.subject())
            .toList());
  }

  private static boolean hidden(Judgement judgement, String rule, String subject) {
    return judgement.gaps().stream().anyMatch(gap -> gap.hides(new Finding.Key(rule, subject)));
  }

  /** Mail hosts that all show the same. */
  private static final class Scripted implements Network {
    private final Dns dns;
    private final SmtpLook.Tls tls;
    private final List<Smtp.Target> looked = new ArrayList<>();
    private final List<Https.Target> read = new ArrayList<>();
    private HttpsLook web = new HttpsLook.Unobservable("nobody");

    Scripted(Dns dns, SmtpLook.Tls tls) {
      this.dns = dns;
      this.tls = tls;
    }

    Scripted web(HttpsLook all) {
      web = all;
      return this;
    }

    @Override
    public Dns dns() {
      return dns;
    }

    @Override
    public Https https() {
      return target -> {
        read.add(target);
        return web;
      };
    }

    @Override
    public Smtp smtp() {
      return targets -> {
        looked.addAll(targets);
        return targets.stream()
            .<SmtpLook>map(target -> new SmtpLook.Spoke(target, "mx", List.of("STARTTLS"), tls))
            .toList();
      };
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(Duration.ofMinutes(1));
    }
  }
}
