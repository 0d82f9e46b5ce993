package maildrift.monitor.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A proxy before a server: it can answer that the server is away. */
final class Relay implements AutoCloseable {
  private static final byte[] AWAY =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket listening;
  private final int server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean isAway;

  Relay(int server) throws IOException {
    this.server = server;
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::accept);
  }

  String url(String path) {
    return "http://127.0.0.1:" + listening.getLocalPort() + path;
  }

  /** From now on the server is away, and with it all that is under way. */
  void away() {
    isAway = true;
    hangUp();
  }

  void back() {
    isAway = false;
  }

  private void accept() {
    try {
      while (true) {
        var client = listening.accept();
        open.add(client);
        Thread.startVirtualThread(() -> serve(client));
      }
    } catch (IOException _) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket client) {
    try (client) {
      if (isAway) {
        refuse(client);
        return;
      }
      try (var upstream = new Socket(InetAddress.getLoopbackAddress(), server)) {
        open.add(upstream);
        Thread.startVirtualThread(() -> pass(upstream, client));
        client.getInputStream().transferTo(upstream.getOutputStream());
      }
    } catch (IOException _) {
      // Hung up.
    }
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException _) {
      // Hung up.
    }
  }

  /** A connection that a browser opens in advance asks nothing. */
  private static void refuse(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    OutputStream out = client.getOutputStream();
    var lineEnds = 0;
    for (var next = in.read(); next >= 0 && lineEnds < 2; next = in.read()) {
      if (next == '\n') {
        lineEnds++;
      } else if (next != '\r') {
        lineEnds = 0;
      }
      if (lineEnds == 2) {
        out.write(AWAY);
        out.flush();
        return;
      }
    }
  }

  private void hangUp() {
    for (var socket : open) {
      try {
        socket.close();
      } catch (IOException _) {
        // It is closed then.
      }
    }
    open.clear();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    hangUp();
  }
}
