package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import maildrift.monitor.reliability.Figures;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.Stores;
import maildrift.monitor.wiring.Daemon;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two real Alertmanagers are pushed to, and asked with amtool what they know (D8). */
@Tag("lab")
@Tag("reliability")
@SuppressWarnings("NullAway.Init") // the test starts both first
class AlertmanagerLabTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** An alert that is not refreshed ends after four of these. */
  private static final Duration RESEND = Duration.ofSeconds(1);

  private static final String CHANGED = "alertname=record.changed";

  @TempDir Path folder;

  private Alertmanager one;
  private Alertmanager two;

  @Test
  void twoAlertmanagersHearAndRemember() throws Exception {
    Programs.require(Alertmanager.PROGRAMS);
    Figures.measure(
        Figures.Case.of(
            "D8",
            "two real Alertmanagers: an alert fires, stays, is silenced by amtool, one of them is killed and comes back, maildrift restarts, the alert is resolved, maildrift stops for good",
            "amtool sees at both what is true, all the time",
            AlertmanagerLabTest.class),
        this::live);
  }

  private String live() throws Exception {
    one = new Alertmanager(Files.createDirectory(folder.resolve("one")));
    two = new Alertmanager(Files.createDirectory(folder.resolve("two")));
    try (var world = new Daemon.World(folder).with("contoso.test")) {
      Instant startsAt;
      try (var daemon = start(world)) {
        world.drift("contoso.test");
        daemon.look("contoso.test");
        both(1);
        startsAt = startsAt(one);
        assertThat(startsAt(two)).isEqualTo(startsAt);

        // Refreshed, or it would end by itself.
        var endsAt = endsAt(one);
        await().atMost(PATIENCE).until(() -> endsAt(one).isAfter(endsAt.plus(RESEND)));
        stays(1, RESEND.multipliedBy(5));

        two.amtool("silence", "add", CHANGED, "--author=lab", "--comment=known", "--duration=1h");
        await().atMost(PATIENCE).until(() -> two.active(CHANGED).isEmpty());
        assertThat(two.query("--silenced", CHANGED)).hasSize(1);
        assertThat(one.active(CHANGED)).hasSize(1);

        one = one.killedAndStartedAgain();
        await().atMost(PATIENCE).until(() -> one.active(CHANGED).size() == 1);
        assertThat(startsAt(one)).isEqualTo(startsAt);
      }
      try (var daemon = start(world)) {
        stays(1, RESEND.multipliedBy(5));
        assertThat(startsAt(one)).isEqualTo(startsAt);
        assertThat(two.query("--silenced", CHANGED)).hasSize(1);
        assertThat(two.active(CHANGED)).isEmpty();

        world.restore("contoso.test");
        daemon.look("contoso.test");
        await()
            .atMost(PATIENCE)
            .until(() -> one.known(CHANGED).isEmpty() && two.known(CHANGED).isEmpty());

        world.drift("contoso.test");
        for (var i = 0; i < 3 && one.active(CHANGED).isEmpty(); i++) {
          daemon.look("contoso.test");
        }
        await().atMost(PATIENCE).until(() -> one.active(CHANGED).size() == 1);
      }
      // Nobody refreshes it any more.
      await().atMost(PATIENCE).until(() -> one.known(CHANGED).isEmpty());
      return "active at both, refreshed, silenced at one by amtool and not told there, back 1 refresh after the kill, the same startsAt after maildrift's restart, resolved at both, gone %d s after maildrift"
          .formatted(RESEND.multipliedBy(4).toSeconds());
    } finally {
      one.close();
      two.close();
    }
  }

  private Daemon start(Daemon.World world) throws Exception {
    return world.start(
        store(),
        "domains: [{name: contoso.test, %s}]".formatted(Daemon.ONLY_MX),
        """
        alerts:
          group_wait: 0s
          group_interval: 1s
          receivers: {am: {alertmanager: {urls: ["http://%s", "http://%s"], resend: %ds}}}
          routes: [{match: {}, receivers: [am]}]
        """
            .formatted(one.hostAndPort(), two.hostAndPort(), RESEND.toSeconds()));
  }

  private StateStore store() throws Exception {
    return Stores.open("jdbc:h2:file:./lab", folder, Clock.systemUTC());
  }

  private void both(int count) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(List.of(one.active(CHANGED).size(), two.active(CHANGED).size()))
                    .containsOnly(count));
  }

  /** For that long it never ends. */
  private void stays(int count, Duration time) {
    await().during(time).atMost(PATIENCE).until(() -> one.active(CHANGED).size() == count);
  }

  private static JsonNode alert(Alertmanager at) {
    return Web.parse(at.known(CHANGED).getFirst());
  }

  private static Instant startsAt(Alertmanager at) {
    return Instant.parse(alert(at).path("startsAt").asString());
  }

  private static Instant endsAt(Alertmanager at) {
    return Instant.parse(alert(at).path("endsAt").asString());
  }
}
