package maildrift.alerts.notify.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maildrift.alerts.notify.Headers;
import maildrift.alerts.notify.Samples;
import maildrift.alerts.notify.Secret;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.notify.http.LoopbackHttp.Answer;
import maildrift.alerts.notify.http.TestCertificates;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookReceiverTest {
  private static final Tools TOOLS = Tools.standard(InstantSource.system());
  private static final String KEY =
      "whsec_"
          + Base64.getEncoder()
              .encodeToString("a key of four and twenty bytes".getBytes(StandardCharsets.UTF_8));

  @Test
  void theBodyIsPostedAsItIsOwedWithItsStableId() throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(204))) {
      var owed = Samples.owed("oncall", Samples.netblocks(2));

      assertThat(webhook(server, List.of()).open(TOOLS).send(owed))
          .isEqualTo(new Outcome.Delivered());

      assertThat(server.got())
          .singleElement()
          .satisfies(
              got -> {
                assertThat(got.body()).isEqualTo(owed.body());
                assertThat(got.header("Content-Type")).isEqualTo("application/json");
                assertThat(got.header("webhook-id")).isEqualTo("msg_0123456789abcdef");
                assertThat(got.header("webhook-signature")).isEmpty();
                assertThat(Long.parseLong(got.header("webhook-timestamp")))
                    .isCloseTo(
                        Instant.now().getEpochSecond(), org.assertj.core.data.Offset.offset(60L));
              });
    }
  }

  @Test
  void theReferenceLibraryAcceptsTheSignatureAndNoOther() throws Exception {
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      webhook(server, List.of(Secret.of(KEY))).open(TOOLS).send(owed());

      var got = server.got().getFirst();
      new Webhook(KEY).verify(got.body(), headers(got));
      assertThatThrownBy(() -> new Webhook(KEY).verify(got.body() + " ", headers(got)))
          .isInstanceOf(Exception.class);
    }
  }

  @Test
  void whileASecretRotatesBothSign(@TempDir Path folder) throws Exception {
    var file = folder.resolve("hook.key");
    var raw = "a raw text that is no whsec_ secret";
    Files.writeString(file, KEY + "\n" + raw + "\n");
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      webhook(server, List.of(Secret.in(file))).open(TOOLS).send(owed());

      var got = server.got().getFirst();
      assertThat(got.header("webhook-signature").split(" ", -1)).hasSize(2);
      new Webhook(KEY).verify(got.body(), headers(got));
      new Webhook(Base64.getEncoder().encodeToString(raw.getBytes(StandardCharsets.UTF_8)))
          .verify(got.body(), headers(got));
    }
  }

  @Test
  void aRotatedFileCountsAtOnceAndAMissingOneStopsTheMessageNotTheSecrecy(@TempDir Path folder)
      throws Exception {
    var file = folder.resolve("hook.key");
    Files.writeString(file, "the first one");
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      var notifier = webhook(server, List.of(Secret.in(file))).open(TOOLS);
      notifier.send(owed());
      Files.writeString(file, KEY);
      notifier.send(owed());
      new Webhook(KEY).verify(server.got().get(1).body(), headers(server.got().get(1)));

      Files.delete(file);
      assertThat(notifier.send(owed()))
          .isEqualTo(new Outcome.TryLater(Failure.SECRET, "cannot read the secret file " + file));
      assertThat(server.got()).hasSize(2);
    }
  }

  @Test
  void headersOfTheOperatorGoAlongAndNeverReplaceOurs(@TempDir Path folder) throws IOException {
    var file = folder.resolve("token");
    Files.writeString(file, "Bearer one\n");
    var headers =
        new Headers(
            new TreeMap<>(
                Map.of(
                    "X-Team", Secret.of("mail"),
                    "authorization", Secret.in(file),
                    "content-TYPE", Secret.of("text/html"))));
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      var receiver =
          new WebhookReceiver(
              server.uri("/hook"),
              List.of(),
              headers,
              Optional.empty(),
              false,
              Duration.ofSeconds(5),
              true);
      assertThat(receiver.open(TOOLS).send(owed())).isEqualTo(new Outcome.Delivered());
      Files.writeString(file, "Bearer two\r\nBcc: all");
      assertThat(receiver.open(TOOLS).send(owed()))
          .isEqualTo(
              new Outcome.TryLater(
                  Failure.SECRET, "the header authorization has an unprintable value"));

      assertThat(server.got()).hasSize(1);
      var got = server.got().getFirst();
      assertThat(got.header("X-Team")).isEqualTo("mail");
      assertThat(got.header("Authorization")).isEqualTo("Bearer one");
      assertThat(got.header("Content-Type")).isEqualTo("application/json");
      assertThat(receiver.headers().toString()).doesNotContain("mail", "Bearer");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"whsec_geheim!", "whsec_Z2VoZWlt", "whsec_", "whsk_Z2VoZWlt", "whsk_geheim!"})
  void aSecretThatIsNoneStopsTheMessageAndIsNotRepeated(String secret) throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      var outcome = webhook(server, List.of(Secret.of(secret))).open(TOOLS).send(owed());

      assertThat(word(outcome)).isEqualTo("secret");
      assertThat(outcome.toString())
          .contains("base64 of")
          .doesNotContainIgnoringCase("geheim", "Z2Vo");
      assertThat(server.got()).isEmpty();
    }
  }

  @Test
  void anAuthorityOfAFileIsTrustedAsTheFileIsNow(@TempDir Path folder) throws Exception {
    var certificates = TestCertificates.of("localhost");
    var pem = folder.resolve("ca.pem");
    var socket =
        certificates
            .server()
            .getServerSocketFactory()
            .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    try (var server = new LoopbackHttp(socket, _ -> Answer.status(200))) {
      var receiver =
          new WebhookReceiver(
              URI.create("https://localhost:" + server.port() + "/hook"),
              List.of(),
              Headers.NONE,
              Optional.of(pem),
              false,
              Duration.ofSeconds(5),
              true);
      Files.writeString(pem, TestCertificates.of("localhost").pem());
      assertThat(word(receiver.open(TOOLS).send(owed()))).isEqualTo("tls");
      Files.writeString(pem, "not a certificate");
      assertThat(word(receiver.open(TOOLS).send(owed()))).isEqualTo("tls");
      Files.writeString(pem, certificates.pem());
      assertThat(receiver.open(TOOLS).send(owed())).isEqualTo(new Outcome.Delivered());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, delivered",
    "202, delivered",
    "301, redirect",
    "307, redirect",
    "400, refused",
    "401, authentication",
    "404, client_error",
    "410, gone",
    "413, refused",
    "429, throttled",
    "500, server_error",
    "502, server_error"
  })
  void everyStatusHasItsOutcome(int status, String expected) throws IOException {
    try (var server =
        new LoopbackHttp(_ -> Answer.status(status, "Location: http://127.0.0.1:1/"))) {
      assertThat(word(webhook(server, List.of()).open(TOOLS).send(owed()))).isEqualTo(expected);
      assertThat(server.got()).hasSize(1);
    }
  }

  @Test
  void aReceiverThatAsksForTimeGetsIt() throws IOException {
    for (var header : List.of("Retry-After: 120", "Retry-After: Sun, 06 Nov 2044 08:49:37 GMT")) {
      try (var server = new LoopbackHttp(_ -> Answer.status(429, header))) {
        assertThat(webhook(server, List.of()).open(TOOLS).send(owed()))
            .isInstanceOfSatisfying(
                Outcome.TryLater.class,
                later ->
                    assertThat(later.notBefore().orElseThrow())
                        .isAfter(Instant.now().plusSeconds(100)));
      }
    }
    try (var server = new LoopbackHttp(_ -> Answer.status(503, "Retry-After: soon"))) {
      assertThat(webhook(server, List.of()).open(TOOLS).send(owed()))
          .isEqualTo(new Outcome.TryLater(Failure.SERVER_ERROR, "HTTP 503", Optional.empty()));
    }
  }

  @Test
  void aHugeAnswerIsASuccessAndAHangIsNone() throws IOException {
    try (var server = new LoopbackHttp(_ -> new Answer.Endless())) {
      assertThat(webhook(server, List.of()).open(TOOLS).send(owed()))
          .isEqualTo(new Outcome.Delivered());
    }
    try (var server = new LoopbackHttp(_ -> new Answer.Hang())) {
      assertThat(word(webhook(server, List.of()).open(TOOLS).send(owed()))).isEqualTo("timeout");
    }
    try (var server = new LoopbackHttp(_ -> new Answer.Reset())) {
      assertThat(word(webhook(server, List.of()).open(TOOLS).send(owed()))).isEqualTo("connection");
    }
  }

  @Test
  void whatTheReceiverSaysIsMadeHarmless() throws IOException {
    var answer =
        new Answer.Raw("HTTP/1.1 500 Oh\r\n\r\nno\u001b[31m\r\nlevel=info msg=forged\u202e");
    try (var server = new LoopbackHttp(_ -> answer)) {
      assertThat(webhook(server, List.of()).open(TOOLS).send(owed()))
          .isEqualTo(
              new Outcome.TryLater(
                  Failure.SERVER_ERROR,
                  "HTTP 500: no\\x1b[31m\\x0d\\x0alevel=info msg=forged\\u{202e}"));
    }
  }

  /** Its words go into the log, the interface and the messages to others. */
  @Test
  void whatTheReceiverRepeatsOfTheAddressAndTheHeadersIsNotToldOn() throws IOException {
    var body =
        "no\u001b[0m POST /hook/bot123:A%20BCDEFGH/send?key=Zugang, nor bot123:A BCDEFGH, nor Zugang, "
            + "nor Bearer gar-geheim, nor gar-geheim "
            + "x".repeat(110)
            + " bot123:A BCDEFGH";
    var answer = new Answer.Raw("HTTP/1.1 404 Oh\r\n\r\n" + body);
    try (var server = new LoopbackHttp(_ -> answer)) {
      var receiver =
          new WebhookReceiver(
              server.uri("/hook/bot123:A%20BCDEFGH/send?key=Zugang"),
              List.of(),
              new Headers(new TreeMap<>(Map.of("Authorization", Secret.of("Bearer gar-geheim")))),
              Optional.empty(),
              false,
              Duration.ofSeconds(5),
              true);

      assertThat(receiver.open(TOOLS).send(owed()))
          .isInstanceOfSatisfying(
              Outcome.TryLater.class,
              later ->
                  assertThat(later.why())
                      .startsWith("HTTP 404: no\\x1b[0m POST ***")
                      .doesNotContain("bot123", "Zugang", "geheim"));
    }
  }

  @Test
  void aMailThatIsOwedIsNotPosted() throws IOException {
    var mail = new maildrift.alerts.ReadyMail(List.of(), Optional.empty(), "s", "t", "<p>t</p>");
    try (var server = new LoopbackHttp(_ -> Answer.status(204))) {
      assertThat(
              webhook(server, List.of())
                  .open(TOOLS)
                  .send(
                      maildrift.alerts.outbox.Owed.fresh(
                          "msg_1", "oncall", "digest", 1, mail.toJson(), Instant.EPOCH)))
          .isInstanceOf(Outcome.Refused.class);
      assertThat(server.got()).isEmpty();
    }
  }

  private static maildrift.alerts.outbox.Owed owed() {
    return Samples.owed("oncall", Samples.netblocks(1));
  }

  private static WebhookReceiver webhook(LoopbackHttp server, List<Secret> secrets) {
    return new WebhookReceiver(server.uri("/hook"), secrets, false, Duration.ofMillis(1500), true);
  }

  private static HttpHeaders headers(LoopbackHttp.Got got) {
    return HttpHeaders.of(
        Map.of(
            "webhook-id", List.of(got.header("webhook-id")),
            "webhook-timestamp", List.of(got.header("webhook-timestamp")),
            "webhook-signature", List.of(got.header("webhook-signature"))),
        (_, _) -> true);
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
