package maildrift.alerts.notify.alertmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.Samples;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.GuardedHttp;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.notify.http.Reply;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.outbox.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against Debian's prometheus-alertmanager; where it is not installed only CI fails. */
class RealAlertmanagerTest {
  private static final Path BINARY = Path.of("/usr/bin/prometheus-alertmanager");

  @BeforeEach
  void isInstalled() {
    if ("true".equals(System.getenv("CI"))) {
      assertThat(BINARY).isExecutable();
    }
    assumeTrue(Files.isExecutable(BINARY), BINARY + " is not installed");
  }

  @Test
  void itTakesOurAlertsAndWritesPayloadsOfTheShapeThatWeWrite(@TempDir Path folder)
      throws Exception {
    try (var hook = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(200))) {
      var port = freePort();
      var process = start(folder, hook, port);
      try {
        var url = URI.create("http://127.0.0.1:" + port);
        await().atMost(Duration.ofSeconds(60)).until(() -> isReady(url));
        var notifier = receiver(url).open(Tools.standard(InstantSource.system()));

        assertThat(notifier.send(Samples.owed("am", begun(2)))).isEqualTo(new Outcome.Delivered());
        await().atMost(Duration.ofSeconds(30)).until(() -> !hook.got().isEmpty());
        assertThat(notifier.send(Samples.owed("am", ended(begun(2)))))
            .isEqualTo(new Outcome.Delivered());
        await()
            .atMost(Duration.ofSeconds(30))
            .until(
                () -> hook.got().getLast().body().contains("\"status\":\"resolved\",\"alerts\""));

        assertThat(shape(hook.got().getFirst().body()))
            .isEqualTo(shape(begun(2).toJson().replace("\"notification_reason\":\"first\",", "")));
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void anInstanceThatWasAwayHearsInTheNextRefreshWhatFires(@TempDir Path folder) throws Exception {
    try (var hook = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(200))) {
      var here = freePort();
      var away = freePort();
      var process = start(Files.createDirectory(folder.resolve("here")), hook, here);
      try {
        var url = URI.create("http://127.0.0.1:" + here);
        var other = URI.create("http://127.0.0.1:" + away);
        await().atMost(Duration.ofSeconds(60)).until(() -> isReady(url));
        var notifier = receiver(url, other).open(Tools.standard(InstantSource.system()));
        var fires = hostile(begun(3));

        assertThat(notifier.send(Samples.owed("am", fires))).isEqualTo(new Outcome.Delivered());
        var late = start(Files.createDirectory(folder.resolve("away")), hook, away);
        try {
          await().atMost(Duration.ofSeconds(60)).until(() -> isReady(other));
          assertThat(alerts(other)).isEmpty();
          assertThat(notifier.refresh(fires::items)).isEqualTo(new Outcome.Delivered());

          assertThat(alerts(other)).hasSize(3).isEqualTo(alerts(url));
        } finally {
          late.destroyForcibly().waitFor();
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }

  /** Names and values that it would refuse, and the whole request with them. */
  private static Notification hostile(Notification plain) {
    return Samples.notification(
        plain.items().stream()
            .map(
                item -> {
                  var labels = new TreeMap<>(item.labels().map());
                  labels.put("my-team", "\ud800\u001b[31m");
                  labels.put("1st", "x".repeat(10_000));
                  return new Notification.Item(
                      Labels.of(labels),
                      new TreeMap<>(Map.of("what is it", "\u0000")),
                      item.startsAt(),
                      item.endsAt(),
                      "no address",
                      item.fingerprint());
                })
            .toList());
  }

  /** The domains of those that it holds to be firing. */
  private static List<String> alerts(URI url) {
    var reply =
        GuardedHttp.standard()
            .send(
                Request.get(
                    url.resolve("/api/v2/alerts"), false, Duration.ofSeconds(5), 1_000_000));
    return JsonMapper.builder()
        .build()
        .readTree(((Reply.Answered) reply).body())
        .valueStream()
        .map(alert -> alert.at("/labels/domain").asString())
        .sorted()
        .toList();
  }

  private static AlertmanagerReceiver receiver(URI... urls) {
    return new AlertmanagerReceiver(
        List.of(urls),
        Optional.empty(),
        Optional.empty(),
        Duration.ofMinutes(1),
        false,
        Duration.ofSeconds(10),
        true);
  }

  private static Process start(Path folder, LoopbackHttp hook, int port) throws IOException {
    var config = folder.resolve("am.yml");
    Files.writeString(
        config,
        """
        route: {receiver: hook, group_by: [cause], group_wait: 1s, group_interval: 1s}
        receivers: [{name: hook, webhook_configs: [{url: "%s", send_resolved: true}]}]
        """
            .formatted(hook.uri("/")));
    return new ProcessBuilder(
            BINARY.toString(),
            "--config.file=" + config,
            "--storage.path=" + folder.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port,
            "--cluster.listen-address=")
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  private static boolean isReady(URI url) {
    return GuardedHttp.standard()
                .send(Request.get(url.resolve("/-/ready"), false, Duration.ofSeconds(2), 1000))
            instanceof Reply.Answered answer
        && answer.isSuccess();
  }

  private static Notification begun(int count) {
    var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return Samples.notification(
        Samples.netblocks(count).firing().stream()
            .map(
                item ->
                    new Notification.Item(
                        item.labels(),
                        item.annotations(),
                        now.minusSeconds(60),
                        Optional.empty(),
                        item.generatorUrl(),
                        item.fingerprint()))
            .toList());
  }

  private static Notification ended(Notification begun) {
    return Samples.notification(
        begun.items().stream()
            .map(
                item ->
                    new Notification.Item(
                        item.labels(),
                        item.annotations(),
                        item.startsAt(),
                        Optional.of(Instant.now().truncatedTo(ChronoUnit.MILLIS)),
                        item.generatorUrl(),
                        item.fingerprint()))
            .toList());
  }

  /** Keys and kinds of values, the sorts of alerts once. */
  private static Map<String, Object> shape(String json) {
    return shape(JsonMapper.builder().build().readTree(json));
  }

  private static Map<String, Object> shape(JsonNode node) {
    return node.properties().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                one ->
                    one.getValue().isObject()
                        ? shape(one.getValue())
                        : one.getValue().isArray()
                            ? one.getValue()
                                .valueStream()
                                .map(RealAlertmanagerTest::shape)
                                .collect(Collectors.toSet())
                            : one.getValue().getNodeType()));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
