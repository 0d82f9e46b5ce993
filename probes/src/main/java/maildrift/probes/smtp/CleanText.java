package maildrift.probes.smtp;

/**
 * Text of strangers, made safe to show: control, format (direction, zero width), line separator and
 * unassigned characters are written as {@code \xNN} or {@code \}{@code uNNNN}, and it is cut.
 */
public final class CleanText {

  private CleanText() {}

  public static String of(String hostile, int most) {
    var out = new StringBuilder();
    for (var i = 0; i < hostile.length() && out.length() < most; ) {
      var c = hostile.codePointAt(i);
      i += Character.charCount(c);
      switch (Character.getType(c)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR,
            Character.SURROGATE,
            Character.PRIVATE_USE,
            Character.UNASSIGNED ->
            out.append((c < 0x100 ? "\\x%02x" : "\\u%04x").formatted(c));
        default -> out.appendCodePoint(c);
      }
    }
    return out.length() > most ? out.substring(0, most) : out.toString();
  }
}
