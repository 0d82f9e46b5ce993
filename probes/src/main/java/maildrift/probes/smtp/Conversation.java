package maildrift.probes.smtp;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import maildrift.probes.smtp.BoundedSocket.TooMuch;

/** Commands and replies (RFC 5321 §4.2), on bounded reads. */
final class Conversation {
  static final int MAX_LINE = 4096;
  static final int MAX_LINES = 100;
  private static final int SHOWN = 512;

  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[MAX_LINE];
  private int next;
  private int end;
  private int lines;

  Conversation(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /**
   * What a server said.
   *
   * @param lines without the codes, clean, at least one
   */
  record Reply(int code, List<String> lines) {
    Reply {
      lines = List.copyOf(lines);
    }

    boolean isPositive() {
      return code / 100 == 2;
    }

    boolean isTransient() {
      return code / 100 == 4;
    }

    @Override
    public String toString() {
      return (code + " " + lines.getFirst()).strip();
    }
  }

  Reply ask(String command) throws IOException {
    out.write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return reply();
  }

  /**
   * Reads one reply, all its lines.
   *
   * @throws IOException also for what is no SMTP and for what is beyond our bounds
   */
  Reply reply() throws IOException {
    var texts = new ArrayList<String>();
    var code = 0;
    while (true) {
      var line = line();
      if (!isReplyLine(line) || (code != 0 && !line.startsWith(Integer.toString(code)))) {
        throw new ProtocolException("not an SMTP reply: " + CleanText.of(line, 80));
      }
      code = Integer.parseInt(line.substring(0, 3));
      texts.add(CleanText.of(line.substring(Math.min(4, line.length())), SHOWN));
      if (line.length() == 3 || line.charAt(3) == ' ') {
        return new Reply(code, texts);
      }
    }
  }

  /** Octets that came after the last reply and that nobody asked for. */
  boolean hasLeftover() {
    return next < end;
  }

  private static boolean isReplyLine(String line) {
    return line.length() >= 3
        && line.charAt(0) >= '2'
        && line.charAt(0) <= '5'
        && isDigit(line.charAt(1))
        && isDigit(line.charAt(2))
        && (line.length() == 3 || line.charAt(3) == ' ' || line.charAt(3) == '-');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private String line() throws IOException {
    if (++lines > MAX_LINES) {
      throw new TooMuch("it says more than %d lines".formatted(MAX_LINES));
    }
    var line = new ByteArrayOutputStream(128);
    while (true) {
      if (next == end) {
        next = 0;
        end = in.read(buffer);
        if (end < 0) {
          end = 0;
          throw new EOFException("it closed the connection");
        }
      }
      while (next < end) {
        var octet = buffer[next++];
        if (octet == '\n') {
          var text = line.toString(StandardCharsets.UTF_8);
          return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        }
        line.write(octet);
        if (line.size() > MAX_LINE) {
          throw new TooMuch("it sends a line of more than %d octets".formatted(MAX_LINE));
        }
      }
    }
  }
}
