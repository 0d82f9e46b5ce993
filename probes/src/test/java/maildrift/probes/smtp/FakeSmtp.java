package maildrift.probes.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import maildrift.probes.dns.DnsName;
import maildrift.probes.smtp.server.MailServer;
import maildrift.probes.tls.TestCa;

/**
 * Mail servers of a test's own on loopback, port 0: polite ones are a {@link MailServer}, the
 * hostile ones write what they like on a raw socket.
 */
public final class FakeSmtp implements AutoCloseable {

  /** One connection, from its first octet to its last. */
  public interface Conversation {
    void with(Peer peer) throws IOException, InterruptedException;
  }

  private static final String EHLO = "250-mx.test\r\n250-SIZE 1000\r\n250 STARTTLS\r\n";

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong sent = new AtomicLong();
  private final CountDownLatch closed = new CountDownLatch(1);

  private FakeSmtp(ServerSocket listener) {
    this.listener = listener;
  }

  /** A polite server that presents this leaf. */
  public static MailServer polite(String host, TestCa.Leaf leaf) {
    return MailServer.start(MailServer.Manner.named(host).tls(leaf.context()));
  }

  public static FakeSmtp of(Conversation conversation) {
    try {
      var listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      var server = new FakeSmtp(listener);
      Thread.ofVirtual().start(() -> server.listen(conversation));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Accepts and says nothing. */
  public static FakeSmtp silent() {
    return of(Peer::hold);
  }

  /** Greets with this, answers EHLO and offers STARTTLS. */
  public static FakeSmtp greeting(String banner) {
    return of(
        peer -> {
          peer.say(banner + "\r\n");
          while (peer.hears()) {
            peer.say(EHLO);
          }
        });
  }

  /** Says this for ever, as fast as it is read. */
  public static FakeSmtp endless(String text) {
    return of(
        peer -> {
          while (true) {
            peer.say(text);
          }
        });
  }

  /** One octet of this, then a pause, and again for ever. */
  public static FakeSmtp dripping(String text, long pauseMillis) {
    return of(
        peer -> {
          for (var i = 0; ; i++) {
            peer.say(text.substring(i % text.length(), i % text.length() + 1));
            peer.pause(pauseMillis);
          }
        });
  }

  /** Answers EHLO with this. */
  public static FakeSmtp answeringEhlo(String reply) {
    return of(
        peer -> {
          peer.say("220 mx.test ESMTP\r\n");
          while (peer.hears()) {
            peer.say(reply);
          }
        });
  }

  /** Polite until STARTTLS; then this. */
  public static FakeSmtp afterStartTls(Conversation then) {
    return of(
        peer -> {
          peer.say("220 mx.test ESMTP\r\n");
          peer.hears();
          peer.say(EHLO);
          peer.hears();
          then.with(peer);
        });
  }

  /** Answers the client hello with a fatal alert (RFC 8446 §6), e.g. 70: protocol_version. */
  public static FakeSmtp alerting(int description) {
    return afterStartTls(
        peer -> {
          peer.say("220 go\r\n");
          peer.readSome();
          peer.send(HexFormat.of().parseHex("150301000202" + "%02x".formatted(description)));
          peer.hold();
        });
  }

  /**
   * Answers with a server hello of TLS 1.0 (RFC 2246 §7.4.1.3), as a server does that knows nothing
   * newer.
   */
  public static FakeSmtp onlyTls10() {
    return afterStartTls(
        peer -> {
          peer.say("220 go\r\n");
          peer.readSome();
          var hello = "0301" + "ab".repeat(32) + "00" + "c014" + "00";
          var message = "02" + "%06x".formatted(hello.length() / 2) + hello;
          peer.send(
              HexFormat.of().parseHex("160301" + "%04x".formatted(message.length() / 2) + message));
          peer.hold();
        });
  }

  public int port() {
    return listener.getLocalPort();
  }

  public Smtp.Target target() {
    return new Smtp.Target(DnsName.of("mx.test"), listener.getInetAddress(), port());
  }

  public int connections() {
    return connections.get();
  }

  /** How many octets it got rid of, the socket buffers of both sides included. */
  public long sent() {
    return sent.get();
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      listener.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void listen(Conversation conversation) {
    while (!listener.isClosed()) {
      try {
        var socket = listener.accept();
        open.add(socket);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket, conversation));
      } catch (IOException _) {
        // Closed.
      }
    }
  }

  private void serve(Socket socket, Conversation conversation) {
    try (socket) {
      socket.setTcpNoDelay(true);
      conversation.with(new Peer(socket));
    } catch (IOException _) {
      // The other side had enough.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  /** The client, as the server sees it. */
  public final class Peer {
    private final Socket socket;

    private Peer(Socket socket) {
      this.socket = socket;
    }

    public Socket socket() {
      return socket;
    }

    public void say(String text) throws IOException {
      send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public void send(byte[] octets) throws IOException {
      socket.getOutputStream().write(octets);
      socket.getOutputStream().flush();
      sent.addAndGet(octets.length);
    }

    /** Reads one line; false: there will be none. */
    public boolean hears() throws IOException {
      return !line().isEmpty();
    }

    public String line() throws IOException {
      var line = new ByteArrayOutputStream();
      for (var octet = socket.getInputStream().read();
          octet >= 0 && octet != '\n';
          octet = socket.getInputStream().read()) {
        line.write(octet);
      }
      return line.toString(StandardCharsets.ISO_8859_1);
    }

    public void readSome() throws IOException {
      var _ = socket.getInputStream().read(new byte[4096]);
    }

    /** Ends the connection with a reset. */
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    public void pause(long millis) throws InterruptedException {
      var _ = closed.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Keeps the connection open and says nothing until the server is closed. */
    public void hold() throws InterruptedException {
      closed.await();
    }
  }
}
