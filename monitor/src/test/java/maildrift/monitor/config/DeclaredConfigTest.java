package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Connector;
import maildrift.probes.domain.Declared;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.GatewaySettings;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.Leg;
import maildrift.probes.domain.Mode;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.TlsLevel;
import maildrift.probes.network.Cidr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the operator knows of gateways, providers and mail servers. */
final class DeclaredConfigTest {
  @TempDir private Path folder;

  @Test
  void whatIsDeclaredOfADomainIsRead() {
    var config = Everything.in(folder).loaded(Everything.YAML);

    assertThat(config.domains().getFirst().declared())
        .isEqualTo(
            new Declared(
                Optional.of(Mode.PARALLEL),
                Optional.of(true),
                Optional.of(false),
                Optional.of(false),
                Map.of(
                    Leg.MX, TlsLevel.VERIFY,
                    Leg.GATEWAY, TlsLevel.SECURE,
                    Leg.FORWARDING, TlsLevel.FINGERPRINT,
                    Leg.SMARTHOST, TlsLevel.SECURE),
                Map.of(DnsName.of("de-smtp-inbound-1.mimecast.com"), List.of("ab".repeat(32))),
                List.of(NextHop.parse("mail.contoso.tld:25"), NextHop.parse("[192.0.2.26]")),
                List.of(Cidr.parse("192.0.2.25"), Cidr.parse("198.51.100.32/29")),
                List.of(
                    new Connector(
                        "[SEPPmail] ExchangeOnline -> Appliance",
                        Connector.Direction.TO_PARTNER,
                        true,
                        List.of(NextHop.parse("secure.example.net")),
                        List.of(),
                        Optional.of(true),
                        Optional.of(true),
                        Optional.of(new HostPattern("secure.example.net"))),
                    new Connector(
                        "[SEPPMAIL] APPLIANCE -> EXCHANGEONLINE",
                        Connector.Direction.FROM_PARTNER,
                        true,
                        List.of(),
                        List.of(DnsName.of("contoso.tld")),
                        Optional.of(true),
                        Optional.empty(),
                        Optional.of(new HostPattern("*.example.net")))),
                List.of(DnsName.of("posteingang.contoso.tld"))));
  }

  @Test
  void whatIsDeclaredOfAGatewayIsRead() {
    var config = Everything.in(folder).loaded(Everything.YAML);

    assertThat(settings(config, "gw1"))
        .isEqualTo(
            new GatewaySettings(
                Optional.of(List.of(Cidr.parse("192.0.2.0/24"))),
                Optional.of(true),
                Optional.of(true),
                Optional.of(List.of(Cidr.parse("192.0.2.0/24"), Cidr.parse("198.51.100.0/24"))),
                Optional.of(Set.of(DnsName.of("contoso.tld"))),
                Optional.of(
                    new GatewaySettings.OnlyFrom(
                        List.of("microsoft365", "_spf.example.net", "203.0.113.0/24"),
                        List.of(Cidr.parse("203.0.113.0/24")),
                        List.of(
                            DnsName.of("spf.protection.outlook.com"),
                            DnsName.of("_spf.example.net"))))));
    assertThat(settings(config, "gw2").managedDomains())
        .contains(Set.of(DnsName.of("plain.test"), DnsName.of("bare.test")));
  }

  private static GatewaySettings settings(MonitorConfig config, String gateway) {
    return Optional.ofNullable(config.gateways().get(gateway)).orElseThrow().settings();
  }

  @Test
  void whatNobodyDeclaredIsNotFalse() {
    var config =
        new Sandbox(folder)
            .loaded("{gateways: {gw: {host: gw.test}}, domains: [{name: a.test, profiles: []}]}");

    assertThat(config.domains().getFirst().declared()).isEqualTo(Declared.NOTHING);
    assertThat(settings(config, "gw")).isEqualTo(GatewaySettings.NOTHING);
  }

  @Test
  void aGatewayAnswersWhereMailHostsDoUnlessItNamesAPort() {
    var config =
        new Sandbox(folder)
            .loaded(
                "{gateways: {gw: {host: gw.test}, far: {host: far.test, port: 26}}, smtp: {port: 2525}}");

    assertThat(config.gateways().values())
        .extracting(Gateway::port)
        .containsExactlyInAnyOrder(2525, 26);
  }

  @Test
  void anEmptyListOfRelayNetworksIsDeclared() {
    var config =
        new Sandbox(folder)
            .loaded("gateways: {gw: {host: gw.test, relay_networks: [], managed_domains: []}}");

    assertThat(settings(config, "gw").relayNetworks()).contains(List.of());
    assertThat(settings(config, "gw").managedDomains()).contains(Set.of());
  }

  @Test
  void whatContradictsTheDocumentsIsAWarning() {
    assertThat(
            new Sandbox(folder)
                .warnings(
                    """
                    gateways:
                      gw: {host: gw.test, managed_domains: [a.test, b.test, c.test, d.test, e.test]}
                      gw2: {host: gw2.test, managed_domains: [a.test, gone.test]}
                    domains:
                      - {name: a.test, mode: inline, smarthost: smart.test}
                      - {name: de.test, profiles: [mimecast:region=de], tls_levels: {forwarding: verify},
                         forwarding_server: "[de-smtp-inbound-1.mimecast.com]"}
                      - {name: up.test, profiles: [mimecast:region=de], tls_level: secure, tls_levels: {smarthost: may},
                         smarthost: "[de-smtp-outbound-1.mimecast.com]"}
                      - {name: own.test, profiles: [mimecast:region=de], tls_levels: {forwarding: may}, forwarding_server: "[mx.own.test]"}
                      - {name: pin.test, tls_levels: {forwarding: fingerprint}}
                    """))
        .containsExactly(
            "maildrift.yml:2:23: managed_domains: b.test, c.test, d.test and 1 more of the gateway 'gw' are not watched here",
            "maildrift.yml:3:25: managed_domains: gone.test of the gateway 'gw2' is not watched here",
            "maildrift.yml:5:34: smarthost: with mode: inline the field stays empty on the gateway; write it here only if it is filled in there",
            "maildrift.yml:6:53: tls_levels: 'verify' of the forwarding leg is below 'secure', which mimecast region=de asks for",
            "maildrift.yml:8:72: tls_levels: 'may' of the smarthost leg is below 'secure', which mimecast region=de asks for",
            "maildrift.yml:11:22: tls_level: 'fingerprint' cannot be reached: neither a gateway of the domain nor the domain itself has pins");
  }
}
