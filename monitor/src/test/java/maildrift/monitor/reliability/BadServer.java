package maildrift.monitor.reliability;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import maildrift.alerts.outbox.Failure;

/** A receiver's server on loopback that does one bad thing, always. */
final class BadServer implements AutoCloseable {
  /** What it does, and how that is counted. */
  enum Kind {
    STATUS_500("answers 500", Failure.SERVER_ERROR),
    STATUS_429("answers 429 with Retry-After", Failure.THROTTLED),
    STATUS_410("answers 410", Failure.GONE),
    STATUS_301("answers 301", Failure.REDIRECT),
    HANG("takes the request and never answers", Failure.TIMEOUT),
    LATE("answers after five minutes", Failure.TIMEOUT),
    RESET("resets the connection", Failure.CONNECTION),
    GIGABYTE("answers 200 with a gigabyte", Failure.OTHER),
    SLOW_LORIS("answers a byte a second", Failure.TIMEOUT),
    TLS_HANG("never ends the TLS handshake", Failure.TIMEOUT),
    SMTP_HANG("SMTP that never greets", Failure.TIMEOUT),
    SMTP_4XX("SMTP that answers 451", Failure.THROTTLED),
    SMTP_5XX("SMTP that answers 550", Failure.REJECTED);

    final String says;
    final Failure failure;

    Kind(String says, Failure failure) {
      this.says = says;
      this.failure = failure;
    }

    boolean isMail() {
      return name().startsWith("SMTP");
    }

    /** The status was good, whatever came with it. */
    boolean isDelivered() {
      return this == GIGABYTE;
    }
  }

  final AtomicInteger asked = new AtomicInteger();

  /** The most octets that anybody took of an answer. */
  final AtomicLong taken = new AtomicLong();

  private final Kind kind;
  private final ServerSocket server;
  private final CountDownLatch closed = new CountDownLatch(1);

  BadServer(Kind kind) throws IOException {
    this.kind = kind;
    server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        asked.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      switch (kind) {
        case STATUS_500 -> answer(socket, "500 Oops\r\n");
        case STATUS_429 -> answer(socket, "429 Slow\r\nRetry-After: 60\r\n");
        case STATUS_410 -> answer(socket, "410 Gone\r\n");
        case STATUS_301 ->
            answer(socket, "301 Moved\r\nLocation: http://127.0.0.1:%d/\r\n".formatted(port()));
        case HANG, LATE, SLOW_LORIS -> {
          request(socket);
          drip(socket);
        }
        case TLS_HANG, SMTP_HANG -> closed.await();
        case RESET -> socket.setSoLinger(true, 0);
        case GIGABYTE -> gigabyte(socket);
        case SMTP_4XX -> smtp(socket, "451 4.7.1 later");
        case SMTP_5XX -> smtp(socket, "550 5.7.1 no");
      }
    } catch (IOException | InterruptedException _) {
      // The other end has left.
    }
  }

  private static void answer(Socket socket, String statusAndHeaders) throws IOException {
    request(socket);
    say(socket, "HTTP/1.1 " + statusAndHeaders + "Content-Length: 0\r\n\r\n");
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private void drip(Socket socket) throws IOException, InterruptedException {
    var text = "HTTP/1.1 200 OK\r\nX-A: " + "a".repeat(100_000);
    for (var at = 0; !closed.await(1, TimeUnit.SECONDS); at++) {
      if (kind == Kind.SLOW_LORIS) {
        say(socket, text.substring(at, at + 1));
      }
    }
  }

  private void gigabyte(Socket socket) throws IOException {
    request(socket);
    say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
    var block = new byte[64 * 1024];
    for (var sent = 0L; sent < 1L << 30; sent += block.length) {
      socket.getOutputStream().write(block);
      taken.accumulateAndGet(sent + block.length, Math::max);
    }
  }

  private static void request(Socket socket) throws IOException {
    var in = new BufferedInputStream(socket.getInputStream());
    var length = 0;
    for (var line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    in.readNBytes(length);
  }

  private static void smtp(Socket socket, String answer) throws IOException {
    var in = new BufferedInputStream(socket.getInputStream());
    say(socket, "220 smtp.example.test\r\n");
    while (true) {
      var line = line(in);
      say(socket, line.startsWith("EHLO") ? "250 smtp.example.test\r\n" : answer + "\r\n");
    }
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (var octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new IOException("closed");
      }
      line.append((char) octet);
    }
    return line.toString().stripTrailing();
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.close();
  }
}
