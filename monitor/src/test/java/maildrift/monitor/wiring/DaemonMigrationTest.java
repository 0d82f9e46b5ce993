package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import maildrift.alerts.Alert.Phase;
import maildrift.monitor.store.MemoryStore;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A domain moves from one provider to another: a resolver, two servers of its zone, and a clock
 * that the test moves.
 */
class DaemonMigrationTest {
  private static final String OLD = "10 mx.old.test";
  private static final String NEW = "10 mx.new.test";
  private static final String OLD_SPF = "v=spf1 include:_spf.old.test -all";
  private static final String BOTH_SPF = "v=spf1 include:_spf.old.test include:_spf.new.test -all";
  private static final String NEW_SPF = "v=spf1 include:_spf.new.test -all";
  private static final String PROFILES =
      "profiles: {old: {mx: [mx.old.test], spf: _spf.old.test}, new: {mx: [mx.new.test], spf: _spf.new.test}}";
  private static final String DOMAINS =
      "domains: [{name: contoso.test, profiles: [old], skip: [dkim, dmarc, tls, netblocks, mtasts, tlsrpt, records, caa, strays, dnssec, dane, auto, bimi, smtp, gateway]}]";
  private static final String LOOKS =
      "schedule: {interval: 1h, confirm_after: 10m, confirmations: 2}";

  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private final NameServer one = NameServer.start().negativeTtl(Duration.ZERO);
  private final NameServer two = NameServer.start().negativeTtl(Duration.ZERO);
  private final Instant start =
      clock.instant().plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.SECONDS);
  private final Instant end = start.plus(Duration.ofDays(3));
  private Daemon.World world;

  @BeforeEach
  void open() {
    world = new Daemon.World(folder);
    Stream.of(world.names, one, two)
        .forEach(
            server ->
                server.add(
                    "mx.old.test 0 A 198.51.100.10",
                    "mx.new.test 0 A 198.51.100.11",
                    "mx.stranger.test 0 A 198.51.100.12",
                    "_spf.old.test 0 TXT v=spf1 ip4:198.51.100.10 -all",
                    "_spf.new.test 0 TXT v=spf1 ip4:198.51.100.11 -all"));
    everywhere(3600, OLD_SPF, OLD);
  }

  @AfterEach
  void close() throws IOException {
    world.close();
    one.close();
    two.close();
  }

  /** The resolver has nothing to remember: what it says, and for how long, the test decides. */
  private void everywhere(int ttl, String spf, String... mx) {
    publish(world.names, 0, spf, mx);
    publish(one, ttl, spf, mx);
    publish(two, ttl, spf, mx);
  }

  private static void publish(NameServer server, int ttl, String spf, String... mx) {
    server.set(
        Stream.of(mx)
            .map(record -> "contoso.test %d MX %s".formatted(ttl, record))
            .toArray(String[]::new));
    server.set("contoso.test %d TXT %s".formatted(ttl, spf));
  }

  private Daemon daemon() {
    return daemon(PROFILES, DOMAINS);
  }

  private Daemon daemon(String profiles, String domains) {
    return world.start(
        new MemoryStore(),
        clock,
        "dns: {resolvers: [\"@DNS@\"], timeout: 2s, authoritative: {contoso.test: [\"%s\", \"%s\"]}}"
            .formatted(one.hostAndPort(), two.hostAndPort()),
        LOOKS,
        profiles,
        domains,
        "migrations: [{domains: [contoso.test], start: %s, from: old, to: new, reason: to inline}]"
            .formatted(start));
  }

  private void at(Instant time) {
    clock.advance(Duration.between(clock.instant(), time));
  }

  /** Looks until what is pending is confirmed, or gone. */
  private void look(Daemon daemon) {
    daemon.look("contoso.test", "contoso.test", "contoso.test");
  }

  private static List<String> grave(Daemon daemon) {
    return Stream.of(Phase.FIRING, Phase.PENDING)
        .flatMap(
            phase ->
                daemon.app().alerts().stream()
                    .filter(alert -> alert.phase() == phase)
                    .filter(alert -> alert.labels().get("severity").equals("critical"))
                    .map(alert -> alert.labels().get("alertname")))
        .sorted()
        .toList();
  }

  private static List<String> ofMigration(Daemon daemon) {
    return daemon.firing().stream()
        .filter(
            alert ->
                alert.startsWith("migration.")
                    || alert.startsWith("ttl.")
                    || alert.startsWith("record.")
                    || alert.startsWith("mx.extra")
                    || alert.startsWith("mx.missing")
                    || alert.startsWith("spf."))
        .toList();
  }

  private static String facts(Daemon daemon) {
    return daemon.get("/api/v1/domains/contoso.test").body();
  }

  @Test
  void aWholeMigrationIsFollowedAndNothingOfItAlarms() {
    try (var daemon = daemon()) {
      assertThat(ofMigration(daemon)).isEmpty();
      assertThat(facts(daemon))
          .contains("\"phase\":\"announced\"", "\"seconds\":3600", "\"ready\":false");

      at(start.minus(Duration.ofHours(23)));
      look(daemon);
      assertThat(ofMigration(daemon))
          .containsExactly("ttl.high contoso.test MX", "ttl.high contoso.test SPF");
      assertThat(facts(daemon)).contains("\"phase\":\"lead\"");

      everywhere(300, OLD_SPF, OLD);
      look(daemon);
      assertThat(ofMigration(daemon)).isEmpty();
      assertThat(facts(daemon)).contains("are gone by");

      at(start.plus(Duration.ofMinutes(1)));
      look(daemon);
      assertThat(ofMigration(daemon)).isEmpty();
      assertThat(facts(daemon)).contains("\"phase\":\"window\"", "\"low\":true");

      publish(one, 300, BOTH_SPF, NEW);
      look(daemon);
      assertThat(ofMigration(daemon)).containsExactly("migration.propagation contoso.test");
      assertThat(facts(daemon)).contains("\"says\":\"new\"", "\"says\":\"old\"");
      assertThat(grave(daemon)).isEmpty();

      publish(world.names, 0, BOTH_SPF, OLD, NEW);
      publish(two, 300, BOTH_SPF, OLD);
      look(daemon);
      look(daemon);
      assertThat(ofMigration(daemon))
          .contains("migration.propagation contoso.test")
          .doesNotContain("record.changed contoso.test MX", "record.changed contoso.test SPF");
      assertThat(grave(daemon)).isEmpty();

      everywhere(300, BOTH_SPF, NEW);
      look(daemon);
      assertThat(ofMigration(daemon))
          .containsExactly(
              "migration.progress contoso.test MX", "migration.progress contoso.test SPF");
      assertThat(facts(daemon)).contains("\"oldGone\":true");
      assertThat(Daemon.items(daemon.told())).contains("firing migration.progress contoso.test");

      everywhere(300, BOTH_SPF, NEW, "20 mx.stranger.test");
      look(daemon);
      assertThat(grave(daemon)).containsExactly("mx.extra", "record.changed");
      everywhere(300, BOTH_SPF, NEW);
      look(daemon);
      look(daemon);
      assertThat(grave(daemon)).isEmpty();

      world.names.faults(Fault.SERVFAIL);
      daemon.look("contoso.test");
      assertThat(ofMigration(daemon))
          .contains("migration.progress contoso.test MX", "migration.progress contoso.test SPF");
      world.names.heal();

      publish(two, 300, BOTH_SPF, OLD);
      at(end.plus(Duration.ofMinutes(1)));
      look(daemon);
      look(daemon);
      assertThat(ofMigration(daemon))
          .containsExactly(
              "migration.leftover contoso.test MX",
              "migration.leftover contoso.test SPF",
              "migration.propagation contoso.test");
      assertThat(daemon.app().baseline("contoso.test").orElseThrow().records())
          .containsEntry("contoso.test MX", NEW)
          .containsEntry("contoso.test SPF", BOTH_SPF);
      assertThat(daemon.get("/api/v1/domains/contoso.test/history").body())
          .contains("\"kind\":\"accepted by migration to new\"");

      everywhere(300, NEW_SPF, NEW);
      look(daemon);
      look(daemon);
      look(daemon);
      assertThat(ofMigration(daemon)).isEmpty();
      assertThat(daemon.app().baseline("contoso.test").orElseThrow().records())
          .containsEntry("contoso.test SPF", NEW_SPF);

      at(end.plus(Duration.ofDays(7)).plusSeconds(1));
      look(daemon);
      assertThat(ofMigration(daemon))
          .containsExactly("ttl.low contoso.test MX", "ttl.low contoso.test SPF");
      everywhere(3600, NEW_SPF, NEW);
      look(daemon);
      look(daemon);
      assertThat(ofMigration(daemon)).isEmpty();
      assertThat(grave(daemon)).isEmpty();
    }
  }

  @Test
  void aKeyThatIsNotTheNewProvidersIsNotAccepted() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    var text =
        "v=DKIM1; k=rsa; p="
            + Base64.getEncoder()
                .encodeToString(generator.generateKeyPair().getPublic().getEncoded());
    var key = "n1._domainkey.contoso.test";
    try (var daemon =
        daemon(
            PROFILES.replace(
                "spf: _spf.new.test",
                "spf: _spf.new.test, dkim: {selector: n1, cname: n1.new.test}"),
            DOMAINS.replace("dkim, ", ""))) {
      at(start.plus(Duration.ofMinutes(1)));
      look(daemon);
      Stream.of(world.names, one, two).forEach(server -> server.set(key + " 0 TXT " + text));
      everywhere(300, NEW_SPF, NEW);
      look(daemon);
      at(end.plus(Duration.ofMinutes(1)));
      look(daemon);
      look(daemon);
      assertThat(daemon.firing()).contains("dkim.cname-target " + key);
      assertThat(daemon.app().baseline("contoso.test").orElseThrow().records())
          .containsEntry("contoso.test MX", NEW)
          .containsEntry(key + " DKIM", "");

      Stream.of(world.names, one, two)
          .forEach(
              server ->
                  server
                      .remove(key)
                      .add(key + " 0 CNAME n1.new.test", "n1.new.test 0 TXT " + text));
      look(daemon);
      look(daemon);
      assertThat(daemon.app().baseline("contoso.test").orElseThrow().records())
          .hasEntrySatisfying(key + " DKIM", value -> assertThat(value).isNotEmpty());
    }
  }

  @Test
  void whatIsNotDoneByTheEndAlarms() {
    try (var daemon = daemon()) {
      at(start.plus(Duration.ofHours(1)));
      look(daemon);
      assertThat(grave(daemon)).isEmpty();

      at(end.plus(Duration.ofMinutes(1)));
      look(daemon);

      assertThat(grave(daemon)).containsExactly("mx.extra", "mx.missing", "spf.not-authorised");
      assertThat(daemon.app().baseline("contoso.test").orElseThrow().records())
          .containsEntry("contoso.test MX", OLD);
    }
  }

  @Test
  void whatChangesBeforeTheStartAlarms() {
    try (var daemon = daemon()) {
      at(start.minus(Duration.ofDays(2)));
      everywhere(300, BOTH_SPF, NEW);
      look(daemon);

      assertThat(grave(daemon)).contains("mx.extra", "mx.missing", "record.changed");

      at(start);
      look(daemon);
      look(daemon);
      assertThat(grave(daemon)).isEmpty();
      assertThat(daemon.firing()).contains("migration.progress contoso.test MX");
    }
  }

  @Test
  void maintenanceSaysWhyItHoldsBackAndTellsAtItsEnd() {
    var from = clock.instant().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
    try (var daemon =
        world.start(
            new MemoryStore(),
            clock,
            PROFILES,
            DOMAINS,
            "maintenance: [{domains: [contoso.test], from: %s, for: 2h, reason: new gateway}]"
                .formatted(from))) {
      assertThat(daemon.metric("maildrift_maintenance_windows{state=\"on\"}")).contains("1.0");
      everywhere(0, OLD_SPF, NEW);
      daemon.look("contoso.test");

      assertThat(daemon.firing()).contains("mx.extra mx.new.test");
      assertThat(daemon.get("/api/v1/alerts").body())
          .contains(
              "\"mutedBy\":[\"new gateway\"]",
              "\"mutedBecause\":\"maintenance \\u201Cnew gateway\\u201D\"",
              "\"mutedUntil\":\"%s\"".formatted(from.plus(Duration.ofHours(2))));
      assertThat(daemon.metric("maildrift_alerts_muted{by=\"maintenance\"}"))
          .hasValueSatisfying(value -> assertThat(value).isNotEqualTo("0.0"));
      assertThat(daemon.get("/").body()).contains("on: not told", "new gateway");
      assertThat(daemon.get("/domains/contoso.test").body())
          .contains("In maintenance (new gateway)");
      assertThat(Daemon.items(daemon.told()))
          .allMatch(item -> item.contains("maintenance.progress"));

      clock.advance(Duration.ofHours(2));
      daemon.look("contoso.test");

      await()
          .atMost(Daemon.LONG)
          .untilAsserted(
              () ->
                  assertThat(daemon.told().stream().flatMap(told -> told.firing().stream()))
                      .filteredOn(
                          item -> !item.labels().get("alertname").equals("maintenance.progress"))
                      .isNotEmpty()
                      .allSatisfy(
                          item ->
                              assertThat(item.annotation("held_back"))
                                  .startsWith("held back by maintenance “new gateway” since ")));
      assertThat(daemon.metric("maildrift_alerts_muted{by=\"maintenance\"}")).contains("0.0");
    }
  }
}
