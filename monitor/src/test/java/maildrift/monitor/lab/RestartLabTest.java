package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import maildrift.alerts.Notification.Item;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code maildrift run} as a process of its own, ended by SIGTERM and started again. */
@Tag("lab")
class RestartLabTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** As the interface promises it. */
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(15);

  @BeforeAll
  static void everythingIsInstalled() {
    Programs.require(Lab.NAME_SERVERS);
  }

  @Test
  void aRestartTellsNothingTwiceAndWhatWasMendedMeanwhileIsResolved() throws Exception {
    try (var lab = Lab.start();
        var hook = new Hook()) {
      var port = Server.freePort("127.0.0.1");
      var folder = lab.folder("daemon");
      var config = folder.resolve("maildrift.yml");
      Nsd.write(config, Configurations.withoutMail(lab, hook, port));

      try (var daemon = run(folder, config, port)) {
        seen(port, "pass", Instant.EPOCH);
        var networks = new ArrayList<>(Lab.DOCUMENTED);
        networks.add("198.51.100.0/24");
        lab.netblocks(networks);
        heard(hook, true);
        assertThat(daemon.end(ENDS_WITHIN)).isZero();
      }

      var told = hook.count();
      try (var daemon = run(folder, config, port)) {
        seen(port, "fail", Instant.now());
        seen(port, "fail", Instant.now());
        assertThat(hook.since(told)).filteredOn(item -> isMissing(item)).isEmpty();
        assertThat(daemon.end(ENDS_WITHIN)).isZero();
      }

      lab.netblocks(Lab.DOCUMENTED);
      try (var daemon = run(folder, config, port)) {
        heard(hook, false);
        seen(port, "pass", Instant.now());
        assertThat(daemon.end(ENDS_WITHIN)).isZero();
      }
    }
  }

  private static Server run(Path folder, Path config, int port) {
    return Server.start(
        folder,
        "127.0.0.1",
        port,
        ProcessHandle.current().info().command().orElseThrow(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        "maildrift.monitor.Main",
        "run",
        "--config",
        config.toString());
  }

  /** Until the domain was looked at after this instant, with this verdict. */
  private static void seen(int port, String verdict, Instant after) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var domain = domain(port);
              assertThat(domain.path("verdict").asString()).isEqualTo(verdict);
              assertThat(Instant.parse(domain.path("checkedAt").asString())).isAfter(after);
            });
  }

  private static JsonNode domain(int port) {
    return Web.json("http://127.0.0.1:%d/api/v1/domains/contoso.tld".formatted(port));
  }

  private static void heard(Hook hook, boolean firing) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(hook.since(0))
                    .anyMatch(item -> isMissing(item) && item.isFiring() == firing));
  }

  private static boolean isMissing(Item item) {
    return item.labels().get("alertname").equals("netblocks.missing");
  }
}
