package maildrift.probes.tls;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.domain.Connector;
import maildrift.probes.domain.Declared;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.GatewaySettings;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.Leg;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Neighbours;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.domain.TlsLevel;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The level that each leg of a domain's mail must reach, and the one that it does. */
final class TlsLadderTest {
  private static final DnsName CONTOSO = DnsName.of("contoso.test");
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");
  private static final TestCa ROOT = TestCa.root("Lab Root");
  private static final TestCa.Leaf GOOD = leaf("mx.tenant.test");
  private static final TestCa.Leaf SELF_SIGNED =
      TestCa.root("Nobody").leaf(TestCa.wish("mx.tenant.test").valid(NOW.minus(days(1)), days(90)));

  private final TlsProbe probe = new TlsProbe(TrustAnchors.only(List.of(ROOT.certificate())));

  private static Duration days(int count) {
    return Duration.ofDays(count);
  }

  private static TestCa.Leaf leaf(String host) {
    return ROOT.leaf(TestCa.wish(host).valid(NOW.minus(days(1)), days(90)));
  }

  // ---- Scenarios: these findings, and these facts about legs

  private record Scenario(
      String name,
      UnaryOperator<ManagedDomain> change,
      TestCa.Leaf leaf,
      String violated,
      String legs) {}

  private static UnaryOperator<ManagedDomain> forwards(String... written) {
    return domain -> domain.forwardingServers(Arrays.stream(written).map(NextHop::parse).toList());
  }

  private static UnaryOperator<ManagedDomain> sendsTo(String... written) {
    return domain -> domain.smarthosts(Arrays.stream(written).map(NextHop::parse).toList());
  }

  private static UnaryOperator<ManagedDomain> declared(UnaryOperator<Declared> change) {
    return domain -> domain.declared(change.apply(domain.declared()));
  }

  private static UnaryOperator<ManagedDomain> level(Leg leg, TlsLevel level) {
    return declared(of -> of.tlsLevels(Map.of(leg, level)));
  }

  private static UnaryOperator<ManagedDomain> all(
      UnaryOperator<ManagedDomain> one, UnaryOperator<ManagedDomain> other) {
    return domain -> other.apply(one.apply(domain));
  }

  private static UnaryOperator<ManagedDomain> all(
      UnaryOperator<ManagedDomain> one,
      UnaryOperator<ManagedDomain> other,
      UnaryOperator<ManagedDomain> third) {
    return all(all(one, other), third);
  }

  private static ManagedDomain besideOthers(ManagedDomain domain) {
    return domain.neighbours(new Neighbours(List.of("blue"), 0, List.of()));
  }

  private static ManagedDomain ofAProvider(ManagedDomain domain) {
    return domain.prescriptions(
        List.of(
            Prescription.of("house", "house region=de", Role.INBOUND)
                .forwarding(List.of(DnsName.of("mx.tenant.test")))
                .smarthosts(List.of(DnsName.of("mx.tenant.test")))
                .tlsLevel(Optional.of(TlsLevel.SECURE))));
  }

  private static List<Scenario> scenarios() {
    var mx = "[mx.tenant.test]";
    return List.of(
        new Scenario("no level is asked for", forwards(mx), SELF_SIGNED, "", ""),
        new Scenario(
            "the domain's level holds for the forwarding server",
            all(forwards(mx), domain -> domain.tlsLevel(TlsLevel.SECURE)),
            GOOD,
            "",
            "forwarding mx.tenant.test:25 secure by tls_level reaches secure"),
        new Scenario(
            "the leg's own level goes before it",
            all(
                forwards(mx),
                domain -> domain.tlsLevel(TlsLevel.ENCRYPT),
                level(Leg.FORWARDING, TlsLevel.VERIFY)),
            SELF_SIGNED,
            "tls.chain CRITICAL, tls.level CRITICAL",
            "forwarding mx.tenant.test:25 verify by tls_levels reaches encrypt"),
        new Scenario(
            "a level of another leg does not",
            all(forwards(mx), level(Leg.SMARTHOST, TlsLevel.SECURE)),
            SELF_SIGNED,
            "",
            ""),
        new Scenario(
            "the smarthost's",
            all(sendsTo("[mx.tenant.test]:587"), level(Leg.SMARTHOST, TlsLevel.VERIFY)),
            SELF_SIGNED,
            "tls.chain CRITICAL, tls.level CRITICAL",
            "smarthost mx.tenant.test:587 verify by tls_levels reaches encrypt"),
        new Scenario(
            "a delivery route is the provider's forwarding leg",
            all(
                declared(of -> of.deliveryRoutes(List.of(NextHop.parse("mx.tenant.test:25")))),
                domain -> domain.tlsLevel(TlsLevel.SECURE)),
            GOOD,
            "",
            "forwarding mx.tenant.test:25 secure by tls_level reaches secure"),
        new Scenario(
            "a provider's wish is a warning",
            all(forwards(mx), TlsLadderTest::ofAProvider),
            SELF_SIGNED,
            "tls.chain WARNING, tls.level WARNING",
            "forwarding mx.tenant.test:25 secure by house region=de reaches encrypt"),
        new Scenario(
            "a provider's wish for another host is none",
            all(forwards("[other.tenant.test]"), TlsLadderTest::ofAProvider),
            SELF_SIGNED,
            "",
            ""),
        new Scenario(
            "a lower declared level lifts the provider's wish",
            all(
                forwards(mx),
                TlsLadderTest::ofAProvider,
                domain -> domain.tlsLevel(TlsLevel.ENCRYPT)),
            SELF_SIGNED,
            "tls.chain WARNING",
            "forwarding mx.tenant.test:25 encrypt by tls_level reaches encrypt"),
        new Scenario(
            "tenants on one gateway need verify, whatever is declared",
            all(forwards(mx), TlsLadderTest::besideOthers, domain -> domain.tlsLevel(TlsLevel.MAY)),
            SELF_SIGNED,
            "tls.chain CRITICAL, tls.level CRITICAL",
            "forwarding mx.tenant.test:25 verify by shared gateway reaches encrypt"),
        new Scenario(
            "and where nothing is",
            all(forwards(mx), TlsLadderTest::besideOthers),
            GOOD,
            "",
            "forwarding mx.tenant.test:25 verify by shared gateway reaches secure"),
        new Scenario(
            "a pinned forwarding server",
            all(
                forwards(mx),
                declared(
                    of ->
                        of.pins(
                            Map.of(
                                DnsName.of("mx.tenant.test"),
                                List.of(Leaf.of(SELF_SIGNED.certificate()).sha256())))),
                level(Leg.FORWARDING, TlsLevel.FINGERPRINT)),
            SELF_SIGNED,
            "",
            "forwarding mx.tenant.test:25 fingerprint by tls_levels reaches fingerprint"),
        new Scenario(
            "a pinned address",
            all(
                forwards("[192.0.2.1]"),
                declared(
                    of ->
                        of.pins(
                            Map.of(
                                DnsName.of("192.0.2.1"),
                                List.of(Leaf.of(SELF_SIGNED.certificate()).spkiSha256())))),
                level(Leg.FORWARDING, TlsLevel.FINGERPRINT)),
            SELF_SIGNED,
            "",
            "forwarding 192.0.2.1:25 fingerprint by tls_levels reaches fingerprint"),
        new Scenario(
            "a pin that the host no longer shows",
            all(
                forwards(mx),
                declared(
                    of -> of.pins(Map.of(DnsName.of("mx.tenant.test"), List.of("ab".repeat(32))))),
                level(Leg.FORWARDING, TlsLevel.FINGERPRINT)),
            GOOD,
            "tls.fingerprint CRITICAL, tls.level CRITICAL",
            "forwarding mx.tenant.test:25 fingerprint by tls_levels reaches secure"),
        new Scenario(
            "MX and forwarding server are one host",
            all(
                forwards("[mx.contoso.test]"),
                declared(
                    of ->
                        of.tlsLevels(
                            Map.of(Leg.MX, TlsLevel.ENCRYPT, Leg.FORWARDING, TlsLevel.SECURE)))),
            leaf("mx.contoso.test"),
            "",
            "forwarding mx.contoso.test:25 secure by tls_levels reaches secure"));
  }

  @TestFactory
  Stream<DynamicTest> everyLegIsHeldAgainstItsLevel() {
    return scenarios().stream()
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(),
                    () -> {
                      var judgement =
                          new Lab(scenario.leaf())
                              .judge(scenario.change().apply(ManagedDomain.undeclared(CONTOSO)));
                      assertThat(violated(judgement)).isEqualTo(scenario.violated());
                      assertThat(legs(judgement)).isEqualTo(scenario.legs());
                      assertThat(judgement.gaps()).isEmpty();
                    }));
  }

  /** Names and usages, and the MX host, have their own tests. */
  private static String violated(Judgement judgement) {
    return judgement.findings().stream()
        .filter(found -> !found.subject().equals("mx.contoso.test:25"))
        .filter(
            found ->
                List.of("tls.level", "tls.chain", "tls.fingerprint").contains(found.rule().id()))
        .map(found -> found.rule().id() + " " + found.severity())
        .sorted()
        .collect(joining(", "));
  }

  /** Of which a level is asked, but for the way to the MX host, which everything has. */
  private static String legs(Judgement judgement) {
    var legs = (List<?>) requireNonNull(judgement.facts().get("legs"));
    return legs.stream()
        .map(leg -> (Map<?, ?>) leg)
        .filter(leg -> leg.containsKey("required") && !"mx".equals(leg.get("leg")))
        .map(
            leg ->
                "%s %s:%s %s by %s reaches %s"
                    .formatted(
                        leg.get("leg"),
                        leg.get("host"),
                        leg.get("port"),
                        leg.get("required"),
                        leg.get("requiredBy"),
                        leg.get("reached")))
        .collect(joining(", "));
  }

  // ---- Not seen, and not to be seen

  @Test
  void aSilentHostIsAGapWhereTheOperatorAsksForALevelAndAnAsideWhereAProviderDoes() {
    var silent = new Lab();

    assertThat(
            silent
                .judge(
                    all(forwards("[mx.tenant.test]"), level(Leg.FORWARDING, TlsLevel.VERIFY))
                        .apply(ManagedDomain.undeclared(CONTOSO)))
                .gaps())
        .extracting(gap -> gap.subject().orElse(""))
        .contains("mx.tenant.test:25");
    var asked =
        silent.judge(
            all(forwards("[mx.tenant.test]"), TlsLadderTest::ofAProvider)
                .apply(ManagedDomain.undeclared(CONTOSO)));
    assertThat(asked.gaps())
        .extracting(gap -> gap.subject().orElse(""))
        .doesNotContain("mx.tenant.test:25");
    assertThat(asked.asides())
        .extracting(gap -> gap.subject().orElse(""))
        .contains("mx.tenant.test:25");
  }

  @Test
  void aSilentHostIsAnAsideWhereOnlyTheSharedGatewayAsksForALevel() {
    var silent = new Lab();
    var shared =
        all(forwards("[mx.tenant.test]"), TlsLadderTest::besideOthers)
            .apply(ManagedDomain.undeclared(CONTOSO));

    var judgement = silent.judge(shared);
    assertThat(judgement.gaps())
        .extracting(gap -> gap.subject().orElse(""))
        .containsExactly("mx.contoso.test:25");
    assertThat(judgement.hides(new Finding.Key("tls.level", "mx.tenant.test:25"))).isTrue();

    // Who declares any level wants to know, whatever the floor makes of it.
    assertThat(silent.judge(shared.tlsLevel(TlsLevel.MAY)).gaps())
        .extracting(gap -> gap.subject().orElse(""))
        .contains("mx.tenant.test:25");
  }

  private static Gateway gateway(Optional<GatewaySettings.OnlyFrom> onlyFrom) {
    return new Gateway(
            "gw",
            DnsName.of("gw.house.test"),
            List.of(),
            25,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of())
        .settings(onlyFrom.map(GatewaySettings.NOTHING::onlyFrom).orElse(GatewaySettings.NOTHING));
  }

  @Test
  void aGatewayThatOnlyOthersMayReachIsNotSpokenTo() {
    var lab = new Lab(GOOD);
    var only = new GatewaySettings.OnlyFrom(List.of("192.0.2.0/24"), List.of(), List.of());
    var domain = ManagedDomain.undeclared(CONTOSO);

    var judgement = lab.judge(domain.gateways(List.of(gateway(Optional.of(only)))));
    assertThat(judgement.gaps()).isEmpty();
    assertThat(judgement.hides(new Finding.Key("tls.level", "gw.house.test:25"))).isTrue();
    assertThat(judgement.hides(new Finding.Key("tls.level", "mx.contoso.test:25"))).isFalse();
    assertThat(lab.looked)
        .extracting(Smtp.Target::host)
        .containsOnly(DnsName.of("mx.contoso.test"));

    var open = lab.judge(domain.gateways(List.of(gateway(Optional.empty()))));
    assertThat(open.asides()).isEmpty();
    assertThat(lab.looked).extracting(Smtp.Target::host).contains(DnsName.of("gw.house.test"));
  }

  // ---- What is said

  @Test
  void aChangedPinIsSaidInBothFormsToPaste() {
    var judgement =
        new Lab(GOOD)
            .judge(
                all(
                        forwards("[mx.tenant.test]"),
                        declared(
                            of ->
                                of.pins(
                                    Map.of(
                                        DnsName.of("mx.tenant.test"), List.of("ab".repeat(32))))),
                        level(Leg.FORWARDING, TlsLevel.FINGERPRINT))
                    .apply(ManagedDomain.undeclared(CONTOSO)));
    var found =
        judgement.findings().stream()
            .filter(finding -> finding.rule().equals(TlsRules.FINGERPRINT))
            .findFirst()
            .orElseThrow();
    var shown = Leaf.of(GOOD.certificate()).sha256();

    assertThat(found.message()).contains("ab".repeat(32), shown);
    assertThat(found.remedy()).contains("AB:AB:AB", shown, HostJudge.colons(shown));
    assertThat(HostJudge.colons("ab12")).isEqualTo("AB:12");
  }

  @Test
  void theRenewalOfAPinnedCertificateIsToldWithItsExpiry() {
    var old = ROOT.leaf(TestCa.wish("mx.tenant.test").valid(NOW.minus(days(85)), days(90)));
    var judgement =
        new Lab(old)
            .judge(
                all(
                        forwards("[mx.tenant.test]"),
                        declared(
                            of ->
                                of.pins(
                                    Map.of(
                                        DnsName.of("mx.tenant.test"),
                                        List.of(Leaf.of(old.certificate()).sha256())))),
                        level(Leg.FORWARDING, TlsLevel.FINGERPRINT))
                    .apply(ManagedDomain.undeclared(CONTOSO)));

    assertThat(judgement.findings())
        .filteredOn(found -> found.rule().equals(TlsRules.CERT_EXPIRY))
        .filteredOn(found -> found.subject().equals("mx.tenant.test:25"))
        .singleElement()
        .matches(found -> found.remedy().contains("before the new one is installed"));
  }

  @Test
  void theNameInTheConnectorCountsWhereTheGatewayDeclaresNone() {
    var connector =
        new Connector(
            "in",
            Connector.Direction.FROM_PARTNER,
            true,
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new HostPattern("secure.house.test")));
    var judgement =
        new Lab(leaf("gw.house.test"))
            .judge(
                declared(of -> of.connectors(List.of(connector)))
                    .apply(
                        ManagedDomain.undeclared(CONTOSO)
                            .gateways(List.of(gateway(Optional.empty())))));

    assertThat(judgement.findings())
        .filteredOn(found -> found.rule().equals(TlsRules.CONNECTOR_NAME))
        .extracting(found -> found.subject())
        .containsExactly("gw.house.test:25");
    assertThat(requireNonNull(judgement.facts().get("hosts")).toString())
        .contains("exchangeOnline=neither its CN nor its SAN is secure.house.test");
  }

  /** Every host has one address, and shows the same certificate. */
  private final class Lab implements Network {
    private final Optional<TestCa.Leaf> leaf;
    private final List<Smtp.Target> looked = new ArrayList<>();

    Lab(TestCa.Leaf leaf) {
      this.leaf = Optional.of(leaf);
    }

    Lab() {
      this.leaf = Optional.empty();
    }

    Judgement judge(ManagedDomain domain) {
      return probe.judge(domain, probe.observe(domain, this), Context.at(NOW));
    }

    @Override
    public Dns dns() {
      return ListedDns.of(
          "contoso.test MX 10 mx.contoso.test",
          "mx.contoso.test A 192.0.2.9",
          "mx.tenant.test A 192.0.2.1",
          "other.tenant.test A 192.0.2.2",
          "gw.house.test A 192.0.2.3");
    }

    @Override
    public Smtp smtp() {
      return targets -> {
        looked.addAll(targets);
        return targets.stream().map(this::look).toList();
      };
    }

    private SmtpLook look(Smtp.Target target) {
      return leaf.<SmtpLook>map(
              shown ->
                  new SmtpLook.Spoke(
                      target,
                      "mx ESMTP",
                      List.of("STARTTLS"),
                      new SmtpLook.Handshake("TLSv1.3", "TLS_AES_128_GCM_SHA256", shown.der())))
          .orElseGet(() -> new SmtpLook.Unobservable(target, "no connection: no answer in time"));
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(Duration.ofMinutes(1));
    }
  }
}
