package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Collectors;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.wiring.Loading;
import maildrift.probes.tls.TestCa;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The web configuration that Prometheus takes is the one that maildrift takes. */
class WebConfigLabTest {
  private static final TestCa CA = TestCa.root("our own CA");
  private static final String HASH =
      BCrypt.with(BCrypt.Version.VERSION_2Y).hashToString(4, "correct horse".toCharArray());

  @TempDir Path folder;

  @BeforeEach
  void certificates() throws IOException {
    Programs.require("promtool");
    var leaf = CA.leaf(TestCa.wish("localhost").commonName("localhost"));
    Files.writeString(folder.resolve("ca.crt"), CA.pem());
    Files.writeString(
        folder.resolve("server.crt"),
        leaf.chain().stream().map(TestCa::pem).collect(Collectors.joining()));
    Files.writeString(
        folder.resolve("server.key"),
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(leaf.key().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
  }

  private boolean prometheusTakes(String web) throws IOException {
    Files.writeString(folder.resolve("web.yml"), web);
    return Programs.tryTo(folder, "", "promtool", "check", "web-config", "web.yml").exit() == 0;
  }

  private boolean maildriftTakes() throws IOException {
    var file = folder.resolve("maildrift.yml");
    Files.writeString(file, "http: {web_config_file: web.yml}\n");
    return Loading.loader().load(file) instanceof ConfigLoader.Loaded;
  }

  @Test
  void aWholeFileIsTakenByBoth() throws IOException {
    var web =
        """
        tls_server_config:
          cert_file: server.crt
          key_file: server.key
          client_auth_type: RequireAndVerifyClientCert
          client_ca_file: ca.crt
          min_version: TLS12
          max_version: TLS13
          cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
          prefer_server_cipher_suites: true
          curve_preferences: [CurveP256]
        http_server_config:
          http2: true
          headers:
            Content-Security-Policy: "default-src 'self'"
            X-Frame-Options: deny
            X-Content-Type-Options: nosniff
            X-XSS-Protection: "1"
            Strict-Transport-Security: max-age=31536000
        basic_auth_users:
          alice: %s
          bob: "%s"
        """
            .formatted(HASH, HASH);
    assertThat(prometheusTakes(web)).as(Files.readString(folder.resolve("web.yml"))).isTrue();
    assertThat(maildriftTakes()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tls_server_config: {cert_file: server.crt}",
        "tls_server_config: {cert_file: server.crt, key_file: server.key, min_version: TLS99}",
        "tls_server_config: {cert_file: server.crt, key_file: none.key}",
        "tls_server_config: {cert_file: server.crt, key_file: server.key, cipher_suites: [NONE]}",
        "tls_server_config: {cert_file: server.crt, key_file: server.key, client_auth_type: Sometimes}",
        "http_server_config: {headers: {X-Other: x}}",
        "basic_auth_userz: {}"
      })
  void whatIsWrongIsTakenByNeither(String web) throws IOException {
    assertThat(prometheusTakes(web)).isFalse();
    assertThat(maildriftTakes()).isFalse();
  }
}
