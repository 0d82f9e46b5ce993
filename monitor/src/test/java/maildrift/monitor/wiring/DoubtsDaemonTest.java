package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is doubted, and what comes and goes, is shown with what is still missing. */
class DoubtsDaemonTest {
  private static final String CONTOSO =
      "domains: [{name: contoso.test, %s}]".formatted(Daemon.ONLY_MX);

  @TempDir Path folder;

  private Daemon.World world;

  @BeforeEach
  void open() {
    world = new Daemon.World(folder).with("contoso.test");
  }

  @AfterEach
  void close() throws IOException {
    world.close();
  }

  private static JsonNode status(Daemon daemon) {
    return JsonMapper.shared()
        .readTree(daemon.get("/api/v1/alerts?domain=contoso.test").body())
        .get(0)
        .path("status");
  }

  @Test
  void aPendingAlertShowsWhatIsMissing() {
    try (var daemon =
        world.start(
            CONTOSO,
            "schedule: {interval: 1h, confirm_after: 10m, confirmations: 1}",
            """
            alerts:
              policy: {critical: {confirmations: 3, for: 20m}}
              receivers: {hook: {webhook: {url: "@HOOK@"}}}
            """)) {
      world.drift("contoso.test");
      daemon.look("contoso.test");

      assertThat(status(daemon).path("state").asString("")).isEqualTo("pending");
      assertThat(status(daemon).path("pending").path("looks").asInt()).isEqualTo(1);
      assertThat(status(daemon).path("pending").path("confirmations").asInt()).isEqualTo(3);
      assertThat(status(daemon).path("pending").path("for").asString("")).isEqualTo("20m");
      assertThat(status(daemon).path("progress").asString(""))
          .startsWith("1 of 3 looks agree for 0s of 20m, since ");
      assertThat(daemon.get("/").body())
          .contains("Being confirmed", "1 of 3 looks agree for 0s of 20m");

      daemon.look("contoso.test");
      assertThat(status(daemon).path("progress").asString("")).startsWith("2 of 3 looks agree");
      assertThat(daemon.firing()).isEmpty();

      daemon.look("contoso.test");
      assertThat(daemon.firing()).containsExactly("record.changed contoso.test MX");
    }
  }

  @Test
  void anAlertThatIsBackAtOnceIsShownAndToldToFlap() {
    try (var daemon = world.start(CONTOSO)) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      daemon.told(1);
      world.restore("contoso.test");
      daemon.look("contoso.test");
      daemon.told(2);
      world.drift("contoso.test");
      daemon.look("contoso.test");

      assertThat(status(daemon).path("flapping").asBoolean(false)).isTrue();
      assertThat(status(daemon).path("progress").asString(""))
          .startsWith("flapping: it changed 3 times within ");
      assertThat(daemon.get("/api/v1/alerts?state=flapping").body()).contains("contoso.test");
      assertThat(daemon.get("/").body()).contains(">flapping<");
      var item = daemon.told(3).getLast().firing().getFirst();
      assertThat(item.annotation("summary")).startsWith("Flapping: ");
      assertThat(item.annotation("flapping")).startsWith("it changed 3 times within ");

      world.restore("contoso.test");
      daemon.look("contoso.test", "contoso.test");
      await().during(Duration.ofSeconds(2)).until(() -> daemon.told().size() == 3);
      assertThat(daemon.firing()).hasSize(1);
    }
  }
}
