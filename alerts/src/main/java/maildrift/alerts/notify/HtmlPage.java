package maildrift.alerts.notify;

import java.util.List;
import java.util.Optional;
import maildrift.alerts.Visible;
import maildrift.alerts.notify.Wording.Part;
import maildrift.alerts.notify.Wording.Section;

/**
 * A wording as a page for mail programs: styles stand at each element, since some programs take no
 * others; the sheet only adds what darkness and narrow windows need. No script, no image, nothing
 * from outside. Every value is escaped where it is put in.
 */
final class HtmlPage {
  private static final int MOST_SECTIONS = 20;

  /** Beyond it no further section begins; one cannot be much longer itself. */
  private static final int LONGEST = 96_000;

  private final StringBuilder html = new StringBuilder();

  private HtmlPage() {}

  static String of(Wording wording) {
    var page = new HtmlPage();
    page.whole(wording);
    return page.html.toString();
  }

  private void whole(Wording wording) {
    var color =
        color(wording.isFiring() ? Optional.of(wording.severity().word()) : Optional.empty());
    add(MailStyle.HEAD);
    add("<title>" + Visible.html(wording.subject()) + "</title>\n");
    add("<style>\n" + MailStyle.SHEET + "</style>\n</head>\n");
    add("<body class=\"page\" style=\"" + MailStyle.PAGE + "\">\n");
    add(
        "<div class=\"card\" style=\"%sborder-top:5px solid %s\">\n"
            .formatted(MailStyle.CARD, color));
    add(
        "<h1 style=\"margin:0 0 12px;font-size:19px;line-height:1.3;overflow-wrap:anywhere\">%s</h1>\n"
            .formatted(Visible.html(wording.subject())));
    add("<table role=\"presentation\" style=\"border-collapse:collapse;border-spacing:0\">\n");
    wording.summary().forEach(this::line);
    add("</table>\n");
    wording
        .link()
        .ifPresent(
            url ->
                add(
                    "<p style=\"margin:12px 0 0\"><a class=\"link\" href=\"%s\" style=\"color:#1a5fb4\">All of it in maildrift</a></p>\n"
                        .formatted(Visible.html(url))));
    sections(wording.sections());
    add("</div>\n</body>\n</html>\n");
  }

  private void line(Part part) {
    add(
        "<tr><td class=\"dim\" style=\"padding:1px 14px 1px 0;vertical-align:top;color:#5b6675\">%s</td>"
            .formatted(Visible.html(part.name())));
    add(
        "<td style=\"padding:1px 0;overflow-wrap:anywhere\">%s</td></tr>\n"
            .formatted(Visible.html(part.text())));
  }

  private void sections(List<Section> sections) {
    for (var i = 0; i < sections.size(); i++) {
      if (i == MOST_SECTIONS || html.length() > LONGEST) {
        add("<p>and %d more kinds of alerts</p>\n".formatted(sections.size() - i));
        return;
      }
      section(sections.get(i));
    }
  }

  private void section(Section section) {
    var color =
        color(section.isFiring() ? Optional.of(section.severity().word()) : Optional.empty());
    add("<hr class=\"rule\" style=\"margin:20px 0 16px;border:0;border-top:1px solid #d8dee6\">\n");
    add(
        "<h2 style=\"margin:0;font-size:16px;line-height:1.4;overflow-wrap:anywhere\"><span style=\"%s\">%s</span>%s</h2>\n"
            .formatted(
                MailStyle.BADGE + color,
                section.isFiring() ? "FIRING" : "RESOLVED",
                Visible.html(section.title())));
    add(
        "<p class=\"dim\" style=\"margin:2px 0 0;font-size:13px;color:#5b6675\">%s</p>\n"
            .formatted(Visible.html(section.when())));
    section.parts().forEach(this::part);
  }

  private void part(Part part) {
    add(
        "<p class=\"dim\" style=\"margin:14px 0 3px;font-size:13px;color:#5b6675\">%s</p>\n"
            .formatted(Visible.html(part.name())));
    switch (part.kind()) {
      case PROSE -> prose(part.text());
      case NAMES -> names(part.text());
      case CHANGE -> change(part.text().lines().toList());
      case REMEDY -> remedy(part.text().lines().toList());
    }
  }

  private void prose(String text) {
    add(
        "<p style=\"margin:0;white-space:pre-line;overflow-wrap:anywhere\">%s</p>\n"
            .formatted(Visible.html(text)));
  }

  /** A name is not broken at its hyphens. */
  private void names(String text) {
    add("<p style=\"margin:0;overflow-wrap:anywhere\">");
    for (var from = 0; from < text.length(); ) {
      var comma = text.indexOf(", ", from);
      var end = comma < 0 ? text.length() : comma + 1;
      add(
          "<span style=\"display:inline-block;max-width:100%%\">%s</span> "
              .formatted(Visible.html(text.substring(from, end))));
      from = comma < 0 ? end : end + 1;
    }
    add("</p>\n");
  }

  private void code(String kind, String colors, List<String> lines) {
    add(
        "<pre class=\"%s\" style=\"margin:0;padding:8px 10px;border-radius:4px;%sline-height:1.45;white-space:pre-wrap;overflow-wrap:anywhere;%s\">%s</pre>\n"
            .formatted(kind, MailStyle.CODE_FONT, colors, Visible.html(String.join("\n", lines))));
  }

  /** Old and new side by side where there are both, and under each other in a narrow window. */
  private void change(List<String> lines) {
    var old = lines.stream().filter(line -> line.startsWith("- ")).toList();
    var fresh = lines.stream().filter(line -> line.startsWith("+ ")).toList();
    var others =
        lines.stream().filter(line -> !line.startsWith("- ") && !line.startsWith("+ ")).toList();
    if (!old.isEmpty() && !fresh.isEmpty()) {
      add(
          "<table role=\"presentation\" style=\"width:100%;border-collapse:separate;border-spacing:0;table-layout:fixed\"><tr>\n");
      add("<td class=\"side\" style=\"width:50%;padding:0 2px 0 0;vertical-align:top\">\n");
      old(old);
      add("</td>\n<td class=\"side\" style=\"width:50%;padding:0 0 0 2px;vertical-align:top\">\n");
      fresh(fresh);
      add("</td>\n</tr></table>\n");
    } else if (!old.isEmpty()) {
      old(old);
    } else if (!fresh.isEmpty()) {
      fresh(fresh);
    }
    if (!others.isEmpty()) {
      paste(others);
    }
  }

  private void old(List<String> lines) {
    code("old", MailStyle.OLD, lines);
  }

  private void fresh(List<String> lines) {
    code("new", MailStyle.NEW, lines);
  }

  private void paste(List<String> lines) {
    code("code", "background:#f4f6f9;border:1px solid #d8dee6;color:#1d2430", lines);
  }

  /** What follows a line with a colon at its end is there to be pasted, up to the next sentence. */
  private void remedy(List<String> lines) {
    for (var from = 0; from < lines.size(); ) {
      var colon = from;
      while (colon < lines.size() && !lines.get(colon).endsWith(":")) {
        colon++;
      }
      var paste = Math.min(colon + 1, lines.size());
      prose(String.join("\n", lines.subList(from, paste)));
      var end = paste;
      while (end < lines.size() && !isSentence(lines.get(end))) {
        end++;
      }
      if (end > paste) {
        gap();
        paste(lines.subList(paste, end));
        if (end < lines.size()) {
          gap();
        }
      }
      from = end;
    }
  }

  /** Words with a colon at their end: what is pasted has none like it. */
  private static boolean isSentence(String line) {
    return line.endsWith(":")
        && Character.isUpperCase(line.codePointAt(0))
        && line.chars().filter(c -> c == ' ').count() >= 2;
  }

  private void gap() {
    add("<div style=\"height:6px;line-height:6px\"></div>\n");
  }

  /** What is over is well. */
  private static String color(Optional<String> firing) {
    return MailStyle.color(firing.orElse("pass"));
  }

  private void add(String text) {
    html.append(text);
  }
}
