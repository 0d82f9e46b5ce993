package maildrift.alerts;

/**
 * Makes texts from outside harmless for eyes, terminals and logs: what controls a terminal, turns
 * the direction of writing or hides itself is written out, {@code \x1b} or {@code \}{@code
 * u{202e}}.
 */
public final class Visible {
  private Visible() {}

  /** One line; line breaks are written out too. */
  public static String line(String text) {
    return visible(text, false);
  }

  /** One line of at most so many characters, an ellipsis included. */
  public static String line(String text, int most) {
    return shortened(line(text), most);
  }

  /** Several lines: line breaks and tabs stay. */
  public static String lines(String text) {
    return visible(text, true);
  }

  /** For the text of HTML and for its attributes in double quotes. */
  public static String html(String text) {
    return lines(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** At most so many characters, an ellipsis included. */
  public static String shortened(String text, int most) {
    return text.codePointCount(0, text.length()) <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…";
  }

  private static String visible(String text, boolean breaks) {
    if (text.codePoints().noneMatch(c -> isHidden(c))) {
      return text;
    }
    var visible = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (!isHidden(c) || (breaks && (c == '\n' || c == '\t'))) {
                visible.appendCodePoint(c);
              } else if (c < 0x100) {
                visible.append("\\x%02x".formatted(c));
              } else {
                visible.append("\\u{%x}".formatted(c));
              }
            });
    return visible.toString();
  }

  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          true;
      default -> false;
    };
  }
}
