package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.dns.FakeDns;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The daemon as a process, with options over its configuration. */
class RunOptionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void theDaemonAsksTheResolversOfTheCommandLineAndRunsItsProbesOnly() throws Exception {
    try (var configured = FakeDns.serving();
        var given = FakeDns.serving("contoso.test MX 0 .")) {
      configured.faults(Fault.SERVFAIL);
      var port = free();
      var config = folder.resolve("maildrift.yml");
      Files.writeString(config, configuration(configured, port, ""));
      var daemon =
          new ProcessBuilder(
                  Child.line(
                      List.of(),
                      "run",
                      "--config",
                      config.toString(),
                      "--dns",
                      given.hostAndPort(),
                      "--only",
                      "mx,spf",
                      "--skip",
                      "spf",
                      "--timeout",
                      "1s",
                      "--no-color",
                      "--format",
                      "text",
                      "--log-format",
                      "json",
                      "--log-looks",
                      "info"))
              .directory(folder.toFile())
              .redirectError(folder.resolve("log").toFile())
              .start();
      try {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> sees(port, "contoso.test"));
        await().atMost(PATIENCE).untilAsserted(() -> logsAsJson(folder.resolve("log")));
        isBackedUp(port);
        // What the command line says holds for the next configuration, too.
        Files.writeString(config, configuration(configured, port, "  - {name: more.test}\n"));
        given.add("more.test MX 0 .");
        post(port, "/-/reload");
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> sees(port, "more.test"));

        daemon.destroy();
        assertThat(daemon.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(daemon.exitValue()).isZero();
      } finally {
        daemon.destroyForcibly();
      }
    }
  }

  /** But for the greeting, and with the looks apart. */
  private static void logsAsJson(Path log) throws IOException {
    var lines =
        Files.readAllLines(log).stream()
            .filter(line -> line.startsWith("{"))
            .map(line -> CheckJson.mapper().readTree(line))
            .toList();
    assertThat(lines)
        .anySatisfy(
            line -> {
              assertThat(line.path("loggerName").asString("")).isEqualTo("maildrift.looks");
              assertThat(line.path("level").asString("")).isEqualTo("INFO");
              assertThat(line.path("formattedMessage").asString("")).startsWith("contoso.test: ");
            });
  }

  private void isBackedUp(int port) throws Exception {
    var made = Ran.command("backup", "--url", "http://127.0.0.1:" + port);
    assertThat(made.exit()).isZero();
    assertThat(Path.of(made.out().strip()).resolve("store.mv.db.zip")).exists();
  }

  @Test
  void aPortInUseEndsTheStartBeforeTheStoreIsOpened() throws Exception {
    try (var dns = FakeDns.serving();
        var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var config = folder.resolve("maildrift.yml");
      Files.writeString(config, configuration(dns, other.getLocalPort(), ""));
      var daemon =
          new ProcessBuilder(
                  Child.line(
                      List.of(),
                      "run",
                      "--log-format",
                      "json",
                      "--log-level",
                      "off",
                      "--config",
                      config.toString()))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      try {
        assertThat(daemon.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(daemon.exitValue()).isNotZero();
        // The last word is in the form of all others, whoever wants few of them.
        assertThat(Files.readAllLines(folder.resolve("log")))
            .singleElement()
            .satisfies(
                line ->
                    assertThat(
                            CheckJson.mapper().readTree(line).path("formattedMessage").asString(""))
                        .startsWith("cannot listen on 127.0.0.1:"));
        try (var files = Files.list(folder)) {
          assertThat(files.map(file -> "" + file.getFileName()))
              .containsExactlyInAnyOrder("maildrift.yml", "log");
        }
      } finally {
        daemon.destroyForcibly();
      }
    }
  }

  private String configuration(FakeDns dns, int port, String more) {
    return """
    dns: {resolvers: ["%s"], confirm_with: ["%s"]}
    http: {listen: "127.0.0.1:%d"}
    schedule: {interval: 1s, confirm_after: 500ms}
    store: {url: "jdbc:h2:file:%s"}
    domains:
      - {name: contoso.test}
    %s\
    """
        .formatted(dns.hostAndPort(), dns.hostAndPort(), port, folder.resolve("store"), more);
  }

  private static void sees(int port, String domain) throws Exception {
    var seen = get(port, "/api/v1/domains/" + domain);

    assertThat(seen.path("verdict").asString("")).isEqualTo("pass");
    assertThat(seen.path("probes").propertyNames()).containsExactly("mx");
    assertThat(seen.at("/probes/mx/facts/nullMx").asBoolean()).isTrue();
  }

  private static JsonNode get(int port, String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(port, path)).GET().build());
  }

  private static void post(int port, String path) throws Exception {
    send(HttpRequest.newBuilder(uri(port, path)).POST(HttpRequest.BodyPublishers.noBody()).build());
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(port, path));
  }

  private static JsonNode send(HttpRequest request) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      return CheckJson.mapper().readTree(body.isEmpty() ? "null" : body);
    }
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
