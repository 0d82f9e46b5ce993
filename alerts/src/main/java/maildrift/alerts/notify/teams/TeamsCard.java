package maildrift.alerts.notify.teams;

import java.util.List;
import maildrift.alerts.Notification;
import maildrift.alerts.Severity;
import maildrift.alerts.Visible;
import maildrift.alerts.notify.Link;
import maildrift.alerts.notify.Shortened;
import maildrift.alerts.notify.Wording;
import maildrift.alerts.notify.Wording.Section;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A notification as an Adaptive Card. Text blocks and facts of a card are Markdown, which would
 * make links of strangers' words; text runs are not, so that everything stands in those, a line
 * each.
 */
final class TeamsCard {
  /** Teams takes 28 KB; the flow around the card wants some of it. */
  private static final int MOST_BYTES = 26 * 1024;

  private static final int MOST_LINES = 40;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * How much is said; each step says less than the one before.
   *
   * @param sections at most so many
   * @param line longest line
   * @param part longest part of a section
   */
  private record Room(int sections, int line, int part) {
    static final List<Room> STEPS =
        List.of(
            new Room(10, 1_000, 4_000),
            new Room(8, 500, 1_500),
            new Room(6, 300, 800),
            new Room(4, 200, 400),
            new Room(2, 100, 200),
            new Room(1, 60, 60));
  }

  private final Notification notification;
  private final Wording wording;
  private final Room room;

  private TeamsCard(Notification notification, Wording wording, Room room) {
    this.notification = notification;
    this.wording = wording;
    this.room = room;
  }

  static String of(Notification notification) {
    var wording = Wording.of(notification);
    var card = "";
    for (var room : Room.STEPS) {
      card = new TeamsCard(notification, wording, room).message();
      if (Shortened.bytes(card) <= MOST_BYTES) {
        break;
      }
    }
    return card;
  }

  private String message() {
    var message = JSON.createObjectNode();
    message.put("type", "message");
    var attachment = message.putArray("attachments").addObject();
    attachment.put("contentType", "application/vnd.microsoft.card.adaptive");
    attachment.putNull("contentUrl");
    card(attachment.putObject("content"));
    return JSON.writeValueAsString(message);
  }

  private void card(ObjectNode card) {
    card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    card.put("type", "AdaptiveCard");
    card.put("version", "1.4");
    card.put("fallbackText", wording.subject());
    card.putObject("msteams").put("width", "Full");
    var body = card.putArray("body");
    var title = body.addObject();
    title.put("type", "Container").put("style", style()).put("bleed", true);
    run(line(title.putArray("items"), false), wording.subject())
        .put("size", "Large")
        .put("weight", "Bolder");
    wording
        .summary()
        .forEach(part -> fact(body, part.name(), Visible.line(part.text(), room.line())));
    var sections = wording.sections();
    var shown = sections.subList(0, Math.min(sections.size(), room.sections()));
    shown.forEach(section -> section(body, section));
    if (shown.size() < sections.size()) {
      run(
          line(body, true),
          "and %d more kinds of alerts".formatted(sections.size() - shown.size()));
    }
    var actions = card.putArray("actions");
    for (var link : Link.of(notification)) {
      actions
          .addObject()
          .put("type", "Action.OpenUrl")
          .put("title", link.text())
          .put("url", link.url());
    }
  }

  private void section(ArrayNode body, Section section) {
    var head = line(body, true);
    head.put("separator", true);
    run(head, section.isFiring() ? "FIRING " : "RESOLVED ")
        .put("weight", "Bolder")
        .put("color", section.isFiring() ? color(section.severity()) : "Good");
    run(head, Visible.shortened(section.title(), room.line())).put("weight", "Bolder");
    run(head, " " + section.when());
    for (var part : section.parts()) {
      var text = Shortened.units(Visible.lines(part.text()), room.part());
      var lines = text.lines().toList();
      if (lines.size() == 1 && !part.isVerbatim()) {
        fact(body, part.name(), text);
      } else {
        run(line(body, true), part.name()).put("weight", "Bolder");
        for (var one : lines.subList(0, Math.min(lines.size(), MOST_LINES))) {
          var run = run(line(body, false), Shortened.units(one, room.line()));
          if (part.isVerbatim()) {
            run.put("fontType", "Monospace");
          }
        }
        if (lines.size() > MOST_LINES) {
          run(line(body, false), "and %d more lines".formatted(lines.size() - MOST_LINES));
        }
      }
    }
  }

  private static void fact(ArrayNode body, String name, String value) {
    var fact = line(body, true);
    run(fact, name + ": ").put("weight", "Bolder");
    run(fact, value);
  }

  private static ObjectNode line(ArrayNode body, boolean apart) {
    var line = body.addObject();
    line.put("type", "RichTextBlock").put("spacing", apart ? "Small" : "None");
    line.putArray("inlines");
    return line;
  }

  private static ObjectNode run(ObjectNode line, String text) {
    // An empty run makes some clients refuse the card.
    return line.withArray("inlines")
        .addObject()
        .put("type", "TextRun")
        .put("text", text.isEmpty() ? " " : text);
  }

  private String style() {
    if (!notification.isFiring()) {
      return "good";
    }
    return switch (notification.severity()) {
      case CRITICAL -> "attention";
      case WARNING -> "warning";
      case INFO -> "accent";
    };
  }

  private static String color(Severity severity) {
    return switch (severity) {
      case CRITICAL -> "Attention";
      case WARNING -> "Warning";
      case INFO -> "Accent";
    };
  }
}
