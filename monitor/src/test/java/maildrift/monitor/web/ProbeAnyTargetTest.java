package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import maildrift.monitor.wiring.Daemon;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom {@code /probe} looks at for somebody who only asks. */
class ProbeAnyTargetTest {
  private static final String DOMAINS =
      "domains: [{name: contoso.test, %s}]".formatted(Daemon.ONLY_MX);
  private static final String STRANGER = "/probe?target=stranger.test";

  @TempDir Path folder;

  private Daemon.World world;

  @BeforeEach
  void open() {
    world = new Daemon.World(folder).with("contoso.test");
    world.names.add("stranger.test 0 TXT v=spf1 ip4:192.0.2.0/24 -all");
  }

  @AfterEach
  void close() throws IOException {
    world.close();
  }

  @Test
  void aStrangersDomainIsLookedAtOnlyWhereTheOperatorAllowsIt() {
    try (var daemon = world.start(DOMAINS)) {
      var refused = daemon.get(STRANGER);
      assertThat(refused.statusCode()).isEqualTo(404);
      assertThat(refused.body())
          .contains("stranger.test is not configured, and http.probe_any_target is not set");
      // Nobody can make us ask names of his choice.
      assertThat(world.names.asked("stranger.test")).isZero();

      daemon.rewrite("http: {listen: \"127.0.0.1:0\", probe_any_target: true}", DOMAINS);
      assertThat(daemon.app().reload()).isEmpty();

      var probed = daemon.get(STRANGER);
      assertThat(probed.statusCode()).isEqualTo(200);
      assertThat(probed.body())
          .contains("maildrift_spf_netblocks{domain=\"stranger.test\",tenant=\"\"} 1\n");
      // It is probed, and not managed.
      assertThat(daemon.metric("maildrift_domains")).contains("1.0");
      assertThat(daemon.get("/metrics").body()).doesNotContain("stranger.test");
    }
  }

  @Test
  void whatIsNoNameIsRefusedEvenThen() {
    try (var daemon =
        world.start("http: {listen: \"127.0.0.1:0\", probe_any_target: true}", DOMAINS)) {
      assertThat(daemon.get("/probe?target=a..b").statusCode()).isEqualTo(400);
      assertThat(daemon.get("/probe").statusCode()).isEqualTo(400);
    }
  }
}
