package maildrift.monitor.metrics;

import java.nio.charset.StandardCharsets;

/**
 * Prometheus' text format 0.0.4 or OpenMetrics 1.0, written through one small buffer: whatever the
 * number of series, a scrape holds no more than that, and makes no object for a series.
 */
final class Exposition {
  private static final int BUFFER = 64 * 1024;

  /** The longest whole number, with its sign. */
  private static final int LONGEST_NUMBER = 20;

  private final Sink sink;
  private final Asked asked;
  private final long maxSeries;
  private final byte[] buffer = new byte[BUFFER];
  private final byte[] digits = new byte[LONGEST_NUMBER];
  private int size;
  private long series;
  private long dropped;

  Exposition(Sink sink, Asked asked, long maxSeries) {
    this.sink = sink;
    this.asked = asked;
    this.maxSeries = maxSeries;
  }

  /**
   * Begins a family; all of its samples must follow before the next one begins. False, and nothing
   * is written, where nobody asks for it.
   */
  boolean family(Names name) {
    if (!asked.wants(name)) {
      return false;
    }
    var family = name.series();
    if (asked.openMetrics() && name.type() == Names.Type.COUNTER && family.endsWith("_total")) {
      family = family.substring(0, family.length() - "_total".length());
    }
    ascii("# HELP ").ascii(family).ascii(" ").ascii(name.help()).ascii("\n");
    ascii("# TYPE ").ascii(family).ascii(" ").ascii(name.type().word()).ascii("\n");
    return true;
  }

  /**
   * Begins a sample with labels that {@link Labels#opened} made; false, and nothing is written,
   * where there are too many already.
   */
  boolean begin(Names name, byte[] labels) {
    if (series >= maxSeries) {
      dropped++;
      return false;
    }
    series++;
    beginAnyhow(name, labels);
    return true;
  }

  /** The same however many there are, for those that are few. */
  void beginAnyhow(Names name, byte[] labels) {
    ascii(name.series());
    copy(labels);
  }

  /** One more label of the sample, the one of this index among those of the name. */
  Exposition label(Names name, int index, String value) {
    ascii(index == 0 ? "{" : ",").ascii(name.labels().get(index)).ascii("=\"");
    if (Labels.isPlain(value)) {
      ascii(value);
    } else {
      raw(Labels.escaped(value));
    }
    return ascii("\"");
  }

  /** Ends the sample that has labels. */
  void end(double value) {
    ascii("} ");
    number(value);
    ascii("\n");
  }

  /** Ends the sample that has labels with seconds. */
  void endMillis(long millis) {
    ascii("} ");
    whole(millis / 1000);
    var rest = (int) (millis % 1000);
    if (rest != 0) {
      reserve(4);
      buffer[size++] = '.';
      buffer[size++] = (byte) ('0' + rest / 100);
      buffer[size++] = (byte) ('0' + rest / 10 % 10);
      buffer[size++] = (byte) ('0' + rest % 10);
    }
    ascii("\n");
  }

  private void number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      whole((long) value);
    } else if (Double.isInfinite(value)) {
      ascii(value > 0 ? "+Inf" : "-Inf");
    } else {
      ascii(Double.toString(value));
    }
  }

  private void whole(long value) {
    reserve(LONGEST_NUMBER);
    var left = Math.abs(value);
    var length = 0;
    do {
      digits[length++] = (byte) ('0' + left % 10);
      left /= 10;
    } while (left > 0);
    if (value < 0) {
      buffer[size++] = '-';
    }
    while (length > 0) {
      buffer[size++] = digits[--length];
    }
  }

  /** Samples that were left out because there were too many. */
  long dropped() {
    return dropped;
  }

  /** Adds text that is in the format already. */
  void raw(String text) {
    copy(text.getBytes(StandardCharsets.UTF_8));
  }

  private void copy(byte[] bytes) {
    var from = 0;
    while (from < bytes.length) {
      if (size == BUFFER) {
        flush();
      }
      var length = Math.min(BUFFER - size, bytes.length - from);
      System.arraycopy(bytes, from, buffer, size, length);
      size += length;
      from += length;
    }
  }

  /** Hands out what is written so far. */
  void flush() {
    if (size > 0) {
      sink.write(buffer, size);
      size = 0;
    }
  }

  private void reserve(int more) {
    if (BUFFER - size < more) {
      flush();
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
}
