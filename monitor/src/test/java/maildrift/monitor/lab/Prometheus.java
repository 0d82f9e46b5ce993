package maildrift.monitor.lab;

import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Prometheus with the configuration and the rules of {@code deploy/}, only faster. */
final class Prometheus implements AutoCloseable {
  static final String[] PROGRAMS = {"prometheus", "promtool"};

  /** Of the repository; tests run in the folder of their module. */
  static final Path DEPLOY = Path.of("../deploy/prometheus").toAbsolutePath().normalize();

  static final List<String> RULES =
      List.of(
          "maildrift.rules.yml", "maildrift-receivers.rules.yml", "maildrift-domains.rules.yml");

  private final int port = Server.freePort("127.0.0.1");
  private final Server server;

  /** With all rules: what nobody would load at once may be looked at at once. */
  Prometheus(Path folder, int daemon, Alertmanager alertmanager) {
    this(
        withRules(folder),
        Nsd.read(DEPLOY.resolve("prometheus.yml"))
            .replace("30s", "1s")
            .replace("127.0.0.1:9093", alertmanager.hostAndPort())
            .replace("127.0.0.1:8425", "127.0.0.1:" + daemon)
            .replace("#- maildrift", "- maildrift"));
  }

  private static Path withRules(Path folder) {
    for (var rules : RULES) {
      Nsd.write(folder.resolve(rules), Nsd.read(DEPLOY.resolve(rules)));
    }
    // Minutes become seconds.
    var domains = folder.resolve("maildrift-domains.rules.yml");
    Nsd.write(domains, Nsd.read(domains).replaceAll("for: [0-9]+[mhd]", "for: 1s"));
    return folder;
  }

  /** With this configuration. */
  Prometheus(Path folder, String text) {
    var config = folder.resolve("prometheus.yml");
    Nsd.write(config, text);
    server =
        Server.start(
            folder,
            "127.0.0.1",
            port,
            "prometheus",
            "--config.file=" + config,
            // What it says before it has found Alertmanager is lost until it says it again.
            "--rules.alert.resend-delay=1s",
            "--storage.tsdb.path=" + folder.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port);
  }

  /** The series that an expression has now. */
  List<JsonNode> query(String expression) {
    return get("query?query=" + Web.encoded(expression)).at("/result").valueStream().toList();
  }

  /** A group of rules as it is now. */
  JsonNode rules(String group) {
    return get("rules")
        .path("groups")
        .valueStream()
        .filter(one -> one.path("name").asString().equals(group))
        .findFirst()
        .orElseThrow()
        .path("rules");
  }

  /** The data of an answer of the API. */
  JsonNode get(String path) {
    return Web.json("http://127.0.0.1:" + port + "/api/v1/" + path).path("data");
  }

  @Override
  public void close() {
    server.close();
  }
}
