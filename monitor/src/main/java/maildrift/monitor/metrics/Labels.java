package maildrift.monitor.metrics;

import java.nio.charset.StandardCharsets;

/**
 * Label values as they are written. They come from outside: quotes, backslashes and line ends are
 * escaped, control and direction characters are spelled out, long ones are cut.
 */
final class Labels {
  /** A longer value says nothing more to a person and costs every scrape. */
  private static final int MAX_LABEL = 128;

  private Labels() {}

  /** The first labels of a series up to the closing brace, ready to be copied. */
  static byte[] opened(Names name, String... values) {
    var out = new StringBuilder();
    for (var i = 0; i < values.length; i++) {
      out.append(i == 0 ? '{' : ',')
          .append(name.labels().get(i))
          .append("=\"")
          .append(isPlain(values[i]) ? values[i] : escaped(values[i]))
          .append('"');
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Whether it is written as it is, in ASCII. */
  static boolean isPlain(String value) {
    if (value.length() > MAX_LABEL) {
      return false;
    }
    for (var i = 0; i < value.length(); i++) {
      var c = value.charAt(i);
      if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  static String escaped(String value) {
    var out = new StringBuilder();
    value
        .codePoints()
        .limit(MAX_LABEL)
        .forEach(
            c -> {
              switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                default -> {
                  if (Character.isISOControl(c)
                      || Character.getType(c) == Character.FORMAT
                      || Character.getType(c) == Character.LINE_SEPARATOR
                      || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
                      || Character.getType(c) == Character.SURROGATE) {
                    out.append("\\\\x%02x".formatted(c));
                  } else {
                    out.appendCodePoint(c);
                  }
                }
              }
            });
    if (value.codePointCount(0, value.length()) > MAX_LABEL) {
      // Two that only differ further on must not become one series.
      out.append('~').append(Integer.toHexString(value.hashCode()));
    }
    return out.toString();
  }
}
