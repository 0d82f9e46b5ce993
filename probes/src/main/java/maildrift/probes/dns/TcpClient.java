package maildrift.probes.dns;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One question over TCP (RFC 7766). Blocking, for virtual threads; bounded in size by the two
 * octets of length, in time by the deadline whatever the server drips, and in number by a
 * semaphore.
 */
final class TcpClient {
  private static final int MAX_CONNECTIONS = 256;

  /** Why a closed port does not answer. */
  static final String REFUSED = "connection refused";

  private final Semaphore connections = new Semaphore(MAX_CONNECTIONS);
  private final DnsStats stats;

  TcpClient(DnsStats stats) {
    this.stats = stats;
  }

  /** Never throws; a query with EDNS that is a format error to the server is repeated without. */
  Reply ask(
      DnsServer server, Question question, Query query, Response.Source source, long deadline) {
    try {
      if (!connections.tryAcquire(left(deadline), TimeUnit.NANOSECONDS)) {
        return timeout("no free connection");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return timeout("interrupted");
    }
    try (var socket = new Socket()) {
      var millis = millis(deadline);
      if (millis == 0) {
        return timeout("no time left");
      }
      socket.connect(server.socketAddress(), millis);
      socket.setTcpNoDelay(true);
      var reply = exchange(socket, question, query, source, deadline);
      return reply instanceof Reply.NoEdns
          ? exchange(socket, question, query.withoutEdns(), source, deadline)
          : reply;
    } catch (SocketTimeoutException _) {
      return new Reply.Failed(
          Answer.Failure.TIMEOUT, "no answer within the deadline", /* dead= */ true);
    } catch (ConnectException | NoRouteToHostException refused) {
      return new Reply.Failed(Answer.Failure.NETWORK, reason(refused), /* dead= */ true);
    } catch (IOException failed) {
      return new Reply.Failed(Answer.Failure.NETWORK, reason(failed));
    } finally {
      connections.release();
    }
  }

  /** Before the server was asked; that is not its fault. */
  private static Reply timeout(String why) {
    return new Reply.Failed(Answer.Failure.TIMEOUT, why);
  }

  private Reply exchange(
      Socket socket, Question question, Query query, Response.Source source, long deadline)
      throws IOException {
    var wire = query.wire();
    var framed = new byte[wire.length + 2];
    framed[0] = (byte) (wire.length >> 8);
    framed[1] = (byte) wire.length;
    System.arraycopy(wire, 0, framed, 2, wire.length);
    stats.sent();
    socket.getOutputStream().write(framed);
    var head = read(socket, 2, deadline);
    var length = ((head[0] & 0xff) << 8) | (head[1] & 0xff);
    var message = read(socket, length, deadline);
    if (!source.resolver() && length >= Query.HEADER && Response.isLame(message)) {
      return new Reply.Failed(
          Answer.Failure.RCODE, "lame: it recurses, but does not serve the zone");
    }
    return Response.read(message, length, question, query, source, false);
  }

  private static byte[] read(Socket socket, int length, long deadline) throws IOException {
    var bytes = new byte[length];
    InputStream in = socket.getInputStream();
    for (var at = 0; at < length; ) {
      var millis = millis(deadline);
      if (millis == 0) {
        throw new SocketTimeoutException();
      }
      socket.setSoTimeout(millis);
      var count = in.read(bytes, at, length - at);
      if (count < 0) {
        throw new EOFException("the connection was closed");
      }
      at += count;
    }
    return bytes;
  }

  private static long left(long deadline) {
    return Math.max(0, deadline - System.nanoTime());
  }

  /** Rounded up, since zero would mean for ever; zero when the deadline has passed. */
  private static int millis(long deadline) {
    var left = left(deadline);
    return left == 0 ? 0 : (int) Math.min(Duration.ofMinutes(5).toMillis(), left / 1_000_000 + 1);
  }

  /** For people: the JDK's messages are sometimes empty. */
  static String reason(IOException failed) {
    return switch (failed) {
      // The same exception tells of the kernel's own time-out.
      case ConnectException connect
          when connect.getMessage() == null || connect.getMessage().contains("refused") ->
          REFUSED;
      case NoRouteToHostException _ -> "no route to the server";
      default ->
          failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
    };
  }
}
