package maildrift.monitor.wiring;

import static maildrift.monitor.wiring.Daemon.ONLY_MX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import maildrift.alerts.notify.http.LoopbackHttp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alert that always fires, and the dead-man's switches that are told so. */
class WatchdogDaemonTest {
  private static final String DOMAINS = "domains: [{name: contoso.test, %s}]".formatted(ONLY_MX);

  @TempDir Path folder = Path.of(".");

  @Test
  void itGoesWhereARouteAsksForItIsRepeatedThereAndDoesNotEndWithTheDaemon() throws Exception {
    try (var world = new Daemon.World(folder).with("contoso.test");
        var deadman = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(200));
        var beats = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(200))) {
      var clock = new TestClock();
      try (var daemon =
          world.start(
              new maildrift.monitor.store.MemoryStore(),
              clock,
              DOMAINS,
              """
              alerts:
                group_wait: 0s
                group_interval: 1s
                receivers: {hook: {webhook: {url: "@HOOK@"}}, deadman: {webhook: {url: "%s"}}}
                routes:
                  - {match: {}, receivers: [hook]}
                  - {match: {alertname: Watchdog}, receivers: [deadman], repeat_interval: 5m}
                heartbeats: {healthchecks: {url: "%s"}}
              """
                  .formatted(deadman.uri("/"), beats.uri("/ping")))) {
        await().atMost(Daemon.LONG).until(() -> deadman.got().size() == 1);
        await().atMost(Daemon.LONG).until(() -> beats.got().size() == 1);
        clock.advance(Duration.ofMinutes(6));
        await().atMost(Daemon.LONG).until(() -> deadman.got().size() == 2);
        world.drift("contoso.test");
        daemon.look("contoso.test");
        daemon.told(1);

        assertThat(Daemon.items(Daemon.told(deadman))).containsOnly("firing Watchdog ");
        assertThat(daemon.toldItems()).containsExactly("firing record.changed contoso.test");
        assertThat(daemon.get("/").body()).doesNotContain("Watchdog");
        assertThat(
                daemon.metric(
                    "maildrift_heartbeat_last_success_timestamp_seconds{heartbeat=\"healthchecks\"}"))
            .hasValueSatisfying(at -> assertThat(Double.parseDouble(at)).isGreaterThan(1e9));
        assertThat(
                daemon.metric("maildrift_heartbeat_interval_seconds{heartbeat=\"healthchecks\"}"))
            .hasValue("60.0");
      }
      assertThat(Daemon.items(Daemon.told(deadman))).hasSize(2).containsOnly("firing Watchdog ");
    }
  }

  @Test
  void withoutAlertmanagerAndRouteThereIsNone() throws Exception {
    try (var world = new Daemon.World(folder).with("contoso.test");
        var daemon = world.start(DOMAINS)) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      daemon.told(1);

      assertThat(daemon.firing()).containsExactly("record.changed contoso.test MX");
    }
  }

  @Test
  void anAlertmanagerHearsItByDefaultAndOtherReceiversDoNot() throws Exception {
    try (var world = new Daemon.World(folder).with("contoso.test");
        var am = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(200));
        var daemon =
            world.start(
                DOMAINS,
                """
                alerts:
                  group_wait: 0s
                  receivers: {hook: {webhook: {url: "@HOOK@"}}, am: {alertmanager: {url: "%s"}}}
                """
                    .formatted(am.uri("/")))) {
      await()
          .atMost(Daemon.LONG)
          .until(() -> am.got().stream().anyMatch(got -> got.body().contains("Watchdog")));
      assertThat(daemon.firing()).containsExactly("Watchdog maildrift");
      var one =
          maildrift.monitor.json.CheckJson.mapper()
              .readTree(daemon.get("/api/v1/alerts").body())
              .get(0)
              .get("fingerprint")
              .asString();
      var refused = daemon.post("/api/v1/alerts/" + one + "/ack", "");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("the Watchdog cannot be acknowledged");
      assertThat(daemon.get("/alerts").body()).doesNotContain("Watchdog");
      assertThat(daemon.told()).isEmpty();
    }
  }
}
