package maildrift.alerts.notify.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A web server on loopback that answers byte by byte as a test tells it to, also badly. */
public final class LoopbackHttp implements AutoCloseable {
  private final ServerSocket server;
  private final Function<Got, Answer> answers;
  private final List<Got> got = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** A request as it came. */
  public record Got(String method, String target, Map<String, String> headers, String body) {
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }
  }

  /** What the server does with a request that it has read. */
  public sealed interface Answer {
    /** Bytes as they are. */
    record Raw(String response) implements Answer {}

    /** Nothing, until the server is closed. */
    record Hang() implements Answer {}

    /** The head of a good response, then nothing. */
    record HangInBody() implements Answer {}

    /** A TCP reset. */
    record Reset() implements Answer {}

    /** A good response whose body never ends. */
    record Endless() implements Answer {}

    /** One byte of the head now and then. */
    record Drip() implements Answer {}

    static Answer status(int status, String... headers) {
      var head = new StringBuilder("HTTP/1.1 " + status + " Word\r\n");
      for (var header : headers) {
        head.append(header).append("\r\n");
      }
      return new Raw(head + "Content-Length: 0\r\n\r\n");
    }

    static Answer ok(String body) {
      return new Raw(
          "HTTP/1.1 200 OK\r\nContent-Length: "
              + body.getBytes(StandardCharsets.UTF_8).length
              + "\r\n\r\n"
              + body);
    }
  }

  public LoopbackHttp(Function<Got, Answer> answers) throws IOException {
    this(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), answers);
  }

  /** On a server socket of the test's own, for example one that speaks TLS. */
  public LoopbackHttp(ServerSocket server, Function<Got, Answer> answers) {
    this.server = server;
    this.answers = answers;
    Thread.ofVirtual().name("loopback-http").start(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  /** All requests that came so far, in order. */
  public List<Got> got() {
    return got;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var in = new BufferedInputStream(socket.getInputStream());
      var requestLine = line(in).split(" ", 3);
      var headers = new TreeMap<String, String>();
      for (var line = line(in); !line.isEmpty(); line = line(in)) {
        var colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      var body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
      var request =
          new Got(
              requestLine[0], requestLine[1], headers, new String(body, StandardCharsets.UTF_8));
      var answer = answers.apply(request);
      got.add(request);
      give(answer, socket, socket.getOutputStream());
    } catch (IOException | InterruptedException | RuntimeException e) {
      // The client is gone, or the test is over.
    }
  }

  private void give(Answer answer, Socket socket, OutputStream out)
      throws IOException, InterruptedException {
    switch (answer) {
      case Answer.Raw(var response) -> out.write(response.getBytes(StandardCharsets.UTF_8));
      case Answer.Hang() -> closed.await();
      case Answer.HangInBody() -> {
        out.write(
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".getBytes(StandardCharsets.UTF_8));
        out.flush();
        closed.await();
      }
      case Answer.Reset() -> socket.setSoLinger(true, 0);
      case Answer.Endless() -> {
        out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        var block = "x".repeat(8192).getBytes(StandardCharsets.UTF_8);
        while (closed.getCount() > 0) {
          out.write(block);
        }
      }
      case Answer.Drip() -> {
        while (closed.getCount() > 0) {
          out.write('H');
          out.flush();
          var _ = closed.await(50, TimeUnit.MILLISECONDS);
        }
      }
    }
    out.flush();
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
