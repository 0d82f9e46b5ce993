package maildrift.alerts.notify.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import maildrift.alerts.Visible;
import maildrift.alerts.outbox.Failure;

/**
 * HTTP/1.1 for addresses that others have a say in. The host is resolved once, every address is
 * checked, and the connection goes to one that was checked (the JDK's client would resolve again).
 * TLS verifies the chain and the host's name. No redirect is followed, nothing is decompressed, no
 * proxy is used; one deadline covers everything and every read is bounded.
 *
 * <p>Blocks; meant for virtual threads. Immutable.
 */
public final class GuardedHttp {
  private static final int LONGEST_LINE = 8 * 1024;
  private static final int MOST_HEADERS = 100;
  private static final int MOST_INTERIM_RESPONSES = 5;

  private final AddressGuard guard;
  private final SSLSocketFactory tls;
  private final Consumer<String> answers;

  /**
   * A client.
   *
   * @param tls whose certificates are trusted; normally the JDK's
   */
  public GuardedHttp(HostResolver resolver, SSLSocketFactory tls) {
    this(new AddressGuard(resolver), tls, _ -> {});
  }

  private GuardedHttp(AddressGuard guard, SSLSocketFactory tls, Consumer<String> answers) {
    this.guard = guard;
    this.tls = tls;
    this.answers = answers;
  }

  /** The same, and what is answered goes there, too, in a line without secrets. */
  public GuardedHttp hearing(Consumer<String> listener) {
    return new GuardedHttp(guard, tls, listener);
  }

  /** Resolves as the machine does and trusts whom the JDK trusts. */
  public static GuardedHttp standard() {
    return new GuardedHttp(HostResolver.system(), (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  public Reply send(Request request) {
    var reply = reply(request);
    answers.accept(
        switch (reply) {
          case Reply.Unanswered(_, var why) -> why;
          case Reply.Answered answer ->
              "HTTP %d%s"
                  .formatted(
                      answer.status(),
                      answer.body().isBlank()
                          ? ""
                          : ": "
                              + Visible.line(request.withoutSecrets(answer.body()).strip(), 300));
        });
    return reply;
  }

  private Reply reply(Request request) {
    var end = System.nanoTime() + request.deadline().toNanos();
    return switch (guard.lookup(request.host(), request.allowPrivate(), request.deadline())) {
      case AddressGuard.Lookup.Refused(var failure, var why) -> new Reply.Unanswered(failure, why);
      case AddressGuard.Lookup.Found(var addresses) -> {
        Reply reply = new Reply.Unanswered(Failure.CONNECTION, "no address");
        for (var i = 0; i < addresses.size(); i++) {
          var left = Duration.ofNanos(end - System.nanoTime());
          if (!left.isPositive()) {
            yield timeout(request);
          }
          // An address that swallows packets must leave time for the others.
          var connect = left.dividedBy(addresses.size() - i);
          var attempt = new Attempt(request, addresses.get(i), connect, left);
          reply = attempt.run();
          if (attempt.connected) {
            yield reply;
          }
        }
        yield reply;
      }
    };
  }

  private static Reply timeout(Request request) {
    return new Reply.Unanswered(
        Failure.TIMEOUT, "no answer within " + request.deadline().toMillis() + " ms");
  }

  /** One connection to one address. */
  private final class Attempt {
    private final Request request;
    private final InetAddress address;
    private final Duration connect;
    private final Duration left;
    private final AtomicBoolean expired = new AtomicBoolean();
    private boolean connected;

    Attempt(Request request, InetAddress address, Duration connect, Duration left) {
      this.request = request;
      this.address = address;
      this.connect = connect;
      this.left = left;
    }

    Reply run() {
      try (var plain = new Socket(Proxy.NO_PROXY)) {
        // Closing the socket is the only deadline that also ends writes and handshakes.
        var watch = Thread.ofVirtual().name("http-deadline").start(() -> expire(plain));
        try {
          return talk(plain);
        } finally {
          watch.interrupt();
        }
      } catch (SSLException e) {
        return expired.get() ? timeout(request) : unanswered(Failure.TLS, e);
      } catch (SocketTimeoutException e) {
        return connected
            ? timeout(request)
            : new Reply.Unanswered(
                Failure.TIMEOUT,
                "%s port %d does not answer".formatted(address.getHostAddress(), request.port()));
      } catch (IOException e) {
        return expired.get() ? timeout(request) : unanswered(Failure.CONNECTION, e);
      }
    }

    private Reply.Unanswered unanswered(Failure failure, Exception e) {
      var message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      return new Reply.Unanswered(
          failure,
          "%s port %d: %s"
              .formatted(address.getHostAddress(), request.port(), Visible.line(message, 200)));
    }

    private void expire(Socket socket) {
      try {
        Thread.sleep(left);
        expired.set(true);
        socket.close();
      } catch (InterruptedException | IOException e) {
        // It ended in time, or is closed already.
      }
    }

    private Reply talk(Socket plain) throws IOException {
      plain.connect(
          new InetSocketAddress(address, request.port()),
          Math.clamp(connect.toMillis(), 1, Integer.MAX_VALUE));
      connected = true;
      plain.setTcpNoDelay(true);
      plain.setSoTimeout(Math.clamp(left.toMillis(), 1, Integer.MAX_VALUE));
      try (var socket = request.isTls() ? secured(plain) : plain) {
        IOException broken = null;
        try {
          write(socket);
        } catch (IOException e) {
          broken = e; // It may have answered before it stopped reading: 413, 429.
        }
        try {
          return read(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
          throw broken == null ? e : broken;
        }
      }
    }

    private Socket secured(Socket plain) throws IOException {
      var socket = (SSLSocket) tls.createSocket(plain, request.host(), request.port(), true);
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket;
    }

    private void write(Socket socket) throws IOException {
      var body = request.body().getBytes(StandardCharsets.UTF_8);
      var head = new StringBuilder();
      var host = request.uri().getHost();
      head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
      head.append("Host: ").append(host);
      if (request.uri().getPort() > 0) {
        head.append(':').append(request.uri().getPort());
      }
      head.append("\r\nConnection: close\r\n");
      if (!request.headers().containsKey("User-Agent")) {
        head.append("User-Agent: maildrift\r\n");
      }
      request
          .headers()
          .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
      if (body.length > 0 || request.method().equals("POST")) {
        head.append("Content-Length: ").append(body.length).append("\r\n");
      }
      head.append("\r\n");
      var out = socket.getOutputStream();
      out.write(head.toString().getBytes(StandardCharsets.US_ASCII));
      out.write(body);
      out.flush();
    }

    private Reply read(InputStream in) throws IOException {
      var status = 0;
      Map<String, String> headers = Map.of();
      for (var i = 0; status < 200; i++) {
        if (i > MOST_INTERIM_RESPONSES) {
          throw new IOException("it sends nothing but interim responses");
        }
        status = status(line(in));
        headers = headers(in);
      }
      if (status == 204 || status == 304 || request.method().equals("HEAD")) {
        return new Reply.Answered(status, headers, "", true);
      }
      var body = new Body(request.mostBytes());
      try {
        body.read(in, headers);
      } catch (IOException e) {
        // The status says all that matters; the body is as long as it is.
        body.complete = false;
      }
      return new Reply.Answered(status, headers, body.text(), body.complete);
    }
  }

  private static int status(String line) throws IOException {
    if (line.startsWith("HTTP/1.") && line.length() >= 12 && line.charAt(8) == ' ') {
      var status = number(line.substring(9, 12), 10, 3);
      if (status >= 100 && status <= 599) {
        return (int) status;
      }
    }
    throw new IOException("it does not speak HTTP/1.1");
  }

  private static Map<String, String> headers(InputStream in) throws IOException {
    var headers = new HashMap<String, String>();
    for (var i = 0; ; i++) {
      var line = line(in);
      if (line.isEmpty()) {
        return headers;
      }
      if (i == MOST_HEADERS) {
        throw new IOException("it sends more than " + MOST_HEADERS + " headers");
      }
      var colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("it sends a header without a name");
      }
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (a, b) -> a + ", " + b);
    }
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (var octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new IOException("it closed the connection before it had answered");
      }
      if (line.size() == LONGEST_LINE) {
        throw new IOException("it sends a line of more than " + LONGEST_LINE + " bytes");
      }
      line.write(octet);
    }
    var text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /** Digits only, at most so many. */
  private static long number(String text, int radix, int longest) throws IOException {
    if (text.isEmpty() || text.length() > longest) {
      throw new IOException("it sends a number that we cannot read");
    }
    var value = 0L;
    for (var i = 0; i < text.length(); i++) {
      var digit = Character.digit(text.charAt(i), radix);
      if (digit < 0 || text.charAt(i) > 'z') {
        throw new IOException("it sends a number that we cannot read");
      }
      value = value * radix + digit;
    }
    return value;
  }

  /** The body as far as we want it (RFC 9112 section 6). */
  private static final class Body {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int most;
    private boolean complete = true;

    Body(int most) {
      this.most = most;
    }

    void read(InputStream in, Map<String, String> headers) throws IOException {
      var coding = headers.getOrDefault("transfer-encoding", "");
      if (coding.equalsIgnoreCase("chunked")) {
        chunks(in);
      } else if (!coding.isEmpty()) {
        throw new IOException("it sends a transfer coding that we do not know");
      } else if (headers.containsKey("content-length")) {
        var length = number(headers.get("content-length"), 10, 18);
        if (take(in, length) < length) {
          complete = false;
        }
      } else {
        var _ = take(in, Long.MAX_VALUE);
      }
    }

    private void chunks(InputStream in) throws IOException {
      while (complete) {
        var line = line(in);
        var semicolon = line.indexOf(';');
        var size = number((semicolon < 0 ? line : line.substring(0, semicolon)).strip(), 16, 15);
        if (size == 0) {
          return;
        }
        if (take(in, size) < size) {
          complete = false;
          return;
        }
        if (!line(in).isEmpty()) {
          throw new IOException("it sends a chunk that does not end where it should");
        }
      }
    }

    /** How many bytes of so many were there and wanted. */
    private long take(InputStream in, long length) throws IOException {
      var buffer = new byte[8 * 1024];
      var taken = 0L;
      while (taken < length) {
        var room = most - bytes.size();
        if (room == 0) {
          complete = length == Long.MAX_VALUE && in.read() < 0;
          return taken;
        }
        var wanted = (int) Math.min(Math.min(buffer.length, room), length - taken);
        var read = in.read(buffer, 0, wanted);
        if (read < 0) {
          return taken;
        }
        bytes.write(buffer, 0, read);
        taken += read;
      }
      return taken;
    }

    String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
