package maildrift.monitor.metrics;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Prometheus' text format 0.0.4 or OpenMetrics 1.0, written into one growing buffer. Label values
 * come from outside: quotes, backslashes and line ends are escaped, control and direction
 * characters are spelled out, long ones are cut.
 */
final class Exposition {
  /** A longer value says nothing more to a person and costs every scrape. */
  private static final int MAX_LABEL = 128;

  private final boolean openMetrics;
  private final long maxSeries;
  private byte[] buffer = new byte[64 * 1024];
  private int size;
  private long series;
  private long dropped;

  Exposition(boolean openMetrics, long maxSeries) {
    this.openMetrics = openMetrics;
    this.maxSeries = maxSeries;
  }

  /** Begins a family; all of its samples must follow before the next one begins. */
  void family(Names name) {
    var family = name.series();
    if (openMetrics && name.type() == Names.Type.COUNTER && family.endsWith("_total")) {
      family = family.substring(0, family.length() - "_total".length());
    }
    ascii("# HELP ").ascii(family).ascii(" ").ascii(name.help()).ascii("\n");
    ascii("# TYPE ").ascii(family).ascii(" ").ascii(name.type().word()).ascii("\n");
  }

  /** One sample; {@code values} in the order of the name's labels. */
  void sample(Names name, double value, String... values) {
    if (series >= maxSeries) {
      dropped++;
      return;
    }
    series++;
    ascii(name.series());
    if (values.length > 0) {
      for (var i = 0; i < values.length; i++) {
        ascii(i == 0 ? "{" : ",")
            .ascii(name.labels().get(i))
            .ascii("=\"")
            .label(values[i])
            .ascii("\"");
      }
      ascii("}");
    }
    ascii(" ");
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      ascii(Long.toString((long) value));
    } else {
      ascii(Double.toString(value));
    }
    ascii("\n");
  }

  /** Samples that were left out because there were too many. */
  long dropped() {
    return dropped;
  }

  /** Adds text that is in the format already. */
  void raw(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    reserve(bytes.length);
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  byte[] bytes() {
    return Arrays.copyOf(buffer, size);
  }

  private void reserve(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
  }

  @SuppressWarnings(
      "deprecation") // getBytes(int,int,byte[],int) copies ASCII without a charset's detour
  private Exposition ascii(String text) {
    reserve(text.length());
    text.getBytes(0, text.length(), buffer, size);
    size += text.length();
    return this;
  }

  private Exposition label(String value) {
    return isPlain(value) ? ascii(value) : escaped(value);
  }

  private static boolean isPlain(String value) {
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

  private Exposition escaped(String value) {
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
    raw(out.toString());
    return this;
  }
}
