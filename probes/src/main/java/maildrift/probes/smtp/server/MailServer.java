package maildrift.probes.smtp.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A mail server that greets, offers STARTTLS (RFC 3207) and refuses all mail. What it presents may
 * change while it runs; connections that come later see it.
 */
public final class MailServer implements AutoCloseable {
  private static final int MAX_LINE = 2048;
  private static final int MAX_COMMANDS = 50;
  private static final int MAX_CONNECTIONS = 128;
  private static final int SILENCE_MILLIS = 30_000;

  private final ServerSocket listener;
  private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong connections = new AtomicLong();
  private volatile Manner manner;

  /**
   * What it presents.
   *
   * @param banner the greeting without its code; begins with the server's name
   * @param extensions besides STARTTLS, e.g. {@code SIZE 35882577}
   * @param tls key and certificate; empty: STARTTLS is not offered
   */
  public record Manner(String banner, List<String> extensions, Optional<SSLContext> tls) {
    public Manner {
      extensions = List.copyOf(extensions);
    }

    /** A server of this name without STARTTLS. */
    public static Manner named(String host) {
      return new Manner(
          host + " ESMTP", List.of("PIPELINING", "SIZE 35882577", "8BITMIME"), Optional.empty());
    }

    public Manner banner(String value) {
      return new Manner(value, extensions, tls);
    }

    public Manner tls(SSLContext value) {
      return new Manner(banner, extensions, Optional.of(value));
    }
  }

  private MailServer(ServerSocket listener, Manner manner) {
    this.listener = listener;
    this.manner = manner;
  }

  /** Listens until it is closed; port 0 takes any free one. */
  public static MailServer start(InetAddress address, int port, Manner manner) {
    try {
      var listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(address, port));
      var server = new MailServer(listener, manner);
      Thread.ofVirtual().name("mail server ", 0).start(server::listen);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on %s:%d".formatted(address, port), e);
    }
  }

  /** On 127.0.0.1 and any free port. */
  public static MailServer start(Manner manner) {
    return start(InetAddress.ofLiteral("127.0.0.1"), 0, manner);
  }

  public InetAddress address() {
    return listener.getInetAddress();
  }

  public int port() {
    return listener.getLocalPort();
  }

  public Manner manner() {
    return manner;
  }

  /** From the next connection on. */
  public void manner(Manner value) {
    manner = value;
  }

  /** How many connections it has had. */
  public long connections() {
    return connections.get();
  }

  @Override
  public void close() {
    quietly(listener);
    open.forEach(MailServer::quietly);
  }

  private void listen() {
    while (!listener.isClosed()) {
      try {
        var socket = listener.accept();
        connections.incrementAndGet();
        if (free.tryAcquire()) {
          open.add(socket);
          Thread.ofVirtual().name("mail session ", 0).start(() -> serve(socket));
        } else {
          quietly(socket);
        }
      } catch (IOException _) {
        // Closed, or a connection that was gone before we took it.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout(SILENCE_MILLIS);
      socket.setTcpNoDelay(true);
      talk(socket, manner);
    } catch (IOException _) {
      // The other side left; a laboratory does not mind.
    } finally {
      open.remove(socket);
      free.release();
    }
  }

  private static void talk(Socket plain, Manner manner) throws IOException {
    var socket = plain;
    say(socket, "220 " + manner.banner());
    for (var commands = 0; commands < MAX_COMMANDS; commands++) {
      var command = line(socket.getInputStream());
      switch (verb(command)) {
        case "EHLO" -> greet(socket, manner);
        case "HELO" -> say(socket, "250 " + name(manner));
        case "STARTTLS" -> {
          if (manner.tls().isEmpty() || socket instanceof SSLSocket) {
            say(socket, "503 5.5.1 not offered");
          } else {
            say(socket, "220 2.0.0 ready to start TLS");
            var secure =
                (SSLSocket)
                    manner
                        .tls()
                        .get()
                        .getSocketFactory()
                        .createSocket(plain, plain.getInetAddress().getHostAddress(), 0, true);
            secure.setUseClientMode(false);
            secure.startHandshake();
            socket = secure;
          }
        }
        case "NOOP", "RSET" -> say(socket, "250 2.0.0 ok");
        case "MAIL" -> say(socket, "550 5.7.1 this server takes no mail");
        case "QUIT" -> {
          say(socket, "221 2.0.0 bye");
          return;
        }
        default -> say(socket, "502 5.5.2 not here");
      }
    }
    say(socket, "421 4.7.0 too many commands");
  }

  private static void greet(Socket socket, Manner manner) throws IOException {
    var lines = new ArrayList<String>();
    lines.add(name(manner));
    lines.addAll(manner.extensions());
    if (manner.tls().isPresent() && !(socket instanceof SSLSocket)) {
      lines.add("STARTTLS");
    }
    var text = new StringBuilder();
    for (var i = 0; i < lines.size(); i++) {
      text.append(i < lines.size() - 1 ? "250-" : "250 ").append(lines.get(i)).append("\r\n");
    }
    write(socket, text.toString());
  }

  private static String name(Manner manner) {
    return manner.banner().split(" ", 2)[0];
  }

  private static String verb(String command) {
    return command.split(" ", 2)[0].toUpperCase(Locale.ROOT);
  }

  private static void say(Socket socket, String line) throws IOException {
    write(socket, line + "\r\n");
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream(64);
    for (var octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0 || line.size() > MAX_LINE) {
        throw new IOException("closed, or a line too long");
      }
      line.write(octet);
    }
    return line.toString(StandardCharsets.US_ASCII).strip();
  }

  private static void quietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception _) {
      // It is closed as far as we can close it.
    }
  }
}
