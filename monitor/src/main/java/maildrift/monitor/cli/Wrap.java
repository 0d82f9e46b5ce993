package maildrift.monitor.cli;

import java.util.ArrayList;
import java.util.List;

/** Breaks prose into lines that fit. */
final class Wrap {
  private Wrap() {}

  /**
   * Breaks at blanks only: a name or a record's term that is cut in two cannot be searched for or
   * pasted. A word that is longer than a line has a line of its own.
   *
   * @param width characters a line
   */
  static List<String> lines(String text, int width) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    for (var from = 0; from <= text.length(); ) {
      var blank = text.indexOf(' ', from);
      var end = blank < 0 ? text.length() : blank;
      var word = text.substring(from, end);
      if (!line.isEmpty() && length(line) + 1 + length(word) > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      if (!line.isEmpty()) {
        line.append(' ');
      }
      line.append(word);
      from = end + 1;
    }
    if (!line.isEmpty() || lines.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }

  static int length(CharSequence text) {
    return Character.codePointCount(text, 0, text.length());
  }
}
