package maildrift.monitor.digest;

import java.util.Arrays;
import maildrift.alerts.Visible;
import maildrift.monitor.digest.Digest.Chapter;
import maildrift.monitor.digest.Digest.Detail;
import maildrift.monitor.digest.Digest.Entry;

/**
 * A digest as a page for mail programs, telephones and printers: one column, styles at each
 * element, a sheet only for what darkness, narrow windows and paper need. No script, no image,
 * nothing from outside; every value is escaped where it is put in.
 */
final class DigestHtml {
  private static final String SHEET =
      """
      @media (prefers-color-scheme: dark) {
        .page { background: #14171c !important; color: #e6e9ee !important; }
        .card { background: #1e2229 !important; border-color: #333a45 !important; }
        .dim { color: #9aa5b4 !important; }
        .row { border-color: #333a45 !important; }
        .old { background: #3b1f22 !important; color: #ffc9cc !important; }
        .new { background: #183526 !important; color: #bdf0d0 !important; }
        .link { color: #8ab8ff !important; }
      }
      @media (max-width: 520px) {
        .page { padding: 0 !important; }
        .card { border-radius: 0 !important; padding: 14px !important; }
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
    add(
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>%s</title>
        <style>
        """,
        DigestText.subject(digest));
    html.append(SHEET);
    add(
        """
        </style>
        </head>
        <body class="page" style="margin:0;padding:20px 8px;background:#eef1f5;color:#1d2430;\
        font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.45">
        <div class="card" style="max-width:680px;margin:0 auto;padding:20px 24px;background:#ffffff;\
        border:1px solid #d8dee6;border-radius:6px">
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
                    "<span class=\"badge\" style=\"display:inline-block;margin-right:8px;padding:0 7px;border-radius:3px;"
                        + "background:%s;color:#ffffff;font-size:12px;line-height:20px;vertical-align:1px\">%s</span>",
                    color(word), word));
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
      case OLD -> code("old", "background:#fdecec;color:#7a1a1f", "- ", detail.text());
      case NEW -> code("new", "background:#e6f6ec;color:#14532d", "+ ", detail.text());
    }
  }

  private void code(String kind, String colors, String sign, String text) {
    html.append(
        "<div class=\"%s\" style=\"margin:4px 0 0;padding:4px 8px;border-radius:4px;font-family:ui-monospace,SFMono-Regular,Consolas,monospace;font-size:13px;%s\">"
            .formatted(kind, colors));
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

  private static String color(String word) {
    return switch (word) {
      case "critical", "fail" -> "#c62828";
      case "warning", "warn" -> "#b26a00";
      case "info" -> "#1565c0";
      case "pass" -> "#2e7d32";
      default -> "#5b6675";
    };
  }

  /** Each value is escaped. */
  private void add(String template, String... values) {
    html.append(
        template.formatted(
            (Object[]) Arrays.stream(values).map(Visible::html).toArray(String[]::new)));
  }
}
