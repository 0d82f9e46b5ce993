package maildrift.monitor.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Which word was meant. */
public final class Words {
  private static final int LONGEST_SHOWN = 80;

  private Words() {}

  /**
   * What follows a message about an unknown word: the nearest valid one, or all of them where none
   * is near and they are few. Empty where there is none to name.
   */
  public static String hint(String word, Collection<String> valid) {
    var nearest = nearest(word, valid);
    if (nearest.isEmpty()) {
      return "";
    }
    if (isNear(word, nearest.get())) {
      return "; did you mean '%s'?".formatted(nearest.get());
    }
    return valid.size() <= 20
        ? "; possible: " + String.join(", ", valid.stream().sorted().toList())
        : "; the nearest is '%s'".formatted(nearest.get());
  }

  /** The nearest valid word, where it is near enough to have been meant. */
  public static Optional<String> near(String word, Collection<String> valid) {
    return nearest(word, valid).filter(candidate -> isNear(word, candidate));
  }

  static Optional<String> nearest(String word, Collection<String> valid) {
    var wanted = plain(word);
    return valid.stream()
        .min(
            Comparator.<String>comparingInt(candidate -> distance(wanted, plain(candidate)))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** A slip of the keyboard, and not another word. */
  static boolean isNear(String word, String candidate) {
    var wanted = plain(word);
    var offered = plain(candidate);
    return distance(wanted, offered) <= Math.max(1, Math.min(wanted.length(), offered.length()) / 3)
        || (wanted.length() > 3 && (offered.startsWith(wanted) || wanted.startsWith(offered)));
  }

  /** {@code groupBy}, {@code group-by} and {@code group_by} are the same slip. */
  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "").replace(" ", "");
  }

  /** Insertions, deletions, replacements and swapped neighbours (optimal string alignment). */
  static int distance(String left, String right) {
    if (left.length() > 100 || right.length() > 100) {
      return left.equals(right) ? 0 : 100;
    }
    var before = new int[right.length() + 1];
    var above = new int[right.length() + 1];
    var row = new int[right.length() + 1];
    for (var j = 0; j <= right.length(); j++) {
      above[j] = j;
    }
    for (var i = 1; i <= left.length(); i++) {
      row[0] = i;
      for (var j = 1; j <= right.length(); j++) {
        var replaced = above[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && left.charAt(i - 1) == right.charAt(j - 2)
            && left.charAt(i - 2) == right.charAt(j - 1)) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      var free = before;
      before = above;
      above = row;
      row = free;
    }
    return above[right.length()];
  }

  /** Fit for a one-line message: no control characters, not endless. */
  public static String shortened(String text) {
    var clean = new StringBuilder();
    text.codePoints()
        .limit(LONGEST_SHOWN)
        .forEach(
            c -> {
              var type = Character.getType(c);
              if (Character.isISOControl(c)
                  || type == Character.FORMAT
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR) {
                clean.append("\\u%04x".formatted(c));
              } else {
                clean.appendCodePoint(c);
              }
            });
    return text.codePointCount(0, text.length()) > LONGEST_SHOWN ? clean + "…" : clean.toString();
  }
}
