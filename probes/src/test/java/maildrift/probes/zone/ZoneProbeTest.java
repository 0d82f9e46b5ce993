package maildrift.probes.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Memory;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.FakeDns;
import maildrift.probes.dns.NameServers;
import maildrift.probes.dns.OpenDoor;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Smtp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A registry that delegates a zone to two servers, and a resolver that tells of both; all of them
 * real on loopback.
 */
class ZoneProbeTest {
  private static final ZoneProbe PROBE = new ZoneProbe();
  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
  private static final ManagedDomain CONTOSO =
      ManagedDomain.undeclared(DnsName.of("contoso.test"))
          .dkim(
              List.of(
                  new DkimExpectation("s1", Optional.empty(), Optional.empty(), "operator", true)));

  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  /** Who is where: the registry at 127.0.0.2, the zone's servers in networks of their own. */
  private static final class World implements AutoCloseable {
    private final FakeDns resolver =
        FakeDns.serving(
            "test NS a.nic.test",
            "a.nic.test A 127.0.0.2",
            "contoso.test NS ns1.contoso.test",
            "contoso.test NS ns2.contoso.test",
            "ns1.contoso.test A 127.0.1.1",
            "ns2.contoso.test A 127.0.2.2");
    private final FakeDns registry = FakeDns.at("127.0.0.2", 0);
    private final int port = registry.address().getPort();
    private final FakeDns one = FakeDns.at("127.0.1.1", port);
    private final FakeDns two = FakeDns.at("127.0.2.2", port);
    private DnsSettings settings =
        DnsSettings.of(List.of(DnsServer.parse(resolver.hostAndPort())))
            .timeout(Duration.ofMillis(700));
    private Optional<DnsDoor> door = Optional.empty();
    private boolean allowsPrivate = true;
    private boolean isFresh;

    World() {
      registry.server().refer("contoso.test", "ns2.contoso.test", "ns1.contoso.test");
      both(
          server ->
              server
                  .add(
                      "contoso.test 3600 SOA ns1.contoso.test hostmaster.contoso.test 2026112201 7200 900 1209600 300",
                      "contoso.test 3600 NS ns1.contoso.test",
                      "contoso.test 3600 NS ns2.contoso.test",
                      "contoso.test 1800 MX 10 mx1.contoso.test",
                      "contoso.test 600 TXT v=spf1 mx -all",
                      "_dmarc.contoso.test 900 TXT v=DMARC1; p=reject")
                  .txt("s1._domainkey.contoso.test", "v=DKIM1; p=abc"));
    }

    void both(Consumer<FakeDns> change) {
      change.accept(one);
      change.accept(two);
    }

    Judgement judge(ManagedDomain domain, Memory memory) {
      if (door.isEmpty()) {
        door = Optional.of(OpenDoor.at(settings, port));
      }
      var network = new Look(door.get(), Deadline.after(Duration.ofSeconds(20)), this);
      return PROBE.judge(
          domain, PROBE.observe(domain, network), new Context(NOW, Map.of(), memory));
    }

    Judgement judge() {
      return judge(CONTOSO, Memory.NOTHING);
    }

    @Override
    public void close() {
      door.ifPresent(DnsDoor::close);
      Stream.of(resolver, registry, one, two).forEach(FakeDns::close);
    }
  }

  private record Look(DnsDoor door, Deadline deadline, World world) implements Network {
    @Override
    public Dns dns() {
      throw new IllegalStateException("in some looks this asks the zone's servers");
    }

    @Override
    public NameServers nameServers() {
      return world.isFresh ? door.freshNameServers(deadline) : door.nameServers(deadline);
    }

    @Override
    public boolean allowsPrivate() {
      return world.allowsPrivate;
    }

    @Override
    public Smtp smtp() {
      throw new IllegalStateException("no mail server is asked");
    }
  }

  private static List<String> found(Judgement judgement) {
    return judgement.findings().stream()
        .map(found -> found.rule().id() + " " + found.severity() + " " + found.subject())
        .toList();
  }

  private static Finding finding(Judgement judgement, String rule) {
    return judgement.findings().stream()
        .filter(found -> found.rule().id().equals(rule))
        .findFirst()
        .orElseThrow();
  }

  /**
   * @param violated rule, severity and subject; every other rule is not
   * @param hidden rules with asides
   */
  private static DynamicTest scenario(
      String name, Consumer<World> change, List<String> violated, String... hidden) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (var world = new World()) {
            change.accept(world);
            var judgement = world.judge();

            assertThat(found(judgement).stream().map(text -> text.replace(":" + world.port, "")))
                .containsExactlyInAnyOrderElementsOf(violated);
            assertThat(judgement.gaps()).isEmpty();
            assertThat(hidden(judgement).stream().map(text -> text.replace(":" + world.port, "")))
                .containsExactlyInAnyOrder(hidden);
          }
        });
  }

  private static List<String> hidden(Judgement judgement) {
    return List.copyOf(
        judgement.asides().stream()
            .flatMap(
                aside ->
                    aside.rules().stream()
                        .map(rule -> rule + aside.subject().map(s -> " " + s).orElse("")))
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static final String[] OF_A_SILENT_SERVER = {
    "zone.inconsistent",
    "dns.soa-serial",
    "soa.serial",
    "soa.values",
    "ns.lame",
    "ns.tcp",
    "dns.truncated",
    "dns.ttl-drift"
  };

  /** SOA, NS, MX and TXT. */
  private static final String[] OF_AN_UNHEARD_ZONE_NAME = {
    "dns.soa-serial",
    "soa.serial",
    "soa.values",
    "zone.inconsistent contoso.test NS",
    "zone.inconsistent contoso.test MX",
    "zone.inconsistent contoso.test TXT",
    "dns.ttl-drift contoso.test NS",
    "dns.ttl-drift contoso.test MX",
    "dns.ttl-drift contoso.test TXT"
  };

  private static final String LONG = "x".repeat(250);

  private static String[] and(String[] some, String... more) {
    return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
  }

  private static final String[] ALL =
      ZoneRules.ALL.stream().map(rule -> rule.id()).toArray(String[]::new);

  @TestFactory
  List<DynamicTest> scenarios() {
    return List.of(
        scenario("two servers that agree", _ -> {}, List.of()),
        scenario(
            "records in another order",
            w -> {
              w.one.add("contoso.test 600 TXT site=1");
              w.two
                  .remove("contoso.test", "TXT")
                  .add("contoso.test 600 TXT site=1", "contoso.test 600 TXT v=spf1 mx -all");
            },
            List.of()),
        scenario(
            "another MX on one",
            w -> w.two.set("contoso.test 1800 MX 10 mx2.contoso.test"),
            List.of("zone.inconsistent WARNING contoso.test MX")),
        scenario(
            "no SPF on one",
            w -> w.two.set("contoso.test 600 TXT site=1"),
            List.of("zone.inconsistent WARNING contoso.test TXT")),
        scenario(
            "no DMARC on one",
            w -> w.two.remove("_dmarc.contoso.test"),
            List.of("zone.inconsistent WARNING _dmarc.contoso.test TXT")),
        scenario(
            "another key on one",
            w ->
                w.two
                    .remove("s1._domainkey.contoso.test")
                    .txt("s1._domainkey.contoso.test", "v=DKIM1; p=xyz"),
            List.of("zone.inconsistent WARNING s1._domainkey.contoso.test TXT")),
        scenario(
            "other NS records on one",
            w -> w.two.set("contoso.test 3600 NS ns2.contoso.test"),
            List.of("zone.inconsistent WARNING contoso.test NS")),
        scenario(
            "another serial on one",
            w -> w.two.set(soa("ns1.contoso.test", 2026112200L)),
            List.of("dns.soa-serial INFO contoso.test")),
        scenario(
            "one server SERVFAIL",
            w -> w.two.faults(Fault.SERVFAIL),
            List.of(),
            OF_A_SILENT_SERVER),
        scenario(
            "one server silent", w -> w.two.faults(Fault.SILENT), List.of(), OF_A_SILENT_SERVER),
        scenario("one server gone", w -> w.two.close(), List.of(), OF_A_SILENT_SERVER),
        scenario(
            "one server REFUSED",
            w -> w.two.faults(Fault.REFUSED),
            List.of("ns.lame WARNING ns2.contoso.test")),
        scenario(
            "one server refers elsewhere",
            w -> w.two.faults(Fault.REFERRAL),
            List.of("ns.lame WARNING ns2.contoso.test")),
        scenario(
            "one server denies the zone",
            w -> w.two.faults(Fault.DENIES),
            List.of("ns.lame WARNING ns2.contoso.test")),
        scenario(
            "one server only recurses",
            w -> w.two.server().authoritative(false),
            List.of("ns.lame WARNING ns2.contoso.test")),
        scenario(
            "all servers refuse us", w -> w.both(s -> s.faults(Fault.REFUSED)), List.of(), ALL),
        scenario("all servers silent", w -> w.both(s -> s.faults(Fault.SILENT)), List.of(), ALL),
        scenario(
            "all servers SERVFAIL", w -> w.both(s -> s.faults(Fault.SERVFAIL)), List.of(), ALL),
        scenario(
            "SERVFAIL for one question",
            w -> w.two.fault("_dmarc.contoso.test", Fault.SERVFAIL),
            List.of(),
            "zone.inconsistent _dmarc.contoso.test TXT",
            "dns.ttl-drift _dmarc.contoso.test TXT"),
        scenario(
            "a part is delegated on",
            w -> w.both(s -> s.server().refer("_domainkey.contoso.test", "ns.provider.test")),
            List.of()),
        scenario(
            "a key by CNAME",
            w ->
                w.both(
                    s ->
                        s.remove("s1._domainkey.contoso.test")
                            .add("s1._domainkey.contoso.test CNAME s1.provider.test")),
            List.of()),
        scenario(
            "truncated over UDP",
            w -> w.both(s -> s.fault("contoso.test", Fault.TRUNCATED)),
            // To those who ask too often some servers say so to have them come over TCP.
            List.of()),
        scenario(
            "an answer that does not fit",
            w -> w.both(s -> s.txt("contoso.test", LONG, LONG, LONG, LONG, LONG, LONG)),
            List.of("dns.truncated INFO contoso.test TXT")),
        scenario(
            "truncated, and no TCP anywhere",
            w -> w.both(s -> s.fault("_dmarc.contoso.test", Fault.TRUNCATED).server().withoutTcp()),
            List.of(),
            "dns.truncated _dmarc.contoso.test TXT",
            "zone.inconsistent _dmarc.contoso.test TXT",
            "dns.ttl-drift _dmarc.contoso.test TXT",
            "ns.tcp ns1.contoso.test",
            "ns.tcp ns2.contoso.test"),
        scenario(
            "truncated, and TCP says something else",
            w -> {
              w.two.fault("_dmarc.contoso.test", Fault.TRUNCATED);
              w.two.set("_dmarc.contoso.test 900 TXT v=DMARC1; p=none");
            },
            List.of("zone.inconsistent WARNING _dmarc.contoso.test TXT")),
        scenario(
            "TCP refused",
            w -> w.two.server().withoutTcp(),
            List.of("ns.tcp INFO ns2.contoso.test")),
        scenario(
            "TCP closed at once",
            w -> w.two.faults(Fault.CLOSED_TCP),
            List.of(),
            "ns.tcp ns2.contoso.test"),
        scenario(
            "TCP refused everywhere, as by a firewall of ours",
            w -> w.both(s -> s.server().withoutTcp()),
            List.of(),
            "ns.tcp ns1.contoso.test",
            "ns.tcp ns2.contoso.test"),
        scenario(
            "TCP mute", w -> w.two.faults(Fault.MUTE_TCP), List.of(), "ns.tcp ns2.contoso.test"),
        scenario(
            "TCP refused, and needed",
            w -> {
              w.two.fault("_dmarc.contoso.test", Fault.TRUNCATED).server().withoutTcp();
            },
            List.of("ns.tcp WARNING ns2.contoso.test"),
            "zone.inconsistent _dmarc.contoso.test TXT",
            "dns.ttl-drift _dmarc.contoso.test TXT"),
        scenario("UDP lost, TCP works", w -> w.two.faults(Fault.SILENT_OVER_UDP), List.of()),
        scenario("an ancient server", w -> w.two.faults(Fault.FORMERR_TO_EDNS), List.of()),
        scenario("the first datagram lost", w -> w.two.faults(Fault.LOSES_THE_FIRST), List.of()),
        scenario("forged datagrams", w -> w.two.faults(Fault.FORGED_FIRST), List.of()),
        scenario("the wrong case", w -> w.two.faults(Fault.WRONG_CASE), List.of()),
        scenario(
            "no DNS at all",
            w -> w.two.faults(Fault.GARBAGE_EVERYWHERE),
            List.of(),
            OF_A_SILENT_SERVER),
        scenario(
            "endless TCP",
            w -> w.two.faults(Fault.ENDLESS_TCP),
            List.of(),
            "ns.tcp ns2.contoso.test"),
        scenario(
            "other times to live",
            w -> w.two.set("contoso.test 60 MX 10 mx1.contoso.test"),
            List.of("dns.ttl-drift INFO contoso.test MX")),
        scenario(
            "times to live that count down",
            w -> w.two.set("contoso.test 1799 MX 10 mx1.contoso.test"),
            List.of()),
        scenario(
            "the parent names another server",
            w -> {
              w.registry.server().refer("contoso.test", "ns1.contoso.test", "old.hoster.test");
              w.resolver.add("old.hoster.test A 127.0.2.2");
            },
            List.of("ns.parent WARNING contoso.test")),
        scenario(
            "only the parent names one, and it is lame",
            w -> {
              w.registry
                  .server()
                  .refer("contoso.test", "ns1.contoso.test", "ns2.contoso.test", "old.hoster.test");
              w.resolver.add("old.hoster.test A 127.0.0.2");
              w.registry.fault("contoso.test", Fault.REFUSED);
            },
            // The registry that refuses does not say whom it delegates to either.
            List.of(),
            "ns.parent"),
        scenario(
            "the parent does not answer",
            w -> w.registry.faults(Fault.SILENT),
            List.of(),
            "ns.parent"),
        scenario(
            "the parent knows of no delegation",
            w -> w.registry.server().refer("contoso.test"),
            List.of(),
            "ns.parent"),
        scenario(
            "a single server",
            w -> {
              w.resolver.set("contoso.test NS ns1.contoso.test");
              w.one.set("contoso.test 3600 NS ns1.contoso.test");
              w.registry.server().refer("contoso.test", "ns1.contoso.test");
            },
            List.of("ns.single INFO contoso.test")),
        scenario(
            "both in one network",
            w -> w.resolver.set("ns2.contoso.test A 127.0.1.1"),
            List.of("ns.single INFO contoso.test")),
        scenario(
            "both in one network of each family",
            w -> w.resolver.set("ns2.contoso.test A 127.0.1.1").add("ns2.contoso.test AAAA 100::2"),
            List.of("ns.single INFO contoso.test"),
            OF_A_SILENT_SERVER),
        scenario(
            "a server's name without an address",
            w -> w.resolver.remove("ns2.contoso.test"),
            List.of("ns.resolves WARNING ns2.contoso.test", "ns.single INFO contoso.test")),
        scenario(
            "a server's name is an alias",
            w ->
                w.resolver
                    .remove("ns2.contoso.test")
                    .add(
                        "ns2.contoso.test CNAME real.contoso.test",
                        "real.contoso.test A 127.0.2.2"),
            List.of("ns.resolves WARNING ns2.contoso.test")),
        scenario(
            "a server's address is not known",
            w -> w.resolver.fault("ns2.contoso.test", Fault.REFUSED),
            List.of(),
            and(OF_A_SILENT_SERVER, "ns.resolves ns2.contoso.test", "ns.single")),
        scenario(
            "the address of one that only the parent names is not known",
            w -> {
              w.registry
                  .server()
                  .refer("contoso.test", "ns1.contoso.test", "ns2.contoso.test", "old.hoster.test");
              w.resolver.fault("old.hoster.test", Fault.SERVFAIL);
            },
            List.of("ns.parent WARNING contoso.test"),
            OF_A_SILENT_SERVER),
        scenario(
            "two names for one server, and one is not known",
            w -> {
              w.resolver
                  .add("contoso.test NS ns3.contoso.test", "ns3.contoso.test A 127.0.2.2")
                  .fault("ns3.contoso.test", Fault.SERVFAIL);
              w.both(s -> s.add("contoso.test 3600 NS ns3.contoso.test"));
              w.registry
                  .server()
                  .refer(
                      "contoso.test", "ns1.contoso.test", "ns2.contoso.test", "ns3.contoso.test");
              w.two.faults(Fault.REFUSED);
            },
            List.of("ns.lame WARNING ns2.contoso.test"),
            and(OF_A_SILENT_SERVER, "ns.resolves ns3.contoso.test", "ns.single")),
        scenario(
            "two names for one server",
            w -> {
              w.resolver.add("contoso.test NS ns3.contoso.test", "ns3.contoso.test A 127.0.2.2");
              w.both(s -> s.add("contoso.test 3600 NS ns3.contoso.test"));
              w.registry
                  .server()
                  .refer(
                      "contoso.test", "ns1.contoso.test", "ns2.contoso.test", "ns3.contoso.test");
              w.two.faults(Fault.REFUSED);
            },
            List.of("ns.lame WARNING ns2.contoso.test")),
        scenario(
            "SERVFAIL for the zone's own name at one",
            w -> w.two.fault("contoso.test", Fault.SERVFAIL),
            List.of(),
            and(OF_AN_UNHEARD_ZONE_NAME, "ns.lame")),
        scenario(
            "SERVFAIL for the zone's own name at both",
            w -> w.both(s -> s.fault("contoso.test", Fault.SERVFAIL)),
            List.of(),
            and(
                OF_AN_UNHEARD_ZONE_NAME,
                "ns.lame",
                "ns.parent",
                "dns.truncated contoso.test SOA",
                "dns.truncated contoso.test NS",
                "dns.truncated contoso.test MX",
                "dns.truncated contoso.test TXT")),
        scenario(
            "no server's address is known",
            w -> w.resolver.remove("ns1.contoso.test").remove("ns2.contoso.test"),
            List.of(),
            ALL),
        scenario("resolvers that refuse", w -> w.resolver.faults(Fault.REFUSED), List.of(), ALL),
        scenario(
            "resolvers that know no NS records",
            w -> w.resolver.remove("contoso.test", "NS"),
            List.of()),
        scenario("private servers that nobody named", w -> w.allowsPrivate = false, List.of(), ALL),
        scenario(
            "nobody but the resolvers may be asked",
            w ->
                w.settings = DnsSettings.only(w.settings.resolvers()).timeout(w.settings.timeout()),
            List.of()),
        scenario(
            "named servers, and nobody else may be asked",
            w -> {
              w.settings =
                  DnsSettings.only(w.settings.resolvers())
                      .authoritative(named("contoso.test", w.one, w.two));
              w.allowsPrivate = false;
              w.two.set("contoso.test 1800 MX 10 mx2.contoso.test");
            },
            List.of("zone.inconsistent WARNING contoso.test MX")),
        scenario(
            "named servers of which one refuses",
            w -> {
              w.settings = w.settings.authoritative(named("contoso.test", w.one, w.two));
              w.two.faults(Fault.REFUSED);
            },
            List.of("ns.lame WARNING 127.0.2.2")),
        scenario(
            "servers named for all zones, of which one refuses what it does not serve",
            w -> {
              w.settings = w.settings.authoritative(named("test", w.one, w.two));
              w.two.faults(Fault.REFUSED);
            },
            List.of(),
            OF_A_SILENT_SERVER),
        scenario(
            "timers beyond reason",
            w ->
                w.both(
                    s ->
                        s.set(
                            "contoso.test 3600 SOA ns1.contoso.test hostmaster.contoso.test 2026112201 300 600 3600 5")),
            List.of("soa.values INFO contoso.test")),
        scenario(
            "timers of a laboratory",
            w -> {
              w.settings = w.settings.authoritative(named("contoso.test", w.one, w.two));
              w.both(
                  s ->
                      s.set(
                          "contoso.test 3600 SOA ns1.contoso.test hostmaster.contoso.test 1 3600 600 86400 1"));
            },
            List.of()),
        scenario(
            "timers of RIPE-203",
            w ->
                w.both(
                    s ->
                        s.set(
                            "contoso.test 3600 SOA ns1.contoso.test hostmaster.contoso.test 2026112201 86400 7200 3600000 3600")),
            List.of()));
  }

  private static String soa(String primary, long serial) {
    return "contoso.test 3600 SOA %s hostmaster.contoso.test %d 7200 900 1209600 300"
        .formatted(primary, serial);
  }

  private static Map<DnsName, List<DnsServer>> named(String zone, FakeDns... servers) {
    return Map.of(
        DnsName.of(zone),
        Arrays.stream(servers).map(server -> DnsServer.parse(server.hostAndPort())).toList());
  }

  @Test
  void namesTheServerThatDiffersWithBothAnswersSideBySide() {
    world.two.set("contoso.test 1800 MX 10 mx2.contoso.test", soa("ns1.contoso.test", 2026112200L));

    var finding = finding(world.judge(), "zone.inconsistent");

    var port = world.port;
    assertThat(finding.message())
        .isEqualTo(
            "The authoritative servers contradict each other about contoso.test MX: ns1.contoso.test (127.0.1.1:%d) says 10 mx1.contoso.test; ns2.contoso.test (127.0.2.2:%d) says 10 mx2.contoso.test. Their serials differ, so a change may still be on its way"
                .formatted(port, port));
    assertThat(finding.evidence())
        .containsEntry("zone", "contoso.test")
        .containsEntry(
            "answers",
            List.of(
                "ns1.contoso.test (127.0.1.1:%d): 10 mx1.contoso.test".formatted(port),
                "ns2.contoso.test (127.0.2.2:%d): 10 mx2.contoso.test".formatted(port)));
  }

  @Test
  void tellsTheTimesToLiveAsPublishedAndNotAsCached() {
    world.resolver.add("contoso.test 7 MX 10 mx1.contoso.test");
    world.two.set("contoso.test 1200 MX 10 mx1.contoso.test");

    var judgement = world.judge();

    assertThat(judgement.facts())
        .containsEntry(
            "ttls",
            Map.of(
                "soa",
                3600L,
                "ns",
                3600L,
                "mx",
                1200L,
                "spf",
                600L,
                "dmarc",
                900L,
                "dkim",
                Map.of("s1._domainkey.contoso.test", 300L)))
        .containsEntry("zone", "contoso.test")
        .containsEntry("delegation", List.of("ns1.contoso.test", "ns2.contoso.test"));
    assertThat(judgement.facts())
        .containsEntry(
            "compared",
            List.of(
                "contoso.test NS",
                "contoso.test MX",
                "contoso.test TXT",
                "_dmarc.contoso.test TXT",
                "s1._domainkey.contoso.test TXT"))
        .containsEntry("notCompared", List.of());
    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
  }

  @Test
  void aDomainThatIsNoZoneOfItsOwnIsInTheOneAboveIt() {
    world.both(s -> s.add("mail.contoso.test 60 MX 10 mx1.contoso.test"));
    world.two.set("mail.contoso.test 60 MX 10 mx2.contoso.test");

    var judgement =
        world.judge(ManagedDomain.undeclared(DnsName.of("mail.contoso.test")), Memory.NOTHING);

    assertThat(judgement.facts()).containsEntry("zone", "contoso.test");
    assertThat(found(judgement)).containsExactly("zone.inconsistent WARNING mail.contoso.test MX");
  }

  @Test
  void aRegistryIsNotAskedForADomainThatDoesNotExist() {
    var judgement =
        world.judge(ManagedDomain.undeclared(DnsName.of("nowhere.test")), Memory.NOTHING);

    assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(judgement.asides()).isEmpty();
    assertThat(world.resolver.asked("test", "NS")).isZero();
    assertThat(world.registry.server().datagrams()).isZero();
  }

  @Test
  void whatAllSaidAlikeIsNotAskedAgainWithinTheHourButForAConfirmation() {
    world.judge();
    var asked = world.one.asked("contoso.test");

    world.judge();
    assertThat(world.one.asked("contoso.test")).isEqualTo(asked);
    assertThat(world.registry.server().datagrams()).isEqualTo(1);

    world.isFresh = true;
    world.two.set("contoso.test 1800 MX 10 mx2.contoso.test");
    assertThat(found(world.judge())).hasSize(1);

    // Where they differ, every look asks.
    world.isFresh = false;
    assertThat(found(world.judge())).hasSize(1);
    world.two.set("contoso.test 1800 MX 10 mx1.contoso.test");
    assertThat(found(world.judge())).isEmpty();
  }

  @Test
  void onceAnIntervalOneServerIsAskedWhetherItStillSaysSo() {
    world.judge();
    world.both(server -> server.set("contoso.test 1800 MX 10 other.contoso.test"));
    assertThat(world.judge().records()).isEqualTo(world.judge().records());
    var asked = world.one.asked("contoso.test", "MX") + world.two.asked("contoso.test", "MX");

    world.door.orElseThrow().older(DnsSettings.DEFAULT_MAX_AGE);
    assertThat(world.judge().facts()).containsKey("resolversDiffer");
    // One over UDP, and since it said something else, all over UDP and TCP.
    assertThat(world.one.asked("contoso.test", "MX") + world.two.asked("contoso.test", "MX"))
        .isEqualTo(asked + 5);

    world.door.orElseThrow().older(DnsSettings.DEFAULT_MAX_AGE);
    world.judge();
    assertThat(world.one.asked("contoso.test", "MX") + world.two.asked("contoso.test", "MX"))
        .isEqualTo(asked + 6);
  }

  @Test
  void whatTheResolversSayOtherwiseThanAllServersIsNamed() {
    world.resolver.add(
        "contoso.test 1800 MX 10 old.contoso.test",
        "contoso.test 600 TXT v=spf1 mx -all",
        "_dmarc.contoso.test 900 TXT v=DMARC1; p=reject");
    world.resolver.txt("s1._domainkey.contoso.test", "v=DKIM1; p=abc");
    var behind = world.judge();
    assertThat(behind.facts()).containsEntry("resolversDiffer", List.of("contoso.test MX"));
    assertThat(ZoneProbe.isBehind(behind)).isTrue();

    world.resolver.set("contoso.test 1800 MX 10 mx1.contoso.test");
    world.door.orElseThrow().forget();
    assertThat(ZoneProbe.isBehind(world.judge())).isFalse();

    // Where the servers differ, nobody is behind.
    world.two.set("contoso.test 1800 MX 10 mx2.contoso.test");
    world.door.orElseThrow().forget();
    assertThat(ZoneProbe.isBehind(world.judge())).isFalse();
  }

  @Test
  void aSerialThatWentBackwardsIsToldUntilAllServersHaveTakenIt() {
    Memory memory =
        record ->
            record.equals("contoso.test SOA-serial")
                ? Optional.of(
                    new Memory.Past(
                        Optional.empty(), "ns1.contoso.test 2026112305", Optional.empty()))
                : Optional.empty();
    world.isFresh = true;
    var back = world.judge(CONTOSO, memory);
    assertThat(found(back)).containsExactly("soa.serial WARNING contoso.test");
    assertThat(finding(back, "soa.serial").message())
        .isEqualTo(
            "the serial of contoso.test went backwards: ns1.contoso.test (127.0.1.1:%d) has 2026112201, all had 2026112305 before"
                .formatted(world.port));
    assertThat(back.records())
        .containsEntry("contoso.test SOA-serial", "ns1.contoso.test 2026112201");

    // One still has the old one: what is remembered stays.
    world.two.set(soa("ns1.contoso.test", 2026112305));
    var half = world.judge(CONTOSO, memory);
    assertThat(found(half))
        .containsExactlyInAnyOrder(
            "soa.serial WARNING contoso.test", "dns.soa-serial INFO contoso.test");
    assertThat(half.records()).isEmpty();

    // Newer, by the arithmetic of serials that wrap around.
    world.both(s -> s.set(soa("ns1.contoso.test", 2026112305L + (1L << 31) - 1)));
    assertThat(found(world.judge(CONTOSO, memory))).isEmpty();

    // Another primary counts as it likes.
    world.both(s -> s.set(soa("ns9.contoso.test", 1)));
    assertThat(found(world.judge(CONTOSO, memory))).isEmpty();
  }

  @Test
  void aParentThatIsNotHeardTakesNothingBack() {
    world.judge();
    world.registry.faults(Fault.SILENT);
    world.isFresh = true;
    var unheard = world.judge();
    assertThat(hidden(unheard)).containsExactly("ns.parent");
    assertThat(unheard.facts()).containsEntry("delegation", null);
    var asked = world.registry.server().datagrams();

    world.isFresh = false;
    var known = world.judge();
    assertThat(hidden(known)).isEmpty();
    assertThat(known.facts())
        .containsEntry("delegation", List.of("ns1.contoso.test", "ns2.contoso.test"));
    assertThat(world.registry.server().datagrams()).isEqualTo(asked);
  }

  @Test
  void aServerThatCannotBeReachedLeavesNothingCompared() {
    world.resolver.add("ns2.contoso.test AAAA 100::2");

    var judgement = world.judge();

    assertThat(ZoneProbe.compared(judgement, "contoso.test MX")).contains(false);
    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
  }

  @Test
  void aServerWhoseAddressIsNotKnownLeavesNothingCompared() {
    world.resolver.fault("ns2.contoso.test", Fault.SERVFAIL);

    assertThat(ZoneProbe.compared(world.judge(), "contoso.test MX")).contains(false);
  }

  @Test
  void aDeadServerCostsNoMoreThanItsTimeOut() {
    world.two.faults(Fault.SILENT);
    var start = System.nanoTime();
    world.judge();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    var facts =
        new ArrayList<Object>((List<?>) world.judge().facts().getOrDefault("servers", List.of()));
    assertThat(facts.getLast().toString()).contains("udp=timeout", "tcp=timeout");
  }

  @Test
  void knowsWhatItCouldNotCompare() {
    world.two.fault("_dmarc.contoso.test", Fault.SERVFAIL);

    var judgement = world.judge();

    assertThat(ZoneProbe.compared(judgement, "contoso.test MX")).contains(true);
    assertThat(ZoneProbe.compared(judgement, "_dmarc.contoso.test TXT")).contains(false);
    assertThat(ZoneProbe.compared(judgement, "_mta-sts.contoso.test TXT")).isEmpty();
  }

  @Test
  void serialsWrapAround() {
    assertThat(Serial.isBefore(1, 2)).isTrue();
    assertThat(Serial.isBefore(2, 1)).isFalse();
    assertThat(Serial.isBefore(1, 1)).isFalse();
    assertThat(Serial.isBefore(0xffffffffL, 0)).isTrue();
    assertThat(Serial.isBefore(0, 0xffffffffL)).isFalse();
    assertThat(Serial.isBefore(0, 0x80000000L)).isFalse();
    assertThat(Serial.isBefore(0x80000000L, 0)).isFalse();
  }
}
