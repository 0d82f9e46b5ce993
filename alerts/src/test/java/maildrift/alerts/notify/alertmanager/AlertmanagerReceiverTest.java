package maildrift.alerts.notify.alertmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.Credentials;
import maildrift.alerts.notify.Heartbeat;
import maildrift.alerts.notify.Login;
import maildrift.alerts.notify.Samples;
import maildrift.alerts.notify.Secret;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.notify.http.LoopbackHttp.Answer;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.outbox.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AlertmanagerReceiverTest {
  private static final Instant NOW = Instant.parse("2026-11-21T17:05:00Z");
  private static final Tools TOOLS = Tools.standard(InstantSource.fixed(NOW));

  @Test
  void firingOnesEndByThemselvesUnlessRefreshedAndResolvedOnesEndWhenTheyDid() throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      var owed = Samples.owed("am", Samples.netblocks(1));

      assertThat(receiver(server).open(TOOLS).send(owed)).isEqualTo(new Outcome.Delivered());

      var got = server.got().getFirst();
      assertThat(got.target()).isEqualTo("/prefix/api/v2/alerts");
      assertThat(got.header("Authorization")).isEqualTo("Basic bWFpbGRyaWZ0OmdlaGVpbQ==");
      var alerts = JsonMapper.builder().build().readTree(got.body());
      assertThat(alerts).hasSize(2);
      assertThat(text(alerts.get(0), "startsAt")).isEqualTo("2026-11-21T17:00:00Z");
      assertThat(text(alerts.get(0), "endsAt")).isEqualTo("2026-11-21T17:09:00Z");
      assertThat(text(alerts.get(0), "generatorURL")).isEqualTo("https://maildrift.test/d0.test");
      assertThat(alerts.get(0).path("labels").path("domain").asString("")).isEqualTo("d0.test");
      assertThat(text(alerts.get(1), "endsAt")).isEqualTo("2026-11-21T17:10:00Z");
    }
  }

  @Test
  void everyInstanceIsToldAndOneThatTakesItIsEnough() throws IOException {
    try (var up = new LoopbackHttp(_ -> Answer.status(200));
        var down = new LoopbackHttp(_ -> Answer.status(500))) {
      assertThat(receiver(down, up).open(TOOLS).send(owed())).isEqualTo(new Outcome.Delivered());
      assertThat(receiver(up, down).open(TOOLS).send(owed())).isEqualTo(new Outcome.Delivered());
      assertThat(up.got()).hasSize(2);
      assertThat(down.got()).hasSize(2);
      assertThat(receiver(down, down).open(TOOLS).send(owed()))
          .isEqualTo(new Outcome.TryLater(Failure.SERVER_ERROR, "HTTP 500"));
    }
  }

  @Test
  void oneThatHangsIsNotWaitedForOnceAnotherHasTakenIt() throws IOException {
    try (var up = new LoopbackHttp(_ -> Answer.status(200));
        var hung = new LoopbackHttp(_ -> new Answer.Hang())) {
      var started = System.nanoTime();

      assertThat(receiver(hung, up).open(TOOLS).send(owed())).isEqualTo(new Outcome.Delivered());

      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
      assertThat(up.got()).hasSize(1);
      assertThat(hung.got()).hasSize(1);
    }
  }

  @Test
  void whatMaySucceedLaterIsNotGivenUpForOneThatRefuses() throws IOException {
    try (var refuses = new LoopbackHttp(_ -> Answer.status(400));
        var down = new LoopbackHttp(_ -> Answer.status(503))) {
      assertThat(receiver(refuses, down).open(TOOLS).send(owed()))
          .isInstanceOf(Outcome.TryLater.class);
      assertThat(receiver(refuses, refuses).open(TOOLS).send(owed()))
          .isInstanceOf(Outcome.Refused.class);
    }
  }

  @Test
  void aTokenIsSentAsItIsNow(@TempDir Path folder) throws IOException {
    var file = folder.resolve("token");
    Files.writeString(file, "one\n");
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      var notifier =
          new AlertmanagerReceiver(
                  List.of(server.uri("/")),
                  Optional.of(new Credentials.Bearer(Secret.in(file))),
                  Optional.empty(),
                  Duration.ofMinutes(1),
                  false,
                  Duration.ofSeconds(5),
                  true)
              .open(TOOLS);
      notifier.send(owed());
      Files.writeString(file, "two\n");
      notifier.send(owed());

      assertThat(server.got())
          .extracting(got -> got.header("Authorization"))
          .containsExactly("Bearer one", "Bearer two");
    }
  }

  @Test
  void labelsThatAlertmanagerWouldRefuseAreMappedAndStayApart() {
    var labels =
        new TreeMap<>(
            Map.of(
                "my-team", "a", "my_team", "b", "1st", "c", "__name__", "d", "x", "a\u202eb\r\n"));
    var long1 = "v".repeat(600) + 1;
    var long2 = "v".repeat(600) + 2;

    assertThat(PostableAlert.labels(new Labels(labels)))
        .isEqualTo(
            Map.of(
                "my_team_",
                "a",
                "my_team",
                "b",
                "_1st",
                "c",
                "_name__",
                "d",
                "x",
                "a\\u{202e}b\\x0d\\x0a"));
    assertThat(PostableAlert.labels(Labels.of(Map.of("a", long1))).get("a"))
        .hasSizeLessThanOrEqualTo(500)
        .isNotEqualTo(PostableAlert.labels(Labels.of(Map.of("a", long2))).get("a"));
  }

  @Test
  void aClockThatWasSetBackMakesNoAlertThatEndsBeforeItBegins() throws IOException {
    var early = Tools.standard(InstantSource.fixed(NOW.minus(Duration.ofDays(1))));
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      receiver(server).open(early).send(owed());

      var alert = JsonMapper.builder().build().readTree(server.got().getFirst().body()).get(0);
      assertThat(Instant.parse(text(alert, "startsAt")))
          .isBeforeOrEqualTo(Instant.parse(text(alert, "endsAt")));
    }
  }

  @Test
  void manyAlertsGoInSeveralRequests() throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      receiver(server).open(TOOLS).send(Samples.owed("am", Samples.netblocks(1_200)));

      assertThat(server.got()).hasSize(3);
    }
  }

  @Test
  void theHeartbeatRefreshesWhatFires() throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(200));
        var heartbeat = new Heartbeat(name -> name.equals("am") ? List.of(alert()) : List.of())) {
      heartbeat.receivers(Map.of("am", receiver(Duration.ofMillis(50), server).open(TOOLS)));

      await().until(() -> server.got().size() >= 3);

      assertThat(server.got().get(2).body())
          .contains("\"endsAt\":\"2026-11-21T17:05:00.200Z\"")
          .contains("\"generatorURL\":\"https://maildrift.test/d0.test\"");
      heartbeat.receivers(Map.of());
    }
  }

  @Test
  void whatEndsWhileARefreshIsSentIsNotCalledFiringAfterItsEnd() throws Exception {
    var firing = new AtomicReference<>(List.of(alert()));
    var sent = new CompletableFuture<Thread>();
    var notifier = new CompletableFuture<Notifier>();
    try (var server =
        new LoopbackHttp(
            _ -> {
              if (!sent.isDone()) {
                // While the first instance takes the refresh, the alert ends, and that is sent.
                firing.set(List.of());
                sent.complete(Thread.startVirtualThread(() -> notifier.join().send(owed())));
                await().until(() -> sent.join().getState() == Thread.State.WAITING);
              }
              return Answer.status(200);
            })) {
      notifier.complete(receiver(server).open(TOOLS));

      notifier.join().refresh(firing::get);
      sent.join().join();
      notifier.join().refresh(firing::get);

      assertThat(server.got()).hasSize(2);
      assertThat(server.got().getFirst().body()).contains("2026-11-21T17:09:00Z");
      assertThat(server.got().getLast().body()).contains("2026-11-21T17:10:00Z");
    }
  }

  @Test
  void eachRequestOfARefreshSaysWhatFiresThen() throws IOException {
    var all = Samples.netblocks(1_200).firing();
    var firing = new AtomicReference<>(all);
    try (var server =
        new LoopbackHttp(
            _ -> {
              firing.set(all.subList(0, 600));
              return Answer.status(200);
            })) {
      receiver(server).open(TOOLS).refresh(firing::get);

      assertThat(server.got())
          .extracting(got -> JsonMapper.builder().build().readTree(got.body()).size())
          .containsExactly(500, 100);
    }
  }

  @Test
  void alertsArePostedUnderThePathThatTheInstanceHas() {
    assertThat(AlertmanagerReceiver.api(URI.create("http://127.0.0.1:9093")))
        .hasToString("http://127.0.0.1:9093/api/v2/alerts");
    assertThat(AlertmanagerReceiver.api(URI.create("http://127.0.0.1:9094/am/")))
        .hasToString("http://127.0.0.1:9094/am/api/v2/alerts");
  }

  private static AlertmanagerReceiver receiver(LoopbackHttp... servers) {
    return receiver(Duration.ofMinutes(1), servers);
  }

  private static AlertmanagerReceiver receiver(Duration resend, LoopbackHttp... servers) {
    return new AlertmanagerReceiver(
        Stream.of(servers).map(server -> server.uri("/prefix")).toList(),
        Optional.of(new Credentials.Basic(new Login("maildrift", Secret.of("geheim")))),
        Optional.empty(),
        resend,
        false,
        Duration.ofSeconds(5),
        true);
  }

  private static maildrift.alerts.outbox.Owed owed() {
    return Samples.owed("am", Samples.netblocks(1));
  }

  private static Notification.Item alert() {
    return Samples.netblocks(1).firing().getFirst();
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }
}
