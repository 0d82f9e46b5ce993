package maildrift.probes.https;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import maildrift.probes.smtp.CleanText;

/** Reads one HTTP/1.1 response (RFC 9112) within bounds. */
final class Response {
  /** RFC 8461 §3.3: as much as a sender reads. */
  static final int MAX_BODY = 64 * 1024;

  private static final int MAX_LINE = 8 * 1024;
  private static final int MAX_HEAD = 64 * 1024;
  private static final int MAX_HEADERS = 100;
  private static final int MAX_INTERIM = 5;

  /** RFC 9110 §5.6.2, besides letters and digits. */
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private final InputStream in;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private int head;
  private boolean tooLong;

  private Response(InputStream in) {
    this.in = new BufferedInputStream(in);
  }

  /**
   * Reads it.
   *
   * @throws ProtocolException for what is no HTTP/1.1, or beyond our bounds
   * @throws IOException for a connection that ends or falls silent
   */
  static HttpsLook.Said.Reply read(InputStream in) throws IOException {
    return new Response(in).read();
  }

  private HttpsLook.Said.Reply read() throws IOException {
    var status = 0;
    Map<String, String> headers = Map.of();
    for (var i = 0; status < 200; i++) {
      if (i > MAX_INTERIM) {
        throw new ProtocolException("it sends nothing but interim responses");
      }
      status = status(line());
      headers = headers();
    }
    // The body of anything else says nothing that matters, and may be endless.
    if (status == 200) {
      body(headers);
    }
    return new HttpsLook.Said.Reply(
        status, headers, body.toString(StandardCharsets.ISO_8859_1), tooLong);
  }

  private static int status(String line) throws ProtocolException {
    if (line.startsWith("HTTP/1.")
        && line.length() >= 12
        && line.charAt(8) == ' '
        && (line.length() == 12 || line.charAt(12) == ' ')) {
      var status = number(line.substring(9, 12), 10);
      if (status >= 100 && status <= 599) {
        return (int) status;
      }
    }
    throw new ProtocolException("it does not speak HTTP/1.1: " + CleanText.of(line, 80));
  }

  private Map<String, String> headers() throws IOException {
    var headers = new HashMap<String, String>();
    for (var i = 0; ; i++) {
      var line = line();
      if (line.isEmpty()) {
        return headers;
      }
      if (i == MAX_HEADERS) {
        throw new ProtocolException("it sends more than %d headers".formatted(MAX_HEADERS));
      }
      var colon = line.indexOf(':');
      if (colon < 1 || !isToken(line.substring(0, colon))) {
        throw new ProtocolException("not a header: " + CleanText.of(line, 80));
      }
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (a, b) -> a + ", " + b);
    }
  }

  private static boolean isToken(String name) {
    return name.chars()
        .allMatch(
            c ->
                (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || TOKEN_MARKS.indexOf(c) >= 0);
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream(128);
    while (true) {
      var octet = in.read();
      if (octet < 0) {
        throw new EOFException();
      }
      if (octet == '\n') {
        var text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      if (line.size() == MAX_LINE) {
        throw new ProtocolException("it sends a line of more than %d octets".formatted(MAX_LINE));
      }
      if (++head > MAX_HEAD) {
        throw new ProtocolException("it sends more than %d octets of head".formatted(MAX_HEAD));
      }
      line.write(octet);
    }
  }

  /** RFC 9112 §6.3. */
  private void body(Map<String, String> headers) throws IOException {
    var coding = headers.get("transfer-encoding");
    var length = headers.get("content-length");
    if (coding != null) {
      if (length != null || !coding.equalsIgnoreCase("chunked")) {
        throw new ProtocolException("it leaves open where its body ends");
      }
      chunks();
    } else if (length != null) {
      take(number(length, 10));
    } else {
      take(Long.MAX_VALUE);
    }
  }

  private void chunks() throws IOException {
    while (true) {
      var line = line();
      var semicolon = line.indexOf(';');
      var size = number((semicolon < 0 ? line : line.substring(0, semicolon)).strip(), 16);
      if (size == 0) {
        return;
      }
      take(size);
      if (tooLong) {
        return;
      }
      if (!line().isEmpty()) {
        throw new ProtocolException("a chunk does not end where it says");
      }
    }
  }

  /** So many octets, or all there are; never more than we want. */
  private void take(long length) throws IOException {
    var buffer = new byte[8 * 1024];
    for (var left = length; left > 0; ) {
      if (body.size() == MAX_BODY) {
        // One more octet tells a body that just fits from one that does not.
        tooLong = length != Long.MAX_VALUE || in.read() >= 0;
        return;
      }
      var wanted = (int) Math.min(Math.min(buffer.length, left), MAX_BODY - body.size());
      var count = in.read(buffer, 0, wanted);
      if (count < 0) {
        if (length == Long.MAX_VALUE) {
          return;
        }
        throw new EOFException();
      }
      body.write(buffer, 0, count);
      left -= count;
    }
  }

  private static long number(String digits, int radix) throws ProtocolException {
    if (digits.isEmpty() || digits.length() > 15) {
      throw new ProtocolException("not a number: " + CleanText.of(digits, 20));
    }
    var value = 0L;
    for (var i = 0; i < digits.length(); i++) {
      var c = digits.charAt(i);
      var digit = c < 0x80 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        throw new ProtocolException("not a number: " + CleanText.of(digits, 20));
      }
      value = value * radix + digit;
    }
    return value;
  }
}
