package maildrift.monitor.digest;

import java.util.Arrays;
import maildrift.alerts.Visible;
import maildrift.alerts.notify.MailStyle;
import maildrift.monitor.digest.Digest.Chapter;
import maildrift.monitor.digest.Digest.Detail;
import maildrift.monitor.digest.Digest.Entry;

/**
 * A digest as a page for mail programs, telephones and printers: one column, styles at each
 * element, a sheet only for what darkness, narrow windows and paper need. No script, no image,
 * nothing from outside; every value is escaped where it is put in.
 */
final class DigestHtml {
  private static final String PAPER =
      """
      @media (prefers-color-scheme: dark) {
        .card { border-top-color: #333a45 !important; }
      }
      @media print {
        .page { background: #ffffff !important; padding: 0 !important; }
        .card { border: 0 !important; max-width: none !important; padding: 0 !important; }
        .row { break-inside: avoid; }
        h2 { break-after: avoid; }
        .badge { border: 1px solid #1d2430 !important; color: #1d2430 !important; background: #ffffff !important; }
      }
      """;

  private final StringBuilder html = new StringBuilder();

  private DigestHtml() {}

  static String of(Digest digest) {
    var page = new DigestHtml();
    page.whole(digest);
    return page.html.toString();
  }

  private void whole(Digest digest) {
    html.append(MailStyle.HEAD);
    add("<title>%s</title>\n", DigestText.subject(digest));
    html.append("<style>\n" + MailStyle.SHEET + PAPER + "</style>\n</head>\n");
    html.append("<body class=\"page\" style=\"" + MailStyle.PAGE + "\">\n");
    html.append("<div class=\"card\" style=\"" + MailStyle.CARD + "\">\n");
    add(
        """
        <p class="dim" style="margin:0;font-size:13px;color:#5b6675">maildrift digest, %s</p>
        <h1 style="margin:0 0 10px;font-size:21px;line-height:1.3;overflow-wrap:anywhere">%s</h1>
        """,
        DigestText.times(digest), digest.who());
    digest
        .lead()
        .forEach(line -> add("<p style=\"margin:0;overflow-wrap:anywhere\">%s</p>\n", line));
    link(digest, "All of it in maildrift");
    digest.chapters().forEach(chapter -> chapter(chapter, digest));
    add("</div>\n</body>\n</html>\n");
  }

  private void chapter(Chapter chapter, Digest digest) {
    add(
        "<h2 style=\"margin:26px 0 4px;font-size:16px;line-height:1.4\">%s"
            + " <span class=\"dim\" style=\"font-weight:normal;color:#5b6675\">%s</span></h2>\n",
        chapter.title(), "" + chapter.total());
    chapter.entries().forEach(this::entry);
    if (chapter.more() > 0) {
      link(digest, "and %d more".formatted(chapter.more()));
    }
  }

  private void entry(Entry entry) {
    html.append(
        "<div class=\"row\" style=\"padding:8px 0;border-top:1px solid #e3e8ee;overflow-wrap:anywhere\">\n");
    entry
        .badge()
        .filter(word -> !word.isEmpty())
        .ifPresent(
            word ->
                add(
                    "<span class=\"badge\" style=\"%s\">%s</span>",
                    MailStyle.BADGE + MailStyle.color(word), word));
    add("<b>%s</b>", entry.title());
    if (!entry.aside().isEmpty()) {
      add(" <span class=\"dim\" style=\"font-size:13px;color:#5b6675\">%s</span>", entry.aside());
    }
    html.append('\n');
    entry.details().forEach(this::detail);
    html.append("</div>\n");
  }

  private void detail(Detail detail) {
    switch (detail.kind()) {
      case PROSE ->
          add(
              "<div style=\"margin:2px 0 0;font-size:14px\"><span class=\"dim\" style=\"color:#5b6675\">%s</span>%s</div>\n",
              detail.label().isEmpty() ? "" : detail.label() + ": ", detail.text().strip());
      case OLD -> code("old", MailStyle.OLD, "- ", detail.text());
      case NEW -> code("new", MailStyle.NEW, "+ ", detail.text());
    }
  }

  private void code(String kind, String colors, String sign, String text) {
    html.append(
        "<div class=\"%s\" style=\"margin:4px 0 0;padding:4px 8px;border-radius:4px;%s%s\">"
            .formatted(kind, MailStyle.CODE_FONT, colors));
    add("%s</div>\n", sign + text);
  }

  private void link(Digest digest, String text) {
    if (digest.page().startsWith("https://") || digest.page().startsWith("http://")) {
      add(
          "<p style=\"margin:8px 0 0\"><a class=\"link\" href=\"%s\" style=\"color:#1a5fb4\">%s</a></p>\n",
          digest.page(), text);
    } else {
      add("<p style=\"margin:8px 0 0\">%s</p>\n", text);
    }
  }

  /** Each value is escaped. */
  private void add(String template, String... values) {
    html.append(
        template.formatted(
            (Object[]) Arrays.stream(values).map(Visible::html).toArray(String[]::new)));
  }
}
