package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import maildrift.alerts.notify.http.LoopbackHttp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole daemon beside Microsoft's web service, played on loopback. */
class FeedDaemonTest {
  private static final String VERSION = "{\"instance\": \"China\", \"latest\": \"1\"}";
  private static final String LIST =
      "[{\"serviceArea\": \"Exchange\", \"tcpPorts\": \"25\", \"ips\": [\"192.0.2.0/24\", \"198.51.100.0/24\"]}]";

  @TempDir Path folder;

  @Test
  void anAllowlistIsComparedWithTheFeedThatItsProfileNames() throws IOException {
    var skip = Daemon.ONLY_MX.replace("netblocks, ", "");
    try (var feed =
            new LoopbackHttp(
                got ->
                    LoopbackHttp.Answer.ok(got.target().startsWith("/version") ? VERSION : LIST));
        var world = new Daemon.World(folder).with("contoso.test", "fabrikam.test");
        var daemon =
            world.start(
                "profiles: {exchange: {feeds: [m365-endpoints]}}",
                "feeds: {m365-endpoints: {url: \"%s\", instance: China}}".formatted(feed.uri("/")),
                "allowlists: {gateway: {networks: [192.0.2.0/24]}}",
                "domains: [{name: contoso.test, profiles: [{name: exchange}], allowed_sending_servers: gateway, %1$s}, {name: fabrikam.test, %1$s}]"
                    .formatted(skip))) {
      await()
          .atMost(Daemon.LONG)
          .untilAsserted(
              () -> {
                daemon.look("contoso.test");
                assertThat(daemon.firing())
                    .containsExactly("netblocks.missing m365-endpoints China");
              });

      assertThat(daemon.get("/api/v1/drift").body())
          .contains("\"paste\":\"192.0.2.0/24\\n198.51.100.0/24\"");
      assertThat(
              daemon.metric(
                  "maildrift_netblock_drift{source=\"m365-endpoints China\",allowlist=\"gateway\",kind=\"missing\"}"))
          .contains("1");
      assertThat(daemon.app().baseline("contoso.test").orElseThrow().records())
          .containsKey("m365-endpoints China netblocks");
      assertThat(feed.got()).hasSize(2);
    }
  }
}
