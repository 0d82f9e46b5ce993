package maildrift.alerts.notify;

import java.util.List;
import maildrift.alerts.Visible;
import maildrift.alerts.notify.Wording.Part;
import maildrift.alerts.notify.Wording.Section;

/** A wording as plain text, lines ended by line feeds. */
final class PlainText {
  private static final int MOST_SECTIONS = 20;

  /** Beyond it no further section begins; one cannot be much longer itself. */
  private static final int LONGEST = 32_000;

  private final StringBuilder text = new StringBuilder();

  private PlainText() {}

  static String of(Wording wording) {
    var plain = new PlainText();
    wording.summary().forEach(plain::line);
    wording.link().ifPresent(url -> plain.line(new Part("All of it", url, Part.Kind.PROSE)));
    plain.sections(wording.sections());
    return plain.text.toString();
  }

  private void line(Part part) {
    text.append(part.name()).append(": ").append(Visible.line(part.text())).append('\n');
  }

  private void sections(List<Section> sections) {
    for (var i = 0; i < sections.size(); i++) {
      if (i == MOST_SECTIONS || text.length() > LONGEST) {
        text.append("\nand %d more kinds of alerts\n".formatted(sections.size() - i));
        return;
      }
      var section = sections.get(i);
      text.append('\n').append(section.isFiring() ? "FIRING " : "RESOLVED ");
      text.append(section.title()).append(' ').append(section.when()).append('\n');
      section.parts().forEach(this::part);
    }
  }

  private void part(Part part) {
    text.append("  ").append(part.name()).append(":\n");
    Visible.lines(part.text())
        .lines()
        .forEach(line -> text.append("    ").append(line).append('\n'));
  }
}
