package maildrift.monitor.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Lines of an input that nobody vouches for. However long a line is, no more than so much of it is
 * kept.
 */
final class InputLines {
  private static final int BUFFER = 1 << 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final InputStream in;
  private final int longest;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;
  private long number;

  /** A line, counted from 1, without its end. */
  sealed interface Line {
    long number();
  }

  record Text(long number, String text) implements Line {}

  /** It is there, but is no text. */
  record Unreadable(long number, String why) implements Line {}

  /**
   * @param longest octets a line
   */
  InputLines(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /** The next line; empty: there is none. */
  Optional<Line> next() throws IOException {
    var line = new ByteArrayOutputStream();
    var isLong = false;
    var isThere = false;
    while (true) {
      if (at == end) {
        at = 0;
        end = Math.max(0, in.read(buffer));
        if (end == 0) {
          return isThere ? Optional.of(line(line.toByteArray(), isLong)) : Optional.empty();
        }
      }
      isThere = true;
      var from = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      var length = Math.min(at - from, longest + 1 - line.size());
      line.write(buffer, from, length);
      isLong |= line.size() > longest;
      if (at < end) {
        at++;
        return Optional.of(line(line.toByteArray(), isLong));
      }
    }
  }

  private Line line(byte[] octets, boolean isLong) {
    number++;
    if (isLong) {
      return new Unreadable(number, "longer than %d octets".formatted(longest));
    }
    var length = octets.length;
    if (length > 0 && octets[length - 1] == '\r') {
      length--;
    }
    try {
      var text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, 0, length)).toString();
      var isMarked = number == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
      return new Text(number, isMarked ? text.substring(1) : text);
    } catch (CharacterCodingException _) {
      return new Unreadable(number, "not UTF-8");
    }
  }
}
