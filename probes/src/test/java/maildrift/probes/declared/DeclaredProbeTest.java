package maildrift.probes.declared;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.Connector;
import maildrift.probes.domain.Declared;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.GatewaySettings;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Mode;
import maildrift.probes.domain.Neighbours;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.domain.Tenant;
import maildrift.probes.netblocks.NetblocksProbe;
import maildrift.probes.network.Cidr;
import maildrift.probes.profile.ProfileCatalog;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class DeclaredProbeTest {
  private static final DeclaredProbe PROBE = new DeclaredProbe();
  private static final DnsName CONTOSO = DnsName.of("contoso.test");
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");

  // ---- Scenarios: exactly these rules are violated

  private record Scenario(String name, Consumer<World> change, String violated) {}

  private static Scenario of(String name, Consumer<World> change, String violated) {
    return new Scenario(name, change, violated);
  }

  private static Stream<DynamicTest> tests(Stream<Scenario> scenarios) {
    return scenarios.map(
        scenario ->
            DynamicTest.dynamicTest(
                scenario.name(),
                () -> {
                  var world = new World();
                  scenario.change().accept(world);
                  var judgement = world.judge();
                  assertThat(violated(judgement)).isEqualTo(scenario.violated());
                  assertThat(judgement.gaps()).isEmpty();
                }));
  }

  private static String violated(Judgement judgement) {
    return judgement.findings().stream()
        .map(found -> found.rule().id() + " " + found.subject())
        .sorted()
        .collect(joining(", "));
  }

  @TestFactory
  Stream<DynamicTest> judgesWhereMailIsHandedTo() {
    return tests(
        Stream.of(
            of("nothing is declared", _ -> {}, ""),
            of(
                "a host in brackets that has an address",
                world -> world.forwards("[mx.contoso.test]").add("mx.contoso.test A 203.0.113.1"),
                ""),
            of(
                "a domain whose MX is meant",
                world ->
                    world
                        .forwards("mail.contoso.test")
                        .add(
                            "mail.contoso.test MX 10 mx.contoso.test",
                            "mx.contoso.test A 203.0.113.1"),
                ""),
            of(
                "a bare host without MX",
                world -> world.forwards("mx.contoso.test").add("mx.contoso.test A 203.0.113.1"),
                "declared.brackets mx.contoso.test:25"),
            of(
                "a bare host of a provider, whatever its MX",
                world ->
                    world
                        .mimecast("de")
                        .forwards("de-smtp-inbound-1.mimecast.com")
                        .add(
                            "de-smtp-inbound-1.mimecast.com MX 10 x.mimecast.com",
                            "x.mimecast.com A 203.0.113.1"),
                "declared.brackets de-smtp-inbound-1.mimecast.com:25"),
            of(
                "a bare smarthost",
                world -> world.sendsTo("smart.test:587").add("smart.test AAAA 2001:db8::1"),
                "declared.brackets smart.test:587"),
            of(
                "an address without brackets",
                world -> world.forwards("203.0.113.1"),
                "declared.brackets 203.0.113.1:25"),
            of(
                "the gateway itself in brackets",
                world ->
                    world
                        .gateway(_ -> {})
                        .forwards("[gw.house.test]")
                        .add("gw.house.test A 203.0.113.9"),
                "declared.loop gw.house.test:25"),
            of(
                "the gateway itself by another port",
                world ->
                    world
                        .gateway(_ -> {})
                        .forwards("[gw.house.test]:2525")
                        .add("gw.house.test A 203.0.113.9"),
                ""),
            of(
                "the gateway itself as the smarthost",
                world ->
                    world
                        .gateway(_ -> {})
                        .sendsTo("[gw.house.test]")
                        .add("gw.house.test A 203.0.113.9"),
                "declared.loop gw.house.test:25"),
            of("an address in brackets", world -> world.forwards("[203.0.113.1]:2525"), ""),
            of(
                "in brackets a name that has an MX only",
                world ->
                    world
                        .forwards("[mail.contoso.test]")
                        .add(
                            "mail.contoso.test MX 10 mx.contoso.test",
                            "mx.contoso.test A 203.0.113.1"),
                "declared.brackets mail.contoso.test:25"),
            of(
                "in brackets a name that DNS does not know",
                world -> world.forwards("[gone.contoso.test]"),
                "declared.unresolved gone.contoso.test:25"),
            of(
                "a bare name that DNS does not know",
                world -> world.forwards("gone.contoso.test"),
                "declared.unresolved gone.contoso.test:25"),
            of(
                "a name that takes no mail",
                world -> world.forwards("null.test").add("null.test MX 0 ."),
                "declared.unresolved null.test:25"),
            of(
                "an MX without address",
                world -> world.forwards("mail.test").add("mail.test MX 10 gone.test"),
                "declared.unresolved mail.test:25"),
            of(
                "the domain itself, whose MX is the gateway",
                world ->
                    world
                        .gateway(_ -> {})
                        .forwards("contoso.test")
                        .add("contoso.test MX 10 gw.house.test", "gw.house.test A 203.0.113.7"),
                "declared.brackets contoso.test:25"),
            of(
                "a delivery route needs no brackets",
                world ->
                    world
                        .declared(declared -> declared.deliveryRoutes(hops("mx.contoso.test:25")))
                        .add("mx.contoso.test A 203.0.113.1"),
                ""),
            of(
                "a delivery route to nowhere",
                world -> world.declared(declared -> declared.deliveryRoutes(hops("gone.test:25"))),
                "declared.unresolved gone.test:25"),
            of(
                "nobody listens there",
                world ->
                    world
                        .forwards("[mx.contoso.test]:2525")
                        .add("mx.contoso.test A 203.0.113.1")
                        .closed("203.0.113.1"),
                "declared.route mx.contoso.test:2525"),
            of(
                "one of two addresses is closed",
                world ->
                    world
                        .forwards("[mx.contoso.test]")
                        .add("mx.contoso.test A 203.0.113.1", "mx.contoso.test A 203.0.113.2")
                        .closed("203.0.113.1"),
                ""),
            of(
                "a host that turns us away answers",
                world ->
                    world
                        .forwards("[mx.contoso.test]")
                        .add("mx.contoso.test A 203.0.113.1")
                        .says("203.0.113.1", "its banner is 554 go away"),
                ""),
            of(
                "the same host in two places",
                world -> world.forwards("[gone.test]").sendsTo("[gone.test]"),
                "declared.unresolved gone.test:25")));
  }

  @TestFactory
  Stream<DynamicTest> judgesRegions() {
    Consumer<World> german =
        world ->
            world
                .mimecast("de")
                .add(
                    "de._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/24 ~all",
                    "eu._netblocks.mimecast.com TXT v=spf1 ip4:198.51.100.0/24 ~all",
                    "de-smtp-inbound-1.mimecast.com A 203.0.113.1",
                    "eu-smtp-inbound-1.mimecast.com A 203.0.113.2",
                    "za-smtp-outbound-1.mimecast.co.za A 203.0.113.3");
    return tests(
        Stream.of(
            of(
                "all of one region",
                german.andThen(
                    world ->
                        world
                            .forwards("[de-smtp-inbound-1.mimecast.com]")
                            .allows("192.0.2.0/24")
                            .add(
                                "contoso.test TXT v=spf1 include:de._netblocks.mimecast.com ~all")),
                ""),
            of(
                "the forwarding server of another",
                german.andThen(world -> world.forwards("[eu-smtp-inbound-1.mimecast.com]")),
                "declared.region eu-smtp-inbound-1.mimecast.com"),
            of(
                "the smarthost of one under another top-level domain",
                german.andThen(world -> world.sendsTo("[za-smtp-outbound-1.mimecast.co.za]")),
                "declared.region za-smtp-outbound-1.mimecast.co.za"),
            of(
                "the include of another",
                german.andThen(
                    world ->
                        world.add(
                            "contoso.test TXT v=spf1 include:eu._netblocks.mimecast.com ~all")),
                "declared.region eu._netblocks.mimecast.com"),
            of(
                "the include of another beside the own",
                german.andThen(
                    world ->
                        world.add(
                            "contoso.test TXT v=spf1 include:eu._netblocks.mimecast.com include:de._netblocks.mimecast.com ~all")),
                ""),
            of(
                "the include of all",
                german.andThen(
                    world ->
                        world.add(
                            "contoso.test TXT v=spf1 include:_netblocks.mimecast.com ~all",
                            "_netblocks.mimecast.com TXT v=spf1 include:eu._netblocks.mimecast.com include:de._netblocks.mimecast.com ~all")),
                ""),
            of(
                "the allowlist of another",
                german.andThen(world -> world.allows("198.51.100.0/24")),
                "declared.region allowlist list"),
            of(
                "a domain that moves from one to the other",
                german.andThen(
                    world ->
                        world
                            .forwards(
                                "[de-smtp-inbound-1.mimecast.com]",
                                "[eu-smtp-inbound-1.mimecast.com]")
                            .change(
                                domain ->
                                    domain.prescriptions(
                                        Stream.of("de", "eu")
                                            .map(
                                                region ->
                                                    ProfileCatalog.builtIn()
                                                        .named("mimecast")
                                                        .orElseThrow()
                                                        .prescribe(
                                                            CONTOSO,
                                                            Map.of("region", region),
                                                            Role.INBOUND))
                                            .toList()))),
                ""),
            of(
                "an allowlist that is nobody's",
                german.andThen(world -> world.allows("203.0.113.0/24")),
                "")));
  }

  @TestFactory
  Stream<DynamicTest> judgesSettings() {
    return tests(
        Stream.of(
            of(
                "a smarthost inline",
                world ->
                    world.declared(declared -> declared.mode(Mode.INLINE)).sendsTo("[203.0.113.1]"),
                "declared.smarthost contoso.test"),
            of(
                "a smarthost in parallel",
                world ->
                    world
                        .declared(declared -> declared.mode(Mode.PARALLEL))
                        .sendsTo("[203.0.113.1]"),
                ""),
            of(
                "inline without smarthost",
                world -> world.declared(declared -> declared.mode(Mode.INLINE)),
                ""),
            of(
                "inline without mail transport agent",
                world ->
                    world
                        .declared(declared -> declared.mode(Mode.INLINE))
                        .gateway(settings -> settings.builtInMta = Optional.of(false)),
                "declared.mta gateway gw"),
            of(
                "inline with it",
                world ->
                    world
                        .declared(declared -> declared.mode(Mode.INLINE))
                        .gateway(settings -> settings.builtInMta = Optional.of(true)),
                ""),
            of(
                "set up on the gateway",
                world -> world.gateway(settings -> settings.managed = Optional.of(Set.of(CONTOSO))),
                ""),
            of(
                "not set up on the gateway",
                world -> world.gateway(settings -> settings.managed = Optional.of(Set.of())),
                "declared.managed-domain gateway gw"),
            of(
                "no header check beside other tenants",
                world -> world.declared(declared -> declared.headerCheck(false)).beside("blue"),
                "declared.header-check contoso.test"),
            of(
                "no header check alone",
                world -> world.declared(declared -> declared.headerCheck(false)),
                ""),
            of(
                "delivery disabled",
                world -> world.declared(declared -> declared.disableDelivery(true)),
                "declared.delivery contoso.test"),
            of(
                "delivery disabled where the migration probe speaks of it",
                world -> world.declared(declared -> declared.disableDelivery(true)).moves(),
                "")));
  }

  @TestFactory
  Stream<DynamicTest> judgesListsOfWhoMayRelay() {
    Consumer<World> german =
        world ->
            world.mimecast("de").add("de._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/24 ~all");
    return tests(
        Stream.of(
            of(
                "two tenants share a server",
                german.andThen(
                    world ->
                        world
                            .allows("192.0.2.0/24", "203.0.113.0/28")
                            .overlaps("203.0.113.0/28", "203.0.113.1/32")),
                "declared.allowlist-overlap allowlist list"),
            of(
                "two tenants share what their provider publishes",
                german.andThen(
                    world ->
                        world
                            .allows("192.0.2.0/24")
                            .overlaps("192.0.2.0/24", "192.0.2.0/24")
                            .overlaps("192.0.2.0/24", "192.0.2.128/25")),
                ""),
            of(
                "one list is so wide that it has another's server beside the provider's",
                german.andThen(
                    world -> world.allows("0.0.0.0/0").overlaps("0.0.0.0/0", "203.0.113.1/32")),
                "declared.allowlist-overlap allowlist list"),
            of(
                "a provider in the global list",
                german.andThen(
                    world ->
                        world.gateway(
                            settings -> settings.relay = cidrs("192.0.2.0/25", "10.0.0.0/8"))),
                "declared.allowlist-global gateway gw"),
            of(
                "own servers in the global list",
                german.andThen(
                    world -> world.gateway(settings -> settings.relay = cidrs("10.0.0.0/8"))),
                ""),
            of(
                "a server that may not relay",
                german.andThen(
                    world ->
                        world
                            .allows("192.0.2.0/24", "203.0.113.9/32")
                            .gateway(settings -> settings.relay = cidrs("203.0.113.0/29"))),
                "declared.relay allowlist list on gateway gw"),
            of(
                "a server that may relay, and a placeholder",
                german.andThen(
                    world ->
                        world
                            .allows("192.0.2.0/24", "203.0.113.9/32", "10.255.255.254/32")
                            .gateway(settings -> settings.relay = cidrs("203.0.113.0/28"))),
                ""),
            of(
                "spoofed senders are rejected, own servers not welcomed",
                world ->
                    world.gateway(
                        settings -> {
                          settings.spoofed = Optional.of(true);
                          settings.relay = cidrs("203.0.113.0/28", "10.0.0.0/8");
                          settings.welcome = cidrs("10.0.0.0/8");
                        }),
                "declared.welcomelist gateway gw"),
            of(
                "spoofed senders are rejected, own servers welcomed",
                world ->
                    world.gateway(
                        settings -> {
                          settings.spoofed = Optional.of(true);
                          settings.relay = cidrs("203.0.113.0/28", "10.0.0.0/8");
                          settings.welcome = cidrs("10.0.0.0/8", "203.0.113.0/24");
                        }),
                ""),
            of(
                "spoofed senders are not rejected",
                world ->
                    world.gateway(
                        settings -> {
                          settings.spoofed = Optional.of(false);
                          settings.relay = cidrs("203.0.113.0/28");
                          settings.welcome = cidrs();
                        }),
                ""),
            of(
                "Exchange Online is not welcomed",
                world ->
                    world
                        .exchange()
                        .declared(declared -> declared.exchangeOnline(true))
                        .gateway(
                            settings -> {
                              settings.spoofed = Optional.of(true);
                              settings.welcome = cidrs("203.0.113.0/24");
                            }),
                "declared.welcomelist gateway gw")));
  }

  @TestFactory
  Stream<DynamicTest> judgesConnectors() {
    return tests(
        Stream.of(
            of("to the gateway", world -> world.gateway(_ -> {}).connector("gw.house.test"), ""),
            of(
                "to somebody else",
                world ->
                    world
                        .gateway(_ -> {})
                        .connector("mx.other.test")
                        .add("mx.other.test A 203.0.113.1"),
                "declared.connector connector out"),
            of(
                "to a host that does not exist",
                world -> world.connector("gone.other.test"),
                "declared.unresolved gone.other.test:25"),
            of(
                "to one of two hosts of the provider",
                world ->
                    world
                        .mimecast("de")
                        .add("de-smtp-outbound-1.mimecast.com A 203.0.113.1")
                        .connector("de-smtp-outbound-1.mimecast.com"),
                "declared.connector connector out"),
            of(
                "to both",
                world ->
                    world
                        .mimecast("de")
                        .add(
                            "de-smtp-outbound-1.mimecast.com A 203.0.113.1",
                            "de-smtp-outbound-2.mimecast.com A 203.0.113.2")
                        .connector(
                            "de-smtp-outbound-1.mimecast.com", "de-smtp-outbound-2.mimecast.com"),
                ""),
            of(
                "to both of the generation for Microsoft 365",
                world ->
                    world
                        .mimecast("de")
                        .add(
                            "de-smtp-o365-outbound-1.mimecast.com A 203.0.113.1",
                            "de-smtp-o365-outbound-2.mimecast.com A 203.0.113.2")
                        .connector(
                            "de-smtp-o365-outbound-1.mimecast.com",
                            "de-smtp-o365-outbound-2.mimecast.com"),
                ""),
            of(
                "to one of that generation",
                world ->
                    world
                        .mimecast("de")
                        .add("de-smtp-o365-outbound-2.mimecast.com A 203.0.113.1")
                        .connector("de-smtp-o365-outbound-2.mimecast.com"),
                "declared.connector connector out"),
            of(
                "to that of another region",
                world ->
                    world
                        .mimecast("de")
                        .add("eu-smtp-o365-outbound-1.mimecast.com A 203.0.113.1")
                        .connector("eu-smtp-o365-outbound-1.mimecast.com"),
                "declared.connector connector out, declared.region eu-smtp-o365-outbound-1.mimecast.com"),
            of(
                "without TLS",
                world -> world.connector(false, true),
                "declared.connector connector out"),
            of(
                "with any certificate",
                world -> world.connector(true, false),
                "declared.connector connector out"),
            of(
                "with the gateway's certificate",
                world -> world.gateway(_ -> {}).certificate("*.house.test"),
                ""),
            of(
                "with another certificate",
                world -> world.gateway(_ -> {}).certificate("mail.house.test"),
                "declared.connector connector in"),
            of(
                "not turned on",
                world -> world.connectorOff(),
                "declared.connector connector out")));
  }

  @TestFactory
  Stream<DynamicTest> judgesSendersAndProvidersHosts() {
    Consumer<World> sender =
        world ->
            world
                .declared(
                    declared -> declared.outboundAddresses(List.of(Cidr.parse("203.0.113.7"))))
                .add(
                    "contoso.test TXT v=spf1 ip4:203.0.113.7 -all",
                    "7.113.0.203.in-addr.arpa PTR mail.contoso.test",
                    "mail.contoso.test A 203.0.113.7");
    Consumer<World> pro =
        world ->
            world
                .profile("mail-connect", Map.of("variant", "pro"), Role.INBOUND)
                .add(
                    "mx.mail-connect.net A 80.254.138.140",
                    "posteingang.mail-connect.net A 80.254.138.141",
                    "postausgang.mail-connect.net A 80.254.138.142",
                    "_spf.mail-connect.net TXT v=spf1 ip4:80.254.138.128/26 ?all");
    return tests(
        Stream.of(
            of("a sender that is known", sender, ""),
            of(
                "without reverse name",
                sender.andThen(world -> world.without("7.113.0.203.in-addr.arpa")),
                "declared.outbound 203.0.113.7"),
            of(
                "with a reverse name that leads elsewhere",
                sender.andThen(
                    world ->
                        world.without("mail.contoso.test").add("mail.contoso.test A 203.0.113.8")),
                "declared.outbound 203.0.113.7"),
            of(
                "not in the SPF",
                sender.andThen(
                    world ->
                        world
                            .without("contoso.test")
                            .add("contoso.test TXT v=spf1 ip4:203.0.113.8 -all")),
                "declared.outbound 203.0.113.7"),
            of(
                "no SPF at all",
                sender.andThen(world -> world.without("contoso.test")),
                "declared.outbound 203.0.113.7"),
            of(
                "a network of which the SPF has half",
                sender.andThen(
                    world ->
                        world.declared(
                            declared ->
                                declared.outboundAddresses(List.of(Cidr.parse("203.0.113.6/31"))))),
                "declared.outbound 203.0.113.6/31"),
            of(
                "a private sender",
                sender.andThen(
                    world ->
                        world.declared(
                            declared ->
                                declared.outboundAddresses(List.of(Cidr.parse("10.0.0.7"))))),
                "declared.outbound 10.0.0.7"),
            of("a provider within its networks", pro, ""),
            of(
                "the MX outside of them",
                pro.andThen(
                    world ->
                        world
                            .without("mx.mail-connect.net")
                            .add("mx.mail-connect.net A 192.0.2.1")),
                "netblocks.outside mx.mail-connect.net"),
            of(
                "the SPF outside of them",
                pro.andThen(
                    world ->
                        world
                            .without("_spf.mail-connect.net")
                            .add("_spf.mail-connect.net TXT v=spf1 ip4:192.0.2.0/24 ?all")),
                "netblocks.outside _spf.mail-connect.net"),
            of(
                "an IPv6 address beside IPv4 networks",
                pro.andThen(world -> world.add("mx.mail-connect.net AAAA 2001:db8::1")),
                "")));
  }

  // ---- What is not seen

  @Test
  void aHostThatIsNotAnsweredForHidesWhatIsSaidOfIt() {
    var judgement =
        new World().forwards("[mx.contoso.test]").add("mx.contoso.test A timeout").judge();

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps())
        .singleElement()
        .matches(gap -> gap.hides(new Finding.Key("declared.unresolved", "mx.contoso.test:25")))
        .matches(gap -> gap.hides(new Finding.Key("declared.brackets", "mx.contoso.test:25")));
    assertThat(judgement.hides(new Finding.Key("declared.route", "mx.contoso.test:25"))).isTrue();
  }

  @Test
  void aSilentResolverHidesEverythingThatCouldHaveBeenFound() {
    var world =
        new World()
            .mimecast("de")
            .forwards("mail.contoso.test", "[de-smtp-inbound-1.mimecast.com]")
            .sendsTo("[eu-smtp-outbound-1.mimecast.com]:587")
            .allows("198.51.100.0/24")
            .declared(
                declared ->
                    declared
                        .outboundAddresses(List.of(Cidr.parse("203.0.113.7")))
                        .clientHosts(List.of(DnsName.of("imap.contoso.test"))));
    for (var name :
        List.of(
            "mail.contoso.test MX",
            "mail.contoso.test A",
            "mail.contoso.test AAAA",
            "de-smtp-inbound-1.mimecast.com A",
            "de-smtp-inbound-1.mimecast.com AAAA",
            "eu-smtp-outbound-1.mimecast.com A",
            "eu-smtp-outbound-1.mimecast.com AAAA",
            "imap.contoso.test A",
            "imap.contoso.test AAAA",
            "7.113.0.203.in-addr.arpa PTR",
            "contoso.test TXT",
            "de._netblocks.mimecast.com TXT")) {
      world.add(name + " timeout");
    }

    var judgement = world.judge();

    // The region of a host is in its name.
    assertThat(violated(judgement)).isEqualTo("declared.region eu-smtp-outbound-1.mimecast.com");
    for (var key :
        List.of(
            "declared.brackets mail.contoso.test:25",
            "declared.unresolved mail.contoso.test:25",
            "declared.route mail.contoso.test:25",
            "declared.route de-smtp-inbound-1.mimecast.com:25",
            "declared.route eu-smtp-outbound-1.mimecast.com:587",
            "declared.region eu._netblocks.mimecast.com",
            "declared.region allowlist list",
            "declared.outbound 203.0.113.7",
            "declared.client-host imap.contoso.test")) {
      var words = key.split(" ", 2);
      assertThat(judgement.hides(new Finding.Key(words[0], words[1]))).describedAs(key).isTrue();
    }
  }

  @Test
  void aSmartHostBesideThoseOfTheProviderIsWorthANoteAndTheSecondOneIsOfTheSameKind() {
    var unknown =
        new World()
            .mimecast("de")
            .add("de-smtp-x-outbound-1.mimecast.com A 203.0.113.1")
            .connector("de-smtp-x-outbound-1.mimecast.com")
            .judge();
    assertThat(only(unknown).severity()).isEqualTo(Severity.INFO);

    var stranger =
        new World()
            .mimecast("de")
            .add("mx.other.test A 203.0.113.1")
            .connector("mx.other.test")
            .judge();
    assertThat(only(stranger).severity()).isEqualTo(Severity.WARNING);
    assertThat(only(stranger).remedy())
        .contains("-SmartHosts de-smtp-outbound-1.mimecast.com, de-smtp-outbound-2.mimecast.com\n");

    var alone =
        new World()
            .mimecast("de")
            .add("de-smtp-o365-outbound-2.mimecast.com A 203.0.113.1")
            .connector("de-smtp-o365-outbound-2.mimecast.com")
            .judge();
    assertThat(only(alone).remedy())
        .contains(
            "-SmartHosts de-smtp-o365-outbound-2.mimecast.com, de-smtp-o365-outbound-1.mimecast.com");
  }

  @Test
  void aHostThatRefusesIsNoFindingWhileItsOtherAddressesAreUnseen() {
    var world =
        new World()
            .forwards("[mx.contoso.test]")
            .add("mx.contoso.test A 203.0.113.1", "mx.contoso.test AAAA timeout")
            .closed("203.0.113.1");

    var judgement = world.judge();

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.hides(new Finding.Key("declared.route", "mx.contoso.test:25"))).isTrue();
  }

  @Test
  void aRegionIsNotTheWrongOneWhileHalfOfTheSpfTreeIsUnseen() {
    var world =
        new World()
            .mimecast("de")
            .add(
                "contoso.test TXT v=spf1 include:_spf.contoso.test include:eu._netblocks.mimecast.com ~all",
                "_spf.contoso.test TXT timeout",
                "eu._netblocks.mimecast.com TXT v=spf1 ip4:198.51.100.0/24 ~all",
                "de._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/24 ~all");
    var key = new Finding.Key("declared.region", "eu._netblocks.mimecast.com");

    var judgement = world.judge();
    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.hides(key)).isTrue();

    // What is right already stays right, whatever else there may be.
    world
        .without("contoso.test")
        .add(
            "contoso.test TXT v=spf1 include:_spf.contoso.test include:eu._netblocks.mimecast.com include:de._netblocks.mimecast.com ~all");
    assertThat(world.judge().findings()).isEmpty();
    assertThat(world.judge().hides(key)).isFalse();
  }

  @Test
  void aListThatCannotBeReadResolvesNothing() {
    var judgement =
        new World()
            .mimecast("de")
            .add("de._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/24 ~all")
            .change(
                domain ->
                    domain.allowlist(
                        new Allowlist(
                            "list",
                            List.of(),
                            Allowlist.DEFAULT_DOUBLE_RUN,
                            Optional.of("lists.house.test answered 503"))))
            .gateway(settings -> settings.relay = cidrs("10.0.0.0/8"))
            .judge();

    assertThat(judgement.findings()).isEmpty();
    for (var key :
        List.of(
            new Finding.Key("declared.allowlist-overlap", "allowlist list"),
            new Finding.Key("declared.relay", "allowlist list on gateway gw"),
            new Finding.Key("declared.region", "allowlist list"))) {
      assertThat(judgement.hides(key)).describedAs(key.toString()).isTrue();
    }
    assertThat(judgement.hides(new Finding.Key("declared.region", "eu.test"))).isFalse();
  }

  @Test
  void aNeighboursListThatCannotBeReadHidesTheOverlap() {
    var overlap = new Finding.Key("declared.allowlist-overlap", "allowlist list");
    var world =
        new World()
            .allows("203.0.113.9/32")
            .change(of -> of.neighbours(of.neighbours().unread("the allowlist b: 503")));

    assertThat(world.judge().findings()).isEmpty();
    assertThat(world.judge().hides(overlap)).isTrue();

    // What overlaps already overlaps.
    world.change(
        of ->
            of.neighbours(
                new Neighbours(
                        List.of(),
                        0,
                        List.of(
                            new Neighbours.Overlap(
                                Cidr.parse("203.0.113.9/32"),
                                "blue",
                                DnsName.of("blue.test"),
                                "b",
                                Cidr.parse("203.0.113.0/28"))))
                    .unread("the allowlist c: 503")));
    assertThat(violated(world.judge())).isEqualTo("declared.allowlist-overlap allowlist list");
    assertThat(world.judge().hides(overlap)).isFalse();
  }

  @Test
  void whatOnlyTheOtherTenantsProviderPublishesIsSharedByNatureToo() {
    UnaryOperator<ManagedDomain> blue =
        of ->
            of.neighbours(
                of.neighbours()
                    .providers(
                        new Neighbours.Sources(
                            Set.of(DnsName.of("de._netblocks.mimecast.com")),
                            Set.of(Cidr.parse("198.51.100.0/24")),
                            Set.of())));
    var overlap = new Finding.Key("declared.allowlist-overlap", "allowlist list");

    var published =
        new World()
            .allows("192.0.2.0/24", "198.51.100.0/24")
            .overlaps("192.0.2.0/24", "192.0.2.0/24")
            .overlaps("198.51.100.0/24", "198.51.100.0/25")
            .change(blue)
            .add("de._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/24 ~all");
    assertThat(published.judge().findings()).isEmpty();
    assertThat(published.judge().asides()).isEmpty();

    var unseen =
        new World()
            .allows("192.0.2.0/24")
            .overlaps("192.0.2.0/24", "192.0.2.0/24")
            .change(blue)
            .add("de._netblocks.mimecast.com TXT timeout");
    assertThat(unseen.judge().findings()).isEmpty();
    assertThat(unseen.judge().hides(overlap)).isTrue();

    var own =
        new World()
            .allows("203.0.113.9/32")
            .overlaps("203.0.113.9/32", "203.0.113.9/32")
            .change(blue)
            .add("de._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/24 ~all");
    assertThat(violated(own.judge())).isEqualTo("declared.allowlist-overlap allowlist list");
  }

  @Test
  void aFeedThatWasNotSeenHidesTheWelcomelist() {
    var world = welcoming();
    var netblocks =
        new Judgement.Builder()
            .record("spf.protection.outlook.com netblocks", "198.51.100.0/24")
            .fact(
                "sources",
                List.of(
                    Map.of(
                        "name", "m365-endpoints Worldwide",
                        "outcome", "unobservable",
                        "why", "it answered 503")));
    var key = new Finding.Key("declared.welcomelist", "gateway gw");

    var judgement =
        PROBE.among(
            world.domain(), world.alone(), Map.of("netblocks", netblocks.build(Outcome.OBSERVED)));
    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.hides(key)).isTrue();

    // One that nobody reads is no source at all.
    assertThat(
            PROBE
                .among(
                    world.domain(),
                    world.alone(),
                    Map.of(
                        "netblocks", netblocks.fact("sources", List.of()).build(Outcome.OBSERVED)))
                .hides(key))
        .isFalse();
  }

  @Test
  void reverseNamesThatAreNotAskedForAreSaidToBe() {
    var world =
        new World()
            .declared(
                declared ->
                    declared.outboundAddresses(
                        IntStream.rangeClosed(1, 9)
                            .mapToObj(last -> Cidr.parse("203.0.113." + last))
                            .toList()))
            .add("contoso.test TXT v=spf1 ip4:203.0.113.0/28 -all");
    for (var last = 1; last <= 9; last++) {
      world.add(
          "%d.113.0.203.in-addr.arpa PTR m%d.contoso.test".formatted(last, last),
          "m%d.contoso.test A 203.0.113.%d".formatted(last, last));
    }

    var judgement = world.judge();

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.hides(new Finding.Key("declared.outbound", "203.0.113.8"))).isFalse();
    assertThat(judgement.hides(new Finding.Key("declared.outbound", "203.0.113.9"))).isTrue();
    assertThat(judgement.facts()).containsEntry("reverseNotLookedAt", List.of("203.0.113.9"));
  }

  @Test
  void aPortThatIsNotWrittenIsThatOfMailHosts() {
    var world = new World().forwards("[mx.contoso.test]").sendsTo("[mx.contoso.test]:587");
    world.add("mx.contoso.test A 203.0.113.1").port = 2525;

    world.judge();

    assertThat(world.looked).extracting(Smtp.Target::port).containsExactlyInAnyOrder(2525, 587);
  }

  @Test
  void aHostThatIsSilentIsAnAside() {
    var judgement =
        new World()
            .forwards("[mx.contoso.test]")
            .add("mx.contoso.test A 203.0.113.1")
            .says("203.0.113.1", "no connection: no answer in time")
            .judge();

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
    assertThat(judgement.hides(new Finding.Key("declared.route", "mx.contoso.test:25"))).isTrue();
  }

  @Test
  void listsAreNotComparedWhileTheProvidersNetworksAreUnseen() {
    var judgement =
        new World()
            .mimecast("de")
            .add("de._netblocks.mimecast.com TXT timeout")
            .allows("203.0.113.9/32")
            .overlaps("203.0.113.9/32", "203.0.113.9/32")
            .gateway(settings -> settings.relay = cidrs("10.0.0.0/8"))
            .judge();

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
    for (var key :
        List.of(
            new Finding.Key("declared.allowlist-overlap", "allowlist list"),
            new Finding.Key("declared.allowlist-global", "gateway gw"),
            new Finding.Key("declared.relay", "allowlist list on gateway gw"))) {
      assertThat(judgement.hides(key)).describedAs(key.toString()).isTrue();
    }
  }

  @Test
  void nothingIsSaidOfListsWhereTheNetblocksProbeDidNotRun() {
    var world =
        new World()
            .allows("203.0.113.9/32")
            .overlaps("203.0.113.9/32", "203.0.113.9/32")
            .gateway(settings -> settings.relay = cidrs("10.0.0.0/8"));

    var alone = PROBE.among(world.domain(), world.alone(), Map.of());
    assertThat(alone.findings()).isEmpty();
    assertThat(alone.hides(new Finding.Key("declared.relay", "allowlist list on gateway gw")))
        .isTrue();
    assertThat(alone.hides(new Finding.Key("declared.allowlist-overlap", "allowlist list")))
        .isTrue();
    assertThat(alone.hides(new Finding.Key("declared.mta", "contoso.test"))).isFalse();
    assertThat(violated(world.judge()))
        .isEqualTo(
            "declared.allowlist-overlap allowlist list, declared.relay allowlist list on gateway gw");
  }

  /** Exchange Online relays, and what SPF says of it is welcome. */
  private static World welcoming() {
    return new World()
        .exchange()
        .declared(declared -> declared.exchangeOnline(true))
        .gateway(
            settings -> {
              settings.spoofed = Optional.of(true);
              settings.welcome = cidrs("198.51.100.0/24");
            });
  }

  @Test
  void networksOfAFeedBelongIntoTheWelcomelistToo() {
    var world = welcoming();
    var netblocks =
        new Judgement.Builder()
            .record("spf.protection.outlook.com netblocks", "198.51.100.0/24")
            .record("m365-endpoints (Worldwide) netblocks", "198.51.100.0/24, 203.0.113.0/24")
            .build(Outcome.OBSERVED);

    var judgement = PROBE.among(world.domain(), world.alone(), Map.of("netblocks", netblocks));

    assertThat(only(judgement).remedy()).endsWith("accept:\n203.0.113.0/24");
  }

  @Test
  void aSilentReverseZoneMakesNoDomainUnknown() {
    var judgement =
        new World()
            .declared(declared -> declared.outboundAddresses(List.of(Cidr.parse("203.0.113.7"))))
            .add(
                "contoso.test TXT v=spf1 ip4:203.0.113.7 -all",
                "7.113.0.203.in-addr.arpa PTR timeout")
            .judge();

    assertThat(judgement.gaps()).isEmpty();
    assertThat(judgement.asides()).extracting(Gap::unseen).hasSize(1);
  }

  // ---- What is said

  @Test
  void findingsSayWhatToPaste() {
    var world =
        new World()
            .mimecast("de")
            .forwards("de-smtp-inbound-1.mimecast.com:2525")
            .add("de-smtp-inbound-1.mimecast.com A 203.0.113.1");
    assertThat(only(world.judge()).remedy()).endsWith("\n[de-smtp-inbound-1.mimecast.com]:2525");

    var region = new World().mimecast("de").forwards("[eu-smtp-inbound-1.mimecast.com]");
    region.add("eu-smtp-inbound-1.mimecast.com A 203.0.113.1");
    assertThat(only(region.judge()).remedy())
        .contains("\n[de-smtp-inbound-1.mimecast.com]\n[de-smtp-inbound-2.mimecast.com]\n");
    assertThat(only(region.judge()).evidence())
        .containsEntry(
            "regions",
            Map.of(
                "profile mimecast region=de", "de",
                "forwarding server [eu-smtp-inbound-1.mimecast.com]", "eu"));
  }

  @Test
  void theRemedyOfASmarthostInInlineModeIsNeverToFillIt() {
    var inline =
        new World().declared(declared -> declared.mode(Mode.INLINE)).sendsTo("[203.0.113.1]");

    assertThat(only(inline.judge()).remedy()).startsWith("Empty ");
    assertThat(
            new World()
                .declared(declared -> declared.mode(Mode.INLINE))
                .gateway(_ -> {})
                .judge()
                .findings())
        .isEmpty();
  }

  @Test
  void aConnectorIsMendedInPowerShell() {
    assertThat(only(new World().connector(false, true).judge()).remedy())
        .contains("Set-OutboundConnector -Identity 'out' -TlsSettings CertificateValidation");
  }

  @Test
  void rulesCountOnlyWhereSomethingIsDeclared() {
    var nothing = new World().alone();
    assertThat(nothing.outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(PROBE.rules()).noneMatch(rule -> PROBE.looksAt(rule, nothing));

    var some = new World().forwards("[203.0.113.1]").alone();
    assertThat(PROBE.rules().stream().filter(rule -> PROBE.looksAt(rule, some)).map(Rule::id))
        .containsExactly("declared.brackets", "declared.unresolved", "declared.route");
  }

  @Test
  void noMailServerIsContactedWhereTlsIsSkipped() {
    var world = new World().forwards("[203.0.113.1]").change(domain -> domain.skip(Set.of("tls")));

    assertThat(world.judge().findings()).isEmpty();
    assertThat(world.looked).isEmpty();
  }

  @Test
  void aNameForMailProgramsThatCopiesAProvidersAddressIsFound() {
    assertThat(violated(client("mail.contoso.test A 203.0.113.21")))
        .isEqualTo("declared.client-host mail.contoso.test");
    assertThat(violated(client("mail.contoso.test CNAME imap.provider.test"))).isEmpty();
    assertThat(violated(client("mail.contoso.test A 192.0.2.9"))).isEmpty();
    assertThat(
            only(client(
                    "mail.contoso.test CNAME imap.provider.test.contoso.test",
                    "imap.provider.test.contoso.test A 192.0.2.9"))
                .message())
        .contains("the dot after imap.provider.test is missing");
  }

  private static Judgement client(String... lines) {
    var world = new World();
    var provider =
        Prescription.of("house", "house", Role.MAILBOX)
            .clientHosts(
                List.of(
                    new Prescription.ClientHost(DnsName.of("imap.provider.test"), List.of(993))));
    return world
        .change(domain -> domain.prescriptions(List.of(provider)))
        .declared(declared -> declared.clientHosts(List.of(DnsName.of("mail.contoso.test"))))
        .add("imap.provider.test A 203.0.113.21")
        .add(lines)
        .judge();
  }

  private static Finding only(Judgement judgement) {
    assertThat(judgement.findings()).hasSize(1);
    return judgement.findings().getFirst();
  }

  private static List<NextHop> hops(String... written) {
    return Arrays.stream(written).map(NextHop::parse).toList();
  }

  private static Optional<List<Cidr>> cidrs(String... networks) {
    return Optional.of(Arrays.stream(networks).map(Cidr::parse).toList());
  }

  /** Settings of the gateway, to be changed. */
  private static final class Settings {
    private Optional<List<Cidr>> relay = Optional.empty();
    private Optional<List<Cidr>> welcome = Optional.empty();
    private Optional<Boolean> builtInMta = Optional.empty();
    private Optional<Boolean> spoofed = Optional.empty();
    private Optional<Set<DnsName>> managed = Optional.empty();
  }

  /** One domain, and all that is to be seen of what it declares. */
  private static final class World implements Network {
    private final List<String> lines = new ArrayList<>();
    private final Map<InetAddress, String> unobservable = new HashMap<>();
    private final Set<Smtp.Target> looked = new LinkedHashSet<>();
    private ListedDns dns = ListedDns.of();
    private ManagedDomain domain = tenant(ManagedDomain.undeclared(CONTOSO));
    private Declared declared = Declared.NOTHING;
    private int port = 25;

    private static ManagedDomain tenant(ManagedDomain of) {
      return new ManagedDomain(
          of.name(),
          new Tenant("red", "red", Map.of()),
          of.prescriptions(),
          of.dkim(),
          of.allowlist(),
          of.forwardingServers(),
          of.smarthosts(),
          of.tlsLevel(),
          of.gateways(),
          of.dmarcPolicy(),
          of.skip(),
          of.waivers(),
          of.severities());
    }

    World add(String... more) {
      lines.addAll(List.of(more));
      return this;
    }

    World without(String owner) {
      lines.removeIf(line -> line.startsWith(owner + " "));
      return this;
    }

    World change(UnaryOperator<ManagedDomain> change) {
      domain = change.apply(domain);
      return this;
    }

    World declared(UnaryOperator<Declared> change) {
      declared = change.apply(declared);
      return this;
    }

    World forwards(String... written) {
      return change(of -> of.forwardingServers(hops(written)));
    }

    World sendsTo(String... written) {
      return change(of -> of.smarthosts(hops(written)));
    }

    World allows(String... networks) {
      return change(of -> of.allowlist(Allowlist.of("list", cidrs(networks).orElseThrow())));
    }

    World mimecast(String region) {
      return profile("mimecast", Map.of("region", region), Role.INBOUND);
    }

    World exchange() {
      return profile("microsoft365", Map.of(), Role.MAILBOX)
          .add("spf.protection.outlook.com TXT v=spf1 ip4:198.51.100.0/24 -all");
    }

    World profile(String name, Map<String, String> parameters, Role role) {
      var profile = ProfileCatalog.builtIn().named(name).orElseThrow();
      return change(of -> of.prescriptions(List.of(profile.prescribe(CONTOSO, parameters, role))));
    }

    World gateway(Consumer<Settings> change) {
      var settings = new Settings();
      change.accept(settings);
      var gateway =
          new Gateway(
                  "gw",
                  DnsName.of("gw.house.test"),
                  List.of(),
                  25,
                  Optional.of("gw.house.test"),
                  Optional.empty(),
                  Optional.empty(),
                  List.of())
              .settings(
                  new GatewaySettings(
                      settings.relay,
                      settings.builtInMta,
                      settings.spoofed,
                      settings.welcome,
                      settings.managed,
                      Optional.empty()));
      return change(of -> of.gateways(List.of(gateway)));
    }

    World beside(String... tenants) {
      return change(
          of -> of.neighbours(new Neighbours(List.of(tenants), 0, of.neighbours().overlaps())));
    }

    World overlaps(String own, String other) {
      return change(
          of -> {
            var all = new ArrayList<>(of.neighbours().overlaps());
            all.add(
                new Neighbours.Overlap(
                    Cidr.parse(own), "blue", DnsName.of("blue.test"), "b", Cidr.parse(other)));
            return of.neighbours(new Neighbours(List.of(), 0, all));
          });
    }

    World moves() {
      var profile = ProfileCatalog.builtIn().named("microsoft365").orElseThrow();
      var state = profile.prescribe(CONTOSO, Map.of(), Role.INBOUND);
      return change(
          of ->
              of.migration(
                  new Migration(NOW, Duration.ofDays(1), state, state, Optional.empty(), "")));
    }

    private static Connector to(
        boolean enabled, boolean requiresTls, boolean trustedCa, String... hosts) {
      return new Connector(
          "out",
          Connector.Direction.TO_PARTNER,
          enabled,
          hops(hosts),
          List.of(),
          Optional.of(requiresTls),
          Optional.of(trustedCa),
          Optional.empty());
    }

    World connector(String... hosts) {
      add("gw.house.test A 203.0.113.7");
      return declared(of -> of.connectors(List.of(to(true, true, true, hosts))));
    }

    World connector(boolean requiresTls, boolean trustedCa) {
      return declared(of -> of.connectors(List.of(to(true, requiresTls, trustedCa))));
    }

    World connectorOff() {
      return declared(of -> of.connectors(List.of(to(false, true, true))));
    }

    World certificate(String name) {
      return declared(
          of ->
              of.connectors(
                  List.of(
                      new Connector(
                          "in",
                          Connector.Direction.FROM_PARTNER,
                          true,
                          List.of(),
                          List.of(CONTOSO),
                          Optional.of(true),
                          Optional.empty(),
                          Optional.of(new HostPattern(name))))));
    }

    World closed(String address) {
      return says(address, "no connection: Connection refused");
    }

    World says(String address, String why) {
      unobservable.put(InetAddress.ofLiteral(address), why);
      return this;
    }

    ManagedDomain domain() {
      return domain.declared(declared);
    }

    Judgement alone() {
      dns = ListedDns.of(lines.toArray(String[]::new));
      return PROBE.judge(domain(), PROBE.observe(domain(), this), Context.at(NOW));
    }

    Judgement judge() {
      var own = alone();
      var netblocks = new NetblocksProbe();
      var beside = netblocks.judge(domain(), netblocks.observe(domain(), this), Context.at(NOW));
      return PROBE.among(domain(), own, Map.of("netblocks", beside));
    }

    @Override
    public Dns dns() {
      return dns;
    }

    @Override
    public Smtp smtp() {
      return new Smtp() {
        @Override
        public List<SmtpLook> look(List<Target> targets) {
          looked.addAll(targets);
          return targets.stream().map(World.this::look).toList();
        }

        @Override
        public int port() {
          return port;
        }
      };
    }

    private SmtpLook look(Smtp.Target target) {
      var why = Optional.ofNullable(unobservable.get(target.address()));
      return why.isPresent()
          ? new SmtpLook.Unobservable(target, why.get())
          : new SmtpLook.Spoke(target, "mx ESMTP", List.of(), new SmtpLook.NotOffered());
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(Duration.ofMinutes(1));
    }
  }
}
