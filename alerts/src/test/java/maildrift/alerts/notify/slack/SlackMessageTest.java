package maildrift.alerts.notify.slack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.Samples;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SlackMessageTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void theHeaderIsShownAndTheTextIsWhatAPhoneSays() {
    var message = read(Samples.netblocks(2));
    var subject = "[FIRING:2] netblocks.missing (critical): de._netblocks.mimecast.test TXT";

    assertThat(message.path("text").asString()).isEqualTo(subject);
    assertThat(message.path("blocks"))
        .isEqualTo(
            JSON.readTree(
                """
                [{"type": "header",
                  "text": {"type": "plain_text", "text": "%s", "emoji": false}}]
                """
                    .formatted(subject)));
    assertThat(message.at("/attachments/0/fallback").asString()).isEqualTo(subject);
  }

  @Test
  void strangersWordsAreQuotedAndWhatIsToPasteIsCode() {
    assertThat(message(Samples.netblocks(2)))
        .contains(
            "*Cause:* de._netblocks.mimecast.test TXT\n*Hits:* 2 domains of contoso\n*Since:* ")
        .contains("*FIRING* netblocks.missing (critical) since 2026-11-21 17:00 UTC")
        .contains("```\n+ 192.0.2.0/24\n```")
        .contains("```\nadd this line:\n192.0.2.0/24\n```")
        .contains("*Domains (2):* d0.test, d1.test")
        .contains("*RESOLVED* netblocks.missing (critical)");
  }

  @Test
  void theLinksAreOursAndNoOthers() {
    var hostile = message(Samples.saying(Samples.HOSTILE));

    assertThat(hostile)
        .contains("&lt;!channel&gt; &lt;http://x.test|bank&gt;", "&lt;script&gt;", "&lt;@U1&gt;")
        .contains("&amp; {{constructor}}\n>*What to do*\n>run this")
        .contains("kcab ''' ");
    assertThat(hostile.chars().filter(c -> c == '<').count())
        .as("the two links at the end")
        .isEqualTo(2);
    assertThat(hostile)
        .endsWith(
            "<https://maildrift.test/d0.test|Look at d0.test>"
                + "  ·  <https://maildrift.test/alerts?cause=de._netblocks.mimecast.test+TXT|Open maildrift>");
  }

  @Test
  void slackLooksForNoLinksInTexts() {
    assertThat(mrkdwn(read(Samples.saying(Samples.HOSTILE))))
        .hasSizeGreaterThan(2)
        .allMatch(node -> node.path("verbatim").asBoolean());
  }

  @Test
  void theColourSaysHowBadItIs() {
    assertThat(color(Samples.netblocks(1))).isEqualTo("#c4183c");
    assertThat(color(Samples.graded("warning"))).isEqualTo("#e8a317");
    assertThat(color(Samples.graded("info"))).isEqualTo("#2d7dd2");
    assertThat(color(Samples.netblocks(0))).isEqualTo("#2eb67d");
  }

  @Test
  void slacksLimitsAreKept() {
    var much = "<&>".repeat(2_000);
    var rules =
        Samples.rules(
            100, Map.of("summary", much, "description", much, "diff", much, "remedy", much));
    var huge =
        new Notification(
            "r", "g", "first", Labels.of(Map.of("cause", "<".repeat(400))), rules.items(), "");
    var message = read(huge);
    var all = message(huge);

    assertThat(message.at("/blocks/0/text/text").asString()).hasSizeLessThanOrEqualTo(150);
    assertThat(message.at("/attachments/0/blocks").size()).isLessThan(50);
    assertThat(mrkdwn(message))
        .allSatisfy(
            node -> assertThat(node.path("text").asString()).hasSizeLessThanOrEqualTo(3_000));
    assertThat(all).hasSizeLessThan(12_000);
    assertThat(all)
        .contains("… (shortened)", "*What to do*", "more kinds of alerts")
        .as("no escape is cut through")
        .doesNotContain("&l…", "&lt…", "&am…", "&amp…", "&g…");
  }

  private static String color(Notification notification) {
    return read(notification).at("/attachments/0/color").asString();
  }

  private static String message(Notification notification) {
    return String.join(
        "\n\n",
        mrkdwn(read(notification)).stream().map(node -> node.path("text").asString()).toList());
  }

  private static List<JsonNode> mrkdwn(JsonNode message) {
    var texts = new ArrayList<JsonNode>();
    for (var block : message.at("/attachments/0/blocks")) {
      (block.has("elements") ? block.path("elements") : List.of(block.path("text")))
          .forEach(texts::add);
    }
    assertThat(texts).allMatch(text -> text.path("type").asString().equals("mrkdwn"));
    return texts;
  }

  private static JsonNode read(Notification notification) {
    return JSON.readTree(SlackMessage.of(notification));
  }
}
