package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.config.ConfigLoader.Loaded;
import maildrift.monitor.config.MonitorConfig.BaselineMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnvironmentSettingsTest {
  @TempDir private Path folder;

  private Sandbox sandbox(Map<String, String> environment) {
    var sandbox = new Sandbox(folder);
    environment.forEach(sandbox::environment);
    return sandbox;
  }

  @Test
  void theEnvironmentHasTheWordOverTheFile() {
    var config =
        sandbox(
                Map.of(
                    "MAILDRIFT_DNS_RESOLVERS", "192.0.2.1, [2001:db8::1]:5353",
                    "MAILDRIFT_DNS_QUERIES_PER_SECOND", "77",
                    "MAILDRIFT_HTTP_LISTEN", "127.0.0.1:9000",
                    "MAILDRIFT_SMTP_ALLOW_PRIVATE", "true",
                    "MAILDRIFT_STORE_PASSWORD", "hunter2",
                    "MAILDRIFT_METRICS_DETAIL", "lean",
                    "MAILDRIFT_ALERTS_GROUP_WAIT", "3s",
                    "MAILDRIFT_BASELINE", "manual"))
            .loaded(
                """
                dns: {resolvers: [198.51.100.1], timeout: 3s}
                alerts: {group_wait: 1m, group_interval: 2m}
                baseline: first
                """);

    assertThat(config.dns().resolvers())
        .containsExactly(new HostPort("192.0.2.1", 53), new HostPort("2001:db8::1", 5353));
    assertThat(config.dns().timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.dns().queriesPerSecond()).isEqualTo(77);
    assertThat(config.http().listen()).isEqualTo(new HostPort("127.0.0.1", 9000));
    assertThat(config.smtp().allowPrivate()).isTrue();
    assertThat(config.store().password().map(Secret::reveal)).isEqualTo(Optional.of("hunter2"));
    assertThat(config.metrics().detail()).isEqualTo(MetricsConfig.Detail.LEAN);
    assertThat(config.baseline()).isEqualTo(BaselineMode.MANUAL);
  }

  @Test
  void anEmptyVariableIsAnUnsetOne() {
    assertThat(sandbox(Map.of("MAILDRIFT_DNS_TIMEOUT", "")).loaded(""))
        .isEqualTo(MonitorConfig.DEFAULT);
  }

  @Test
  void whatIsWrongIsSaidOfTheVariable() {
    assertThat(sandbox(Map.of("MAILDRIFT_DNS_TIMEOUT", "5 minutes")).problems(""))
        .singleElement()
        .asString()
        .startsWith("MAILDRIFT_DNS_TIMEOUT:1:1: timeout: ");
  }

  @Test
  void aVariableThatIsNoSettingIsSaid() {
    var result =
        sandbox(
                Map.of(
                    "MAILDRIFT_DNS_TIMEUOT", "1s",
                    "MAILDRIFT_TOKEN", "of the command line",
                    "MAILDRIFT_PORT", "tcp://10.0.0.1:8425",
                    "MAILDRIFT_SERVICE_PORT_HTTP", "8425"))
            .load("");

    assertThat(result.warnings())
        .extracting(Object::toString)
        .containsExactly(
            "MAILDRIFT_DNS_TIMEUOT:1:1: this environment variable is no setting; did you mean"
                + " 'MAILDRIFT_DNS_TIMEOUT'?");
  }

  @Test
  void aSectionThatIsWrittenWrongIsSaid() {
    var result =
        sandbox(
                Map.of(
                    "MAILDRIFT_HTP_LISTEN", "127.0.0.1:9000",
                    "MAILDRIFT_SHCEDULE_INTERVAL", "5m",
                    "MAILDRIFT_HTTPLISTEN", "127.0.0.1:9000",
                    "MAILDRIFT_LOG_LEVEL", "info",
                    "MAILDRIFT_JAVA_OPTS", "-Xmx1g",
                    "MAILDRIFT_HOOK", "of the configuration"))
            .load("");

    assertThat(result.warnings())
        .extracting(Object::toString)
        .containsExactly(
            unknown("MAILDRIFT_HTP_LISTEN", "MAILDRIFT_HTTP_LISTEN"),
            unknown("MAILDRIFT_HTTPLISTEN", "MAILDRIFT_HTTP_LISTEN"),
            unknown("MAILDRIFT_SHCEDULE_INTERVAL", "MAILDRIFT_SCHEDULE_INTERVAL"));
  }

  private static String unknown(String variable, String meant) {
    return "%s:1:1: this environment variable is no setting; did you mean '%s'?"
        .formatted(variable, meant);
  }

  @Test
  void whatIsInForceIsShownWithDefaultsAndWithoutSecrets() {
    var sandbox =
        sandbox(
                Map.of(
                    "MAILDRIFT_SCHEDULE_INTERVAL", "7m",
                    "MAILDRIFT_STORE_PASSWORD", "hunter2",
                    "HOOK", "https://hooks.test/secret"))
            .file("more.yml", "domains: [b.test]\ntenants: {two: {name: Two}}\n")
            .file(
                "maildrift.yml",
                """
                include: more.yml
                dns: {timeout: 3s}
                tenants: {one: {name: One}}
                domains: [{name: a.test, tenant: two}]
                alerts:
                  receivers:
                    chat: {slack: {url: "https://hooks.slack.test/services/T0/B0/xyz"}}
                    hook: {webhook: {url: "${env:HOOK}"}}
                  routes: [{match: {}, receivers: [chat, hook]}]
                """);
    var loader =
        sandbox
            .loader()
            .overriding(
                new Overrides(List.of(new HostPort("192.0.2.9", 53)), Optional.empty(), Set.of()));

    var yaml = loader.show(folder.resolve("maildrift.yml")).yaml().orElseThrow();

    assertThat(yaml)
        .contains("timeout: 3s\n")
        .contains("interval: 7m\n")
        .contains("confirmations: 2\n")
        .contains("resolvers:\n    - 192.0.2.9:53\n")
        .contains("url: https://hooks.slack.test/***\n")
        .contains("url: ${env:HOOK}\n")
        .contains("password: ${env:MAILDRIFT_STORE_PASSWORD}\n")
        .startsWith(
            """
            # store.password is said by MAILDRIFT_STORE_PASSWORD
            # schedule.interval is said by MAILDRIFT_SCHEDULE_INTERVAL
            # dns.resolvers is said by --dns
            """)
        .contains("  - name: a.test\n    tenant: two\n  - b.test\n")
        .contains("  one:\n    name: One\n  two:\n    name: Two\n")
        .doesNotContain("hunter2", "xyz", "include");
    // But for what is masked it is a configuration, and the same one.
    assertThat(
            ((Loaded) sandbox.file("shown.yml", yaml).loader().load(folder.resolve("shown.yml")))
                .config()
                .domains())
        .isEqualTo(((Loaded) loader.load(folder.resolve("maildrift.yml"))).config().domains());
  }

  @Test
  void whatKubernetesSaysOfItsServicesIsNoSetting() {
    var result =
        sandbox(
                Map.of(
                    "MAILDRIFT_HTTPS_PORT", "tcp://10.96.0.5:443",
                    "MAILDRIFT_HTTPS_PORT_443_TCP_ADDR", "10.96.0.5",
                    "MAILDRIFT_HTTPS_SERVICE_HOST", "10.96.0.5"))
            .load("");

    assertThat(result).isInstanceOf(Loaded.class);
    assertThat(result.warnings()).isEmpty();
  }

  @Test
  void whatIsShownOfTheEnvironmentCanBeWrittenIntoAFile() {
    var sandbox =
        sandbox(Map.of("MAILDRIFT_SMTP_PORT", "2525", "MAILDRIFT_SMTP_ALLOW_PRIVATE", "true"))
            .file("maildrift.yml", "");

    var yaml = sandbox.loader().show(folder.resolve("maildrift.yml")).yaml().orElseThrow();

    assertThat(yaml).contains("port: 2525\n").contains("allow_private: true\n");
    assertThat(new Sandbox(folder).loaded(yaml).smtp().port()).isEqualTo(2525);
  }

  @Test
  void noSecretIsShownWhereverOneMayStand() {
    var environment = new HashMap<String, String>();
    for (var name : List.of("KEY", "HEADER", "TOKEN", "HOOK")) {
      environment.put("MAILDRIFT_" + name, "canary" + name.length() + "x".repeat(32));
    }
    var sandbox =
        sandbox(environment)
            .file(
                "maildrift.yml",
                """
                store: {url: "jdbc:postgresql://maildrift:canary@db.test/maildrift"}
                http: {tokens: [{name: ci, token: "${env:MAILDRIFT_TOKEN}"}]}
                alerts:
                  receivers:
                    pager: {pagerduty: {routing_key: "${env:MAILDRIFT_KEY}"}}
                    hook:
                      webhook:
                        url: "https://hook.test/canary?canary"
                        secrets: ["${env:MAILDRIFT_HOOK}"]
                        headers: {X-Auth-Token: "${env:MAILDRIFT_HEADER}", X-Tenant: canary}
                """);

    var shown = sandbox.loader().show(folder.resolve("maildrift.yml"));

    if (shown.result() instanceof ConfigLoader.Rejected rejected) {
      assertThat(rejected.problems()).isEmpty();
    }
    assertThat(shown.yaml().orElseThrow())
        .doesNotContain("canary")
        .contains("routing_key: ${env:MAILDRIFT_KEY}")
        .contains("https://hook.test/***");
  }

  @Test
  void whatIsShownHasItsDefaultsAndIsShownAgainAsItIs() {
    for (var written : List.of("", "store: {backup: {keep: 3}}\n", Everything.YAML)) {
      var sandbox = Everything.in(folder).file("maildrift.yml", written);
      var yaml = sandbox.loader().show(folder.resolve("maildrift.yml")).yaml().orElseThrow();
      var again =
          sandbox
              .file("shown.yml", yaml)
              .loader()
              .show(folder.resolve("shown.yml"))
              .yaml()
              .orElseThrow();

      assertThat(again).isEqualTo(yaml);
      if (!written.equals(Everything.YAML)) {
        assertThat(yaml)
            .contains("  backup:\n", "    cron: 0 10 3 * * ?\n", "    time_zone: UTC\n")
            .contains(written.isEmpty() ? "    keep: 7\n" : "    keep: 3\n");
      }
    }
  }

  @Test
  void whatIsDeclaredByNameIsShownWithItsDefaults() {
    var written =
        """
        discovery: {inventory: {files: a.json}, cmdb: {url: "https://cmdb.test/"}}
        rbl: {lists: [{zone: bl.test}]}
        http: {tokens: [{name: ci, token: "${env:TOKEN}"}]}
        allowlists: {written: {networks: []}, fetched: {url: "https://lists.test/a"}}
        gateways: {gw: {host: gw.test}}
        alerts:
          receivers:
            chat: {slack: {url: "https://hooks.test/x", timeout: 5s}}
            form: {http: {url: "https://sms.test/x", form: {text: "{{text}}"}}}
            pager: {pagerduty: {routing_key: "${env:TOKEN}"}}
            mail: {mail: {to: [noc@example.test], from: md@example.test, smtp: "smtp.example.test:587"}}
            am: {alertmanager: {url: "https://am.test"}}
          routes: [{match: {}, receivers: [chat, form, pager, mail, am]}]
          heartbeats: {beat: {url: "https://beat.test/x"}}
        """;
    var sandbox =
        sandbox(Map.of("TOKEN", "t".repeat(32)))
            .file("maildrift.yml", written)
            .file("a.json", "[]");

    var yaml = sandbox.loader().show(folder.resolve("maildrift.yml")).yaml().orElseThrow();

    assertThat(yaml)
        .contains(
            """
            discovery:
              inventory:
                files: a.json
                allow_empty: false
                refresh_interval: 5m
              cmdb:
                url: https://cmdb.test/
                allow_empty: false
                allow_private: false
                refresh_interval: 1m
            """,
            """
              m365-endpoints:
                enabled: true
                url: https://endpoints.office.com
                instance: Worldwide
                refresh: 1h
                allow_private: false
            """,
            """
                - zone: bl.test
                  kind: ip
                  severity: warning
            """,
            """
                  token: ${env:TOKEN}
                  role: viewer
            """,
            """
              written:
                networks: []
                double_run: 30d
              fetched:
                url: https://lists.test/a
                refresh: 1h
                allow_private: false
                double_run: 30d
            """,
            """
                host: gw.test
                requires_tls: false
            """,
            """
                chat:
                  slack:
                    url: https://hooks.test/***
                    timeout: 5s
                    send_resolved: true
                    allow_private: false
                form:
                  http:
                    url: https://sms.test/***
                    form:
                      text: '***'
                    method: post
                    timeout: 30s
                    send_resolved: true
                    allow_private: false
                pager:
                  pagerduty:
                    routing_key: ${env:TOKEN}
                    send_resolved: true
                    timeout: 30s
                    allow_private: false
            """,
            "        starttls: required\n",
            "        resend: 1m\n",
            "      continue: false\n",
            """
                beat:
                  url: https://beat.test/***
                  interval: 1m
                  method: post
                  allow_private: false
            """);
    // It says the same.
    var config = sandbox.loaded(written);
    var again = sandbox.loaded(yaml);
    assertThat(again.discovery()).isEqualTo(config.discovery());
    assertThat(again.feeds()).isEqualTo(config.feeds());
    assertThat(again.blocklists()).isEqualTo(config.blocklists());
    assertThat(again.http()).isEqualTo(config.http());
    assertThat(again.allowlists()).isEqualTo(config.allowlists());
    assertThat(again.gateways()).isEqualTo(config.gateways());
    assertThat(again.alerts().routing()).isEqualTo(config.alerts().routing());
    var shown = sandbox.file("shown.yml", yaml).loader().show(folder.resolve("shown.yml"));
    assertThat(shown.yaml()).contains(yaml);
  }

  @Test
  void everythingThatCanBeWrittenIsShownAndReadAgain() {
    var sandbox = Everything.in(folder);
    var config = sandbox.loaded(Everything.YAML);
    var yaml = sandbox.loader().show(folder.resolve("maildrift.yml")).yaml().orElseThrow();

    var again = sandbox.loaded(yaml);
    assertThat(again.domains()).isEqualTo(config.domains());
    assertThat(again.dns()).isEqualTo(config.dns());
    assertThat(again.schedule()).isEqualTo(config.schedule());
    assertThat(again.allowlists()).isEqualTo(config.allowlists());
    assertThat(again.maintenance()).isEqualTo(config.maintenance());
  }
}
