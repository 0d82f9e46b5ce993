package maildrift.probes.spf;

import java.util.List;
import java.util.Optional;

/**
 * Two terms that became one, because the strings of a TXT record are joined without a space (RFC
 * 7208 §3.3).
 *
 * @param left the end of one string
 * @param right the start of the next
 * @param offset where the glued token starts in the joined text
 * @param repaired the joined text with the space
 */
record Glue(String left, String right, int offset, String repaired) {

  /** The first such place. */
  static Optional<Glue> in(List<String> strings) {
    var text = String.join("", strings);
    var boundary = 0;
    for (var string : strings.subList(0, Math.max(0, strings.size() - 1))) {
      boundary += string.length();
      var found = at(text, boundary);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Glue> at(String text, int boundary) {
    if (boundary == 0 || boundary >= text.length()) {
      return Optional.empty();
    }
    var start = text.lastIndexOf(' ', boundary - 1) + 1;
    var space = text.indexOf(' ', boundary);
    var left = text.substring(start, boundary);
    var right = text.substring(boundary, space < 0 ? text.length() : space);
    var glued =
        start == 0
            ? left.equalsIgnoreCase(SpfRecord.VERSION) && isTerm(right)
            : isTerm(left) && isTerm(right) && (isBroken(left + right) || isMarked(right));
    return glued
        ? Optional.of(
            new Glue(
                left, right, start, text.substring(0, boundary) + " " + text.substring(boundary)))
        : Optional.empty();
  }

  private static boolean isTerm(String token) {
    if (token.isEmpty()) {
      return false;
    }
    var read = SpfRecord.parse(SpfRecord.VERSION + " " + token);
    return read.problems().isEmpty()
        && read.terms().size() == 1
        && !(read.terms().getFirst() instanceof Term.Unknown);
  }

  private static boolean isBroken(String token) {
    return !SpfRecord.parse(SpfRecord.VERSION + " " + token).problems().isEmpty();
  }

  /** Looks like a term wherever it stands: {@code include:…}, {@code redirect=…}. */
  private static boolean isMarked(String token) {
    return token.indexOf(':') > 0 || token.indexOf('=') > 0;
  }
}
