package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import maildrift.monitor.config.Problem;
import maildrift.monitor.metrics.Asked;
import maildrift.monitor.wiring.Daemon;
import maildrift.probes.tls.TestCa;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the daemon listens: TLS as the web configuration says, and what a reload changes in it. */
class ServingTest {
  private static final String DOMAINS =
      "domains: [{name: contoso.test, %s}]".formatted(Daemon.ONLY_MX);
  private static final TestCa CA = TestCa.root("our own CA");

  /** Of the same name: a client does not even send what no authority of the server's signed. */
  private static final TestCa STRANGER = TestCa.root("our own CA");

  private static final String TLS = "cert_file: server.crt, key_file: server.key";

  @TempDir Path folder;

  private Daemon.World world;

  @BeforeEach
  void open() {
    world = new Daemon.World(folder).with("contoso.test");
    Daemon.write(folder.resolve("ca.crt"), CA.pem());
    serverCertificate("first");
  }

  @AfterEach
  void close() throws IOException {
    world.close();
  }

  private TestCa.Leaf serverCertificate(String commonName) {
    var leaf = CA.leaf(TestCa.wish("localhost").commonName(commonName));
    Daemon.write(folder.resolve("server.crt"), chain(leaf));
    Daemon.write(folder.resolve("server.key"), key(leaf));
    return leaf;
  }

  private static String chain(TestCa.Leaf leaf) {
    return leaf.chain().stream().map(TestCa::pem).collect(Collectors.joining());
  }

  private static String key(TestCa.Leaf leaf) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(leaf.key().getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  private static String listen(int port) {
    return "http: {listen: \"127.0.0.1:%d\", web_config_file: web.yml}".formatted(port);
  }

  private Daemon start(String web) {
    Daemon.write(folder.resolve("web.yml"), web);
    return world.start(listen(0), DOMAINS);
  }

  private List<Problem> reload(Daemon daemon, String web) {
    Daemon.write(folder.resolve("web.yml"), web);
    return daemon.app().reload();
  }

  /** One request over a connection of its own, as somebody who trusts our CA. */
  private static HttpResponse<String> get(
      String scheme, int port, String method, String path, Optional<TestCa.Leaf> own)
      throws IOException {
    try (var client = HttpClient.newBuilder().sslContext(context(own)).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("%s://localhost:%d%s".formatted(scheme, port, path)))
              .timeout(Daemon.LONG)
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  private static HttpResponse<String> get(Daemon daemon) throws IOException {
    return get("https", daemon.port(), "GET", "/metrics", Optional.empty());
  }

  private static String served(Daemon daemon) {
    try {
      var certificate =
          (X509Certificate) get(daemon).sslSession().orElseThrow().getPeerCertificates()[0];
      return certificate.getSubjectX500Principal().getName();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static SSLContext context(Optional<TestCa.Leaf> own) {
    try {
      var trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, new char[0]);
      trusted.setCertificateEntry("ca", CA.certificate());
      var trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      var keys = KeyStore.getInstance("PKCS12");
      keys.load(null, new char[0]);
      if (own.isPresent()) {
        keys.setKeyEntry(
            "own", own.get().key(), new char[0], own.get().chain().toArray(X509Certificate[]::new));
      }
      var managers = KeyManagerFactory.getInstance("NewSunX509");
      managers.init(keys, new char[0]);
      var context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static TestCa.Leaf client(TestCa ca, GeneralName... names) {
    var wish = TestCa.wish("client").usages(KeyPurposeId.id_kp_clientAuth);
    return ca.leaf(
        new TestCa.Wish(
            wish.commonName(),
            List.of(names),
            wish.notBefore(),
            wish.notAfter(),
            wish.keys(),
            wish.signature(),
            wish.usages()));
  }

  /** Whom each of Go's words lets in: nobody's, a stranger's, our CA's certificate. */
  @ParameterizedTest
  @CsvSource({
    "NoClientCert,               yes, yes, yes",
    "RequestClientCert,          yes, yes, yes",
    "RequireAnyClientCert,       no,  yes, yes",
    "VerifyClientCertIfGiven,    yes, no,  yes",
    "RequireAndVerifyClientCert, no,  no,  yes"
  })
  void everyWordForClientCertificatesMeansWhatItMeansToExporters(
      String word, String nobody, String stranger, String ours) {
    var ca = word.contains("Verify") ? ", client_ca_file: ca.crt" : "";
    try (var daemon =
        start("tls_server_config: {%s, client_auth_type: %s%s}".formatted(TLS, word, ca))) {
      assertThat(letsIn(daemon, Optional.empty())).isEqualTo(nobody.equals("yes"));
      assertThat(letsIn(daemon, Optional.of(client(STRANGER)))).isEqualTo(stranger.equals("yes"));
      assertThat(letsIn(daemon, Optional.of(client(CA)))).isEqualTo(ours.equals("yes"));
    }
  }

  private static boolean letsIn(Daemon daemon, Optional<TestCa.Leaf> own) {
    try {
      return get("https", daemon.port(), "GET", "/metrics", own).statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void aClientMustCarryAnAllowedName() {
    var web =
        """
        tls_server_config:
          cert_file: server.crt
          key_file: server.key
          client_auth_type: VerifyClientCertIfGiven
          client_ca_file: ca.crt
          client_allowed_sans: [prometheus.test, "spiffe://house.test/grafana", "2001:db8::1"]
        """;
    try (var daemon = start(web)) {
      assertThat(letsIn(daemon, Optional.empty())).isTrue();
      assertThat(letsIn(daemon, Optional.of(client(CA)))).isFalse();
      assertThat(letsIn(daemon, Optional.of(client(CA, dns("other.test"))))).isFalse();
      assertThat(letsIn(daemon, Optional.of(client(CA, dns("x.test"), dns("prometheus.test")))))
          .isTrue();
      assertThat(
              letsIn(
                  daemon,
                  Optional.of(
                      client(
                          CA,
                          new GeneralName(
                              GeneralName.uniformResourceIdentifier,
                              "spiffe://house.test/grafana")))))
          .isTrue();
      assertThat(
              letsIn(
                  daemon,
                  Optional.of(client(CA, new GeneralName(GeneralName.iPAddress, "2001:db8::1")))))
          .isTrue();
      assertThat(letsIn(daemon, Optional.of(client(STRANGER, dns("prometheus.test"))))).isFalse();
    }
  }

  private static GeneralName dns(String name) {
    return new GeneralName(GeneralName.dNSName, name);
  }

  @Test
  void http2IsOfferedUnlessTheWebConfigurationSaysNo() throws IOException {
    try (var daemon = start("tls_server_config: {%s}".formatted(TLS))) {
      assertThat(get(daemon).version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(daemon.app().reload()).isEmpty();
      assertThat(get(daemon).version()).isEqualTo(HttpClient.Version.HTTP_2);

      assertThat(
              reload(
                  daemon,
                  "tls_server_config: {%s}\nhttp_server_config: {http2: false}".formatted(TLS)))
          .isEmpty();

      assertThat(get(daemon).version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }
  }

  @Test
  void aListOfCipherSuitesSpeaksOfTls12AloneAsInGo() throws IOException {
    var suites = TLS + ", cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]";
    try (var daemon = start("tls_server_config: {%s}".formatted(suites))) {
      assertThat(get(daemon).sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");

      reload(daemon, "tls_server_config: {%s, max_version: TLS12}".formatted(suites));

      assertThat(get(daemon).sslSession().orElseThrow().getCipherSuite())
          .isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    }
  }

  @Test
  void aRenewedCertificateIsServedWithoutAnybodyAsking() {
    try (var daemon = start("tls_server_config: {%s}".formatted(TLS))) {
      assertThat(served(daemon)).contains("CN=first");

      serverCertificate("second");

      await().atMost(Daemon.LONG).until(() -> served(daemon).contains("CN=second"));
    }
  }

  @Test
  void aKeyThatDoesNotFitChangesNothingAndSaysSo() {
    try (var daemon = start("tls_server_config: {%s}".formatted(TLS))) {
      Daemon.write(
          folder.resolve("server.key"), key(CA.leaf(TestCa.wish("localhost").commonName("x"))));

      assertThat(daemon.app().reload())
          .singleElement()
          .satisfies(
              problem ->
                  assertThat(problem.message())
                      .contains(
                          "the key of key_file %s does not belong to the certificate of cert_file %s"
                              .formatted(
                                  folder.resolve("server.key"), folder.resolve("server.crt"))));
      assertThat(served(daemon)).contains("CN=first");
      assertThat(metrics(daemon)).contains("maildrift_config_last_reload_successful 0");

      serverCertificate("second");

      assertThat(daemon.app().reload()).isEmpty();
      assertThat(served(daemon)).contains("CN=second");
      assertThat(metrics(daemon)).contains("maildrift_config_last_reload_successful 1");
    }
  }

  private static String metrics(Daemon daemon) {
    var bytes = new ByteArrayOutputStream();
    daemon.app().metrics(Asked.ALL, (piece, length) -> bytes.write(piece, 0, length));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aReloadMovesTheListenerAndAnswersWhoAskedForIt() throws IOException {
    try (var daemon = start("")) {
      var old = daemon.port();
      var elsewhere = freePort();
      daemon.rewrite(listen(elsewhere), DOMAINS);

      assertThat(get("http", old, "POST", "/-/reload", Optional.empty()).statusCode())
          .isEqualTo(200);

      assertThat(daemon.port()).isEqualTo(elsewhere);
      assertThat(get("http", elsewhere, "GET", "/metrics", Optional.empty()).statusCode())
          .isEqualTo(200);
      await()
          .atMost(Daemon.LONG)
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> get("http", old, "GET", "/metrics", Optional.empty()))
                      .isInstanceOf(IOException.class));
    }
  }

  @Test
  void tlsIsSwitchedOnAndOffOnThePortThatIsInUse() throws IOException {
    try (var daemon = start("")) {
      var port = freePort();
      daemon.rewrite(listen(port), DOMAINS);
      assertThat(daemon.app().reload()).isEmpty();

      Daemon.write(folder.resolve("web.yml"), "tls_server_config: {%s}".formatted(TLS));
      assertThat(get("http", port, "POST", "/-/reload", Optional.empty()).statusCode())
          .isEqualTo(200);
      assertThat(get("https", port, "GET", "/metrics", Optional.empty()).statusCode())
          .isEqualTo(200);

      Daemon.write(folder.resolve("web.yml"), "");
      assertThat(get("https", port, "POST", "/-/reload", Optional.empty()).statusCode())
          .isEqualTo(200);
      assertThat(get("http", port, "GET", "/metrics", Optional.empty()).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void anAddressThatIsTakenLeavesTheListenerWhereItIs() throws IOException {
    try (var daemon = start("");
        var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var old = daemon.port();
      daemon.rewrite(listen(taken.getLocalPort()), DOMAINS);

      assertThat(daemon.app().reload())
          .singleElement()
          .satisfies(
              problem ->
                  assertThat(problem.message())
                      .startsWith("cannot listen on 127.0.0.1:" + taken.getLocalPort()));

      assertThat(get("http", old, "GET", "/metrics", Optional.empty()).body())
          .contains("maildrift_config_last_reload_successful 0");
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
