package maildrift.monitor.web;

import com.google.common.net.InetAddresses;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509KeyManager;
import maildrift.monitor.config.WebConfig;

/**
 * What {@code tls_server_config} asks for, with certificates and key as they are in their files at
 * this moment. What can be found wrong is found here, before anything that works is given up.
 */
final class ServerTls {
  /** Always offered: like Go's, the list of the web configuration speaks of TLS 1.2 alone. */
  private static final List<String> SUITES_OF_1_3 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  private final WebConfig.Tls tls;
  private final Vertx vertx;

  private ServerTls(WebConfig.Tls tls, Vertx vertx) {
    this.tls = tls;
    this.vertx = vertx;
  }

  /**
   * Makes the options those of a TLS server.
   *
   * @param http2 offered to clients
   * @throws Unusable when a file cannot be read or does not fit another
   */
  static void secure(HttpServerOptions options, WebConfig.Tls tls, boolean http2, Vertx vertx)
      throws Unusable {
    new ServerTls(tls, vertx).secure(options, http2);
  }

  /** The server cannot work like this; the message says why, and names the file. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(String why) {
      super(why);
    }

    Unusable(String why, Throwable cause) {
      super(why + ": " + cause.getMessage(), cause);
    }
  }

  private void secure(HttpServerOptions options, boolean http2) throws Unusable {
    options.setSsl(true).setUseAlpn(http2).setKeyCertOptions(keyAndCertificate());
    if (http2) {
      // Said here because an update of the options does not add it by itself.
      options.getSslOptions().setApplicationLayerProtocols(List.of("h2", "http/1.1"));
    }
    var versions = new LinkedHashSet<>(List.of("TLSv1.2", "TLSv1.3"));
    versions.removeIf(
        version ->
            version.compareTo(tls.minVersion()) < 0 || version.compareTo(tls.maxVersion()) > 0);
    options.setEnabledSecureTransportProtocols(Set.copyOf(versions));
    if (!tls.cipherSuites().isEmpty()) {
      tls.cipherSuites().forEach(options::addEnabledCipherSuite);
      if (versions.contains("TLSv1.3")) {
        SUITES_OF_1_3.forEach(options::addEnabledCipherSuite);
      }
    }
    switch (tls.clientAuth()) {
      case NO_CLIENT_CERT -> options.setClientAuth(ClientAuth.NONE);
      case REQUEST_CLIENT_CERT -> clients(options, ClientAuth.REQUEST, new Anybody());
      case REQUIRE_ANY_CLIENT_CERT -> clients(options, ClientAuth.REQUIRED, new Anybody());
      case VERIFY_CLIENT_CERT_IF_GIVEN -> clients(options, ClientAuth.REQUEST, signedByTheCa());
      case REQUIRE_AND_VERIFY_CLIENT_CERT -> clients(options, ClientAuth.REQUIRED, signedByTheCa());
    }
  }

  private static void clients(
      HttpServerOptions options, ClientAuth asked, X509ExtendedTrustManager who) {
    options.setClientAuth(asked).setTrustOptions(TrustOptions.wrap(who));
  }

  private PemKeyCertOptions keyAndCertificate() throws Unusable {
    var certificate = read("cert_file", tls.certificateFile());
    var key = read("key_file", tls.keyFile());
    var pair =
        new PemKeyCertOptions()
            .setCertValue(Buffer.buffer(certificate))
            .setKeyValue(Buffer.buffer(key));
    var leaf = certificates("cert_file", tls.certificateFile(), certificate).getFirst();
    if (!belongs(privateKey(pair, leaf), leaf.getPublicKey())) {
      // As while a certificate is renewed and only one of the two files is there yet.
      throw new Unusable(
          "the key of key_file %s does not belong to the certificate of cert_file %s"
              .formatted(tls.keyFile(), tls.certificateFile()));
    }
    return pair;
  }

  private static byte[] read(String key, Path file) throws Unusable {
    try {
      return Files.readAllBytes(file);
    } catch (IOException failure) {
      throw new Unusable("%s %s cannot be read".formatted(key, file), failure);
    }
  }

  private static List<X509Certificate> certificates(String key, Path file, byte[] pem)
      throws Unusable {
    try {
      var certificates = new ArrayList<X509Certificate>();
      for (var one :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        certificates.add((X509Certificate) one);
      }
      if (!certificates.isEmpty()) {
        return certificates;
      }
    } catch (CertificateException failure) {
      throw new Unusable("%s %s holds no PEM certificates".formatted(key, file), failure);
    }
    throw new Unusable("%s %s holds no PEM certificates".formatted(key, file));
  }

  private PrivateKey privateKey(PemKeyCertOptions pair, X509Certificate leaf) throws Unusable {
    try {
      for (var manager : pair.getKeyManagerFactory(vertx).getKeyManagers()) {
        if (manager instanceof X509KeyManager keys) {
          var aliases = keys.getServerAliases(leaf.getPublicKey().getAlgorithm(), null);
          if (aliases != null && aliases.length > 0) {
            return keys.getPrivateKey(aliases[0]);
          }
        }
      }
    } catch (Exception failure) { // Vert.x declares no less
      throw new Unusable("key_file %s cannot be used".formatted(tls.keyFile()), failure);
    }
    throw new Unusable("key_file %s holds no PEM key".formatted(tls.keyFile()));
  }

  private static boolean belongs(PrivateKey key, PublicKey certified) throws Unusable {
    var algorithm =
        switch (certified.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> certified.getAlgorithm();
        };
    if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
      return false;
    }
    try {
      var text = new byte[] {1, 2, 3};
      var signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(text);
      var signature = signer.sign();
      signer.initVerify(certified);
      signer.update(text);
      return signer.verify(signature);
    } catch (GeneralSecurityException failure) {
      throw new Unusable("a key of type %s cannot be used".formatted(algorithm), failure);
    }
  }

  private X509ExtendedTrustManager signedByTheCa() throws Unusable {
    var file = tls.clientCaFile().orElseThrow(() -> new Unusable("client_ca_file is missing"));
    var roots = certificates("client_ca_file", file, read("client_ca_file", file));
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, new char[0]);
      for (var i = 0; i < roots.size(); i++) {
        store.setCertificateEntry("ca" + i, roots.get(i));
      }
      var factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      for (var manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager verified) {
          return new Named(verified, tls.clientAllowedSans());
        }
      }
    } catch (GeneralSecurityException | IOException failure) {
      throw new Unusable("client_ca_file %s cannot be used".formatted(file), failure);
    }
    throw new Unusable("this Java has no PKIX trust manager");
  }

  /** A server never verifies servers: only the half for clients differs. */
  private abstract static class Clients extends X509ExtendedTrustManager {
    abstract void check(X509Certificate[] chain, String type) throws CertificateException;

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("not a client");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException("not a client");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("not a client");
    }
  }

  /** A certificate is asked for and not verified, which is what Go's two words mean. */
  private static final class Anybody extends Clients {
    @Override
    void check(X509Certificate[] chain, String type) {
      // Whoever has a key may call himself what he likes.
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /** Signed by the authority, and with one of the allowed names where some are given. */
  private static final class Named extends Clients {
    private final X509ExtendedTrustManager authority;
    private final List<String> allowed;

    Named(X509ExtendedTrustManager authority, List<String> allowed) {
      this.authority = authority;
      this.allowed = List.copyOf(allowed);
    }

    @Override
    void check(X509Certificate[] chain, String type) throws CertificateException {
      authority.checkClientTrusted(chain, type);
      if (!allowed.isEmpty() && names(chain[0]).stream().noneMatch(this::isAllowed)) {
        throw new CertificateException(
            "the client's certificate carries none of client_allowed_sans");
      }
    }

    private boolean isAllowed(String name) {
      return allowed.stream().anyMatch(own -> own.equals(name) || isSameAddress(own, name));
    }

    /** An IPv6 address has several spellings. */
    private static boolean isSameAddress(String one, String other) {
      return InetAddresses.isInetAddress(one)
          && InetAddresses.isInetAddress(other)
          && InetAddresses.forString(one).equals(InetAddresses.forString(other));
    }

    /** DNS names, mail addresses, IP addresses and URIs, all of which Java gives as text. */
    private static List<String> names(X509Certificate certificate) throws CertificateException {
      var names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(name -> List.of(1, 2, 6, 7).contains(name.get(0)))
              .map(name -> name.get(1).toString())
              .toList();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return authority.getAcceptedIssuers();
    }
  }
}
