package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import maildrift.alerts.Alert.Phase;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Silence;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.store.Stores;
import maildrift.probes.Severity;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole daemon: a record drifts and the right person is told, once. */
class DaemonTest {
  private static final String CONTOSO =
      "domains: [{name: contoso.test, %s}]".formatted(Daemon.ONLY_MX);
  private static final String TWO =
      "domains: [{name: contoso.test, %1$s}, {name: fabrikam.test, %1$s}]"
          .formatted(Daemon.ONLY_MX);
  private static final String TWO_LOOKS =
      "schedule: {interval: 1h, confirm_after: 10m, confirmations: 2}";
  private static final String FABRIKAM =
      "domains: [{name: fabrikam.test, %s}]".formatted(Daemon.ONLY_MX);
  private static final String BLIND_SOON =
      "schedule: {interval: 1h, confirm_after: 1h, confirmations: 1, unobservable_after: 1s}";
  private static final String IMPATIENT = "dns: {resolvers: [\"@DNS@\"], timeout: 1s}";
  private static final String SLOWER_GROUPS =
      """
      alerts:
        group_wait: 500ms
        group_interval: 1s
        receivers: {hook: {webhook: {url: "@HOOK@"}}}
        routes: [{match: {}, receivers: [hook]}]
      """;
  private static final String PENDING = "maildrift_notifications_pending{receiver=\"hook\"}";
  private static final String CHANGED = "record.changed contoso.test MX";

  @TempDir Path folder;

  private Daemon.World world;

  @BeforeEach
  void open() {
    world = new Daemon.World(folder).with("contoso.test", "fabrikam.test");
  }

  @AfterEach
  void close() throws IOException {
    world.close();
  }

  @Test
  void aRecordThatDriftsIsToldOnceWithOldAndNewAndThenResolved() {
    try (var daemon = world.start(CONTOSO)) {
      assertThat(daemon.firing()).isEmpty();

      world.drift("contoso.test");
      daemon.look("contoso.test", "contoso.test", "contoso.test");

      var first = daemon.told(1).getFirst();
      var item = first.firing().getFirst();
      assertThat(item.labels().get("alertname")).isEqualTo("record.changed");
      assertThat(item.labels().get("severity")).isEqualTo("critical");
      assertThat(item.annotation("diff")).isEqualTo("- 10 mx1.contoso.test\n+ 20 mx2.contoso.test");
      assertThat(item.annotation("remedy")).contains("10 mx1.contoso.test");

      world.restore("contoso.test");
      daemon.look("contoso.test");

      assertThat(Daemon.items(daemon.told(2)))
          .containsExactly(
              "firing record.changed contoso.test", "resolved record.changed contoso.test");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"SERVFAIL", "REFUSED", "SILENT", "GARBAGE_EVERYWHERE", "NOTIMP"})
  void aFailureToLookNeitherFiresNorResolves(Fault fault) {
    try (var daemon = world.start(TWO, IMPATIENT)) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      daemon.told(1);

      world.names.faults(fault);
      daemon.look("contoso.test", "fabrikam.test", "contoso.test", "fabrikam.test");

      assertThat(daemon.firing()).containsExactly(CHANGED);
      assertThat(daemon.alerts(Phase.PENDING)).isEmpty();
      assertThat(daemon.app().domain("fabrikam.test").orElseThrow().verdict().word())
          .isEqualTo("unknown");
      assertThat(daemon.app().domain("fabrikam.test").orElseThrow().findings())
          .allMatch(finding -> finding.severity() == Severity.INFO);
      assertThat(
              daemon.metric(
                  "maildrift_rule_violated{domain=\"contoso.test\",tenant=\"%s\",rule=\"record.changed\",severity=\"critical\",subject=\"contoso.test MX\"}"
                      .formatted(
                          daemon
                              .app()
                              .domain("contoso.test")
                              .orElseThrow()
                              .domain()
                              .tenant()
                              .id())))
          .contains("1");

      world.names.heal();
      world.drift("fabrikam.test");
      daemon.look("contoso.test", "fabrikam.test");

      assertThat(Daemon.items(daemon.told(2)))
          .containsExactly(
              "firing record.changed contoso.test", "firing record.changed fabrikam.test");
    }
  }

  @Test
  void aBlipThatOneLookSawTellsNobody() {
    try (var daemon = world.start(TWO, TWO_LOOKS)) {
      world.drift("contoso.test");
      world.drift("fabrikam.test");
      daemon.look("contoso.test", "fabrikam.test");
      assertThat(daemon.alerts(Phase.PENDING)).hasSize(2);

      world.restore("contoso.test");
      daemon.look("contoso.test", "fabrikam.test");

      assertThat(daemon.alerts(Phase.PENDING)).isEmpty();
      assertThat(Daemon.items(daemon.told(1)))
          .containsExactly("firing record.changed fabrikam.test");
    }
  }

  @Test
  void whatIsConfirmedFiresByItselfAfterConfirmAfter() {
    try (var daemon =
        world.start(CONTOSO, "schedule: {interval: 1h, confirm_after: 100ms, confirmations: 3}")) {
      world.drift("contoso.test");
      daemon.look("contoso.test");

      assertThat(Daemon.items(daemon.told(1)))
          .containsExactly("firing record.changed contoso.test");
    }
  }

  @Test
  void anAcceptedChangeIsNoDriftAnyMore() {
    try (var daemon = world.start(CONTOSO)) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      daemon.told(1);

      assertThat(daemon.app().accept("contoso.test", "alice")).isTrue();

      assertThat(daemon.firing()).isEmpty();
      assertThat(Daemon.items(daemon.told(2)))
          .last()
          .isEqualTo("resolved record.changed contoso.test");
      assertThat(daemon.app().baseline("contoso.test").orElseThrow().acceptedBy())
          .isEqualTo("alice");
      assertThat(daemon.app().history("contoso.test", 0, 10))
          .extracting("kind")
          .containsExactly("accepted", "record");
    }
  }

  @Test
  void whatAPersonAcceptsEndsAtOnceEvenIfItFlapped() {
    try (var daemon = world.start(CONTOSO)) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      world.restore("contoso.test");
      daemon.look("contoso.test");
      world.drift("contoso.test");
      daemon.look("contoso.test");
      assertThat(daemon.firing()).containsExactly(CHANGED);

      daemon.app().accept("contoso.test", "alice");

      assertThat(daemon.firing()).isEmpty();
    }
  }

  @Test
  void informationNeverAlerts() {
    var dmarc =
        "domains: [{name: contoso.test, skip: [spf, dkim, mx, tls, netblocks, mtasts, tlsrpt, records, caa, strays, dnssec, dane]}]";
    world.names.add("_dmarc.contoso.test 0 TXT v=DMARC1; p=quarantine; rua=mailto:d@contoso.test");
    try (var daemon = world.start(dmarc)) {
      world.names.set("_dmarc.contoso.test 0 TXT v=DMARC1; p=reject; rua=mailto:d@contoso.test");
      daemon.look("contoso.test", "contoso.test");

      var state = daemon.app().domain("contoso.test").orElseThrow();
      assertThat(state.findings()).extracting("rule").contains("record.changed");
      assertThat(state.verdict().word()).isEqualTo("pass");
      assertThat(daemon.app().alerts()).isEmpty();
    }
  }

  @Test
  void twoDomainsThatShareAProvidersRecordAreOneNotificationThatNamesBoth() {
    world.names.add("_netblocks.provider.test 0 TXT v=spf1 ip4:198.51.100.0/24 -all");
    var shared =
        """
        profiles: {provider: {netblocks: [_netblocks.provider.test]}}
        allowlists: {gateway: {networks: [198.51.100.0/24]}}
        domains:
          - name: contoso.test
            profiles: [{name: provider}]
            allowed_sending_servers: gateway
            skip: [spf, dkim, dmarc, mx, tls, mtasts, tlsrpt, records, caa, strays, dnssec, dane]
          - name: fabrikam.test
            profiles: [{name: provider}]
            allowed_sending_servers: gateway
            skip: [spf, dkim, dmarc, mx, tls, mtasts, tlsrpt, records, caa, strays, dnssec, dane]
        """;
    try (var daemon = world.start(shared, SLOWER_GROUPS)) {
      assertThat(daemon.firing()).isEmpty();

      world.names.set(
          "_netblocks.provider.test 0 TXT v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/25 -all");
      daemon.look("contoso.test", "fabrikam.test");

      var told = daemon.told(1).getFirst();
      assertThat(told.groupLabels().get("cause")).isEqualTo("_netblocks.provider.test TXT");
      assertThat(Daemon.items(List.of(told)))
          .contains(
              "firing netblocks.missing contoso.test", "firing netblocks.missing fabrikam.test");
      assertThat(told.firing().getFirst().annotation("diff")).contains("203.0.113.0/25");
      assertThat(daemon.told()).hasSize(1);
      assertThat(
              daemon.metric(
                  "maildrift_netblock_drift{source=\"_netblocks.provider.test\",allowlist=\"gateway\",kind=\"missing\"}"))
          .contains("1");
    }
  }

  @Test
  void aRestartNeitherRepeatsNorForgets() throws Exception {
    var url = "jdbc:h2:file:" + folder.resolve("store");
    try (var daemon = world.start(Stores.open(url, folder, Clock.systemUTC()), TWO)) {
      world.drift("contoso.test");
      world.drift("fabrikam.test");
      daemon.look("contoso.test", "fabrikam.test");
      await().atMost(Daemon.LONG).until(() -> daemon.toldItems().size() == 2);
      // What was told must be written down, too.
      await().atMost(Daemon.LONG).until(() -> daemon.metric(PENDING).equals(Optional.of("0.0")));
    }
    var before = world.hook.got().size();
    world.restore("contoso.test");

    try (var daemon = world.start(Stores.open(url, folder, Clock.systemUTC()), TWO)) {
      await().atMost(Daemon.LONG).until(() -> world.hook.got().size() > before);
      daemon.look("contoso.test", "fabrikam.test", "contoso.test", "fabrikam.test");

      assertThat(daemon.firing()).containsExactly("record.changed fabrikam.test MX");
      assertThat(Daemon.items(daemon.told()).subList(2, Daemon.items(daemon.told()).size()))
          .containsExactly("resolved record.changed contoso.test");
      assertThat(daemon.app().baseline("contoso.test").orElseThrow().records())
          .containsEntry("contoso.test MX", "10 mx1.contoso.test");
    }
  }

  @Test
  void aDomainThatIsTakenOutIsClosedWithThatReasonAndItsSeriesVanish() {
    try (var daemon = world.start(TWO)) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      daemon.told(1);
      assertThat(daemon.get("/metrics").body()).contains("domain=\"contoso.test\"");

      daemon.rewrite(FABRIKAM);
      assertThat(daemon.app().reload()).isEmpty();

      var last = daemon.told(2).getLast();
      assertThat(last.resolved().getFirst().annotation("resolution"))
          .isEqualTo("no longer monitored");
      assertThat(daemon.get("/metrics").body())
          .doesNotContain("domain=\"contoso.test\"")
          .contains("domain=\"fabrikam.test\"", "\nmaildrift_domains 1.0\n");
      assertThat(daemon.get("/api/v1/domains/contoso.test").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aDomainThatWasTakenOutWhileTheDaemonWasDownIsClosedAtTheStart() throws Exception {
    var url = "jdbc:h2:file:" + folder.resolve("store");
    try (var daemon = world.start(Stores.open(url, folder, Clock.systemUTC()), TWO)) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      daemon.told(1);
    }
    try (var daemon = world.start(Stores.open(url, folder, Clock.systemUTC()), FABRIKAM)) {
      await()
          .atMost(Daemon.LONG)
          .until(() -> daemon.toldItems().contains("resolved record.changed contoso.test"));
      assertThat(daemon.app().alerts()).noneMatch(alert -> alert.phase() == Phase.FIRING);
    }
  }

  @Test
  void aReloadOfABrokenFileKeepsTheOldConfigurationAndSaysSo() {
    try (var daemon = world.start(CONTOSO)) {
      assertThat(daemon.metric("maildrift_config_last_reload_successful")).contains("1.0");

      daemon.rewrite("domains: [{name: contoso.test, tenent: x}]");
      assertThat(daemon.post("/-/reload", "").statusCode()).isEqualTo(422);

      assertThat(daemon.metric("maildrift_config_last_reload_successful")).contains("0.0");
      var refused = "the last reload was refused, the configuration before stays in force; see ";
      assertThat(daemon.get("/-/ready").body())
          .contains("\"configuration\":\"" + refused)
          .containsPattern("maildrift.yml:[0-9]+:[0-9]+")
          .doesNotContain("tenent");
      assertThat(daemon.get("/").body()).contains(refused);
      assertThat(daemon.app().domains()).hasSize(1);
      world.drift("contoso.test");
      daemon.look("contoso.test");
      daemon.told(1);

      daemon.rewrite(TWO);
      assertThat(daemon.post("/-/reload", "").statusCode()).isEqualTo(200);
      assertThat(daemon.metric("maildrift_config_last_reload_successful")).contains("1.0");
      assertThat(daemon.get("/-/ready").body()).doesNotContain("configuration");
      daemon.awaitFirstTurn("fabrikam.test");
      assertThat(daemon.firing()).containsExactly(CHANGED);
    }
  }

  @Test
  void aSilenceMutesAndItsEndTells() {
    try (var daemon = world.start(TWO)) {
      var now = Instant.now();
      daemon
          .app()
          .putSilence(
              new Silence(
                  "one",
                  List.of(Matcher.parse("domain=contoso.test")),
                  now,
                  now.plus(Duration.ofHours(1)),
                  "alice",
                  "migration"));
      world.drift("contoso.test");
      world.drift("fabrikam.test");
      daemon.look("contoso.test", "fabrikam.test");

      assertThat(Daemon.items(daemon.told(1)))
          .containsExactly("firing record.changed fabrikam.test");
      assertThat(daemon.firing()).contains(CHANGED);

      assertThat(daemon.app().expireSilence("one")).isTrue();

      assertThat(Daemon.items(daemon.told(2)))
          .last()
          .isEqualTo("firing record.changed contoso.test");
    }
  }

  @Test
  void maintenanceMutes() {
    var now = Instant.now();
    var maintenance =
        "maintenance: [{domains: [contoso.test], from: %s, for: 72h, reason: migration to inline}]"
            .formatted(now.minusSeconds(60).truncatedTo(ChronoUnit.SECONDS));
    try (var daemon = world.start(TWO, maintenance)) {
      world.drift("contoso.test");
      world.drift("fabrikam.test");
      daemon.look("contoso.test", "fabrikam.test");

      // The window's own progress is told as well; MaintenanceDaemonTest looks at that.
      daemon.told(2);
      assertThat(daemon.toldItems())
          .contains("firing record.changed fabrikam.test")
          .doesNotContain("firing record.changed contoso.test");
      var alert =
          daemon.app().alerts().stream()
              .filter(own -> own.labels().get("domain").equals("contoso.test"))
              .findFirst()
              .orElseThrow();
      assertThat(daemon.app().muted(alert)).isNotEmpty();
    }
  }

  @Test
  void aResolverThatLiesIsNotBelievedAgainstTheAuthoritativeServers() {
    try (var own = NameServer.start().negativeTtl(Duration.ZERO)) {
      own.add("contoso.test 0 MX 10 mx1.contoso.test", "mx1.contoso.test 0 A 198.51.100.10");
      var dns =
          "dns: {resolvers: [\"@DNS@\"], timeout: 10s, authoritative: {contoso.test: [\"%s\"]}}"
              .formatted(own.hostAndPort());
      try (var daemon = world.start(TWO, TWO_LOOKS, dns)) {
        world.drift("contoso.test");
        world.drift("fabrikam.test");
        daemon.look("contoso.test", "fabrikam.test");
        assertThat(daemon.alerts(Phase.PENDING)).hasSize(2);

        daemon.look("contoso.test", "fabrikam.test");

        assertThat(Daemon.items(daemon.told(1)))
            .containsExactly("firing record.changed fabrikam.test");
        assertThat(daemon.alerts(Phase.PENDING)).isEmpty();
        assertThat(daemon.firing()).hasSize(1);
      }
    }
  }

  @Test
  void authoritativeServersThatContradictEachOtherAreAFindingOfTheirOwn() {
    try (var one = NameServer.start().negativeTtl(Duration.ZERO);
        var other = NameServer.start().negativeTtl(Duration.ZERO)) {
      one.add("contoso.test 0 MX 10 mx1.contoso.test", "mx1.contoso.test 0 A 198.51.100.10");
      other.add(
          "contoso.test 0 MX 20 mx2.contoso.test",
          "mx1.contoso.test 0 A 198.51.100.10",
          "mx2.contoso.test 0 A 198.51.100.11");
      one.add("mx2.contoso.test 0 A 198.51.100.11");
      var dns =
          "dns: {resolvers: [\"@DNS@\"], timeout: 10s, authoritative: {contoso.test: [\"%s\", \"%s\"]}}"
              .formatted(one.hostAndPort(), other.hostAndPort());
      try (var daemon = world.start(CONTOSO, TWO_LOOKS, dns)) {
        world.drift("contoso.test");
        daemon.look("contoso.test", "contoso.test", "contoso.test", "contoso.test");

        assertThat(daemon.firing()).containsExactly("zone.inconsistent contoso.test MX");
        assertThat(Daemon.items(daemon.told(1)))
            .containsExactly("firing zone.inconsistent contoso.test");

        one.set("contoso.test 0 MX 20 mx2.contoso.test");
        daemon.look("contoso.test", "contoso.test", "contoso.test");

        assertThat(daemon.firing()).containsExactly(CHANGED);
        await().atMost(Daemon.LONG).until(() -> daemon.toldItems().size() > 1);
        assertThat(Daemon.items(daemon.told(2)))
            .containsExactlyInAnyOrder(
                "firing zone.inconsistent contoso.test",
                "resolved zone.inconsistent contoso.test",
                "firing record.changed contoso.test");
      }
    }
  }

  @Test
  void aSerialThatGoesBackwardsIsToldAndOneThatGrowsIsNoDrift() {
    var soa = "contoso.test 0 SOA ns.contoso.test hostmaster.contoso.test %d 7200 900 1209600 300";
    try (var own = NameServer.start().negativeTtl(Duration.ZERO)) {
      own.add(
          soa.formatted(5),
          "contoso.test 0 MX 10 mx1.contoso.test",
          "mx1.contoso.test 0 A 192.0.2.1");
      var dns =
          "dns: {resolvers: [\"@DNS@\"], timeout: 10s, authoritative: {contoso.test: [\"%s\"]}}"
              .formatted(own.hostAndPort());
      try (var daemon = world.start(CONTOSO, TWO_LOOKS, dns)) {
        daemon.look("contoso.test");
        own.set(soa.formatted(6));
        daemon.look("contoso.test", "contoso.test", "contoso.test");
        assertThat(daemon.alerts(Phase.PENDING)).isEmpty();
        assertThat(daemon.firing()).isEmpty();

        own.set(soa.formatted(4));
        daemon.look("contoso.test", "contoso.test");
        assertThat(daemon.firing()).containsExactly("soa.serial contoso.test");

        own.set(soa.formatted(7));
        daemon.look("contoso.test", "contoso.test");
        assertThat(daemon.firing()).isEmpty();
      }
    }
  }

  @Test
  void oneDeadDomainIsTheDomainsProblem() {
    // Long enough that the control questions are asked before the resolvers are blamed.
    var soon = BLIND_SOON.replace("unobservable_after: 1s", "unobservable_after: 10s");
    try (var daemon = world.start(TWO, soon)) {
      world.names.fault("contoso.test", Fault.SERVFAIL);
      await()
          .atMost(Daemon.LONG)
          .untilAsserted(
              () -> {
                daemon.look("contoso.test", "fabrikam.test");
                assertThat(daemon.firing()).containsExactly("probe.unobservable mx");
              });
      var item = daemon.told(1).getFirst().firing().getFirst();
      assertThat(item.labels().get("domain")).isEqualTo("contoso.test");
      assertThat(item.labels().get("severity")).isEqualTo("warning");
      assertThat(item.annotation("summary")).contains("SERVFAIL");

      world.names.heal();
      daemon.look("contoso.test");
      assertThat(daemon.firing()).isEmpty();
    }
  }

  @Test
  void whenNothingAnswersAnyMoreTheResolversAreBlamedAndNoDomain() {
    try (var daemon = world.start(TWO, BLIND_SOON, IMPATIENT)) {
      world.names.faults(Fault.SILENT);
      await()
          .atMost(Daemon.LONG)
          .untilAsserted(
              () -> {
                daemon.look("contoso.test", "fabrikam.test");
                assertThat(daemon.firing()).contains("probe.unobservable resolvers");
              });
      daemon.look("contoso.test", "fabrikam.test");
      assertThat(daemon.firing()).containsExactly("probe.unobservable resolvers");
      assertThat(daemon.get("/-/ready").statusCode()).isEqualTo(200);

      world.names.heal();
      daemon.look("contoso.test", "fabrikam.test");
      await().atMost(Daemon.LONG).until(() -> daemon.firing().isEmpty());
      assertThat(Daemon.items(daemon.told(2)))
          .containsExactly("firing probe.unobservable ", "resolved probe.unobservable ");
    }
  }

  @Test
  void theOtherProbesKeepTheirTurnsWhileOneIsInDoubt() {
    // The MX is pending and can then not be looked at any more; a change of DMARC must be seen all
    // the same.
    var both =
        "domains: [{name: contoso.test, skip: [spf, dkim, tls, netblocks, mtasts, tlsrpt, records, caa, strays, dnssec, dane], profiles: [{name: own}]}]";
    var profile = "profiles: {own: {mx: [{host: mx1.contoso.test, preference: 10}]}}";
    world.names.add("_dmarc.contoso.test 0 TXT v=DMARC1; p=reject; rua=mailto:d@contoso.test");
    var clock = new TestClock();
    try (var daemon = world.start(new MemoryStore(), clock, both, profile, TWO_LOOKS)) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      assertThat(daemon.alerts(Phase.PENDING)).contains("mx.missing mx1.contoso.test");
      world.names.fault("contoso.test", Fault.SERVFAIL);
      world.names.set("_dmarc.contoso.test 0 TXT v=DMARC1; p=none; rua=mailto:d@contoso.test");
      clock.advance(Duration.ofMinutes(10));
      daemon.watch().turn("contoso.test");
      assertThat(daemon.alerts(Phase.PENDING)).noneMatch(text -> text.contains("DMARC"));

      clock.advance(Duration.ofHours(1));
      daemon.watch().turn("contoso.test");
      assertThat(daemon.alerts(Phase.PENDING)).contains("record.changed _dmarc.contoso.test DMARC");
    }
  }
}
