package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
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

/**
 * A signed zone with TLSA records for a Postfix, and the same zone with a record that was changed
 * behind its signature.
 */
@Tag("lab")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DaneLabTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Lab lab;
  private Path ourselves;
  private Path trusting;
  private String present;

  @BeforeAll
  void start() throws Exception {
    Programs.require(Lab.NAME_SERVERS);
    Programs.require(Lab.MAIL_SERVERS);
    Programs.requireRoot();
    lab = Lab.start();
    lab.mailHosts();
    present = "3 1 1 " + digest(lab.folder("ca").resolve("mx1.crt"));
    ourselves = config("ourselves", "trust_anchor_file: " + lab.nsd.trustAnchor());
    trusting = config("trusting", "trusted_resolver: \"%s\"".formatted(lab.unbound.hostAndPort()));
  }

  @AfterAll
  void stop() {
    lab.close();
  }

  private Path config(String name, String dnssec) {
    var config = lab.folder("dane").resolve(name + ".yml");
    Nsd.write(
        config, Configurations.looking(lab).replaceFirst("dns:\n", "dns:\n  " + dnssec + "\n"));
    return config;
  }

  private static String digest(Path certificate) throws Exception {
    try (var in = java.nio.file.Files.newInputStream(certificate)) {
      var key = CertificateFactory.getInstance("X.509").generateCertificate(in).getPublicKey();
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
    }
  }

  private void publish(String... records) {
    var more = new StringBuilder();
    for (var record : records) {
      more.append("_%d._tcp.mx1 TLSA %s\n".formatted(lab.smtpPort, record));
    }
    lab.signed(more.toString());
  }

  @Test
  void aSignedZoneWithTheRightTlsaIsSecureByWhoeverValidates() {
    publish(present, "3 1 1 " + "ab".repeat(32));

    for (var config : List.of(ourselves, trusting)) {
      eventually(
          config,
          said -> {
            assertThat(said.exit()).as(said.out()).isZero();
            assertThat(fact(said, "dnssec", "status")).isEqualTo("secure");
            assertThat(fact(said, "dane", "mxStatus")).isEqualTo("secure");
            assertThat(fact(said, "dane", "hosts/0/status")).isEqualTo("secure");
            assertThat(facts(said, "dane").at("/hosts/0/matches/0/matched").asBoolean()).isTrue();
            assertThat(wrong(said)).isEmpty();
          });
    }
    assertThat(fact(check(ourselves), "dnssec", "validatedBy")).isEqualTo("maildrift");
    assertThat(fact(check(trusting), "dnssec", "validatedBy"))
        .isEqualTo("resolver " + lab.unbound.hostAndPort());
  }

  @Test
  void aTlsaRecordThatWasTamperedWithIsBogusAndSendersDoNotDeliver() {
    publish(present, "3 1 1 " + "ab".repeat(32));
    lab.nsd.forge("3 1 1 " + "ab".repeat(32), "3 1 1 " + "cd".repeat(32));

    for (var config : List.of(ourselves, trusting)) {
      eventually(
          config,
          said -> {
            assertThat(said.exit()).as(said.out()).isEqualTo(1);
            assertThat(wrong(said)).containsExactly("dane.denial");
            assertThat(fact(said, "dnssec", "status")).isEqualTo("secure");
          });
    }
  }

  @Test
  void anMxThatWasTamperedWithIsBogusForTheWholeDomain() {
    publish(present, "3 1 1 " + "ab".repeat(32));
    lab.nsd.forge("MX\t10 mx1.lab.test.", "MX\t20 mx1.lab.test.");

    eventually(
        ourselves,
        said -> {
          assertThat(fact(said, "dnssec", "status")).isEqualTo("bogus");
          assertThat(wrong(said)).contains("dnssec.status");
        });
  }

  @Test
  void theRecordOfAnotherKeyMatchesNothingAndTheRightOneIsThereToPaste() {
    publish("3 1 1 " + "ab".repeat(32), "3 1 1 " + "cd".repeat(32));

    eventually(
        ourselves,
        said -> {
          assertThat(wrong(said)).containsExactly("dane.match");
          assertThat(said.out()).contains(present);
        });
  }

  private static Said check(Path config) {
    return Said.maildrift(
        "check",
        "lab.test",
        "--only",
        "dnssec,dane",
        "--format",
        "json",
        "--config",
        config.toString());
  }

  /** Until the resolver's second of memory is over. */
  private static void eventually(Path config, Consumer<Said> expected) {
    await().atMost(PATIENCE).untilAsserted(() -> expected.accept(check(config)));
  }

  private static JsonNode facts(Said said, String probe) {
    assertThat(said.lines()).as(said.err()).hasSize(1);
    return Web.parse(said.out()).at("/probes/%s/facts".formatted(probe));
  }

  private static String fact(Said said, String probe, String path) {
    return facts(said, probe).at("/" + path).asString();
  }

  private static List<String> wrong(Said said) {
    return Web.parse(said.out())
        .path("findings")
        .valueStream()
        .filter(finding -> !finding.path("severity").asString().equals("info"))
        .map(finding -> finding.path("rule").asString())
        .toList();
  }
}
