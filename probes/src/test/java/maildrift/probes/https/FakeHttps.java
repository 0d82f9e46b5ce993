package maildrift.probes.https;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import maildrift.probes.tls.TestCa;

/** A web server on loopback, port 0, that says to every request what the test wrote down. */
public final class FakeHttps implements AutoCloseable {
  private final ServerSocket server;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ConcurrentLinkedQueue<Socket> open = new ConcurrentLinkedQueue<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile TestCa.Leaf leaf;
  private volatile Script script = _ -> {};

  /** What happens after the request; the connection is closed afterwards. */
  @FunctionalInterface
  public interface Script {
    void play(OutputStream out) throws IOException;
  }

  private FakeHttps(TestCa.Leaf leaf) throws IOException {
    this.leaf = leaf;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  public static FakeHttps start(TestCa.Leaf leaf) {
    try {
      var fake = new FakeHttps(leaf);
      Thread.ofVirtual().name("fake-https").start(fake::accept);
      return fake;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  public FakeHttps presents(TestCa.Leaf value) {
    leaf = value;
    return this;
  }

  /** The whole response, one char an octet. */
  public FakeHttps says(String response) {
    script = out -> out.write(response.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** A policy as it should be served. */
  public FakeHttps serves(String body) {
    return says(ok(body));
  }

  public static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(body.length(), body);
  }

  public FakeHttps plays(Script value) {
    script = value;
    return this;
  }

  /** Says that and then nothing, until it is closed. */
  public FakeHttps hangsAfter(String beginning) {
    return plays(
        out -> {
          out.write(beginning.getBytes(StandardCharsets.ISO_8859_1));
          out.flush();
          await(Long.MAX_VALUE);
        });
  }

  /** An octet every so often, for ever. */
  public FakeHttps drips(String beginning, long millis) {
    return plays(
        out -> {
          out.write(beginning.getBytes(StandardCharsets.ISO_8859_1));
          while (!await(millis)) {
            out.write('x');
            out.flush();
          }
        });
  }

  private boolean await(long millis) {
    try {
      return closed.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** The heads of the requests so far. */
  public List<String> requests() {
    return requests;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var plain = server.accept();
        open.add(plain);
        Thread.ofVirtual().name("fake-https-", 0).start(() -> serve(plain));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket plain) {
    try (var socket =
        (SSLSocket)
            leaf.context().getSocketFactory().createSocket(plain, "", plain.getPort(), true)) {
      socket.setUseClientMode(false);
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      var head = new StringBuilder();
      for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        head.append(line).append('\n');
      }
      requests.add(head.toString());
      script.play(socket.getOutputStream());
      socket.getOutputStream().flush();
    } catch (IOException e) {
      // The client had heard enough.
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      server.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
