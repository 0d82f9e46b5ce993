package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.wiring.Loading;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The chart as Helm renders it and the base as kustomize builds it, each manifest held against what
 * Kubernetes and the Prometheus Operator take. The library brings Helm along.
 */
class KubernetesTest {
  private static final Path FOLDER = Path.of("../deploy/kubernetes").toAbsolutePath().normalize();
  private static final String TOKEN = "token: {existingSecret: maildrift-token}\n";

  @TempDir Path scratch;

  @BeforeEach
  void helmRunsHere() {
    // The library has no Helm for others, such as FreeBSD.
    assumeThat(System.getProperty("os.name")).isIn("Linux", "Mac OS X");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "replicas: 0\n",
        """
        store: {url: "jdbc:postgresql://db.example.net/maildrift"}
        env: [{name: PGPASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]
        """,
        """
        secrets: {existingSecret: maildrift-files}
        store: {storageClass: fast, size: 20Gi}
        image: {repository: registry.example.net/mail/maildrift, tag: edge, pullPolicy: Always, pullSecrets: [{name: registry}]}
        priorityClassName: monitoring
        podAnnotations: {example.net/team: mail}
        nodeSelector: {kubernetes.io/arch: amd64}
        tolerations: [{key: dedicated, operator: Equal, value: mail, effect: NoSchedule}]
        affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a]}]}]}}}
        """,
        """
        tls: true
        config: {http: {web_config_file: /run/secrets/maildrift-files/web.yml}, domains: [{name: contoso.test}]}
        serviceMonitor: {enabled: true, labels: {release: prometheus}, tlsConfig: {serverName: maildrift.example.net, ca: {secret: {name: ca, key: ca.crt}}}}
        prometheusRule: {enabled: true, files: [maildrift.rules.yml, maildrift-domains.rules.yml, maildrift-receivers.rules.yml]}
        dashboards: {enabled: true}
        networkPolicy: {enabled: true, from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]}
        """
      })
  void theChartIsWhatKubernetesTakes(String values) throws IOException {
    var manifests = Manifests.read(render(TOKEN + values));

    assertThat(manifests).hasSizeGreaterThanOrEqualTo(3).flatMap(Manifests::wrong).isEmpty();
    assertThat(names(manifests)).doesNotHaveDuplicates();
  }

  private static List<String> names(List<Map<?, ?>> manifests) {
    return manifests.stream()
        .map(
            manifest ->
                manifest.get("kind") + "/" + ((Map<?, ?>) get(manifest, "metadata")).get("name"))
        .toList();
  }

  @Test
  void whatTheChartTurnsOnIsThere() throws IOException {
    var manifests =
        Manifests.read(
            render(
                TOKEN
                    + """
                    serviceMonitor: {enabled: true}
                    prometheusRule: {enabled: true}
                    dashboards: {enabled: true}
                    networkPolicy: {enabled: true}
                    """));

    assertThat(names(manifests).stream().map(name -> name.replaceFirst("/.*", "")))
        .contains("ServiceMonitor", "PrometheusRule", "NetworkPolicy");
    assertThat(names(manifests)).filteredOn(name -> name.startsWith("ConfigMap/")).hasSize(6);
    assertThat(render(TOKEN + "prometheusRule: {enabled: true, runbookBase: 'https://git.test/'}"))
        .contains("runbook_url: https://git.test/")
        .doesNotContain("runbook_url: docs/");
  }

  @Test
  void theConfigurationThatTheChartWritesIsRight() throws IOException {
    var manifests =
        Manifests.read(
            render(
                TOKEN
                    + """
                    config: {domains: [{name: contoso.test}], schedule: {interval: 10m}}
                    serviceMonitor: {enabled: true}
                    """));
    var written = manifests.stream().filter(one -> "ConfigMap".equals(one.get("kind"))).findFirst();
    var text = get((Map<?, ?>) get(written.orElseThrow(), "data"), "maildrift.yml");
    var token = Files.writeString(scratch.resolve("token"), "0123456789abcdef0123456789abcdef");
    var other = Files.writeString(scratch.resolve("other"), "fedcba9876543210fedcba9876543210");
    var file =
        Files.writeString(
            scratch.resolve("maildrift.yml"),
            text.toString()
                .replace("/run/secrets/maildrift/token", token.toString())
                .replace("/run/secrets/maildrift/metrics-token", other.toString()));

    assertThat(Loading.loader().load(file)).isInstanceOf(ConfigLoader.Loaded.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          replica: 1                                                           | 'replica' not allowed
          store: {url: 'jdbc:h2:file:./maildrift'}                             | at '/store/url'
          config: {http: {listen: '0.0.0.0:1'}}                                | at '/config/http/listen'
          podAnnotations: {a: 1}                                               | at '/podAnnotations/a'
          tls: true                                                            | config.http.web_config_file is missing
          prometheusRule: {enabled: true, files: [other.rules.yml]}            | there is no other.rules.yml
          """)
  void theChartRefusesWhatWouldNotWork(String values, String why) {
    assertThatThrownBy(() -> render(TOKEN + values + "\n")).hasMessageContaining(why);
  }

  @Test
  void theChartAsksForTheSecretOfTheToken() {
    assertThatThrownBy(() -> render("")).hasMessageContaining("token.existingSecret is missing");
  }

  @Test
  void helmFindsNothingToSayOfTheChart() throws IOException {
    var chart = chart("lint");
    Files.writeString(chart.resolve("values.yaml"), values(TOKEN));

    var said = new Helm(chart).lint().strict().call();

    assertThat(said.getMessages()).noneMatch(line -> line.matches("(?s).*\\[(WARN|ERR).*"));
    assertThat(said.isFailed()).as(String.join("\n", said.getMessages())).isFalse();
  }

  @Test
  void kustomizeBuildsTheBaseAndKubernetesTakesIt() throws IOException {
    Programs.require("kubectl");

    var built = Programs.tryTo(scratch, "", "kubectl", "kustomize", base().toString());

    assertThat(built.exit()).as(built.output()).isZero();
    var manifests = Manifests.read(built.output());
    assertThat(names(manifests)).hasSize(3);
    assertThat(manifests).flatMap(Manifests::wrong).isEmpty();
    // The name with the checksum arrives where it is used, and the image has a version.
    assertThat(built.output())
        .containsPattern("name: maildrift-[a-z0-9]{10}\n")
        .containsPattern("image: maildrift:[0-9]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"statefulset.yml", "service.yml"})
  void theBaseIsRightBeforeItIsBuilt(String file) {
    assertThat(Manifests.read(Nsd.read(base().resolve(file))))
        .hasSize(1)
        .flatMap(Manifests::wrong)
        .isEmpty();
  }

  @Test
  void whatKubernetesWouldRefuseIsSeen() {
    var right = Nsd.read(base().resolve("statefulset.yml"));

    assertThat(wrong(right, "readOnlyRootFilesystem:", "readOnlyRootFileSystem:"))
        .anyMatch(line -> line.contains("has no field readOnlyRootFileSystem"));
    assertThat(wrong(right, "replicas: 1", "replicas: one"))
        .anyMatch(line -> line.contains("replicas is one"));
    assertThat(wrong(right, "serviceName:", "service:")).hasSizeGreaterThanOrEqualTo(1);
    assertThat(wrong(right, "  selector:\n    matchLabels:\n", "  foo:\n    bar:\n")).isNotEmpty();
    assertThat(wrong(right, "- {name: http, containerPort: 8425}", "- {name: http}")).isNotEmpty();
    assertThat(wrong(right, "value: \"-XX:MaxRAMPercentage=60\"", "value: 60"))
        .anyMatch(line -> line.contains("env[].value is 60"));
    assertThat(wrong(right, "kind: StatefulSet", "kind: StatefulSets"))
        .containsExactly("no kind StatefulSets in apps/v1");
  }

  private static List<String> wrong(String right, String is, String becomes) {
    assertThat(right).contains(is);
    return Manifests.wrong(Manifests.read(right.replace(is, becomes)).getFirst());
  }

  private static Path base() {
    return FOLDER.resolve("base");
  }

  private String render(String values) throws IOException {
    var file = Files.writeString(scratch.resolve("values.yaml"), values);
    return new Helm(chart("chart"))
        .template()
        .withName("mail")
        .withKubeVersion("1.33.0")
        .withValuesFile(file)
        .call();
  }

  /** The chart as {@code helm package} would pack it, with files where the repository has links. */
  private Path chart(String name) throws IOException {
    var to = scratch.resolve(name);
    if (!Files.exists(to)) {
      copy(FOLDER.resolve("chart").toRealPath(), to);
    }
    return to;
  }

  private static void copy(Path from, Path to) throws IOException {
    if (!Files.isDirectory(from)) {
      Files.copy(from, to);
      return;
    }
    Files.createDirectories(to);
    try (var inside = Files.list(from)) {
      for (var one : inside.collect(Collectors.toList())) {
        copy(one.toRealPath(), to.resolve(Objects.requireNonNull(one.getFileName())));
      }
    }
  }

  /** The chart's own values with others in the place of the first of the same name. */
  private static String values(String token) {
    return Nsd.read(FOLDER.resolve("chart/values.yaml"))
        .replace("token:\n  existingSecret: \"\"\n", token);
  }

  private static Object get(Map<?, ?> map, String name) {
    return Objects.requireNonNull(map.get(name), name);
  }
}
