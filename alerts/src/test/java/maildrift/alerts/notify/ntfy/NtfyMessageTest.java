package maildrift.alerts.notify.ntfy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.Samples;
import maildrift.alerts.notify.Secret;
import maildrift.alerts.notify.Shortened;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.notify.http.LoopbackHttp.Answer;
import maildrift.alerts.outbox.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class NtfyMessageTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void aGroupIsOneMessage() {
    var message = (ObjectNode) message(Samples.netblocks(2));

    assertThat(message.remove("message").asString())
        .contains("d0.test, d1.test", "+ 192.0.2.0/24", "add this line:");
    assertThat(message)
        .isEqualTo(
            JSON.readTree(
                """
                {"topic": "geheim-topic",
                 "title": "[FIRING:2] netblocks.missing (critical): \
                de._netblocks.mimecast.test TXT",
                 "priority": 5,
                 "tags": ["rotating_light", "maildrift"],
                 "click": "https://maildrift.test/alerts?cause=de._netblocks.mimecast.test+TXT",
                 "actions": [
                   {"action": "view", "label": "Open maildrift",
                    "url": "https://maildrift.test/alerts?cause=de._netblocks.mimecast.test+TXT"}]}
                """));
  }

  @Test
  void thePriorityIsTheSeveritysAndWhatIsOverIsQuiet() {
    assertThat(priority(Samples.netblocks(1))).isEqualTo(5);
    assertThat(priority(Samples.graded("warning"))).isEqualTo(3);
    assertThat(priority(Samples.graded("info"))).isEqualTo(2);
    assertThat(priority(Samples.netblocks(0))).isEqualTo(2);
    assertThat(message(Samples.netblocks(0)).path("tags").path(0).asString())
        .isEqualTo("white_check_mark");
  }

  @Test
  void aLongMessageStaysAMessageAndBecomesNoFile() {
    var text =
        message(Samples.saying(Map.of("diff", "🎉".repeat(3_000)))).path("message").asString();

    assertThat(Shortened.bytes(text)).isBetween(4_090, 4_096);
    assertThat(text).endsWith("🎉" + Shortened.NOTE);
  }

  @Test
  void theTokenIsABearersAndOneOfABadFormIsNotSent() throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      assertThat(send(server, "tk_geheim")).isEqualTo(new Outcome.Delivered());
      assertThat(server.got().getFirst().header("Authorization")).isEqualTo("Bearer tk_geheim");

      assertThat(send(server, "tk_geheim\r\nX-Priority: 1"))
          .isInstanceOfSatisfying(
              Outcome.TryLater.class, later -> assertThat(later.why()).doesNotContain("geheim"));
      assertThat(server.got()).hasSize(1);
    }
  }

  @Test
  void aTopicOfABadFormIsNotSentAndNotRepeated(@TempDir Path folder) throws IOException {
    assertThatThrownBy(() -> receiver(URI.create("https://ntfy.test/"), Secret.of("geheim!")))
        .hasMessage("topic must be at most 64 letters, digits, hyphens and underscores");
    var file = Files.writeString(folder.resolve("topic"), "geheim und mehr");
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      assertThat(
              receiver(server.uri("/"), Secret.in(file))
                  .open(Tools.standard(InstantSource.system()))
                  .send(Samples.owed("phone", Samples.netblocks(1))))
          .isInstanceOfSatisfying(
              Outcome.TryLater.class, later -> assertThat(later.why()).doesNotContain("geheim"));
      assertThat(server.got()).isEmpty();
    }
  }

  private static NtfyReceiver receiver(URI url, Secret topic) {
    return new NtfyReceiver(topic, url, Optional.empty(), false, Duration.ofSeconds(5), true);
  }

  private static Outcome send(LoopbackHttp server, String token) {
    return new NtfyReceiver(
            Secret.of("t"),
            server.uri("/"),
            Optional.of(Secret.of(token)),
            false,
            Duration.ofSeconds(5),
            true)
        .open(Tools.standard(InstantSource.system()))
        .send(Samples.owed("phone", Samples.netblocks(1)));
  }

  private static int priority(Notification notification) {
    return message(notification).path("priority").asInt();
  }

  private static JsonNode message(Notification notification) {
    return JSON.readTree(NtfyMessage.of(notification, "geheim-topic"));
  }
}
