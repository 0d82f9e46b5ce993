package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import maildrift.alerts.Notification;
import maildrift.monitor.store.MemoryStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole daemon in a maintenance window of a tenant. */
class MaintenanceDaemonTest {
  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private Daemon.World world;

  @BeforeEach
  void open() {
    world = new Daemon.World(folder).with("contoso.test", "fabrikam.test");
  }

  @AfterEach
  void close() throws IOException {
    world.close();
  }

  private static List<Notification.Item> progress(Daemon daemon) {
    return daemon.told().stream()
        .flatMap(notification -> notification.items().stream())
        .filter(item -> item.labels().get("alertname").equals("maintenance.progress"))
        .toList();
  }

  @Test
  void whatHappensIsToldOnceForTheWindowAndWhatIsLeftAtItsEnd() {
    var from = clock.instant().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
    try (var daemon =
        world.start(
            new MemoryStore(),
            clock,
            "tenants: {moving: {name: Moving}}",
            "domains: [{name: contoso.test, tenant: moving, %1$s}, {name: fabrikam.test, tenant: moving, %1$s}]"
                .formatted(Daemon.ONLY_MX),
            "maintenance: [{tenants: [moving], from: %s, for: 72h, reason: to inline}]"
                .formatted(from))) {
      world.drift("contoso.test");
      daemon.look("contoso.test", "fabrikam.test");

      await().atMost(Daemon.LONG).until(() -> !progress(daemon).isEmpty());
      var told = progress(daemon).getFirst();
      assertThat(told.labels().get("tenant")).isEqualTo("moving");
      assertThat(told.annotation("summary")).contains("1 record of 1 domain has changed");
      assertThat(told.annotation("diff"))
          .contains(
              "contoso.test: contoso.test MX", "- 10 mx1.contoso.test", "+ 20 mx2.contoso.test")
          .contains("! critical contoso.test record.changed");
      assertThat(daemon.toldItems()).noneMatch(item -> item.contains("record.changed"));

      world.drift("fabrikam.test");
      daemon.look("fabrikam.test");
      await()
          .atMost(Daemon.LONG)
          .until(
              () ->
                  progress(daemon)
                      .getLast()
                      .annotation("summary")
                      .contains("2 records of 2 domains have changed, 2 alerts are held back"));

      clock.advance(Duration.ofHours(73));
      await().atMost(Daemon.LONG).until(() -> !progress(daemon).getLast().isFiring());
      assertThat(progress(daemon).getLast().annotation("resolution"))
          .contains("2 records are other than accepted", "2 alerts fire and are told now");
      await()
          .atMost(Daemon.LONG)
          .untilAsserted(
              () ->
                  assertThat(daemon.toldItems())
                      .contains(
                          "firing record.changed contoso.test",
                          "firing record.changed fabrikam.test"));
    }
  }
}
