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
                """
                alerts:
                  group_wait: 0s
                  receivers:
                    hook: {webhook: {url: "@HOOK@"}}
                    nobody: {webhook: {url: "@HOOK@"}}
                  time_intervals:
                    - name: "office \\"hours\\""
                      time_intervals:
                        - {times: [{start_time: "09:00", end_time: "24:00"}], weekdays: ["monday:friday"], days_of_month: ["1:-1"], months: ["january:december"], years: ["2020:2099"], location: Europe/Berlin}
                  inhibit_rules:
                    - {source_matchers: [severity="critical"], target_matchers: [severity="info"], equal: [domain]}
                  routes:
                    - {match: {severity: info}, receivers: [nobody], mute_time_intervals: ["office \\"hours\\""]}
                    - {match: {severity: warning}, receivers: [hook, nobody], group_by: [cause, tenant]}
                    - {match: {tenant: fabrikam}, receivers: [nobody], continue: true}
                    - {match: {}, receivers: [hook]}
                """,
                "tenants: {fabrikam: {}}\ndomains: [{name: contoso.test, %s}]"
                    .formatted(Daemon.ONLY_MX))) {
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

      assertThat(amtool(daemon, "config", "show"))
          .contains("receiver: \"nobody-\"", "name: \"hook\"")
          .doesNotContain("http");
      // It reads the configuration as an Alertmanager does, and so do we our own.
      assertThat(told(daemon, "severity=critical")).isEqualTo("hook");
      assertThat(told(daemon, "severity=warning")).isEqualTo("hook,nobody");
      assertThat(told(daemon, "severity=critical", "tenant=fabrikam")).isEqualTo("nobody,hook");
      assertThat(amtool(daemon, "cluster", "show")).contains("disabled");
      assertThat(
              Web.parse(daemon.get("/api/v2/alerts/groups").body())
                  .valueStream()
                  .flatMap(group -> group.at("/alerts").valueStream())
                  .map(alert -> alert.at("/labels/alertname").asString()))
          .contains("record.changed");
      // What a Prometheus would send that takes it for its Alertmanager.
      assertThat(daemon.post("/api/v2/alerts", "[]").statusCode()).isEqualTo(405);
      assertThat(daemon.post("/api/v2/alerts", "[]").body()).contains("takes no alerts of others");

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

  private String told(Daemon daemon, String... labels) {
    return amtool(
            daemon,
            Stream.concat(Stream.of("config", "routes", "test"), Arrays.stream(labels))
                .toArray(String[]::new))
        .strip();
  }

  private String amtool(Daemon daemon, String... arguments) {
    return Programs.run(
        folder,
        "amtool",
        Stream.concat(
                // It warns at every call of a server of another version than its own.
                Stream.of(
                    "--no-version-check", "--alertmanager.url=http://127.0.0.1:" + daemon.port()),
                Arrays.stream(arguments))
            .toArray(String[]::new));
  }
}
