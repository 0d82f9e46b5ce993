package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.wiring.Loading;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What lies in deploy/ and grafana/ is what the programs that read it want. */
class DeployTest {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final Path DEPLOY = TOP.resolve("deploy");
  private static final Path CHART = DEPLOY.resolve("kubernetes/chart");
  private static final Path COMPOSE = DEPLOY.resolve("docker/compose.yml");

  @TempDir Path scratch;

  @Test
  void promtoolAcceptsTheConfigurationAndTheRulesAndTheirTestsPass() throws IOException {
    Programs.require("promtool");

    promtool("check", "config", Prometheus.DEPLOY.resolve("prometheus.yml").toString());
    promtool("check", "config", Prometheus.DEPLOY.resolve("probing.yml").toString());
    promtool("check", "rules", files(".rules.yml"));
    promtool("test", "rules", files(".rules.test.yml"));
  }

  /** All files of one kind. */
  private static List<String> files(String ending) throws IOException {
    try (Stream<Path> files = Files.list(Prometheus.DEPLOY)) {
      return files.map(Path::toString).filter(file -> file.endsWith(ending)).sorted().toList();
    }
  }

  private void promtool(String command, String what, List<String> files) {
    promtool(Stream.concat(Stream.of(command, what), files.stream()).toArray(String[]::new));
  }

  private void promtool(String... arguments) {
    var ran = Programs.tryTo(scratch, "", "promtool", arguments);
    assertThat(ran.exit()).as(ran.output()).isZero();
  }

  @Test
  void everyRuleIsTested() throws IOException {
    for (var file : files(".rules.yml")) {
      var rules = Nsd.read(Path.of(file));
      var tests = Nsd.read(Path.of(file.replace(".rules.yml", ".rules.test.yml")));
      assertThat(named(rules, "- alert: "))
          .isNotEmpty()
          // Quiet and firing; the Watchdog is never quiet.
          .allMatch(name -> tests.contains("alertname: " + name + "}") || name.equals("Watchdog"))
          .allMatch(name -> tests.contains("alertname: " + name + "\n"));
      assertThat(named(rules, "- record: "))
          .isNotEmpty()
          .allSatisfy(name -> assertThat(tests).contains(name));
    }
  }

  private static List<String> named(String rules, String word) {
    return rules
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(word))
        .map(line -> line.substring(word.length()))
        .toList();
  }

  @Test
  void amtoolAcceptsTheConfigurationOfAlertmanager() {
    Programs.require("amtool");

    var file = DEPLOY.resolve("alertmanager/alertmanager.yml").toString();
    var ran = Programs.tryTo(scratch, "", "amtool", "check-config", file);
    assertThat(ran.exit()).as(ran.output()).isZero();
  }

  static List<Path> yaml() throws IOException {
    try (Stream<Path> deploy = Files.walk(DEPLOY);
        Stream<Path> grafana = Files.walk(TOP.resolve("grafana"))) {
      return Stream.concat(deploy, grafana)
          .filter(file -> file.toString().endsWith(".yml"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("yaml")
  void everyYamlFileIsYaml(Path file) {
    assertThat(load(file)).isInstanceOf(Map.class);
  }

  @Test
  void everyServiceOfComposeHasAnImageOrABuildAndMountsWhatIsThere() {
    var services = services();

    assertThat(services.keySet().stream().map(Object::toString))
        .contains("maildrift", "prometheus", "alertmanager", "grafana");
    for (var one : services.values()) {
      var service = (Map<?, ?>) one;
      assertThat(service.containsKey("image") || service.containsKey("build")).isTrue();
      if (service.get("volumes") instanceof List<?> volumes) {
        for (var volume : volumes) {
          var source = volume.toString().split(":", 2)[0];
          if (source.startsWith(".")) {
            assertThat(COMPOSE.resolveSibling(source).normalize()).exists();
          }
        }
      }
      if (service.get("build") instanceof Map<?, ?> build) {
        var context = COMPOSE.resolveSibling(String.valueOf(build.get("context"))).normalize();
        assertThat(context).isEqualTo(TOP);
        assertThat(context.resolve(String.valueOf(build.get("dockerfile")))).exists();
      }
    }
  }

  @Test
  void composeTakesTheFileAndRefusesWhatItsSchemaDoesNotKnow() throws IOException {
    Programs.require("docker-compose");

    var right = compose(COMPOSE, "--profile", "probing");
    assertThat(right.exit()).as(right.output()).isZero();
    assertThat(right.output()).contains("/etc/prometheus/prometheus.yml", "blackbox.yml");

    var wrong = scratch.resolve("compose.yml");
    Files.writeString(wrong, Nsd.read(COMPOSE).replace("read_only:", "readonly:"));
    assertThat(compose(wrong).output()).contains("readonly");
    assertThat(compose(wrong).exit()).isNotZero();
  }

  private Programs.Ran compose(Path file, String... options) {
    var arguments =
        Stream.of(Stream.of("-f", file.toString()), Stream.of(options), Stream.of("config"))
            .flatMap(each -> each)
            .toArray(String[]::new);
    return Programs.tryTo(scratch, "", "docker-compose", arguments);
  }

  @Test
  void composeGivesEveryConfigurationOfPrometheusTheExportersThatItAsks() {
    // Where its own configurations scrape something else than Prometheus, a service listens there.
    var commands = services().toString();
    for (var file : List.of("prometheus.yml", "probing.yml")) {
      var scraped =
          Pattern.compile("127\\.0\\.0\\.1:(\\d+)")
              .matcher(Nsd.read(Prometheus.DEPLOY.resolve(file)))
              .results()
              .map(found -> found.group(1))
              .filter(port -> !port.equals("8425"));
      assertThat(scraped).allMatch(port -> commands.contains("listen-address=127.0.0.1:" + port));
    }
  }

  @Test
  void theUnitStartsWhatTheDistributionHas() {
    assertThat(Nsd.read(DEPLOY.resolve("systemd/maildrift.service")))
        .contains("ExecStart=/opt/maildrift/bin/maildrift run --config ");
    assertThat(TOP.resolve("monitor/src/main/distribution/bin/maildrift")).exists();
  }

  @Test
  void theUnitIsToldAndWatchedAndReloads() {
    assertThat(Nsd.read(DEPLOY.resolve("systemd/maildrift.service")).lines())
        .contains(
            "Type=notify",
            "WatchdogSec=2min",
            "ExecReload=/bin/sh -c \"kill -HUP ${MAINPID}\"",
            "User=maildrift",
            "StateDirectory=maildrift",
            "ConfigurationDirectoryMode=0750");
  }

  /** A folder without systemd is enough to be skipped. */
  @Test
  void noBootOfTheUnitIsNoSilentSuccess() {
    var script = DEPLOY.resolve("debian/try-systemd").toString();
    var run = "MAILDRIFT_TRY_SYSTEMD=\"$1\" \"$2\" \"$3\" /other.deb";

    var optional = Programs.tryTo(scratch, "", "sh", "-c", run, "sh", "optional", script, ".");
    assertThat(optional.exit()).as(optional.output()).isEqualTo(77);
    assertThat(optional.output()).contains("SKIPPED because");
    var required = Programs.tryTo(scratch, "", "sh", "-c", run, "sh", "required", script, ".");
    assertThat(required.exit()).as(required.output()).isEqualTo(1);
    assertThat(required.output()).contains("SKIPPED because", "FAILED: MAILDRIFT_TRY_SYSTEMD");
    assertThat(Nsd.read(TOP.resolve(".ci/run")))
        .contains("export MAILDRIFT_TRY_SYSTEMD=\"${MAILDRIFT_TRY_SYSTEMD:-required}\"");
  }

  @Test
  void theUnitIsGivenUpWhenItCannotStart() {
    var unit = Nsd.read(DEPLOY.resolve("systemd/maildrift.service"));
    var burst = Integer.parseInt(between(unit, "\nStartLimitBurst=", "\n"));
    var minutes = Integer.parseInt(between(unit, "\nStartLimitIntervalSec=", "min\n"));
    var restart = Integer.parseInt(between(unit, "\nRestartSec=", "\n"));

    // A start that fails takes some seconds, more on a busy machine.
    assertThat(burst * (restart + 15)).isLessThan(minutes * 60);
  }

  @Test
  void everythingIsOfTheVersionThatIsBuilt() {
    var version = between(Nsd.read(TOP.resolve("pom.xml")), "  <version>", "</version>");
    var chart = (Map<?, ?>) load(CHART.resolve("Chart.yaml"));

    assertThat(chart.get("version")).isEqualTo(version);
    assertThat(chart.get("appVersion")).isEqualTo(version);
    assertThat(between(Nsd.read(DEPLOY.resolve("debian/pom.xml")), "  <version>", "</version>"))
        .isEqualTo(version);
    assertThat(Nsd.read(DEPLOY.resolve("kubernetes/base/kustomization.yaml")))
        .contains("newTag: " + version + "}");
  }

  private static String between(String text, String before, String after) {
    var from = text.indexOf(before) + before.length();
    return text.substring(from, text.indexOf(after, from));
  }

  @Test
  void theChartTakesItsOwnValuesButNoSecondDaemonAndNoStoreThatIsLost() {
    var values = Nsd.read(CHART.resolve("values.yaml"));

    assertThat(wrong(values)).isEmpty();
    assertThat(wrong(values.replace("\nreplicas: 1\n", "\nreplicas: 2\n"))).isNotEmpty();
    assertThat(wrong(values.replace("jdbc:h2:file:/data/", "jdbc:h2:file:./"))).isNotEmpty();
    assertThat(wrong(values.replace("jdbc:h2:file:/data/maildrift", "jdbc:postgresql://db/m")))
        .isEmpty();
    assertThat(wrong(values + "replica: 1\n")).isNotEmpty();
    assertThat(wrong(values.replace("\ntls: false\n", "\ntls: true\n"))).isEmpty();
    assertThat(wrong(values.replace("\ntls: false\n", "\ntls: maybe\n"))).isNotEmpty();
    assertThat(wrong(values.replace("runbookBase: https://", "runbookBase: "))).isNotEmpty();
  }

  @Test
  void theChartGivesPrometheusATokenThatOnlyReadsAndRunbooksAnAddress() throws IOException {
    var helpers = Nsd.read(CHART.resolve("templates/_helpers.tpl"));
    var monitoring = Nsd.read(CHART.resolve("templates/monitoring.yaml"));

    assertThat(monitoring).contains("key: metrics-token}").doesNotContain("key: token}");
    assertThat(helpers)
        .contains("\"token_file\" \"/run/secrets/maildrift/metrics-token\" \"role\" \"viewer\"");
    // What the template puts the address in the place of.
    var begins = "runbook_url: docs/runbooks/";
    assertThat(monitoring).contains("replace \"" + begins + "\" $runbooks");
    for (var file : files(".rules.yml")) {
      assertThat(Nsd.read(Path.of(file)).lines().map(String::strip))
          .filteredOn(line -> line.startsWith("runbook_url:"))
          .isNotEmpty()
          .allMatch(line -> line.startsWith(begins));
    }
  }

  @Test
  void theProbesOfTheChartSpeakWhatTheDaemonSpeaks() {
    assertThat(Nsd.read(CHART.resolve("templates/statefulset.yaml")).lines().map(String::strip))
        .filteredOn(line -> line.startsWith("httpGet:"))
        .hasSize(3)
        .allMatch(line -> line.contains("scheme: {{ include \"maildrift.scheme\" . }}"));
  }

  private static List<String> wrong(String values) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
        .getSchema(Nsd.read(CHART.resolve("values.schema.json")))
        .validate(values, InputFormat.YAML)
        .stream()
        .map(Object::toString)
        .toList();
  }

  @Test
  void theChartFindsTheRulesAndDashboardsThatThereAre() {
    assertThat(CHART.resolve("files/prometheus/maildrift.rules.yml"))
        .hasSameTextualContentAs(DEPLOY.resolve("prometheus/maildrift.rules.yml"));
    assertThat(CHART.resolve("files/dashboards/maildrift-fleet.json"))
        .hasSameTextualContentAs(TOP.resolve("grafana/dashboards/maildrift-fleet.json"));
    assertThat(Nsd.read(CHART.resolve("values.yaml"))).contains("files: [maildrift.rules.yml]");
  }

  @Test
  void containersAreNotRootAndCannotWriteTheirRoot() {
    assertThat(Nsd.read(DEPLOY.resolve("docker/Dockerfile")).lines())
        .contains("USER 8425:8425")
        .anyMatch(line -> line.startsWith("HEALTHCHECK "));
    assertThat(((Map<?, ?>) Objects.requireNonNull(services().get("maildrift"))).get("read_only"))
        .isEqualTo(true);
    for (var file : List.of("base/statefulset.yml", "chart/templates/statefulset.yaml")) {
      assertThat(Nsd.read(DEPLOY.resolve("kubernetes").resolve(file)))
          .contains(
              "runAsNonRoot: true",
              "runAsUser: 8425",
              "readOnlyRootFilesystem: true",
              "allowPrivilegeEscalation: false",
              "capabilities: {drop: [ALL]}",
              "seccompProfile: {type: RuntimeDefault}");
    }
  }

  @Test
  void theConfigurationOfThePackageIsRight() {
    assertThat(Loading.loader().load(DEPLOY.resolve("debian/maildrift.yml")))
        .isInstanceOf(ConfigLoader.Loaded.class);
  }

  private static Map<?, ?> services() {
    return ((Map<?, ?>) load(COMPOSE)).get("services") instanceof Map<?, ?> services
        ? services
        : Map.of();
  }

  private static Object load(Path file) {
    return new Load(LoadSettings.builder().setLabel(file.toString()).build())
        .loadFromString(Nsd.read(file));
  }
}
