package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.alerts.Alert.Phase;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.store.Stores;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole daemon: a provider changes one record that many domains include. */
class SharedRecordDaemonTest {
  private static final String RECORD = "_spf.provider.test SPF";
  private static final String OLD = "v=spf1 ip4:192.0.2.0/24 -all";
  private static final String NEW = "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 -all";

  @TempDir Path folder;

  private Daemon.World world;

  @BeforeEach
  void open() {
    world = new Daemon.World(folder);
    publish(OLD);
  }

  @AfterEach
  void close() throws IOException {
    world.close();
  }

  private void publish(String record) {
    world.names.set("_spf.provider.test 0 TXT " + record);
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj("d%03d.test"::formatted).toList();
  }

  /** Domains whose SPF alone is looked at. */
  private String domains(int count) {
    var skip =
        ProbeCatalog.all().stream()
            .map(Probe::name)
            .filter(name -> !name.equals("spf"))
            .collect(Collectors.joining(", "));
    return names(count).stream()
        .peek(name -> world.names.add(name + " 0 TXT v=spf1 include:_spf.provider.test ~all"))
        .map(name -> "  - {name: %s, skip: [%s]}\n".formatted(name, skip))
        .collect(Collectors.joining("", "domains:\n", ""));
  }

  private static String gathering(Duration wait) {
    return """
    alerts:
      group_wait: %ds
      group_interval: 1s
      receivers: {hook: {webhook: {url: "@HOOK@"}}}
      routes: [{match: {}, receivers: [hook]}]
    """
        .formatted(wait.toSeconds());
  }

  private static List<String> changed(Daemon daemon, Phase phase) {
    return daemon.alerts(phase).stream()
        .filter(alert -> alert.equals("record.changed " + RECORD))
        .toList();
  }

  @Test
  void manyDomainsBehindOneRecordAreOneNotificationAndOneLineOfHistory() {
    var names = names(60);
    try (var daemon = world.start(domains(60), gathering(Duration.ofSeconds(6)))) {
      publish(NEW);
      daemon.look(names.getFirst());
      await()
          .atMost(Daemon.LONG)
          .untilAsserted(() -> assertThat(changed(daemon, Phase.FIRING)).hasSize(60));

      var told = daemon.told(1);
      assertThat(told)
          .singleElement()
          .satisfies(
              one -> {
                assertThat(one.items())
                    .extracting(item -> item.labels().get("domain"))
                    .containsExactlyInAnyOrderElementsOf(names);
                assertThat(one.items())
                    .allSatisfy(
                        item -> {
                          assertThat(item.labels().get("alertname")).isEqualTo("record.changed");
                          assertThat(item.labels().get("cause"))
                              .isEqualTo("_spf.provider.test TXT");
                        });
              });
      assertThat(lines(daemon, names.getFirst())).containsExactly(RECORD);
      assertThat(lines(daemon, names.getLast())).containsExactly(RECORD);
      assertThat(daemon.get("/domains/" + names.getLast()).body()).contains(RECORD + " (shared)");

      var accepted =
          daemon.post("/api/v1/records/accept", "{\"record\": \"%s\"}".formatted(RECORD));
      assertThat(accepted.statusCode()).isEqualTo(200);
      assertThat(CheckJson.mapper().readTree(accepted.body()).path("domains")).hasSize(60);
      await()
          .atMost(Daemon.LONG)
          .untilAsserted(() -> assertThat(changed(daemon, Phase.FIRING)).isEmpty());
      assertThat(daemon.post("/api/v1/records/accept", "{\"record\": \"x.test SPF\"}").statusCode())
          .isEqualTo(404);
    }
  }

  private static List<String> lines(Daemon daemon, String name) {
    var history = daemon.get("/api/v1/domains/" + name + "/history").body();
    return CheckJson.mapper()
        .readTree(history)
        .path("changes")
        .valueStream()
        .map(change -> change.path("record").asString(""))
        .toList();
  }

  @Test
  void aDaemonThatIsKilledAmidstTheDomainsGoesOnWithTheSameLine() throws StoreUnusable {
    var names = names(6);
    var url = "jdbc:h2:file:./shared";
    var domains = domains(6);
    try (var daemon = world.start(Stores.open(url, folder, Clock.systemUTC()), domains)) {
      publish(NEW);
      daemon.watch().turn(names.getFirst());
      await().atMost(Daemon.LONG).until(() -> lines(daemon, names.getFirst()).size() == 1);
    }
    try (var daemon = world.start(Stores.open(url, folder, Clock.systemUTC()), domains)) {
      daemon.look(names.toArray(String[]::new));
      assertThat(changed(daemon, Phase.FIRING)).hasSize(6);
      assertThat(lines(daemon, names.getLast())).containsExactly(RECORD);

      publish(OLD);
      daemon.look(names.toArray(String[]::new));
      await()
          .atMost(Daemon.LONG)
          .untilAsserted(
              () -> assertThat(lines(daemon, names.getLast())).containsExactly(RECORD, RECORD));
    }
  }

  @Test
  void aRangeThatWasWithdrawnMayStayUntilItsTimeIsOver() {
    world.names.add("contoso.test 0 MX 10 mx.contoso.test", "mx.contoso.test 0 A 198.51.100.10");
    var skip = Daemon.ONLY_MX.replace("netblocks, ", "");
    var clock = new TestClock();
    try (var daemon =
        world.start(
            new MemoryStore(),
            clock,
            "profiles: {house: {netblocks: [_spf.provider.test]}}",
            "allowlists: {gateway: {networks: [192.0.2.0/24, 198.51.100.0/24], double_run: 30d}}",
            "domains: [{name: contoso.test, profiles: [{name: house}], allowed_sending_servers: gateway, %s}]"
                .formatted(skip))) {
      // What was never seen published is stale at once.
      assertThat(severity(daemon)).isEqualTo("warning");

      publish(NEW);
      daemon.look("contoso.test");
      assertThat(severity(daemon)).isEqualTo("none");

      publish(OLD);
      daemon.look("contoso.test");
      assertThat(severity(daemon)).isEqualTo("info");

      clock.advance(Duration.ofDays(29));
      daemon.look("contoso.test");
      assertThat(severity(daemon)).isEqualTo("info");

      clock.advance(Duration.ofDays(2));
      daemon.look("contoso.test");
      assertThat(severity(daemon)).isEqualTo("warning");
    }
  }

  private static String severity(Daemon daemon) {
    return daemon.app().domain("contoso.test").orElseThrow().findings().stream()
        .filter(finding -> finding.rule().equals("netblocks.stale"))
        .map(finding -> finding.severity().word())
        .findFirst()
        .orElse("none");
  }
}
