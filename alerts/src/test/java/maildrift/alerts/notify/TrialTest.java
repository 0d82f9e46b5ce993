package maildrift.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.notify.http.LoopbackHttp.Answer;
import maildrift.alerts.notify.webhook.WebhookReceiver;
import org.junit.jupiter.api.Test;

class TrialTest {
  private static final Tools TOOLS = Tools.standard(InstantSource.system());
  private static final String PAGE = "https://maildrift.test";

  @Test
  void itSaysWhatTheReceiverAnsweredButNoSecretOfOurs() throws IOException {
    var answer =
        new Answer.Raw("HTTP/1.1 200 OK\r\n\r\nok /hook/geheim Bearer geheim2\u001b[31m\r\nforged");
    try (var server = new LoopbackHttp(_ -> answer)) {
      var receiver =
          new WebhookReceiver(
              server.uri("/hook/geheim"),
              List.of(),
              new Headers(new TreeMap<>(Map.of("Authorization", Secret.of("Bearer geheim2")))),
              Optional.empty(),
              false,
              Duration.ofSeconds(5),
              true);

      var trial = Trial.of("oncall", receiver, TOOLS, PAGE, false);

      assertThat(trial.isDelivered()).isTrue();
      assertThat(trial.answers()).containsExactly("HTTP 200: ok *** ***\\x1b[31m\\x0d\\x0aforged");
      assertThat(Notification.parse(server.got().getFirst().body()).isFiring()).isTrue();
    }
  }

  @Test
  void whatWentWrongIsTheOutcome() throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(503))) {
      var receiver =
          new WebhookReceiver(server.uri("/x"), List.of(), false, Duration.ofSeconds(5), true);

      assertThat(Trial.of("oncall", receiver, TOOLS, PAGE, false))
          .isEqualTo(new Trial("failed: HTTP 503", List.of("HTTP 503")));
    }
  }

  @Test
  void theSampleIsWhatARealMessageIsAndItsEndBelongsToIt() {
    var now = Instant.parse("2026-11-28T12:00:00Z");
    var begun = Trial.sample("oncall", PAGE, now, false);
    var over = Trial.sample("oncall", PAGE, now.plusSeconds(60), true);

    assertThat(Wording.of(begun).text())
        .contains("This is a test", "- 198.51.100.0/24", "+ 192.0.2.0/25", "Domains (2):");
    assertThat(Wording.of(over).text()).contains("over after 2 h 10 min", "the test is over");
    assertThat(over.groupKey()).isEqualTo(begun.groupKey());
    assertThat(over.items())
        .extracting(Notification.Item::fingerprint)
        .isEqualTo(begun.items().stream().map(Notification.Item::fingerprint).toList());
  }
}
