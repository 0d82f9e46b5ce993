package maildrift.alerts.notify;

import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/**
 * Texts that fit a service's limit: cut at the edge of a character, never inside what stands for
 * one, and with a word that something is missing.
 */
public final class Shortened {
  /** What stands at the end of a text that was cut. */
  public static final String NOTE = "… (shortened)";

  private Shortened() {}

  /** At most so many UTF-16 units, which no way of counting characters makes more of. */
  public static String units(String text, int most) {
    return units(text, most, Character::toString);
  }

  /** At most so many UTF-16 units, escapes included. */
  public static String units(String text, int most, IntFunction<String> escape) {
    return fitting(text, most, escape, String::length);
  }

  /** At most so many bytes of UTF-8. */
  public static String bytes(String text, int most) {
    return fitting(text, most, Character::toString, Shortened::bytes);
  }

  /** How long it is in UTF-8. */
  public static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String fitting(
      String text, int most, IntFunction<String> escape, ToIntFunction<String> size) {
    var whole = new StringBuilder();
    var left = most;
    // Where the text is cut if it turns out to be too long: there is room for the note.
    var cut = 0;
    var room = most - size.applyAsInt(NOTE);
    for (var at = 0; at < text.length(); ) {
      var character = text.codePointAt(at);
      at += Character.charCount(character);
      var piece = escape.apply(character);
      left -= size.applyAsInt(piece);
      if (left < 0) {
        return whole.substring(0, cut) + NOTE;
      }
      whole.append(piece);
      if (most - left <= room) {
        cut = whole.length();
      }
    }
    return whole.toString();
  }
}
