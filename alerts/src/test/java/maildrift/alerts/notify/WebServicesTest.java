package maildrift.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.notify.http.LoopbackHttp.Answer;
import maildrift.alerts.notify.ntfy.NtfyReceiver;
import maildrift.alerts.notify.pagerduty.PagerDutyReceiver;
import maildrift.alerts.notify.slack.SlackReceiver;
import maildrift.alerts.notify.teams.TeamsReceiver;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Outcome;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What holds for Slack, Teams, PagerDuty and ntfy alike. */
class WebServicesTest {
  private static final Tools TOOLS = Tools.standard(InstantSource.system());
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Each service, and the secret that it is reached by. */
  enum Service {
    SLACK("/services/T0/B0/geheim"),
    TEAMS("/workflows/geheim/triggers/manual/paths/invoke?sig=geheim"),
    PAGERDUTY("geheim0123456789geheim0123456789"),
    NTFY("geheim-topic");

    private final String secret;

    Service(String secret) {
      this.secret = secret;
    }

    boolean urlIsTheSecret() {
      return this == SLACK || this == TEAMS;
    }

    Receiver receiver(LoopbackHttp server) {
      return receiver(server, Secret.of(secret));
    }

    Receiver receiver(LoopbackHttp server, Secret other) {
      var patience = Duration.ofMillis(1_500);
      return switch (this) {
        case SLACK -> new SlackReceiver(server.uri(secret), false, patience, true);
        case TEAMS -> new TeamsReceiver(server.uri(secret), false, patience, true);
        case PAGERDUTY ->
            new PagerDutyReceiver(other, server.uri("/v2/enqueue"), false, patience, true);
        case NTFY ->
            new NtfyReceiver(
                other, server.uri("/v2/enqueue"), Optional.empty(), false, patience, true);
      };
    }

    Outcome send(LoopbackHttp server, Notification notification) {
      return receiver(server).open(TOOLS).send(Samples.owed("oncall", notification));
    }

    String posted(Notification notification) throws IOException {
      try (var server = new LoopbackHttp(_ -> Answer.status(202))) {
        assertThat(send(server, notification)).isEqualTo(new Outcome.Delivered());
        return server.got().getFirst().body();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void itIsPostedAsJson(Service service) throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(202))) {
      assertThat(service.send(server, Samples.netblocks(2))).isEqualTo(new Outcome.Delivered());

      assertThat(server.got())
          .singleElement()
          .satisfies(
              got -> {
                assertThat(got.method()).isEqualTo("POST");
                assertThat(got.target())
                    .isEqualTo(service.urlIsTheSecret() ? service.secret : "/v2/enqueue");
                assertThat(got.header("Content-Type")).isEqualTo("application/json");
                assertThat(JSON.readTree(got.body()).isObject()).isTrue();
              });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, delivered",
    "202, delivered",
    "301, redirect",
    "308, redirect",
    "400, refused",
    "401, authentication",
    "403, authentication",
    "404, client_error",
    "410, gone",
    "413, refused",
    "429, throttled",
    "500, server_error",
    "503, server_error"
  })
  void everyStatusHasItsOutcome(int status, String expected) throws IOException {
    for (var service : Service.values()) {
      try (var server =
          new LoopbackHttp(_ -> Answer.status(status, "Location: http://127.0.0.1:1/"))) {
        assertThat(word(service.send(server, Samples.netblocks(1))))
            .as(service.name())
            .isEqualTo(expected);
        assertThat(server.got()).hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoAsksForTimeGetsIt(Service service) throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(429, "Retry-After: 120"))) {
      assertThat(service.send(server, Samples.netblocks(1)))
          .isInstanceOfSatisfying(
              Outcome.TryLater.class,
              later ->
                  assertThat(later.notBefore().orElseThrow())
                      .isAfter(Instant.now().plusSeconds(100)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoHangsResetsOrNeverEndsHoldsNobodyUp(Service service) throws IOException {
    try (var server = new LoopbackHttp(_ -> new Answer.Endless())) {
      assertThat(service.send(server, Samples.netblocks(1))).isEqualTo(new Outcome.Delivered());
    }
    try (var server = new LoopbackHttp(_ -> new Answer.Hang())) {
      assertThat(word(service.send(server, Samples.netblocks(1)))).isEqualTo("timeout");
    }
    try (var server = new LoopbackHttp(_ -> new Answer.Reset())) {
      assertThat(word(service.send(server, Samples.netblocks(1)))).isEqualTo("connection");
    }
  }

  @ParameterizedTest
  @EnumSource
  void noErrorAndNoTextOfItsOwnShowsTheSecret(Service service) throws IOException {
    for (var status : List.of(400, 404, 410, 500)) {
      try (var server =
          new LoopbackHttp(
              got ->
                  new Answer.Raw(
                      "HTTP/1.1 %d Oh\r\n\r\n%s %s"
                          .formatted(status, got.target(), got.body().substring(0, 60))))) {
        assertThat(service.send(server, Samples.netblocks(1)).toString()).doesNotContain("geheim");
      }
    }
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      var receiver = service.receiver(server);
      assertThat(receiver.toString()).doesNotContain("geheim");
      assertThat(receiver.open(TOOLS).toString()).doesNotContain("geheim");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGERDUTY", "NTFY"})
  void aSecretInAFileIsReadEachTimeAndItsAbsenceIsNoRefusal(Service service, @TempDir Path folder)
      throws IOException {
    var file = folder.resolve("the.secret");
    try (var server = new LoopbackHttp(_ -> Answer.status(202))) {
      var notifier = service.receiver(server, Secret.in(file)).open(TOOLS);
      var owed = Samples.owed("oncall", Samples.netblocks(1));
      assertThat(notifier.send(owed))
          .isEqualTo(new Outcome.TryLater(Failure.SECRET, "cannot read the secret file " + file));

      Files.writeString(file, service.secret + "\n");
      assertThat(notifier.send(owed)).isEqualTo(new Outcome.Delivered());
      assertThat(server.got().getFirst().body()).contains(service.secret);
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofAThousandDomainsTwentyAreNamedTheOthersCountedAndThePageLinked(Service service)
      throws IOException {
    var body = service.posted(Samples.netblocks(1_000));

    assertThat(body)
        .contains("d19.test", "980 more", "https://maildrift.test/alerts?cause=")
        .doesNotContain("d20.test");
    assertThat(Shortened.bytes(body)).isLessThan(28 * 1024);
  }

  @ParameterizedTest
  @EnumSource
  void whatStrangersWroteArrivesWithoutItsPowers(Service service) throws IOException {
    var body = service.posted(Samples.saying(Samples.HOSTILE));

    assertThat(body.chars()).allMatch(c -> c >= ' ');
    for (var text : texts(JSON.readTree(body))) {
      assertThat(text)
          .doesNotContain("\u001b", "\u202e", "\u2028", "\r", "\u0000")
          .satisfies(
              one ->
                  assertThat(one.codePoints())
                      .noneMatch(c -> Character.getType(c) == Character.SURROGATE));
    }
    assertThat(body).contains("\\\\x1b[31m", "\\\\u{202e}", "\\\\u{d800}");
  }

  @ParameterizedTest
  @EnumSource
  void hugeTextsFitAndSayThatTheyWereCut(Service service) throws IOException {
    // Four bytes each, so that every way of counting is met.
    var much = "🎉".repeat(40_000);

    var body =
        service.posted(Samples.saying(Map.of("summary", much, "diff", much, "remedy", much)));

    assertThat(Shortened.bytes(body)).isLessThan(service == Service.PAGERDUTY ? 512_000 : 28_672);
    assertThat(body).contains("🎉", "…").doesNotContain("\ufffd", "\\ud83c\"");
  }

  @ParameterizedTest
  @EnumSource
  void manyKindsOfAlertsFitToo(Service service) throws IOException {
    var body = service.posted(Samples.rules(60, Map.of("diff", "x".repeat(3_000))));

    assertThat(Shortened.bytes(body)).isLessThan(service == Service.PAGERDUTY ? 512_000 : 28_672);
    if (service == Service.SLACK || service == Service.TEAMS) {
      assertThat(body).contains("more kinds of alerts");
    }
  }

  private static List<String> texts(JsonNode node) {
    if (node.isString()) {
      return List.of(node.asString());
    }
    var texts = new ArrayList<String>();
    node.forEach(child -> texts.addAll(texts(child)));
    return texts;
  }

  private static String word(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered _ -> "delivered";
      case Outcome.TryLater later -> later.failure().word();
      case Outcome.Refused _ -> "refused";
      case Outcome.Gone _ -> "gone";
    };
  }
}
