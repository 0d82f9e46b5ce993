package maildrift.probes.smtp;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;

/** The only class that knows JSSE. Its exceptions become values here. */
public final class Handshake {

  /** As JSSE's own default for clients; ours holds whatever the JVM was told. */
  static final int MAX_CHAIN = 10;

  private Handshake() {}

  /** What came of it, and when it succeeded the socket to say QUIT on. */
  public record Result(SmtpLook.Tls tls, Optional<SSLSocket> socket) {}

  public static Result over(BoundedSocket plain, DnsName host) {
    return over(plain, Optional.of(host));
  }

  /**
   * @param host sent as SNI; empty: none is sent
   */
  static Result over(BoundedSocket plain, Optional<DnsName> host) {
    SSLSocket socket;
    try {
      socket = (SSLSocket) context().getSocketFactory().createSocket(plain, "", 0, true);
    } catch (IOException e) {
      return new Result(new SmtpLook.Interrupted(why(e)), Optional.empty());
    }
    var parameters = socket.getSSLParameters();
    parameters.setServerNames(host.flatMap(Handshake::serverName).stream().toList());
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
      var session = socket.getSession();
      var chain = encoded(session.getPeerCertificates());
      return chain.size() > MAX_CHAIN
          ? new Result(
              new SmtpLook.NoHandshake("a chain of %d certificates".formatted(chain.size())),
              Optional.empty())
          : new Result(
              new SmtpLook.Handshake(session.getProtocol(), session.getCipherSuite(), chain),
              Optional.of(socket));
    } catch (IOException | CertificateEncodingException | RuntimeException e) {
      // RuntimeException: whatever JSSE trips over in a stranger's octets is his, not ours.
      return new Result(failure(e), Optional.empty());
    }
  }

  /**
   * A context of its own for each look: a shared one would resume sessions, and a resumed session
   * shows yesterday's certificate.
   */
  private static SSLContext context() {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Onlooker()}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }

  /** None for an address literal (RFC 6066 §3) and for what is no host name. */
  private static Optional<SNIServerName> serverName(DnsName host) {
    if (host.toString().startsWith("[") || Cidr.octets(host.toString()).isPresent()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new SNIHostName(host.toString().getBytes(StandardCharsets.US_ASCII)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static List<byte[]> encoded(Certificate[] certificates)
      throws CertificateEncodingException {
    var chain = new ArrayList<byte[]>(certificates.length);
    for (var certificate : certificates) {
      chain.add(certificate.getEncoded());
    }
    return chain;
  }

  /**
   * Silence and broken lines say nothing about TLS; neither does a server's internal error. What
   * the server said against it, or said wrongly, does.
   */
  private static SmtpLook.Tls failure(Exception failed) {
    Throwable cause = failed;
    for (var depth = 0; cause != null && depth < 8; depth++, cause = cause.getCause()) {
      if (cause instanceof BoundedSocket.TooMuch) {
        return new SmtpLook.NoHandshake("its handshake has no end: " + cause.getMessage());
      }
      if (cause instanceof EOFException
          || cause instanceof SocketException
          || cause instanceof SocketTimeoutException) {
        return new SmtpLook.Interrupted(why(cause));
      }
    }
    var said = why(failed);
    if (!(failed instanceof SSLException)
        || said.contains("internal_error")
        || said.contains("user_canceled")
        || said.contains("close_notify")) {
      return new SmtpLook.Interrupted(said);
    }
    return new SmtpLook.NoHandshake(said.contains("protocol_version"), said);
  }

  public static String why(Throwable failed) {
    var said = failed.getMessage();
    return switch (failed) {
      case EOFException _ -> "it closed the connection";
      case SocketTimeoutException _ -> "no answer in time";
      default ->
          said == null || said.isBlank()
              ? failed.getClass().getSimpleName()
              : CleanText.of(said, 200);
    };
  }

  /**
   * Accepts every certificate: nothing is sent on the connection, the chain is judged later. Being
   * "extended" keeps JSSE from adding checks of its own.
   */
  private static final class Onlooker extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
