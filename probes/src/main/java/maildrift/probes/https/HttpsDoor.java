package maildrift.probes.https;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLSocket;
import maildrift.probes.Deadline;
import maildrift.probes.smtp.BoundedSocket;
import maildrift.probes.smtp.Handshake;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.smtp.SpecialAddresses;
import maildrift.probes.smtp.Turns;

/**
 * Reads documents over the network: one connection a GET, to an address that was checked, paced per
 * address, bounded in time and size. Nothing is remembered: {@link SharedHttps} does that.
 */
public final class HttpsDoor {
  /** Handshake, head, body and what TLS adds to them. */
  private static final long MAX_OCTETS = 512 * 1024;

  private static final int MAX_ADDRESSES = 8;

  private final HttpsSettings settings;

  /** A provider serves the policies of thousands of domains from one address. */
  private final Turns turns = new Turns(4, 20, 100);

  public HttpsDoor(HttpsSettings settings) {
    this.settings = settings;
  }

  int port() {
    return settings.port();
  }

  boolean allowsPrivate() {
    return settings.allowPrivate();
  }

  HttpsLook get(Https.Target target, Deadline limit) {
    var deadline = limit.atMost(settings.timeout());
    var allowed =
        target.addresses().stream()
            .filter(address -> settings.allowPrivate() || !SpecialAddresses.contains(address))
            .limit(MAX_ADDRESSES)
            .toList();
    if (allowed.isEmpty()) {
      return new HttpsLook.Refused(
          "%s is no public address; set https.allow_private to look at it"
              .formatted(
                  target.addresses().stream()
                      .findFirst()
                      .map(InetAddress::getHostAddress)
                      .orElse("nothing")));
    }
    var failed = "";
    for (var i = 0; i < allowed.size(); i++) {
      var left = deadline.remaining().dividedBy(allowed.size() - i);
      switch (attempt(target, allowed.get(i), deadline.atMost(left), deadline)) {
        case Attempt.Unconnected(var why) -> failed = why;
        case Attempt.Connected(var look) -> {
          return look;
        }
      }
    }
    return new HttpsLook.Unobservable(failed);
  }

  /** What became of one address; only one that cannot be connected to lets the next be tried. */
  private sealed interface Attempt {
    record Unconnected(String why) implements Attempt {}

    record Connected(HttpsLook look) implements Attempt {}
  }

  private Attempt attempt(
      Https.Target target, InetAddress address, Deadline connect, Deadline deadline) {
    try {
      var turn = turns.take(address, connect);
      if (turn.isEmpty()) {
        return new Attempt.Unconnected("no turn for its address before the deadline");
      }
      try (var _ = turn.get();
          var socket = new BoundedSocket(connect, MAX_OCTETS)) {
        try {
          socket.connect(new InetSocketAddress(address, settings.port()), socket.millisLeft());
        } catch (IOException e) {
          return new Attempt.Unconnected(
              "no connection to %s port %d: %s"
                  .formatted(address.getHostAddress(), settings.port(), Handshake.why(e)));
        }
        socket.allow(deadline, MAX_OCTETS);
        return new Attempt.Connected(talk(target, socket));
      } catch (IOException e) {
        return new Attempt.Connected(new HttpsLook.Unobservable(Handshake.why(e)));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Attempt.Connected(new HttpsLook.Unobservable("interrupted"));
    }
  }

  private HttpsLook talk(Https.Target target, BoundedSocket socket) throws IOException {
    socket.setTcpNoDelay(true);
    var result = Handshake.over(socket, target.host());
    return switch (result.tls()) {
      case SmtpLook.Handshake handshake ->
          result
              .socket()
              .map(secure -> ask(target, secure, handshake.chain()))
              .orElseGet(() -> new HttpsLook.Unobservable("the handshake did not end"));
      case SmtpLook.NoHandshake(var _, var why) -> new HttpsLook.NoHandshake(why);
      case SmtpLook.Interrupted(var why) ->
          new HttpsLook.Unobservable("the TLS handshake was interrupted: " + why);
      case SmtpLook.NotOffered _, SmtpLook.Declined _ ->
          throw new IllegalStateException("nobody offers STARTTLS on the web");
    };
  }

  private HttpsLook ask(Https.Target target, SSLSocket secure, List<byte[]> chain) {
    try {
      secure.getOutputStream().write(request(target).getBytes(StandardCharsets.US_ASCII));
      return new HttpsLook.Spoke(target.host(), chain, Response.read(secure.getInputStream()));
    } catch (ProtocolException e) {
      return new HttpsLook.Spoke(
          target.host(), chain, new HttpsLook.Said.Garbled(String.valueOf(e.getMessage())));
    } catch (BoundedSocket.TooMuch e) {
      return new HttpsLook.Spoke(
          target.host(), chain, new HttpsLook.Said.Garbled("it sends more than we read"));
    } catch (EOFException _) {
      return new HttpsLook.Unobservable("it closed the connection before it had answered");
    } catch (SocketTimeoutException _) {
      return new HttpsLook.Unobservable("no whole answer in time");
    } catch (IOException e) {
      return new HttpsLook.Unobservable(Handshake.why(e));
    }
  }

  private String request(Https.Target target) {
    return """
        GET %s HTTP/1.1\r
        Host: %s%s\r
        User-Agent: maildrift\r
        Accept: text/plain, */*;q=0.5\r
        Accept-Encoding: identity\r
        Connection: close\r
        \r
        """
        .formatted(
            target.path(), target.host(), settings.port() == 443 ? "" : ":" + settings.port());
  }
}
