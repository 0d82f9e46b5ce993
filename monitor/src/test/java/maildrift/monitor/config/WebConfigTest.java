package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WebConfigTest {
  @TempDir private Path folder;

  private WebConfig read(String web) {
    return new Sandbox(folder)
        .file("web.yml", web)
        .file("server.crt", "c")
        .file("server.key", "k")
        .loaded("http: {web_config_file: web.yml}")
        .http()
        .web()
        .orElseThrow();
  }

  @Test
  void anEmptyFileMeansNeitherTlsNorUsers() {
    var web = read("");

    assertThat(web.tls()).isEmpty();
    assertThat(web.users()).isEmpty();
  }

  @Test
  void tlsStartsAtOneDotTwo() {
    var tls = read("tls_server_config: {cert_file: server.crt, key_file: server.key}").tls();

    assertThat(tls.orElseThrow().minVersion()).isEqualTo("TLSv1.2");
    assertThat(tls.orElseThrow().maxVersion()).isEqualTo("TLSv1.3");
    assertThat(tls.orElseThrow().clientAuth()).isEqualTo(WebConfig.ClientAuth.NO_CLIENT_CERT);
  }

  @Test
  void aHashOfEveryCommonKindIsTaken() {
    for (var version :
        new BCrypt.Version[] {
          BCrypt.Version.VERSION_2A, BCrypt.Version.VERSION_2B, BCrypt.Version.VERSION_2Y
        }) {
      var hash = BCrypt.with(version).hashToString(4, "correct horse".toCharArray());

      assertThat(read("basic_auth_users: {alice: '%s'}".formatted(hash)).users().get("alice"))
          .isEqualTo(new Secret(hash));
    }
  }

  @Test
  void whatOnlyExportersKnowIsAWarning() {
    var sandbox =
        new Sandbox(folder)
            .file("server.crt", "c")
            .file("server.key", "k")
            .file(
                "web.yml",
                """
                tls_server_config:
                  cert_file: server.crt
                  key_file: server.key
                  curve_preferences: [X25519]
                rate_limit: {interval: 1s, burst: 10}
                """);

    assertThat(sandbox.warnings("http: {web_config_file: web.yml}"))
        .containsExactly(
            "web.yml:4:3: curve_preferences has no effect on maildrift",
            "web.yml:5:1: rate_limit has no effect on maildrift");
  }

  @Test
  void clientCertificatesNeedSomebodyWhoSignsThem() {
    assertThat(
            new Sandbox(folder)
                .file("server.crt", "c")
                .file("server.key", "k")
                .file(
                    "web.yml",
                    """
                    tls_server_config: {cert_file: server.crt, key_file: server.key,
                      client_auth_type: RequireAndVerifyClientCert}
                    """)
                .problems("http: {web_config_file: web.yml}"))
        .containsExactly(
            "web.yml:2:21: client_auth_type: 'RequireAndVerifyClientCert' needs a client_ca_file to verify with");
  }

  @Test
  void aCipherSuiteThatWouldFailAtEachHandshakeIsAMistake() {
    assertThat(
            new Sandbox(folder)
                .file("server.crt", "c")
                .file("server.key", "k")
                .file(
                    "web.yml",
                    """
                    tls_server_config: {cert_file: server.crt, key_file: server.key,
                      cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265]}
                    """)
                .problems("http: {web_config_file: web.yml}"))
        .containsExactly(
            "web.yml:2:19: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265' is no cipher suite that this Java allows; did you mean 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'?");
  }
}
