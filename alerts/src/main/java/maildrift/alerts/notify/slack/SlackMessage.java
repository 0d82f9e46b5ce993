package maildrift.alerts.notify.slack;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import maildrift.alerts.Notification;
import maildrift.alerts.Visible;
import maildrift.alerts.notify.Link;
import maildrift.alerts.notify.Shortened;
import maildrift.alerts.notify.Wording;
import maildrift.alerts.notify.Wording.Part;
import maildrift.alerts.notify.Wording.Section;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A notification in blocks. Slack makes links and mentions of what stands in angle brackets, so
 * that {@code & < >} are escaped, and is told to look for none in the rest ({@code verbatim}).
 * Strangers' words are quoted, or stand as code: they cannot pass for ours.
 */
final class SlackMessage {
  private static final int LONGEST_HEADER = 150;
  private static final int LONGEST_SECTION = 3_000;
  private static final int LONGEST_PART = 1_200;

  /** Slack takes 50 blocks, and no more than about 12,000 characters in all of them. */
  private static final int MOST_BLOCKS = 40;

  private static final int LONGEST_IN_ALL = 10_000;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private SlackMessage() {}

  static String of(Notification notification) {
    var wording = Wording.of(notification);
    var body = JSON.createObjectNode();
    // What a phone shows before the message is opened; the blocks are shown instead of it.
    body.put("text", escaped(wording.subject(), LONGEST_SECTION));
    var header = body.putArray("blocks").addObject();
    header.put("type", "header");
    header
        .putObject("text")
        .put("type", "plain_text")
        .put("text", escaped(wording.subject(), LONGEST_HEADER))
        .put("emoji", false);
    var attachment = body.putArray("attachments").addObject();
    attachment.put("color", color(notification));
    attachment.put("fallback", escaped(wording.subject(), LONGEST_SECTION));
    blocks(attachment.putArray("blocks"), notification, wording);
    return JSON.writeValueAsString(body);
  }

  private static void blocks(ArrayNode blocks, Notification notification, Wording wording) {
    var summary =
        wording.summary().stream().map(SlackMessage::said).collect(Collectors.joining("\n"));
    if (!summary.isEmpty()) {
      section(blocks, summary);
    }
    var length = 0;
    var shown = 0;
    var sections = wording.sections();
    for (var section : sections) {
      var texts = texts(section);
      length += texts.stream().mapToInt(String::length).sum();
      if (shown > 0 && (length > LONGEST_IN_ALL || blocks.size() + texts.size() > MOST_BLOCKS)) {
        break;
      }
      texts.forEach(text -> section(blocks, text));
      shown++;
    }
    if (shown < sections.size()) {
      section(blocks, "_and %d more kinds of alerts_".formatted(sections.size() - shown));
    }
    var links =
        Link.of(notification).stream()
            .map(link -> "<%s|%s>".formatted(escaped(link.url(), 2_500), escaped(link.text(), 100)))
            .collect(Collectors.joining("  ·  "));
    if (!links.isEmpty()) {
      // Not buttons: Slack shows a warning where an app without a server of its own has one
      // clicked.
      var context = blocks.addObject();
      context.put("type", "context");
      mrkdwn(context.putArray("elements").addObject(), links);
    }
  }

  /** One block, or several where one would be too long. */
  private static List<String> texts(Section section) {
    var texts = new ArrayList<String>();
    var text = new StringBuilder();
    text.append(section.isFiring() ? "*FIRING* " : "*RESOLVED* ");
    text.append(escaped(section.title(), 200)).append(' ').append(section.when());
    for (var part : section.parts()) {
      var said = said(part);
      if (text.length() + 1 + said.length() > LONGEST_SECTION) {
        texts.add(text.toString());
        text.setLength(0);
      }
      text.append(text.isEmpty() ? "" : "\n").append(said);
    }
    texts.add(text.toString());
    return texts;
  }

  private static String said(Part part) {
    var name = escaped(part.name(), 100);
    if (part.isVerbatim()) {
      return "*%s*\n%s".formatted(name, code(part));
    }
    return part.text().indexOf('\n') < 0
        ? "*%s:* %s".formatted(name, escaped(Visible.line(part.text()), LONGEST_PART))
        : "*%s*\n%s".formatted(name, quoted(part.text()));
  }

  private static String code(Part part) {
    // Three of them would end the code.
    return "```\n"
        + escaped(Visible.lines(part.text()).replace("```", "'''"), LONGEST_PART)
        + "\n```";
  }

  /** Every line begins with the mark of a quotation, so that none can look like a title of ours. */
  private static String quoted(String text) {
    return escaped(Visible.lines(text), LONGEST_PART)
        .lines()
        .map(line -> ">" + line)
        .collect(Collectors.joining("\n"));
  }

  private static void section(ArrayNode blocks, String text) {
    var block = blocks.addObject();
    block.put("type", "section");
    mrkdwn(block.putObject("text"), text);
  }

  private static void mrkdwn(ObjectNode node, String text) {
    node.put("type", "mrkdwn").put("text", text).put("verbatim", true);
  }

  private static String escaped(String text, int most) {
    return Shortened.units(
        Visible.lines(text),
        most,
        character ->
            switch (character) {
              case '&' -> "&amp;";
              case '<' -> "&lt;";
              case '>' -> "&gt;";
              default -> Character.toString(character);
            });
  }

  private static String color(Notification notification) {
    if (!notification.isFiring()) {
      return "#2eb67d";
    }
    return switch (notification.severity()) {
      case CRITICAL -> "#c4183c";
      case WARNING -> "#e8a317";
      case INFO -> "#2d7dd2";
    };
  }
}
