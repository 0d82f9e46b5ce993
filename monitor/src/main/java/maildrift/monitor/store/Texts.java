package maildrift.monitor.store;

/** Text from outside, made fit for every database. */
final class Texts {
  private static final char REPLACEMENT = '\uFFFD';

  private Texts() {}

  /** PostgreSQL keeps neither NUL nor half of a surrogate pair. */
  static String storable(String text) {
    if (isStorable(text)) {
      return text;
    }
    var out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> out.appendCodePoint(c == 0 || isHalf(c) ? REPLACEMENT : c));
    return out.toString();
  }

  private static boolean isStorable(String text) {
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return text.codePoints().noneMatch(point -> point == 0 || isHalf(point));
      }
    }
    return true;
  }

  private static boolean isHalf(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
