package maildrift.probes.spf;

/** Text from the DNS, made safe for messages, terminals and facts. */
final class Printable {
  private static final int LONGEST = 4096;

  private Printable() {}

  /** Printable ASCII stays; every other octet becomes {@code \DDD}, as in a zone file. */
  static String of(String text) {
    if (text.length() <= LONGEST && isPlain(text)) {
      return text;
    }
    var out = new StringBuilder();
    text.chars()
        .limit(LONGEST)
        .forEach(
            c -> {
              if (isPlain(c)) {
                out.append((char) c);
              } else {
                out.append("\\%03d".formatted(c));
              }
            });
    return text.length() > LONGEST ? out + "…" : out.toString();
  }

  private static boolean isPlain(String text) {
    for (var i = 0; i < text.length(); i++) {
      if (!isPlain(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(int c) {
    return c >= 0x20 && c < 0x7f;
  }
}
