package maildrift.alerts.notify.teams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.Samples;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TeamsCardTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void aWorkflowGetsOneCard() {
    var message = JSON.readTree(TeamsCard.of(Samples.netblocks(2)));
    var card = card(Samples.graded("critical"));

    assertThat(message.path("type").asString()).isEqualTo("message");
    assertThat(message.path("attachments").size()).isEqualTo(1);
    assertThat(message.at("/attachments/0/contentType").asString())
        .isEqualTo("application/vnd.microsoft.card.adaptive");
    assertThat(card.path("type").asString()).isEqualTo("AdaptiveCard");
    assertThat(card.path("version").asString()).isEqualTo("1.4");
    assertThat(card.path("fallbackText").asString()).startsWith("[FIRING:1] netblocks.missing");
    assertThat(card.path("actions"))
        .isEqualTo(
            JSON.readTree(
                """
                [{"type": "Action.OpenUrl", "title": "Look at d0.test",
                  "url": "https://maildrift.test/d0.test"},
                 {"type": "Action.OpenUrl", "title": "Open maildrift",
                  "url": "https://maildrift.test/alerts?cause=de._netblocks.mimecast.test+TXT"}]
                """));
  }

  @Test
  void eachLineIsALineOfTheCard() {
    assertThat(lines(card(Samples.netblocks(2))))
        .contains(
            "Cause: de._netblocks.mimecast.test TXT",
            "Hits: 2 domains of contoso",
            "Since: 2026-11-21 17:00 UTC",
            "FIRING netblocks.missing (critical) since 2026-11-21 17:00 UTC",
            "+ 192.0.2.0/24",
            "add this line:",
            "192.0.2.0/24",
            "RESOLVED netblocks.missing (critical) over after 10 min"
                + " (2026-11-21 17:00 UTC to 2026-11-21 17:10 UTC)")
        .anySatisfy(line -> assertThat(line).contains("d0.test, d1.test"));
  }

  @Test
  void nothingOfAStrangerIsMarkdown() {
    var card = card(Samples.saying(Samples.HOSTILE));

    assertThat(types(card)).containsOnly("Container", "RichTextBlock", "TextRun");
    assertThat(lines(card))
        .anySatisfy(line -> assertThat(line).contains("[bank](http://x.test) **b** @everyone"))
        .contains("*What to do*", "run this", "<at>all</at>")
        .noneSatisfy(line -> assertThat(line).contains("\n"));
    assertThat(card.path("msteams").has("entities")).as("what a mention would need").isFalse();
  }

  @Test
  void theStyleSaysHowBadItIs() {
    assertThat(style(Samples.netblocks(1))).isEqualTo("attention");
    assertThat(style(Samples.graded("warning"))).isEqualTo("warning");
    assertThat(style(Samples.graded("info"))).isEqualTo("accent");
    assertThat(style(Samples.netblocks(0))).isEqualTo("good");
  }

  private static String style(Notification notification) {
    return card(notification).at("/body/0/style").asString();
  }

  private static JsonNode card(Notification notification) {
    return JSON.readTree(TeamsCard.of(notification)).at("/attachments/0/content");
  }

  private static List<String> types(JsonNode node) {
    var types = new ArrayList<String>();
    if (node.has("type")) {
      types.add(node.path("type").asString());
    }
    for (var below : List.of("body", "items", "inlines")) {
      node.path(below).forEach(child -> types.addAll(types(child)));
    }
    return types.stream().filter(type -> !type.equals("AdaptiveCard")).toList();
  }

  private static List<String> lines(JsonNode card) {
    return card.path("body").findValues("inlines").stream()
        .map(
            runs ->
                runs.valueStream()
                    .map(run -> run.path("text").asString())
                    .collect(Collectors.joining()))
        .toList();
  }
}
