package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.stream.Stream;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.MemoryStore;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built-in checklist of a migration, along a clock that the test moves. */
class DaemonChecklistTest {
  private static final String LIST = "/api/v1/domains/contoso.test/checklists/seppmail-inline";
  private static final String OLD = "10 contoso-test.mail.protection.outlook.com";
  private static final String NEW = "10 gw.house.test";

  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private final NameServer zone = NameServer.start().negativeTtl(Duration.ZERO);
  private final Instant start =
      clock.instant().plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.SECONDS);
  private final MemoryStore store = new MemoryStore();
  private Daemon.World world;

  @BeforeEach
  void open() {
    world = new Daemon.World(folder);
    Stream.of(world.names, zone)
        .forEach(
            server ->
                server.add(
                    "contoso-test.mail.protection.outlook.com 0 A 198.51.100.10",
                    "gw.house.test 0 A 198.51.100.11",
                    "11.100.51.198.in-addr.arpa 0 PTR gw.house.test"));
    publish(3600, OLD);
  }

  @AfterEach
  void close() throws IOException {
    world.close();
    zone.close();
  }

  /** The resolver has nothing to remember; its zone's server tells how long others do. */
  private void publish(int ttl, String mx) {
    publish(world.names, 0, mx);
    publish(zone, ttl, mx);
  }

  private static void publish(NameServer server, int ttl, String mx) {
    server.set("contoso.test %d MX %s".formatted(ttl, mx));
    server.set("contoso.test %d TXT v=spf1 ip4:198.51.100.11 -all".formatted(ttl));
  }

  private String[] sections(Instant begin, String declared) {
    return new String[] {
      "dns: {resolvers: [\"@DNS@\"], timeout: 2s, authoritative: {contoso.test: [\"%s\"]}}"
          .formatted(zone.hostAndPort()),
      "schedule: {interval: 1h, confirm_after: 10m, confirmations: 2}",
      "gateways: {gw: {host: gw.house.test, addresses: [198.51.100.11]}}",
      "domains: [{name: contoso.test, skip: [dkim, dmarc, tls, netblocks, mtasts, tlsrpt, records, caa, strays, dnssec, dane, auto, bimi, smtp]%s}]"
          .formatted(declared),
      """
      migrations:
        - domains: [contoso.test]
          start: %s
          from: microsoft365
          to: {name: seppmail, gateway: gw, role: inbound}
          checklist: seppmail-inline
      """
          .formatted(begin)
    };
  }

  private void at(Daemon daemon, Instant time) {
    clock.advance(Duration.between(clock.instant(), time));
    look(daemon);
  }

  private static void look(Daemon daemon) {
    daemon.look("contoso.test", "contoso.test");
  }

  private static String states(Daemon daemon, String... steps) {
    var answer = daemon.get(LIST);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    var wanted = Arrays.asList(steps);
    var told = new StringBuilder();
    for (var step : CheckJson.mapper().readTree(answer.body()).path("steps")) {
      if (wanted.contains(step.path("step").asString(""))) {
        told.append(told.isEmpty() ? "" : " ").append(step.path("state").asString(""));
      }
    }
    return told.toString();
  }

  @Test
  void stepsComeAndGoWithThePhasesAndFollowWhatIsPublished() {
    try (var daemon = world.start(store, clock, sections(start, ""))) {
      assertThat(daemon.get("/domains/contoso.test").body())
          .contains("/domains/contoso.test/checklists/seppmail-inline");
      assertThat(states(daemon, "ptr", "low-ttl", "mx", "raise-ttl"))
          .isEqualTo("done open not-yet not-yet");

      publish(300, OLD);
      at(daemon, start.minus(Duration.ofHours(26)));
      assertThat(states(daemon, "low-ttl")).isEqualTo("open");

      // A day counts only if somebody looked all along.
      at(daemon, start.minus(Duration.ofHours(15)));
      at(daemon, start.minus(Duration.ofHours(4)));
      at(daemon, start.minus(Duration.ofHours(1)));
      assertThat(states(daemon, "low-ttl", "mx")).isEqualTo("done not-yet");

      at(daemon, start.plus(Duration.ofMinutes(1)));
      assertThat(states(daemon, "mx")).isEqualTo("open");

      publish(300, NEW);
      look(daemon);
      assertThat(states(daemon, "mx")).isEqualTo("done");

      world.names.fault("contoso.test", Fault.SERVFAIL);
      zone.fault("contoso.test", Fault.SERVFAIL);
      look(daemon);
      assertThat(states(daemon, "mx")).isEqualTo("unseen");
      world.names.fault("contoso.test");
      zone.fault("contoso.test");

      at(daemon, start.plus(Duration.ofDays(3)).plus(Duration.ofHours(1)));
      assertThat(states(daemon, "low-ttl", "mx", "raise-ttl"))
          .isEqualTo("not-applicable done open");

      publish(3600, NEW);
      look(daemon);
      assertThat(states(daemon, "raise-ttl")).isEqualTo("done");
    }
  }

  @Test
  void ticksOutliveARestartAndNotAnotherMigration() {
    var tick = LIST + "/steps/custom-command/tick";
    try (var daemon = world.start(store, clock, sections(start, ""))) {
      assertThat(daemon.send("PUT", tick, "{\"by\":\"Ada\"}").statusCode()).isEqualTo(200);
      assertThat(states(daemon, "custom-command")).isEqualTo("done");
    }
    var ticks = store.ticks();
    var again = new MemoryStore();
    ticks.forEach(kept -> again.commit(Batch.builder().tick(kept).build()));
    try (var daemon = world.start(again, clock, sections(start, ""))) {
      assertThat(states(daemon, "custom-command")).isEqualTo("done");

      daemon.rewrite(sections(start.plus(Duration.ofDays(30)), ""));
      assertThat(daemon.post("/-/reload", "").statusCode()).isEqualTo(200);
      assertThat(states(daemon, "custom-command")).isEqualTo("person");
      assertThat(daemon.get(LIST).body()).contains("for another migration");
    }
  }

  @Test
  void whatIsDeclaredIsSeenAndADomainThatGoesTakesItsTicksAlong() {
    try (var daemon =
        world.start(store, clock, sections(start, ", mode: inline, disable_delivery: true"))) {
      daemon.send("PUT", LIST + "/steps/custom-command/tick", "{\"by\":\"Ada\"}");
      at(daemon, start.plus(Duration.ofHours(1)));
      assertThat(states(daemon, "smarthost-empty", "resume-delivery")).isEqualTo("person open");

      daemon.rewrite(sections(start, ", mode: inline, disable_delivery: false")[0]);
      assertThat(daemon.post("/-/reload", "").statusCode()).isEqualTo(200);
      assertThat(store.ticks()).isEmpty();
      assertThat(daemon.get(LIST).statusCode()).isEqualTo(404);
    }
  }
}
