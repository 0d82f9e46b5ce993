package maildrift.monitor.json;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text that {@link CheckJson#mapper()} would write of JSON-like values, at a fraction of its
 * price: the facts of every domain are compared with those of the look before in every turn, and
 * most are as they were.
 */
final class CompactJson {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private CompactJson() {}

  /** Appends maps, iterables, texts, numbers, booleans, instants, durations or null. */
  static void append(StringBuilder out, @Nullable Object value) {
    switch (value) {
      case null -> out.append("null");
      case String text -> text(out, text);
      case Map<?, ?> map -> {
        var separator = '{';
        for (var entry : map.entrySet()) {
          out.append(separator);
          text(out, String.valueOf(entry.getKey()));
          out.append(':');
          append(out, entry.getValue());
          separator = ',';
        }
        out.append(separator == '{' ? "{}" : "}");
      }
      case Iterable<?> list -> {
        var separator = '[';
        for (var entry : list) {
          out.append(separator);
          append(out, entry);
          separator = ',';
        }
        out.append(separator == '[' ? "[]" : "]");
      }
      case Boolean flag -> out.append(flag.booleanValue());
      case Integer number -> out.append(number.intValue());
      case Long number -> out.append(number.longValue());
      case Number number -> number(out, number.doubleValue());
      case Instant instant -> text(out, CheckJson.instant(instant));
      case Duration duration -> number(out, CheckJson.seconds(duration));
      default -> text(out, value.toString());
    }
  }

  private static void number(StringBuilder out, double number) {
    if (Double.isFinite(number)) {
      out.append(number);
    } else {
      // JSON has no such number.
      text(out, Double.toString(number));
    }
  }

  private static void text(StringBuilder out, String text) {
    out.append('"');
    var plainFrom = 0;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c < ' ' || c > 0x7f || c == '"' || c == '\\') {
        out.append(text, plainFrom, i);
        escaped(out, c);
        plainFrom = i + 1;
      }
    }
    out.append(text, plainFrom, text.length()).append('"');
  }

  private static void escaped(StringBuilder out, char c) {
    switch (c) {
      case '"', '\\' -> out.append('\\').append(c);
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default ->
          out.append("\\u")
              .append(HEX[c >> 12])
              .append(HEX[(c >> 8) & 0xf])
              .append(HEX[(c >> 4) & 0xf])
              .append(HEX[c & 0xf]);
    }
  }
}
