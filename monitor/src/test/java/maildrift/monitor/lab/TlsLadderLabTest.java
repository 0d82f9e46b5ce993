package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Two tenants on one gateway: the levels that a Postfix behind it reaches, and those asked for. */
@Tag("lab")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsLadderLabTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ADDRESS = "127.0.0.28";

  private Lab lab;
  private Postfix postfix;
  private Path config;
  private Path root;
  private Path trusted;
  private Path strangers;

  @BeforeAll
  void start() throws IOException, GeneralSecurityException {
    Programs.require(Lab.NAME_SERVERS);
    Programs.require(Lab.MAIL_SERVERS);
    Programs.requireRoot();
    lab = Lab.start();
    var port = Server.freePort(ADDRESS);
    var ca = new TestCa(lab.folder("tenant-ca"));
    root = ca.root();
    trusted = ca.server("tenant", "tenant.lab.test");
    strangers = new TestCa(lab.folder("strange-ca")).server("tenant", "tenant.lab.test");
    postfix =
        lab.open(new Postfix(lab.folder("tenant"), "tenant.lab.test", ADDRESS, port, trusted));
    lab.signed("plain MX 10 tenant\ntenant A %s\n".formatted(ADDRESS));
    config = lab.folder("ladder").resolve("maildrift.yml");
    Nsd.write(
        config,
        """
        dns: {resolvers: ["%1$s"], timeout: 1s}
        smtp: {port: %2$d, helo: monitor.example.net, allow_private: true, timeout: 10s, old_tls: false}
        tenants: {red: {}, blue: {}}
        gateways:
          gw: {host: gw.lab.test, addresses: [127.0.0.29], only_reachable_from: [192.0.2.0/24]}
        domains:
          - name: red.lab.test
            tenant: red
            profiles: [{name: seppmail, gateway: gw, role: gateway}]
            forwarding_server: "[tenant.lab.test]"
            tls_level: may
          - name: blue.lab.test
            tenant: blue
            profiles: [{name: seppmail, gateway: gw, role: gateway}]
            forwarding_server: "[tenant.lab.test]"
            tls_levels: {forwarding: fingerprint}
            pins: {tenant.lab.test: ["%3$s"]}
          - {name: plain.lab.test, tls_levels: {mx: verify}}
        """
            .formatted(lab.unbound.hostAndPort(), port, fingerprint(trusted)));
  }

  @AfterAll
  void stop() {
    lab.close();
  }

  private static String fingerprint(Path chain) throws IOException, GeneralSecurityException {
    var pem = Nsd.read(chain);
    var begin = pem.indexOf("-----BEGIN CERTIFICATE");
    try (var in =
        new ByteArrayInputStream(pem.substring(begin).getBytes(StandardCharsets.US_ASCII))) {
      var certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }
  }

  @Test
  void everyLevelThatPostfixReachesIsHeldAgainstTheOneThatIsAsked() {
    postfix.set("smtpd_tls_security_level = none");
    eventually(
        "red.lab.test",
        said -> {
          assertThat(leg(said)).isEqualTo("forwarding verify by shared gateway reaches none");
          assertThat(rules(said)).contains("tls.level", "tls.starttls");
        });

    postfix.set("smtpd_tls_security_level = may", "smtpd_tls_protocols = TLSv1");
    eventually(
        "red.lab.test",
        said -> {
          assertThat(leg(said)).isEqualTo("forwarding verify by shared gateway reaches may");
          assertThat(rules(said)).contains("tls.level");
        });

    postfix.set("smtpd_tls_protocols = >=TLSv1.2", "smtpd_tls_chain_files = " + strangers);
    eventually(
        "red.lab.test",
        said -> {
          assertThat(leg(said)).isEqualTo("forwarding verify by shared gateway reaches encrypt");
          assertThat(rules(said)).contains("tls.level", "tls.chain");
        });
    eventually(
        "blue.lab.test",
        said -> {
          assertThat(leg(said)).isEqualTo("forwarding fingerprint by tls_levels reaches encrypt");
          assertThat(rules(said)).contains("tls.level", "tls.fingerprint");
          assertThat(said.out()).contains(colons(strangers), colons(trusted));
        });

    postfix.set("smtpd_tls_chain_files = " + trusted);
    eventually(
        "red.lab.test",
        said -> {
          assertThat(leg(said)).isEqualTo("forwarding verify by shared gateway reaches secure");
          assertThat(rules(said)).doesNotContain("tls.level", "tls.chain");
        });
    eventually(
        "blue.lab.test",
        said -> {
          assertThat(leg(said))
              .isEqualTo("forwarding fingerprint by tls_levels reaches fingerprint");
          assertThat(rules(said)).doesNotContain("tls.level", "tls.fingerprint");
        });
    // A name that DNS gave is as good as DNS.
    eventually(
        "plain.lab.test",
        said -> {
          assertThat(leg(said)).isEqualTo("mx verify by tls_levels reaches verify");
          assertThat(rules(said)).doesNotContain("tls.level");
        });
  }

  private static String colons(Path chain) {
    try {
      return HexFormat.ofDelimiter(":")
          .withUpperCase()
          .formatHex(HexFormat.of().parseHex(fingerprint(chain)));
    } catch (IOException | GeneralSecurityException failure) {
      throw new AssertionError(failure);
    }
  }

  /** Until Postfix has read its settings. */
  private void eventually(String domain, Consumer<Said> expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                expected.accept(
                    Said.maildrift(
                        "check",
                        domain,
                        "--only",
                        "tls",
                        "--format",
                        "json",
                        "--ca-file",
                        root.toString(),
                        "--config",
                        config.toString())));
  }

  private static JsonNode only(Said said) {
    assertThat(said.lines()).as(said.err()).hasSize(1);
    return Web.parse(said.out());
  }

  private static String leg(Said said) {
    var legs = only(said).at("/probes/tls/facts/legs");
    assertThat(legs).as(said.out()).hasSize(1);
    var leg = legs.get(0);
    return "%s %s by %s reaches %s"
        .formatted(
            leg.path("leg").asString(),
            leg.path("required").asString(),
            leg.path("requiredBy").asString(),
            leg.path("reached").asString());
  }

  private static List<String> rules(Said said) {
    return only(said)
        .path("findings")
        .valueStream()
        .map(one -> one.path("rule").asString())
        .toList();
  }
}
