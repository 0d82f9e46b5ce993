package maildrift.probes.tls;

import static java.util.Objects.requireNonNull;
import static maildrift.probes.Severity.CRITICAL;
import static maildrift.probes.Severity.INFO;
import static maildrift.probes.Severity.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
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
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.domain.Tenant;
import maildrift.probes.domain.TlsLevel;
import maildrift.probes.smtp.Concessions;
import maildrift.probes.smtp.FakeSmtp;
import maildrift.probes.smtp.SharedSmtp;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpDoor;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.smtp.SmtpSettings;
import maildrift.probes.smtp.server.MailServer;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class TlsProbeTest {
  private static final DnsName CONTOSO = DnsName.of("contoso.test");
  private static final String MX = "mx.provider.test";
  private static final String SUITE = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
  private static final TestCa ROOT = TestCa.root("Lab Root");
  private static final TestCa CA = ROOT.intermediate("Lab CA");
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");

  private final TlsProbe probe = new TlsProbe(TrustAnchors.only(List.of(ROOT.certificate())));

  // ---- What is declared

  private static ManagedDomain declared(
      Optional<TlsLevel> level, Optional<NextHop> forwarding, Gateway... gateways) {
    return new ManagedDomain(
        CONTOSO,
        Tenant.NONE,
        List.of(),
        List.of(),
        Optional.empty(),
        forwarding.stream().toList(),
        List.of(),
        level,
        List.of(gateways),
        Optional.empty(),
        Set.of(),
        List.of(),
        Map.of());
  }

  private static ManagedDomain nothing() {
    return ManagedDomain.undeclared(CONTOSO);
  }

  private static ManagedDomain level(TlsLevel level) {
    return nothing().tlsLevel(level);
  }

  private static Gateway gateway(String host, int port, String connector, String... pins) {
    return new Gateway(
        "gw1",
        DnsName.of(host),
        List.of(),
        port,
        Optional.of(connector).filter(name -> !name.isEmpty()),
        Optional.empty(),
        Optional.empty(),
        List.of(pins));
  }

  // ---- What was seen

  private static TestCa.Wish wish(String host) {
    return TestCa.wish(host).valid(NOW.minus(Duration.ofDays(30)), days(90));
  }

  private static SmtpLook.Handshake handshake(TestCa.Leaf leaf) {
    return new SmtpLook.Handshake("TLSv1.3", "TLS_AES_128_GCM_SHA256", leaf.der());
  }

  private static Smtp.Target target(String host, String address) {
    return new Smtp.Target(DnsName.of(host), InetAddress.ofLiteral(address), 25);
  }

  private static SmtpLook spoke(String host, String address, SmtpLook.Tls tls) {
    return new SmtpLook.Spoke(
        target(host, address), host + " ESMTP", List.of("SIZE 1000", "STARTTLS"), tls);
  }

  private static Answer.Found found(Rdata... records) {
    return new Answer.Found(
        List.of(records), List.of(), Duration.ofMinutes(5), "192.0.2.53:53", false);
  }

  private static Answer.Unanswered unanswered() {
    return new Answer.Unanswered(Answer.Failure.TIMEOUT, "timeout after 2s", "192.0.2.53:53");
  }

  private static TlsSeen.Host host(String name, SmtpLook... looks) {
    return new TlsSeen.Host(
        DnsName.of(name), 25, false, Optional.empty(), List.of(), List.of(looks));
  }

  private static TlsSeen seen(TlsSeen.Host... hosts) {
    return new TlsSeen(
        Optional.of(found(new Rdata.Mx(10, DnsName.of(MX)))), List.of(), List.of(hosts), 0);
  }

  private static TlsSeen seen(SmtpLook.Tls tls) {
    return seen(host(MX, spoke(MX, "192.0.2.1", tls)));
  }

  private static TlsSeen seen(TestCa.Leaf leaf) {
    return seen(handshake(leaf));
  }

  private static final Concessions.Concession NO = new Concessions.Refused("handshake_failure");

  private static Concessions.Concession made(String protocol, String cipher) {
    return new Concessions.Made(protocol, cipher);
  }

  private static Concessions.Concession unseenOffer() {
    return new Concessions.Unseen("its banner is 421 busy");
  }

  /** At 192.0.2.1. */
  private static TlsSeen conceding(
      SmtpLook.Tls tls, Concessions.Concession version, Concessions.Concession cipher) {
    var look = spoke(MX, "192.0.2.1", tls);
    return seen(
        new TlsSeen.Host(
            DnsName.of(MX),
            25,
            false,
            Optional.empty(),
            List.of(),
            List.of(look),
            List.of(),
            Map.of(look.target().address(), new Concessions(version, cipher))));
  }

  private static TlsSeen atGateway(Gateway gateway, TestCa.Leaf leaf) {
    var name = gateway.host().toString();
    return seen(
        new TlsSeen.Host(
            gateway.host(),
            25,
            true,
            Optional.of(gateway),
            List.of(),
            List.of(spoke(name, "192.0.2.1", handshake(leaf)))));
  }

  private Judgement judge(ManagedDomain domain, TlsSeen seen) {
    return probe.judge(domain, seen, Context.at(NOW));
  }

  private static Map<String, Severity> violated(Judgement judgement) {
    var rules = new TreeMap<String, Severity>();
    judgement.findings().forEach(finding -> rules.put(finding.rule().id(), finding.severity()));
    return rules;
  }

  @SuppressWarnings("unchecked") // The shape that the README promises.
  private static List<Map<String, Object>> hosts(Judgement judgement) {
    return (List<Map<String, Object>>) requireNonNull(judgement.facts().get("hosts"));
  }

  private static Object fact(Judgement judgement, String name) {
    return Optional.ofNullable(hosts(judgement).getFirst().get(name)).orElse("unknown");
  }

  // ---- Scenarios: exactly these rules are violated, and this level is reached

  private record Scenario(
      String name, ManagedDomain domain, TlsSeen seen, String level, Map<String, Severity> rules) {}

  private static Scenario of(
      String name,
      ManagedDomain domain,
      TestCa.Leaf leaf,
      String level,
      Map<String, Severity> rules) {
    return new Scenario(name, domain, seen(leaf), level, rules);
  }

  private static TestCa.Leaf leaf(UnaryOperator<TestCa.Wish> wishes) {
    return CA.leaf(wishes.apply(wish(MX)));
  }

  private static TestCa.Leaf left(Duration lifetime, Duration left) {
    return leaf(wish -> wish.valid(NOW.plus(left).minus(lifetime), lifetime));
  }

  private static Duration days(int count) {
    return Duration.ofDays(count);
  }

  private static List<Scenario> scenarios() {
    var good = leaf(wish -> wish);
    var selfSigned = TestCa.root("Nobody").leaf(wish(MX));
    var plain = gateway("secure.contoso.test", 25, "");
    var connector = gateway("secure.contoso.test", 25, "secure.contoso.test");
    var secure = CA.leaf(wish("secure.contoso.test"));
    var both = KeyPurposeId.id_kp_clientAuth;
    var full = CA.leaf(wish("secure.contoso.test").usages(KeyPurposeId.id_kp_serverAuth, both));
    return List.of(
        of("a good certificate for the MX name", nothing(), good, "verify", Map.of()),
        of(
            "a wildcard",
            nothing(),
            leaf(wish -> wish.commonName("*.provider.test").dnsNames("*.provider.test")),
            "verify",
            Map.of()),
        of(
            "a certificate for the next hop too",
            level(TlsLevel.SECURE),
            leaf(wish -> wish.dnsNames(MX, "contoso.test")),
            "secure",
            Map.of()),
        of(
            "secure is declared, and the name comes from DNS",
            level(TlsLevel.SECURE),
            good,
            "verify",
            Map.of("tls.level", CRITICAL)),
        of("verify is declared and reached", level(TlsLevel.VERIFY), good, "verify", Map.of()),
        // Levels without TLS
        new Scenario(
            "no STARTTLS",
            nothing(),
            seen(new SmtpLook.NotOffered()),
            "none",
            Map.of("tls.starttls", WARNING)),
        new Scenario(
            "no STARTTLS where encryption is declared",
            level(TlsLevel.ENCRYPT),
            seen(new SmtpLook.NotOffered()),
            "none",
            Map.of("tls.starttls", WARNING, "tls.level", CRITICAL)),
        new Scenario(
            "STARTTLS refused",
            nothing(),
            seen(new SmtpLook.Declined("554 no")),
            "may",
            Map.of("tls.starttls", WARNING)),
        new Scenario(
            "TLS 1.0 only",
            nothing(),
            seen(new SmtpLook.NoHandshake(true, "protocol_version")),
            "may",
            Map.of("tls.version", CRITICAL)),
        new Scenario(
            "RSA key exchange only",
            nothing(),
            seen(new SmtpLook.NoHandshake("handshake_failure")),
            "may",
            Map.of("tls.handshake", WARNING)),
        new Scenario(
            "may is declared and the handshake fails",
            level(TlsLevel.MAY),
            seen(new SmtpLook.NoHandshake("handshake_failure")),
            "may",
            Map.of("tls.handshake", WARNING)),
        // Protocol and cipher
        new Scenario(
            "TLS 1.2",
            nothing(),
            seen(new SmtpLook.Handshake("TLSv1.2", SUITE, good.der())),
            "verify",
            Map.of("tls.version", INFO)),
        new Scenario(
            "no forward secrecy",
            nothing(),
            seen(new SmtpLook.Handshake("TLSv1.2", "TLS_RSA_WITH_AES_128_GCM_SHA256", good.der())),
            "verify",
            Map.of("tls.version", INFO, "tls.cipher", WARNING)),
        new Scenario(
            "3DES over TLS 1.0",
            nothing(),
            seen(
                new SmtpLook.Handshake("TLSv1", "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", good.der())),
            "verify",
            Map.of("tls.version", CRITICAL, "tls.cipher", CRITICAL)),
        // What it still accepts
        new Scenario(
            "nothing forbidden is accepted",
            nothing(),
            conceding(handshake(good), NO, NO),
            "verify",
            Map.of()),
        new Scenario(
            "TLS 1.0 beside 1.3",
            nothing(),
            conceding(handshake(good), made("TLSv1.0", "TLS_RSA_WITH_AES_128_CBC_SHA"), NO),
            "verify",
            Map.of("tls.version", INFO)),
        new Scenario(
            "SSL 3.0 beside 1.3",
            nothing(),
            conceding(handshake(good), made("SSLv3", "TLS_RSA_WITH_AES_128_CBC_SHA"), NO),
            "verify",
            Map.of("tls.version", WARNING)),
        new Scenario(
            "TLS 1.1 beside 1.2",
            nothing(),
            conceding(
                new SmtpLook.Handshake("TLSv1.2", SUITE, good.der()),
                made("TLSv1.1", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
                NO),
            "verify",
            Map.of("tls.version", INFO)),
        new Scenario(
            "3DES for who offers nothing better",
            nothing(),
            conceding(handshake(good), NO, made("TLSv1.2", "TLS_RSA_WITH_3DES_EDE_CBC_SHA")),
            "verify",
            Map.of("tls.cipher", CRITICAL)),
        new Scenario(
            "RC4 in TLS 1.0",
            nothing(),
            conceding(handshake(good), made("TLSv1.0", "TLS_RSA_WITH_RC4_128_SHA"), unseenOffer()),
            "verify",
            Map.of("tls.version", INFO, "tls.cipher", CRITICAL)),
        new Scenario(
            "no encryption, in TLS 1.2",
            nothing(),
            conceding(handshake(good), NO, made("TLSv1.2", "TLS_RSA_WITH_NULL_SHA256")),
            "verify",
            Map.of("tls.cipher", CRITICAL)),
        new Scenario(
            "anonymous suites, as Postfix comes",
            nothing(),
            conceding(handshake(good), NO, made("TLSv1.2", "TLS_DH_anon_WITH_AES_256_GCM_SHA384")),
            "verify",
            Map.of("tls.cipher", INFO)),
        new Scenario(
            "anonymous and of export strength",
            nothing(),
            conceding(handshake(good), NO, made("TLSv1.0", "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5")),
            "verify",
            Map.of("tls.version", INFO, "tls.cipher", CRITICAL)),
        new Scenario(
            "TLS 1.0 only, with 3DES",
            nothing(),
            conceding(
                new SmtpLook.NoHandshake(true, "protocol_version"),
                made("TLSv1.0", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
                made("TLSv1.0", "TLS_RSA_WITH_3DES_EDE_CBC_SHA")),
            "may",
            Map.of("tls.version", CRITICAL, "tls.cipher", CRITICAL)),
        // Chain
        of(
            "the intermediate is not sent",
            nothing(),
            good.sending(List.of()),
            "encrypt",
            Map.of("tls.chain", WARNING)),
        of(
            "an authority that nobody trusts, and verify is declared",
            level(TlsLevel.VERIFY),
            selfSigned,
            "encrypt",
            Map.of("tls.chain", CRITICAL, "tls.level", CRITICAL)),
        of(
            "an authority that nobody trusts, and encrypt is declared",
            level(TlsLevel.ENCRYPT),
            selfSigned,
            "encrypt",
            Map.of("tls.chain", WARNING)),
        // Names
        of(
            "another name",
            nothing(),
            CA.leaf(wish("other.test")),
            "encrypt",
            Map.of("tls.cert-san-match", WARNING, "tls.cert-cn-match", INFO)),
        of(
            "the SAN is right and the CN is not",
            nothing(),
            leaf(wish -> wish.commonName("other.test")),
            "verify",
            Map.of("tls.cert-cn-match", INFO)),
        of(
            "the CN is right and the SAN is not",
            nothing(),
            leaf(wish -> wish.dnsNames("other.test")),
            "encrypt",
            Map.of("tls.cert-san-match", WARNING)),
        of(
            "the CN is right and there is no SAN: Postfix takes it, nobody else",
            nothing(),
            leaf(wish -> wish.dnsNames()),
            "verify",
            Map.of("tls.cert-san-match", WARNING)),
        of(
            "no CN",
            nothing(),
            leaf(TestCa.Wish::noCommonName),
            "verify",
            Map.of("tls.cert-cn-absent", INFO)),
        // Expiry, relative to the lifetime
        of("22 of 90 days left", nothing(), left(days(90), days(22)), "verify", Map.of()),
        of(
            "21 of 90 days left",
            nothing(),
            left(days(90), days(21)),
            "verify",
            Map.of("tls.cert-expiry", WARNING)),
        of(
            "7 of 90 days left",
            nothing(),
            left(days(90), days(7)),
            "verify",
            Map.of("tls.cert-expiry", CRITICAL)),
        of("3 of 6 days left", nothing(), left(days(6), days(3)), "verify", Map.of()),
        of(
            "2 of 6 days left",
            nothing(),
            left(days(6), days(2)),
            "verify",
            Map.of("tls.cert-expiry", WARNING)),
        of(
            "7 hours of 6 days left",
            nothing(),
            left(days(6), Duration.ofHours(7)),
            "verify",
            Map.of("tls.cert-expiry", CRITICAL)),
        of(
            "expired: one finding, not two",
            nothing(),
            left(days(60), Duration.ofHours(-1)),
            "encrypt",
            Map.of("tls.cert-expiry", CRITICAL)),
        of(
            "not valid yet",
            nothing(),
            leaf(wish -> wish.valid(NOW.plusSeconds(3600), days(60))),
            "encrypt",
            Map.of("tls.cert-expiry", CRITICAL)),
        // Lifetime, keys, usage
        of(
            "a public certificate for 398 days, issued after March 2026",
            nothing(),
            leaf(wish -> wish.valid(NOW.minus(days(10)), days(398))),
            "verify",
            Map.of("tls.cert-lifetime", INFO)),
        of(
            "a public certificate for 398 days, issued before",
            nothing(),
            leaf(wish -> wish.valid(Instant.parse("2026-03-14T00:00:00Z"), days(398))),
            "verify",
            Map.of()),
        of(
            "RSA 1024",
            nothing(),
            leaf(wish -> wish.keys(TestCa.rsa(1024))),
            "verify",
            Map.of("tls.cert-key", CRITICAL)),
        of(
            "RSA 2048",
            nothing(),
            leaf(wish -> wish.keys(TestCa.rsa(2048))),
            "verify",
            Map.of("tls.cert-key", INFO)),
        of("RSA 3072", nothing(), leaf(wish -> wish.keys(TestCa.rsa(3072))), "verify", Map.of()),
        of(
            "signed with SHA-1",
            nothing(),
            leaf(wish -> wish.signature("SHA1withECDSA")),
            "verify",
            Map.of("tls.cert-key", CRITICAL)),
        of(
            "not for servers",
            nothing(),
            leaf(wish -> wish.usages(KeyPurposeId.id_kp_emailProtection)),
            "verify",
            Map.of("tls.cert-eku", CRITICAL)),
        // Gateways
        new Scenario(
            "a gateway is its own next hop",
            declared(Optional.of(TlsLevel.SECURE), Optional.empty(), plain),
            atGateway(plain, secure),
            "secure",
            Map.of()),
        new Scenario(
            "the connector's name",
            declared(Optional.empty(), Optional.empty(), connector),
            atGateway(connector, full),
            "secure",
            Map.of()),
        new Scenario(
            "the connector's name, without clientAuth",
            declared(Optional.empty(), Optional.empty(), connector),
            atGateway(connector, secure),
            "secure",
            Map.of("tls.cert-eku", WARNING)),
        new Scenario(
            "a connector with the wrong CN and the right SAN",
            declared(Optional.empty(), Optional.empty(), connector),
            atGateway(
                connector,
                CA.leaf(
                    wish("secure.contoso.test")
                        .commonName("gw1.contoso.test")
                        .usages(KeyPurposeId.id_kp_serverAuth, both))),
            "secure",
            Map.of("tls.connector-name", CRITICAL, "tls.cert-cn-match", CRITICAL)),
        new Scenario(
            "a connector and no CN",
            declared(Optional.empty(), Optional.empty(), connector),
            atGateway(
                connector,
                CA.leaf(
                    wish("secure.contoso.test")
                        .noCommonName()
                        .usages(KeyPurposeId.id_kp_serverAuth, both))),
            "secure",
            Map.of("tls.connector-name", CRITICAL, "tls.cert-cn-absent", CRITICAL)),
        pinned(
            "the pinned certificate, though self-signed",
            selfSigned(),
            true,
            "fingerprint",
            Map.of()),
        pinned(
            "another certificate than the pinned one",
            secure,
            false,
            "secure",
            Map.of("tls.fingerprint", CRITICAL, "tls.level", CRITICAL)),
        new Scenario(
            "another certificate than the pinned one, where nobody demands it",
            declared(
                Optional.empty(), Optional.empty(), gateway("secure.contoso.test", 25, "", "00")),
            atGateway(gateway("secure.contoso.test", 25, "", "00"), secure),
            "secure",
            Map.of("tls.fingerprint", WARNING)),
        new Scenario(
            "fingerprint is declared and nothing pinned: secure will do",
            declared(Optional.of(TlsLevel.FINGERPRINT), Optional.empty(), plain),
            atGateway(plain, secure),
            "secure",
            Map.of()));
  }

  private static TestCa.Leaf selfSigned() {
    return TestCa.root("Nobody").leaf(wish("secure.contoso.test"));
  }

  private static Scenario pinned(
      String name, TestCa.Leaf leaf, boolean matching, String level, Map<String, Severity> rules) {
    var pin = matching ? Leaf.of(leaf.certificate()).spkiSha256() : "00".repeat(32);
    var gateway = gateway("secure.contoso.test", 25, "", pin);
    return new Scenario(
        name,
        declared(Optional.of(TlsLevel.FINGERPRINT), Optional.empty(), gateway),
        atGateway(gateway, leaf),
        level,
        rules);
  }

  @TestFactory
  Stream<DynamicTest> everyScenarioViolatesExactlyItsRules() {
    return scenarios().stream()
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(),
                    () -> {
                      var judgement = judge(scenario.domain(), scenario.seen());

                      assertThat(violated(judgement)).isEqualTo(new TreeMap<>(scenario.rules()));
                      assertThat(fact(judgement, "level")).isEqualTo(scenario.level());
                      assertThat(judgement.gaps()).isEmpty();
                      assertThat(judgement.findings().stream().map(Finding::rule))
                          .allMatch(rule -> probe.looksAt(rule, judgement));
                      assertThat(judgement.findings())
                          .allSatisfy(
                              finding -> {
                                assertThat(finding.subject()).endsWith(".test:25");
                                assertThat(finding.cause()).isEqualTo(finding.subject());
                                assertThat(finding.message()).startsWith(finding.subject());
                                assertThat(finding.remedy()).isNotBlank();
                              });
                    }));
  }

  @Test
  void whatNobodyPinnedOrNamedWasNotLookedAt() {
    var secure = CA.leaf(wish("secure.contoso.test"));
    var plain = gateway("secure.contoso.test", 25, "");
    var both = gateway("secure.contoso.test", 25, "secure.contoso.test", "00".repeat(32));

    for (var gateway : List.of(plain, both)) {
      var judgement =
          judge(declared(Optional.empty(), Optional.empty(), gateway), atGateway(gateway, secure));

      for (var rule : List.of(TlsRules.CONNECTOR_NAME, TlsRules.FINGERPRINT)) {
        assertThat(probe.looksAt(rule, judgement)).as(rule.id()).isEqualTo(gateway.equals(both));
      }
      assertThat(probe.looksAt(TlsRules.LEVEL, judgement)).isTrue();
    }
  }

  @Test
  void whatIsStillAcceptedIsAFact() {
    var modern = handshake(leaf(wish -> wish));

    var lax =
        judge(
            nothing(),
            conceding(
                modern,
                made("TLSv1.1", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
                made("TLSv1.2", "TLS_RSA_WITH_3DES_EDE_CBC_SHA")));
    var strict = judge(nothing(), conceding(modern, NO, NO));

    assertThat(fact(lax, "offers")).isEqualTo(List.of("TLSv1.1", "TLSv1.2", "TLSv1.3"));
    assertThat(fact(lax, "weakCiphers")).isEqualTo(List.of("TLS_RSA_WITH_3DES_EDE_CBC_SHA"));
    assertThat(lax.findings())
        .extracting(Finding::message)
        .containsExactly(
            "mx.provider.test:25 still accepts TLSv1.1, which is forbidden",
            "mx.provider.test:25 accepts TLS_RSA_WITH_3DES_EDE_CBC_SHA, which protects nothing, when nothing better is offered");
    assertThat(fact(strict, "offers")).isEqualTo(List.of("TLSv1.3"));
    assertThat(fact(strict, "weakCiphers")).isEqualTo(List.of());
  }

  @Test
  void whatCouldNotBeOfferedHidesItsRulesAndNothingElse() {
    var old = new SmtpLook.Handshake("TLSv1.2", SUITE, leaf(wish -> wish).der());

    var judgement = judge(nothing(), conceding(old, unseenOffer(), unseenOffer()));

    assertThat(judgement.gaps()).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    // Not even that 1.3 is missing: it would say that TLS 1.0, told before, is gone.
    assertThat(violated(judgement)).isEmpty();
    assertThat(judgement.hides(new Finding.Key("tls.version", MX + ":25"))).isTrue();
    assertThat(judgement.hides(new Finding.Key("tls.cipher", MX + ":25"))).isTrue();
    assertThat(judgement.hides(new Finding.Key("tls.chain", MX + ":25"))).isFalse();
    assertThat(judgement.hides(new Finding.Key("tls.version", "mx2.provider.test:25"))).isFalse();
    assertThat(hosts(judgement).getFirst()).doesNotContainKeys("offers", "weakCiphers");
  }

  @Test
  void everyRuleIsExplained() {
    assertThat(probe.rules())
        .allSatisfy(
            rule -> {
              assertThat(rule.id()).matches("(tls|smtp)\\..*");
              assertThat(
                      List.of(
                          rule.title(),
                          rule.why(),
                          rule.reference(),
                          rule.remedy(),
                          rule.example()))
                  .noneMatch(String::isBlank);
            });
  }

  @Test
  void theFactsAreThePromisedOnes() {
    var judgement = judge(nothing(), seen(leaf(wish -> wish)));

    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(hosts(judgement).getFirst())
        .containsEntry("host", MX)
        .containsEntry("port", 25)
        .containsEntry("address", "192.0.2.1")
        .containsEntry("outcome", "observed")
        .containsEntry("starttls", true)
        .containsEntry("level", "verify")
        .containsEntry("protocol", "TLSv1.3")
        .containsEntry("cipher", "TLS_AES_128_GCM_SHA256")
        .containsEntry("subjectCn", MX)
        .containsEntry("subjectAltNames", List.of(MX))
        .containsEntry("cnMatch", true)
        .containsEntry("sanMatch", true)
        .containsEntry("chainTrusted", true)
        .containsEntry("notBefore", "2026-10-22T17:00:00Z")
        .containsEntry("notAfter", "2027-01-20T17:00:00Z")
        .containsEntry("issuer", "CN=Lab CA")
        .containsEntry("banner", MX + " ESMTP")
        .containsKeys("sha256", "spkiSha256");
  }

  // ---- The four facts of the names, and who accepts the certificate

  private record Names4(boolean san, boolean present, boolean cn, boolean inSan) {}

  private record Accepted(String name, TestCa.Leaf leaf, Names4 names, Set<String> consumers) {}

  private static final List<String> CONSUMERS =
      List.of(
          "postfixVerify",
          "postfixSecure",
          "mtaSts",
          "daneTa",
          "daneEe",
          "exchangeOnline",
          "seppmail");

  private static List<Accepted> acceptances() {
    return List.of(
        new Accepted(
            "CN and SAN are right",
            leaf(wish -> wish),
            new Names4(true, true, true, true),
            Set.of("postfixVerify", "mtaSts", "daneTa", "daneEe", "exchangeOnline", "seppmail")),
        new Accepted(
            "CN and SAN are right, and the next hop's name is there",
            leaf(wish -> wish.dnsNames(MX, "contoso.test")),
            new Names4(true, true, true, true),
            Set.copyOf(CONSUMERS)),
        new Accepted(
            "the SAN is right and the CN is not, nor is it in the SAN",
            leaf(wish -> wish.commonName("other.test")),
            new Names4(true, true, false, false),
            Set.of("postfixVerify", "mtaSts", "daneTa", "daneEe", "exchangeOnline")),
        new Accepted(
            "the SAN is right and the CN is another of its names",
            leaf(wish -> wish.commonName("other.test").dnsNames("OTHER.test", MX)),
            new Names4(true, true, false, true),
            Set.of("postfixVerify", "mtaSts", "daneTa", "daneEe", "exchangeOnline")),
        new Accepted(
            "no CN",
            leaf(TestCa.Wish::noCommonName),
            new Names4(true, false, false, false),
            Set.of("postfixVerify", "mtaSts", "daneTa", "daneEe", "exchangeOnline")),
        new Accepted(
            "the CN is right and there is no SAN",
            leaf(wish -> wish.dnsNames()),
            new Names4(false, true, true, false),
            Set.of("postfixVerify", "daneEe", "exchangeOnline", "seppmail")),
        new Accepted(
            "the CN is right and the SAN is somebody else's",
            leaf(wish -> wish.dnsNames("other.test")),
            new Names4(false, true, true, false),
            Set.of("daneEe", "exchangeOnline", "seppmail")),
        new Accepted(
            "all names are somebody else's",
            CA.leaf(wish("other.test")),
            new Names4(false, true, false, true),
            Set.of("daneEe")),
        new Accepted(
            "nobody trusts the authority",
            TestCa.root("Nobody").leaf(wish(MX)),
            new Names4(true, true, true, true),
            Set.of("daneTa", "daneEe")),
        new Accepted(
            "it has expired",
            left(days(60), Duration.ofHours(-1)),
            new Names4(true, true, true, true),
            Set.of("daneTa", "daneEe")));
  }

  @TestFactory
  Stream<DynamicTest> everyConsumerHasItsOwnVerdict() {
    return acceptances().stream()
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(),
                    () -> {
                      var host = hosts(judge(nothing(), seen(scenario.leaf()))).getFirst();

                      assertThat(host)
                          .containsEntry("sanMatch", scenario.names().san())
                          .containsEntry("cnPresent", scenario.names().present())
                          .containsEntry("cnMatch", scenario.names().cn())
                          .containsEntry("cnInSan", scenario.names().inSan())
                          .containsEntry("consumers", verdicts(scenario.consumers()));
                      var refusals = (Map<?, ?>) host.getOrDefault("refusals", Map.of());
                      assertThat(refusals).hasSize(CONSUMERS.size() - scenario.consumers().size());
                    }));
  }

  private static Map<String, Boolean> verdicts(Set<String> accepting) {
    var verdicts = new LinkedHashMap<String, Boolean>();
    CONSUMERS.forEach(consumer -> verdicts.put(consumer, accepting.contains(consumer)));
    return verdicts;
  }

  @Test
  void aConnectorComparesItsOwnName() {
    var connector = gateway("gw1.contoso.test", 25, "secure.contoso.test");
    var leaf = CA.leaf(wish("gw1.contoso.test").dnsNames("gw1.contoso.test", "*.contoso.test"));
    var host =
        hosts(
                judge(
                    declared(Optional.empty(), Optional.empty(), connector),
                    atGateway(connector, leaf)))
            .getFirst();

    assertThat(host).containsEntry("cnMatch", true);
    assertThat((Map<?, ?>) host.get("refusals"))
        .hasToString("{seppmail=its CN is gw1.contoso.test, not secure.contoso.test}");
  }

  @Test
  void theMessagesOfTheNamesSayWhoMinds() {
    var sanOnly = judge(nothing(), seen(leaf(wish -> wish.commonName("other.test"))));
    assertThat(sanOnly.findings())
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.message())
                    .contains(
                        "SAN is right",
                        "CN is other.test",
                        "accepted by standards clients",
                        "violates the SEPPmail connector instruction"));

    var cnOnly = judge(level(TlsLevel.VERIFY), seen(leaf(wish -> wish.dnsNames())));
    assertThat(cnOnly.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(CRITICAL);
              assertThat(finding.message())
                  .contains("only in its CN", "legacy only, modern clients will refuse it");
            });
  }

  @Test
  void aCnThatDiffersAtAnOwnGatewayIsAWarning() {
    var plain = gateway("secure.contoso.test", 25, "");
    var leaf = CA.leaf(wish("secure.contoso.test").commonName("gw1.contoso.test"));

    assertThat(
            violated(
                judge(declared(Optional.empty(), Optional.empty(), plain), atGateway(plain, leaf))))
        .isEqualTo(Map.of("tls.cert-cn-match", WARNING));
  }

  @Test
  void theChainIsShownAsSentAndWhatItLacksIsNamed() {
    var whole = hosts(judge(nothing(), seen(leaf(wish -> wish)))).getFirst();
    assertThat((List<?>) whole.get("chain"))
        .extracting(
            one -> ((Map<?, ?>) one).get("subject") + " by " + ((Map<?, ?>) one).get("issuer"))
        .containsExactly(MX + " by Lab CA", "Lab CA by Lab Root");
    assertThat(whole).doesNotContainKeys("chainMissing", "chainProblem");

    var cut = judge(nothing(), seen(leaf(wish -> wish).sending(List.of())));
    assertThat(hosts(cut).getFirst()).containsEntry("chainMissing", "Lab CA");
    assertThat(cut.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.message())
                  .contains("no intermediate certificate is sent", "Lab CA");
              assertThat(finding.evidence()).containsEntry("missing", "Lab CA");
            });
  }

  @Test
  void whatAServerPresentsIsJudgedForEveryConsumer() {
    var leaf = CA.leaf(TestCa.wish("mx.contoso.test").commonName("gw1.contoso.test"));
    try (var server = FakeSmtp.polite("mx.contoso.test", leaf)) {
      var dns = new Names().mx("contoso.test", "mx.contoso.test").a("mx.contoso.test", "127.0.0.1");
      var network = new Lab(dns, new SmtpDoor(settings(server.port())));
      var judgement =
          probe.judge(nothing(), probe.observe(nothing(), network), Context.at(Instant.now()));

      assertThat(violated(judgement)).isEqualTo(Map.of("tls.cert-cn-match", INFO));
      assertThat(hosts(judgement).getFirst())
          .containsEntry("sanMatch", true)
          .containsEntry("cnPresent", true)
          .containsEntry("cnMatch", false)
          .containsEntry("cnInSan", false)
          .containsEntry("forwardSecrecy", true)
          .containsEntry(
              "refusals", Map.of("seppmail", "its CN is gw1.contoso.test, not mx.contoso.test"));
    }
  }

  @Test
  void aHostOfTheInboundProfileIsANextHop() {
    var prescription =
        Prescription.of("provider", "provider", Role.INBOUND)
            .mx(
                List.of(
                    new Prescription.MxSet(
                        List.of(
                            new Prescription.MxHost(
                                new HostPattern("mx.provider.test"), Optional.empty())))));
    var domain = level(TlsLevel.SECURE).prescriptions(List.of(prescription));

    assertThat(HostJudge.isDeclared(domain, DnsName.of(MX))).isTrue();
    assertThat(HostJudge.isDeclared(domain, DnsName.of("mx.other.test"))).isFalse();
    assertThat(HostJudge.isDeclared(level(TlsLevel.SECURE), DnsName.of(MX))).isFalse();
  }

  @Test
  void oneFindingARuleAndHostNamesTheAddressesThatShowIt() {
    var good = handshake(leaf(wish -> wish));
    var bad = handshake(CA.leaf(wish("other.test")));
    var judgement =
        judge(
            nothing(),
            seen(
                host(
                    MX,
                    spoke(MX, "192.0.2.1", good),
                    spoke(MX, "192.0.2.2", bad),
                    spoke(MX, "2001:db8::2", bad))));

    assertThat(violated(judgement)).containsOnlyKeys("tls.cert-san-match", "tls.cert-cn-match");
    assertThat(judgement.findings()).hasSize(2);
    assertThat(judgement.findings().getFirst().message())
        .endsWith("(at 192.0.2.2, 2001:db8:0:0:0:0:0:2)");
    assertThat(hosts(judgement)).hasSize(3);
  }

  // ---- What could not be seen

  @Test
  void aSilentHostHidesOnlyItself() {
    var judgement =
        judge(
            nothing(),
            seen(
                host(MX, new SmtpLook.Unobservable(target(MX, "192.0.2.1"), "no answer in time")),
                host(
                    "mx2.provider.test",
                    spoke("mx2.provider.test", "192.0.2.2", new SmtpLook.NotOffered()))));

    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(violated(judgement)).containsOnlyKeys("tls.starttls");
    assertThat(judgement.gaps()).hasSize(1);
    var gap = judgement.gaps().getFirst();
    assertThat(gap.hides(new Finding.Key("tls.chain", MX + ":25"))).isTrue();
    assertThat(gap.hides(new Finding.Key("tls.chain", "mx2.provider.test:25"))).isFalse();
    assertThat(gap.hides(new Finding.Key("mx.extra", MX + ":25"))).isFalse();
    assertThat(hosts(judgement).getFirst())
        .containsEntry("outcome", "unobservable")
        .containsEntry("why", "no answer in time")
        .doesNotContainKey("level");
  }

  @Test
  void anInterruptedHandshakeIsAGapAndNoFinding() {
    var judgement = judge(level(TlsLevel.VERIFY), seen(new SmtpLook.Interrupted("reset")));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps())
        .singleElement()
        .satisfies(gap -> assertThat(gap.why()).contains("192.0.2.1", "reset"));
    assertThat(fact(judgement, "starttls")).isEqualTo(true);
    assertThat(fact(judgement, "level")).isEqualTo("unknown");
  }

  @Test
  void anUnansweredMxHidesAllOfTheProbe() {
    var judgement =
        judge(nothing(), new TlsSeen(Optional.of(unanswered()), List.of(), List.of(), 0));

    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.gaps())
        .singleElement()
        .satisfies(
            gap -> assertThat(gap.hides(new Finding.Key("tls.level", "any.test:25"))).isTrue());
  }

  @Test
  void aRefusedAddressIsAGapOnlyWhenNoOtherOneWasSeen() {
    var refused = new SmtpLook.Refused(target(MX, "2001:db8::1"), "this machine has no IPv6");
    var good = spoke(MX, "192.0.2.1", handshake(leaf(wish -> wish)));

    assertThat(judge(nothing(), seen(host(MX, good, refused))).gaps()).isEmpty();
    assertThat(judge(nothing(), seen(host(MX, refused))).gaps()).hasSize(1);
    assertThat(judge(nothing(), seen(host(MX, refused))).outcome()).isEqualTo(Outcome.UNOBSERVABLE);
  }

  // ---- Looking

  private static final class Names implements Dns {
    private final Map<Question, Answer> answers = new LinkedHashMap<>();
    private final List<Question> asked = new ArrayList<>();

    Names mx(String name, String... hosts) {
      var records =
          Stream.of(hosts).map(host -> (Rdata) new Rdata.Mx(10, DnsName.of(host))).toList();
      answers.put(
          new Question(DnsName.of(name), RecordType.MX), found(records.toArray(Rdata[]::new)));
      return this;
    }

    Names a(String name, String... addresses) {
      var records =
          Stream.of(addresses)
              .map(address -> (Rdata) new Rdata.Address(InetAddress.ofLiteral(address)))
              .toList();
      answers.put(
          new Question(DnsName.of(name), RecordType.A), found(records.toArray(Rdata[]::new)));
      return this;
    }

    Names silent(String name, RecordType type) {
      answers.put(new Question(DnsName.of(name), type), unanswered());
      return this;
    }

    @Override
    public List<Answer> ask(List<Question> questions) {
      asked.addAll(questions);
      return questions.stream()
          .map(
              question ->
                  answers.getOrDefault(
                      question,
                      new Answer.NoData(List.of(), Duration.ofMinutes(5), "192.0.2.53:53", false)))
          .toList();
    }
  }

  private record Lab(Dns dns, Smtp smtp, Deadline deadline) implements Network {
    Lab(Dns dns, Smtp smtp) {
      this(dns, smtp, Deadline.after(Duration.ofSeconds(20)));
    }
  }

  private static SmtpSettings settings(int port) {
    return SmtpSettings.DEFAULT.allowPrivate(true).port(port);
  }

  @Test
  void theHostsOfADomainAreLookedAtOnTheConfiguredPort() {
    var leaf = CA.leaf(TestCa.wish("mx.contoso.test"));
    try (var server = FakeSmtp.polite("mx.contoso.test", leaf)) {
      var dns = new Names().mx("contoso.test", "mx.contoso.test").a("mx.contoso.test", "127.0.0.1");
      var network = new Lab(dns, new SmtpDoor(settings(server.port())));
      var judgement =
          probe.judge(nothing(), probe.observe(nothing(), network), Context.at(Instant.now()));

      assertThat(judgement.findings()).isEmpty();
      assertThat(judgement.gaps()).isEmpty();
      assertThat(hosts(judgement))
          .singleElement()
          .satisfies(
              host ->
                  assertThat(host)
                      .containsEntry("level", "secure")
                      .containsEntry("port", server.port())
                      .containsEntry("banner", "mx.contoso.test ESMTP"));
    }
  }

  @Test
  void aThousandDomainsBehindOneHostAreOne() {
    var leaf = CA.leaf(TestCa.wish("mx.provider.test"));
    try (var server = FakeSmtp.polite("mx.provider.test", leaf)) {
      var dns = new Names().a("mx.provider.test", "127.0.0.1");
      IntStream.range(0, 1_000).forEach(i -> dns.mx("d" + i + ".test", "mx.provider.test"));
      var shared = new SharedSmtp(new SmtpDoor(settings(server.port())), Duration.ofMinutes(5));
      for (var i = 0; i < 1_000; i++) {
        var domain = ManagedDomain.undeclared(DnsName.of("d" + i + ".test"));
        var network = new Lab(dns, shared.within(Deadline.after(Duration.ofSeconds(20))));
        var judgement =
            probe.judge(domain, probe.observe(domain, network), Context.at(Instant.now()));

        assertThat(fact(judgement, "level")).isEqualTo("verify");
      }
      // And two that offer it what is forbidden.
      assertThat(server.connections()).isEqualTo(3);
    }
  }

  @Test
  void aGatewayAndTheForwardingServerAreLookedAtToo() {
    var gatewayLeaf = CA.leaf(TestCa.wish("secure.contoso.test"));
    var innerLeaf = CA.leaf(TestCa.wish("inner.contoso.test"));
    try (var gatewayServer = FakeSmtp.polite("secure.contoso.test", gatewayLeaf);
        var inner = FakeSmtp.polite("inner.contoso.test", innerLeaf)) {
      var dns =
          new Names().a("secure.contoso.test", "127.0.0.1").a("inner.contoso.test", "127.0.0.1");
      var domain =
          declared(
              Optional.of(TlsLevel.SECURE),
              Optional.of(NextHop.parse("[inner.contoso.test]:" + inner.port())),
              gateway("secure.contoso.test", gatewayServer.port(), ""));
      var network = new Lab(dns, new SmtpDoor(settings(25)));
      var judgement =
          probe.judge(domain, probe.observe(domain, network), Context.at(Instant.now()));

      assertThat(hosts(judgement))
          .extracting(host -> host.get("level"))
          .containsExactly("secure", "secure");
      assertThat(judgement.findings()).isEmpty();
    }
  }

  @Test
  void anUnansweredMxOfAForwardingServerIsNotNoMx() {
    var dns = new Names().mx("contoso.test", MX).a(MX, "192.0.2.1").a("relay.test", "192.0.2.2");
    var domain = declared(Optional.of(TlsLevel.VERIFY), Optional.of(NextHop.parse("relay.test")));
    var targets = new ArrayList<Smtp.Target>();
    var network = new Lab(dns, notingEach(targets));

    dns.silent("relay.test", RecordType.MX);
    var judgement = judge(domain, probe.observe(domain, network));

    assertThat(targets).extracting(Smtp.Target::host).containsExactly(DnsName.of(MX));
    assertThat(violated(judgement)).containsOnlyKeys("tls.starttls", "tls.level");
    assertThat(judgement.gaps())
        .singleElement()
        .satisfies(
            gap -> {
              assertThat(gap.unseen()).isEqualTo("relay.test MX");
              assertThat(gap.hides(new Finding.Key("tls.chain", "inner.test:25"))).isTrue();
            });

    targets.clear();
    dns.mx("relay.test", "inner.test").a("inner.test", "192.0.2.3");
    assertThat(judge(domain, probe.observe(domain, network)).gaps()).isEmpty();
    assertThat(targets).extracting(Smtp.Target::host).contains(DnsName.of("inner.test"));

    targets.clear();
    dns.answers.remove(new Question(DnsName.of("relay.test"), RecordType.MX));
    assertThat(judge(domain, probe.observe(domain, network)).gaps()).isEmpty();
    assertThat(targets).extracting(Smtp.Target::host).contains(DnsName.of("relay.test"));
  }

  @Test
  void nothingButAnUnansweredForwardingServerIsUnobservable() {
    var dns = new Names().silent("relay.test", RecordType.MX);
    var domain = declared(Optional.of(TlsLevel.VERIFY), Optional.of(NextHop.parse("relay.test")));
    var network = new Lab(dns, notingEach(new ArrayList<>()));

    var judgement = judge(domain, probe.observe(domain, network));

    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.findings()).isEmpty();
  }

  /** Servers without STARTTLS, wherever. */
  private static Smtp notingEach(List<Smtp.Target> targets) {
    return wanted -> {
      targets.addAll(wanted);
      return wanted.stream()
          .<SmtpLook>map(
              target -> new SmtpLook.Spoke(target, "ESMTP", List.of(), new SmtpLook.NotOffered()))
          .toList();
    };
  }

  @Test
  void anMxHostThatIsAGatewayIsLookedAtWhereDnsAndTheOperatorSayItIs() {
    var dns = new Names().mx("contoso.test", "gw.contoso.test").a("gw.contoso.test", "192.0.2.1");
    var gateway =
        new Gateway(
            "gw1",
            DnsName.of("gw.contoso.test"),
            List.of(InetAddress.ofLiteral("10.0.0.1")),
            25,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of());
    var targets = new ArrayList<Smtp.Target>();
    Smtp smtp =
        wanted -> {
          targets.addAll(wanted);
          return wanted.stream()
              .<SmtpLook>map(target -> new SmtpLook.Unobservable(target, "not here"))
              .toList();
        };

    probe.observe(declared(Optional.empty(), Optional.empty(), gateway), new Lab(dns, smtp));

    assertThat(targets)
        .containsExactly(
            new Smtp.Target(gateway.host(), InetAddress.ofLiteral("10.0.0.1"), 25, true),
            new Smtp.Target(gateway.host(), InetAddress.ofLiteral("192.0.2.1"), 25, false));
  }

  @Test
  void oneHostIsLookedAtByName() {
    try (var server = MailServer.start(MailServer.Manner.named("mx.test"))) {
      var dns = new Names().a("mx.test", "127.0.0.1");
      var host = DnsName.of("mx.test");
      var seen = probe.observe(host, server.port(), new Lab(dns, new SmtpDoor(settings(25))));
      var judgement = probe.judge(ManagedDomain.undeclared(host), seen, Context.at(Instant.now()));

      assertThat(violated(judgement)).containsOnlyKeys("tls.starttls");
      assertThat(fact(judgement, "level")).isEqualTo("none");
      assertThat(dns.asked).noneMatch(question -> question.type() == RecordType.MX);
    }
  }

  // ---- Without a server name

  @Test
  void aServerThatChoosesByServerNameIsSaidToAndAskedWithoutItOnce() {
    var named = CA.leaf(TestCa.wish("mx.contoso.test"));
    var other = CA.leaf(TestCa.wish("host17.provider.test"));
    var manner = MailServer.Manner.named("host17.provider.test");
    try (var server =
        MailServer.start(manner.tls(TestCa.choosing("mx.contoso.test", named, other)))) {
      var dns = new Names().mx("contoso.test", "mx.contoso.test").a("mx.contoso.test", "127.0.0.1");
      var shared = new SharedSmtp(new SmtpDoor(settings(server.port())), Duration.ofMinutes(5));
      for (var i = 0; i < 5; i++) {
        var network = new Lab(dns, shared.within(Deadline.after(Duration.ofSeconds(20))));
        var judgement =
            probe.judge(nothing(), probe.observe(nothing(), network), Context.at(Instant.now()));

        assertThat(violated(judgement)).isEqualTo(Map.of("tls.sni", INFO));
        assertThat(hosts(judgement).getFirst())
            .containsEntry("sniDependent", true)
            .containsEntry("sanMatch", true);
        assertThat(judgement.findings().getFirst().message())
            .contains("no server name is sent", "host17.provider.test", "mx.contoso.test");
      }
      assertThat(server.connections()).isEqualTo(4);
    }
  }

  @Test
  void aHostAskedForByNameIsLookedAtWithoutItsNameTooAndAStrangersIsNot() {
    var leaf = CA.leaf(TestCa.wish("mx.contoso.test"));
    try (var server = FakeSmtp.polite("mx.contoso.test", leaf)) {
      var dns = new Names().mx("contoso.test", "mx.contoso.test").a("mx.contoso.test", "127.0.0.1");
      var host = DnsName.of("mx.contoso.test");
      var network = new Lab(dns, new SmtpDoor(settings(server.port())));

      var stranger = probe.judge(nothing(), probe.observe(nothing(), network), Context.at(NOW));
      assertThat(server.connections()).isEqualTo(3);
      assertThat(hosts(stranger).getFirst()).doesNotContainKey("sniDependent");

      var asked =
          probe.judge(
              ManagedDomain.undeclared(host),
              probe.observe(host, server.port(), network),
              Context.at(Instant.now()));
      assertThat(server.connections()).isEqualTo(7);
      assertThat(asked.findings()).isEmpty();
      assertThat(hosts(asked).getFirst()).containsEntry("sniDependent", false);
    }
  }

  private Judgement withoutName(SmtpLook.Tls named, SmtpLook unnamed) {
    return judge(
        nothing(),
        seen(
            new TlsSeen.Host(
                DnsName.of(MX),
                25,
                false,
                Optional.empty(),
                List.of(),
                List.of(spoke(MX, "192.0.2.1", named)),
                List.of(unnamed),
                Map.of())));
  }

  @Test
  void aRenewedCertificateOfTheSameNamesIsNotAnotherOne() {
    var judgement =
        withoutName(
            handshake(leaf(wish -> wish)),
            spoke(MX, "192.0.2.1", handshake(leaf(wish -> wish.valid(NOW, days(90))))));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
    assertThat(fact(judgement, "sniDependent")).isEqualTo(false);
  }

  @Test
  void aServerThatRefusesItsOwnNameIsSaidTo() {
    var judgement =
        withoutName(
            new SmtpLook.NoHandshake("unrecognized_name"),
            spoke(MX, "192.0.2.1", handshake(leaf(wish -> wish))));

    assertThat(violated(judgement)).containsOnlyKeys("tls.sni", "tls.handshake");
  }

  @Test
  void silenceWithoutANameHidesOnlyThatRule() {
    var judgement =
        withoutName(
            handshake(leaf(wish -> wish)),
            new SmtpLook.Unobservable(target(MX, "192.0.2.1"), "no answer in time"));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps())
        .singleElement()
        .satisfies(
            gap -> {
              assertThat(gap.hides(new Finding.Key("tls.sni", MX + ":25"))).isTrue();
              assertThat(gap.hides(new Finding.Key("tls.chain", MX + ":25"))).isFalse();
            });
  }

  // ---- What is watched

  @Test
  void aHostThatWasWhollySeenHasItsCertificatesAndExtensionsWatched() {
    var one = leaf(wish -> wish);
    var judgement =
        judge(
            nothing(),
            seen(
                host(
                    MX,
                    spoke(MX, "192.0.2.1", handshake(one)),
                    spoke(MX, "192.0.2.2", handshake(one)),
                    new SmtpLook.Refused(target(MX, "2001:db8::1"), "this machine has no IPv6"))));

    assertThat(judgement.records()).containsOnlyKeys(MX + ":25 EHLO", MX + ":25 certificate");
    assertThat(judgement.records()).containsEntry(MX + ":25 EHLO", "SIZE STARTTLS");
    assertThat(judgement.records().get(MX + ":25 certificate"))
        .startsWith("certificate=" + Leaf.of(one.certificate()).sha256())
        .endsWith(" issuer=CN=Lab CA")
        .doesNotContain("\n");
  }

  @Test
  void aHostThatWasHalfSeenIsNotCompared() {
    var judgement =
        judge(
            nothing(),
            seen(
                host(
                    MX,
                    spoke(MX, "192.0.2.1", handshake(leaf(wish -> wish))),
                    new SmtpLook.Unobservable(target(MX, "192.0.2.2"), "no answer in time"))));

    assertThat(judgement.records()).isEmpty();
  }

  @Test
  void aDomainWithoutMxOrWithANullMxHasNothingToLookAt() {
    var nullMx = new Names();
    nullMx.answers.put(new Question(CONTOSO, RecordType.MX), found(new Rdata.Mx(0, DnsName.ROOT)));
    for (var dns : List.of(new Names(), nullMx)) {
      var network = new Lab(dns, new SmtpDoor(settings(25)));
      var judgement = probe.judge(nothing(), probe.observe(nothing(), network), Context.at(NOW));

      assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
      assertThat(judgement.findings()).isEmpty();
      assertThat(judgement.gaps()).isEmpty();
      assertThat(hosts(judgement)).isEmpty();
    }
  }

  @Test
  void addressesThatCouldNotBeAskedForAreAGapOfThatHost() {
    var dns = new Names().mx("contoso.test", MX).silent(MX, RecordType.AAAA);
    var network = new Lab(dns, new SmtpDoor(settings(25)));
    var judgement = probe.judge(nothing(), probe.observe(nothing(), network), Context.at(NOW));

    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.gaps())
        .singleElement()
        .satisfies(gap -> assertThat(gap.subject()).contains(MX + ":25"));
  }

  @Test
  void aThousandMxHostsAreTwentyLooksOfEightAddresses() {
    var hosts = IntStream.range(0, 1_000).mapToObj(i -> "mx" + i + ".test").toArray(String[]::new);
    var dns = new Names().mx("contoso.test", hosts);
    var addresses = IntStream.range(1, 100).mapToObj(i -> "192.0.2." + i).toArray(String[]::new);
    Stream.of(hosts).forEach(host -> dns.a(host, addresses));
    var counting = new ArrayList<Smtp.Target>();
    Smtp smtp =
        targets -> {
          counting.addAll(targets);
          return targets.stream()
              .<SmtpLook>map(target -> new SmtpLook.Unobservable(target, "not here"))
              .toList();
        };

    var seen = probe.observe(nothing(), new Lab(dns, smtp));

    assertThat(counting).hasSize(20 * 8);
    assertThat(judge(nothing(), seen).facts()).containsEntry("hostsOmitted", 980);
  }
}
