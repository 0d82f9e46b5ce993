package maildrift.monitor.digest;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import maildrift.alerts.Visible;

/** A digest in plain text, for mail programs without HTML and for terminals. */
final class DigestText {
  private DigestText() {}

  /** {@code maildrift digest: Contoso AG, 23 to 30 Nov 2026: 1 fail, 2 pass}. */
  static String subject(Digest digest) {
    return Visible.line(
        "maildrift digest for %s, %s%s"
            .formatted(
                digest.who(),
                period(digest),
                digest.lead().isEmpty() ? "" : ": " + digest.lead().getFirst()),
        160);
  }

  /** The days that it tells of. */
  static String period(Digest digest) {
    var day = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH).withZone(digest.zone());
    var year = DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH).withZone(digest.zone());
    return day.format(digest.from()) + " to " + year.format(digest.to());
  }

  /** The same, and in which zone its times are. */
  static String times(Digest digest) {
    var zone = digest.zone().equals(ZoneOffset.UTC) ? "UTC" : digest.zone().toString();
    return period(digest) + ", times in " + zone;
  }

  static String of(Digest digest) {
    var text = new StringBuilder();
    text.append(Visible.line(digest.who() + ", " + times(digest))).append("\n\n");
    digest.lead().forEach(line -> text.append(Visible.line(line)).append('\n'));
    for (var chapter : digest.chapters()) {
      var title = "%s (%d)".formatted(chapter.title(), chapter.total());
      text.append('\n').append(title).append('\n').append("-".repeat(title.length())).append('\n');
      for (var entry : chapter.entries()) {
        entry.badge().ifPresent(word -> text.append('[').append(Visible.line(word)).append("] "));
        text.append(Visible.line(entry.title()));
        if (!entry.aside().isEmpty()) {
          text.append("  (").append(Visible.line(entry.aside())).append(')');
        }
        text.append('\n');
        for (var detail : entry.details()) {
          var label = detail.label().isEmpty() ? "" : Visible.line(detail.label()) + ": ";
          text.append("    ")
              .append(label)
              .append(Visible.line(detail.text().strip()))
              .append('\n');
        }
      }
      if (chapter.more() > 0) {
        text.append("and %d more: %s\n".formatted(chapter.more(), Visible.line(digest.page())));
      }
    }
    return text.append("\nAll of it: ").append(Visible.line(digest.page())).append('\n').toString();
  }
}
