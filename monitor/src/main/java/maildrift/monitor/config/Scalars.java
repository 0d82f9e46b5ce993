package maildrift.monitor.config;

import java.util.Set;

/** Texts as YAML holds them: quoted wherever a reader could take them for something else. */
public final class Scalars {
  private static final Set<String> NOT_TEXT =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan");
  private static final String PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

  private Scalars() {}

  public static String of(String text) {
    return isPlain(text) ? text : quoted(text);
  }

  private static boolean isPlain(String text) {
    var lower = text.toLowerCase(java.util.Locale.ROOT);
    return !lower.isEmpty()
        && lower.charAt(0) >= 'a'
        && lower.charAt(0) <= 'z'
        && lower.chars().allMatch(c -> PLAIN.indexOf(c) >= 0)
        && !NOT_TEXT.contains(lower);
  }

  private static String quoted(String text) {
    var out = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
              } else if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029) {
                out.append("\\u%04x".formatted(c));
              } else {
                out.append((char) c);
              }
            });
    return out.append('"').toString();
  }

  /** {@code {name: mimecast, region: de, role: inbound}}, keys in their order. */
  public static String flow(java.util.Map<String, String> values) {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + of(entry.getValue()))
        .collect(java.util.stream.Collectors.joining(", ", "{", "}"));
  }
}
