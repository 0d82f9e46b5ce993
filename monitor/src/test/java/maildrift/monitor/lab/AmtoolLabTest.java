package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.wiring.Daemon;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alertmanager's own client, pointed at maildrift. */
@Tag("lab")
class AmtoolLabTest {
  @TempDir Path folder;

  @Test
  void amtoolQueriesAlertsAndSilencesThem() throws IOException {
    Programs.require("amtool");
    try (var world = new Daemon.World(folder).with("contoso.test");
        var daemon =
            world.start(
                new MemoryStore(),
                "domains: [{name: contoso.test, %s}]".formatted(Daemon.ONLY_MX))) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      daemon.look("contoso.test");

      var all = Web.parse(amtool(daemon, "--output=json", "alert", "query"));
      var changed =
          all.valueStream()
              .filter(one -> one.at("/labels/alertname").asString().equals("record.changed"))
              .findFirst()
              .orElseThrow();
      assertThat(changed.at("/status/state").asString()).isEqualTo("active");
      assertThat(changed.at("/receivers/0/name").asString()).isEqualTo("hook");
      assertThat(amtool(daemon, "-o", "extended", "alert", "query", "domain=contoso.test"))
          .contains("record.changed", "active");

      var id =
          amtool(
                  daemon,
                  "silence",
                  "add",
                  "alertname=record.changed",
                  "domain=~contoso.+",
                  "--author=Ada",
                  "--comment=known",
                  "--duration=1h")
              .strip();
      assertThat(amtool(daemon, "silence", "query", "domain=~contoso.*")).contains(id, "Ada");
      assertThat(amtool(daemon, "alert", "query", "domain=contoso.test"))
          .doesNotContain("record.changed");
      assertThat(amtool(daemon, "alert", "query", "--silenced", "domain=contoso.test"))
          .contains("record.changed", "suppressed");

      amtool(daemon, "silence", "expire", id);
      assertThat(amtool(daemon, "silence", "query")).doesNotContain(id);
      assertThat(amtool(daemon, "silence", "query", "--expired")).contains(id);
    }
  }

  private String amtool(Daemon daemon, String... arguments) {
    return Programs.run(
        folder,
        "amtool",
        Stream.concat(
                Stream.of("--alertmanager.url=http://127.0.0.1:" + daemon.port()),
                Arrays.stream(arguments))
            .toArray(String[]::new));
  }
}
