package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.re2j.Pattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import maildrift.monitor.metrics.Metrics;
import maildrift.monitor.metrics.Names;
import maildrift.probes.Verdict;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The daemon's series as Prometheus, promtool and Grafana read them, in a world where every verdict
 * occurs and names are as hostile as DNS allows.
 */
@Tag("lab")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsLabTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String BLACKBOX = "prometheus-blackbox-exporter";

  /** The domain that a dashboard of one is about: it has everything. */
  private static final String CHOSEN = "contoso.tld";

  private static final Pattern METRIC = Pattern.compile("maildrift_[a-z0-9_]+");

  /** What an expression of a rule chooses. */
  private static final Pattern SELECTOR =
      Pattern.compile(
          "\\b(?:up|process_[a-z_]+|(?:[a-z_]+:)?maildrift_[a-z0-9_:]+)\\b(?:\\{[^}]*\\})?");

  /**
   * What is recorded only while something is told, while a receiver fails, and when a domain was
   * not seen for six hours; promtool tests it.
   */
  private static final Set<String> ONLY_SOMETIMES =
      Set.of(
          "receiver:maildrift_notifications_failed:ratio_rate15m",
          "instance:maildrift_receivers_reached:count",
          "domain:maildrift_probe_unobserved_seconds:max");

  private Lab lab;
  private Prometheus prometheus;
  private Alertmanager alertmanager;
  private String metrics;
  private int port;

  @BeforeAll
  void startAndLetThingsDrift() throws Exception {
    Programs.require(Lab.NAME_SERVERS);
    Programs.require(Lab.MAIL_SERVERS);
    Programs.require(Alertmanager.PROGRAMS);
    Programs.require(Prometheus.PROGRAMS);
    Programs.require(BLACKBOX);
    Programs.requireRoot();
    lab = Lab.start();
    var root = lab.mailHosts();
    port = Server.freePort("127.0.0.1");
    metrics = "http://127.0.0.1:" + port + "/metrics";
    alertmanager = lab.open(new Alertmanager(lab.folder("alertmanager")));
    var hook = lab.open(new Hook());
    var folder = lab.folder("daemon");
    Nsd.write(
        folder.resolve("inventory.json"),
        "[{\"targets\": [\"contoso.silent.test\"], \"labels\": {\"dkim_selectors\": \"default\"}}]");
    var daemon =
        lab.open(
            new Daemon(
                folder,
                Configurations.daemon(lab, hook, alertmanager, port, Configurations.NEVER)
                        .replace("alerts:\n", "alerts:\n" + heartbeat(lab.open(new Hook())))
                    + Configurations.HOSTILE
                    + "discovery: {inventory: {files: inventory.json}}\n",
                root));
    prometheus = lab.open(new Prometheus(lab.folder("prometheus"), port, alertmanager));
    await()
        .atMost(PATIENCE)
        .until(() -> daemon.app().domain("lab.test").orElseThrow().verdict() == Verdict.PASS);
    await()
        .atMost(PATIENCE)
        .until(() -> daemon.app().domain("woodgrove.tld").orElseThrow().verdict() == Verdict.PASS);
    letDrift();
    scraped("maildrift_domain_verdict{domain='contoso.tld',tenant='contoso',verdict='fail'} == 1");
    scraped("maildrift_alerts{state='firing',severity='critical'} > 0");
    scraped("maildrift_record_changed_timestamp_seconds{domain='woodgrove.tld'}");
  }

  /** One network is given up, another is new, and a policy becomes lax. */
  private void letDrift() {
    var networks = new ArrayList<>(Lab.DOCUMENTED.subList(1, Lab.DOCUMENTED.size()));
    networks.add("198.51.100.0/24");
    lab.netblocks(networks);
    lab.loosen();
  }

  private static String heartbeat(Hook deadman) {
    return "  heartbeats: {deadman: {url: \"http://127.0.0.1:%d/\", interval: 10s}}\n"
        .formatted(deadman.port());
  }

  @AfterAll
  void stop() {
    if (lab != null) {
      lab.close();
    }
  }

  private void scraped(String expression) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(prometheus.query(expression)).isNotEmpty());
  }

  @Test
  void prometheusHasEverySeriesThatIsPromised() {
    for (var name : Names.values()) {
      var series = name.type() == Names.Type.HISTOGRAM ? name.series() + "_bucket" : name.series();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(prometheus.query(series)).as(series).isNotEmpty());
    }
    assertThat(prometheus.get("targets").at("/activeTargets/0/lastError").asString()).isEmpty();
  }

  @Test
  void verdictsAreAStateSetOfEveryDomain() {
    scraped("count(sum by (domain) (maildrift_domain_verdict) == 1) == 6");
    scraped("maildrift_domain_verdict{domain='lab.test',verdict='pass'} == 1");
    scraped("maildrift_domain_verdict{domain='contoso.silent.test',verdict='unknown'} == 1");
    scraped(
        "maildrift_netblock_drift{source='de._netblocks.mimecast.com',allowlist='mimecast-de',kind='missing'} == 1");
    scraped(
        "count(maildrift_rule_violated{rule='netblocks.missing',severity='critical'} == 1) == 2");
    scraped("maildrift_tls_level{host='de-smtp-inbound-1.mimecast.com'} >= 3");
  }

  @Test
  void hostileNamesArriveInOnePiece() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(prometheus.query("maildrift_rule_violated{domain='hostile.tld'}"))
                    .extracting(one -> one.at("/metric/subject").asString())
                    .anySatisfy(
                        subject ->
                            assertThat(subject).matches("a.*010.*255.*evil[.]hostile[.]tld")));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void promtoolHasNothingToSayButThatBitsAreNotBytes(String accept) {
    var text = Web.get(metrics, accept);
    var said = Programs.tryTo(lab.folder("promtool"), text, "promtool", "check", "metrics");

    // A key's size is in bits, and the series' name is a promise.
    assertThat(said.output().lines().filter(line -> !line.startsWith("maildrift_dkim_key_bits ")))
        .isEmpty();
  }

  static List<String> formats() {
    return List.of(Metrics.TEXT, "*/*");
  }

  @Test
  void openMetricsEndAsTheyMust() {
    assertThat(Web.get(metrics, "application/openmetrics-text; version=1.0.0"))
        .endsWith("# EOF\n")
        .contains("# TYPE maildrift_dns_queries counter\n");
  }

  @Test
  void theRulesOfDeployAreHealthyAndTheWatchdogReachesAlertmanager() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(prometheus.rules("maildrift"))
                    .isNotEmpty()
                    .allSatisfy(
                        rule -> {
                          assertThat(rule.path("health").asString()).isEqualTo("ok");
                          assertThat(rule.path("state").asString())
                              .as(rule.path("name").asString())
                              .isEqualTo(
                                  rule.path("name").asString().equals("Watchdog")
                                      ? "firing"
                                      : "inactive");
                        }));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              // Prometheus' own has no cause, so that a route can tell which of both fell silent.
              assertThat(alertmanager.active("alertname=Watchdog", "cause=")).hasSize(1);
              assertThat(alertmanager.active("alertname=Watchdog", "cause=maildrift")).hasSize(1);
            });
  }

  @Test
  void prometheusFollowsDiscoveryAndBlackboxProbesTheMailHostsThatItLists() {
    var blackboxPort = Server.freePort("127.0.0.1");
    var folder = lab.folder("probing");
    Nsd.write(
        folder.resolve("maildrift.rules.yml"),
        Nsd.read(Prometheus.DEPLOY.resolve("maildrift.rules.yml")));
    Nsd.write(
        folder.resolve("blackbox.yml"),
        // Names of this laboratory are unknown outside it, and its authority, too.
        Nsd.read(Prometheus.DEPLOY.resolve("blackbox.yml"))
            .replace("insecure_skip_verify: false", "insecure_skip_verify: true"));
    var text =
        Nsd.read(Prometheus.DEPLOY.resolve("probing.yml"))
            .replace("scrape_interval: 5m", "scrape_interval: 3s")
            .replace("scrape_interval: 30s", "scrape_interval: 1s")
            .replace("scrape_timeout: 25s", "scrape_timeout: 3s")
            .replace("refresh_interval: 1m", "refresh_interval: 1s")
            .replace("127.0.0.1:8425", "127.0.0.1:" + port)
            .replace("127.0.0.1:9115", "127.0.0.1:" + blackboxPort);
    text +=
        """
              - {source_labels: [__param_target], regex: '.*1[.](mimecast[.]com|lab[.]test):(.*)', target_label: __param_target, replacement: '127.0.0.25:$2'}
              - {source_labels: [__param_target], regex: '.*2[.](mimecast[.]com|lab[.]test):(.*)', target_label: __param_target, replacement: '127.0.0.26:$2'}
        """;
    try (var blackbox =
            Server.start(
                folder,
                "127.0.0.1",
                blackboxPort,
                BLACKBOX,
                "--config.file=" + folder.resolve("blackbox.yml"),
                "--web.listen-address=127.0.0.1:" + blackboxPort);
        var follower = new Prometheus(folder, text)) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(follower.query("probe_success{job='maildrift_probe'}")).hasSize(6);
                // The one that nobody answers for cannot be seen, and that is no finding.
                assertThat(follower.query("probe_success{instance='contoso.silent.test'} == 0"))
                    .hasSize(1);
                assertThat(
                        follower.query(
                            "maildrift_domain_verdict{domain='lab.test',verdict='pass'} == 1"))
                    .hasSize(1);
                assertThat(follower.query("{exported_domain=~'.+'} or {exported_tenant=~'.+'}"))
                    .isEmpty();
                // The daemon itself is watched as ever.
                assertThat(follower.query("up{job='maildrift'} == 1")).hasSize(1);
                assertThat(follower.query("maildrift_build_info{job='maildrift'}")).hasSize(1);
                assertThat(follower.rules("maildrift")).isNotEmpty();
                assertThat(
                        follower.query(
                            "probe_success{job='mail_hosts',instance=~'de-smtp-inbound-1.mimecast.com:.*'} == 1 and probe_ssl_earliest_cert_expiry > 0"))
                    .as(blackbox.log())
                    .hasSize(1);
              });
    }
  }

  @Test
  void whatIsWrongWithADomainReachesAlertmanagerWhereItsRulesAreLoaded() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(
                      alertmanager.active(
                          "alertname=MaildriftDomainFails",
                          "domain=woodgrove.tld",
                          "rule=spf.all-qualifier"))
                  .hasSize(1)
                  .allMatch(alert -> alert.contains("docs/runbooks/MaildriftDomainFails.md"));
              // One cause, one alert, however many domains it hits.
              assertThat(alertmanager.active("alertname=MaildriftNetblocksMissing"))
                  .hasSize(1)
                  .allMatch(alert -> alert.contains(Lab.NETBLOCKS));
            });
    assertThat(alertmanager.active("alertname=MaildriftDomainFails", "domain=lab.test")).isEmpty();
  }

  @Test
  void everySelectorOfARuleHasDataAndWhatIsRecordedIsThere() {
    var rules =
        prometheus
            .get("rules")
            .path("groups")
            .valueStream()
            .flatMap(group -> group.path("rules").valueStream())
            .toList();
    var used = new TreeSet<String>();
    for (var rule : rules) {
      for (var selector = SELECTOR.matcher(rule.path("query").asString()); selector.find(); ) {
        used.add(selector.group());
      }
      if (rule.path("type").asString().equals("recording")) {
        used.add(rule.path("name").asString());
      }
    }
    used.removeAll(ONLY_SOMETIMES);
    assertThat(used).hasSizeGreaterThan(20);
    // One sample is no rate yet.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(used)
                    .allSatisfy(
                        selector ->
                            assertThat(prometheus.query(selector)).as(selector).isNotEmpty()));
    assertThat(prometheus.get("rules").findValuesAsString("health")).containsOnly("ok");
  }

  static List<Path> dashboards() throws IOException {
    try (Stream<Path> files = Files.list(Dashboard.FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void everyExpressionOfADashboardHasDataAndTheLabelsOfItsLegend(Path file) {
    var dashboard = new Dashboard(file);

    assertThat(dashboard.targets()).isNotEmpty();
    // Retried: on a busy machine a scrape may come too late, and then no series has a value.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> dashboard.targets().forEach(target -> hasData(target, dashboard.chosen(CHOSEN))));
  }

  /** A zero would say that nothing is wrong. */
  @ParameterizedTest
  @MethodSource("dashboards")
  void whereMaildriftIsAwayNoPanelSaysANumber(Path file) {
    var dashboard = new Dashboard(file);
    var chosen = new HashMap<>(dashboard.chosen(CHOSEN));
    chosen.put("instance", "of nobody");

    assertThat(dashboard.targets())
        .filteredOn(target -> !target.expression().contains("ALERTS"))
        .isNotEmpty()
        .allSatisfy(
            target ->
                assertThat(prometheus.query(target.expanded(chosen)))
                    .as("%s: %s", target.panel(), target.expression())
                    .isEmpty());
  }

  private void hasData(Dashboard.Target target, Map<String, String> chosen) {
    var series = prometheus.query(target.expanded(chosen));
    assertThat(series).as("%s: %s", target.panel(), target.expression()).isNotEmpty();
    for (var label : target.legendLabels()) {
      assertThat(series)
          .as("%s shows %s", target.panel(), label)
          .allSatisfy(one -> assertThat(one.path("metric").has(label)).isTrue());
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void everyMetricOfADashboardIsExportedAndEveryVariableIsFilledAndUsed(Path file) {
    var dashboard = new Dashboard(file);
    var exported = Web.get(metrics, Metrics.TEXT);
    var used = new TreeSet<String>();
    var names = METRIC.matcher(dashboard.text());
    while (names.find()) {
      used.add(names.group());
    }
    assertThat(used)
        .isNotEmpty()
        .allSatisfy(
            name -> assertThat(exported).containsPattern("(?m)^# TYPE " + name + "|^" + name));

    for (var query : dashboard.variableQueries()) {
      var inner = query.substring("label_values(".length(), query.length() - 1);
      var comma = inner.lastIndexOf(',');
      var label = inner.substring(comma + 1).strip();
      var metric = new Dashboard.Target("", inner.substring(0, comma), "");
      assertThat(
              prometheus.query(
                  "count by (%s) (%s)".formatted(label, metric.expanded(dashboard.chosen(CHOSEN)))))
          .as(query)
          .isNotEmpty();
    }
    var text = dashboard.text();
    assertThat(dashboard.variables())
        .allSatisfy(
            variable ->
                assertThat(text.contains("$" + variable) || text.contains("${" + variable + "}"))
                    .as("variable %s is used", variable)
                    .isTrue());
    assertThat(
            dashboard.targets().stream()
                .map(target -> target.expanded(dashboard.chosen(CHOSEN)))
                // Of a regular expression.
                .filter(expression -> expression.replace("\"$1\"", "").contains("$")))
        .as("variables that nobody defines")
        .isEmpty();
  }

  /** With {@code -Dmaildrift.pictures=FOLDER}: the dashboards drawn, for a person to look at. */
  @Test
  @EnabledIfSystemProperty(named = "maildrift.pictures", matches = ".+")
  void pictures() throws Exception {
    Programs.require("chromium");
    var folder = Files.createDirectories(Path.of(System.getProperty("maildrift.pictures")));
    // Some history: what was wrong is mended, and begins anew.
    for (var wrong = 0; wrong < 2; wrong++) {
      lab.netblocks(Lab.DOCUMENTED);
      lab.tighten();
      scraped("maildrift_domain_verdict{domain='woodgrove.tld',verdict='pass'} == 1");
      letDrift();
      scraped("maildrift_domain_verdict{domain='woodgrove.tld',verdict='fail'} == 1");
    }
    var back = Duration.ofSeconds(45);
    for (var file : dashboards()) {
      var dashboard = new Dashboard(file);
      for (var dark : List.of(true, false)) {
        var name = file.getFileName().toString().replace(".json", dark ? "-dark" : "-light");
        var html =
            new Picture(
                    dashboard.json(),
                    prometheus,
                    dashboard.chosen(CHOSEN),
                    Instant.now(),
                    back,
                    dark)
                .html();
        Files.writeString(folder.resolve(name + ".html"), html);
        var height = html.replaceFirst("(?s).*?width:1536px;height:([0-9]+)px.*", "$1");
        Programs.run(
            folder,
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--user-data-dir=" + lab.folder("chromium"),
            "--window-size=1536," + height,
            "--screenshot=" + folder.resolve(name + ".png").toAbsolutePath(),
            folder.resolve(name + ".html").toUri().toString());
      }
    }
  }
}
