package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** The names and manners of a gateway, shown by Postfix and NSD. */
@Tag("lab")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewayLabTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ADDRESS = "127.0.0.27";
  private static final String SUBJECT = "gw.lab.test[127.0.0.27]";

  private Lab lab;
  private Postfix postfix;
  private Path config;

  @BeforeAll
  void start() {
    Programs.require(Lab.NAME_SERVERS);
    Programs.require(Lab.MAIL_SERVERS);
    Programs.requireRoot();
    lab = Lab.start();
    var port = Server.freePort(ADDRESS);
    postfix =
        lab.open(
            new Postfix(
                lab.folder("gateway"),
                "gw.lab.test",
                ADDRESS,
                port,
                new TestCa(lab.folder("gateway-ca")).server("gw", "gw.lab.test")));
    config = lab.folder("names").resolve("maildrift.yml");
    Nsd.write(
        config,
        """
        dns: {resolvers: ["%s"], timeout: 1s}
        smtp: {port: %d, helo: monitor.example.net, allow_private: true, timeout: 10s}
        gateways:
          gw: {host: gw.lab.test, addresses: [%s], port: %d, banner: gw.lab.test, helo: gw.lab.test}
        domains:
          - {name: gate.lab.test, profiles: [{name: seppmail, gateway: gw, role: gateway}]}
        """
            .formatted(lab.unbound.hostAndPort(), port, ADDRESS, port));
  }

  @AfterAll
  void stop() {
    lab.close();
  }

  @BeforeEach
  void asItShouldBe() {
    lab.signed("gate MX 10 gw\ngw A %s\n".formatted(ADDRESS));
    reverse("gw.lab.test.");
    postfix.set(
        "smtpd_banner = gw.lab.test ESMTP",
        "smtpd_tls_security_level = may",
        "mydestination = gate.lab.test",
        "smtpd_recipient_restrictions = reject_unauth_destination");
    eventually(said -> assertThat(wrong(said)).isEmpty());
  }

  private void reverse(String name) {
    lab.nsd.publish("127.in-addr.arpa", "27.0.0 PTR %s\n".formatted(name));
  }

  @Test
  void theNamesOfPostfixAgree() {
    var said = check();

    assertThat(said.exit()).as(said.out()).isZero();
    var place = Web.parse(said.out()).at("/probes/gateway/facts/addresses/0");
    assertThat(place.path("gateway").asString()).isEqualTo("gw");
    assertThat(place.path("banner").asString()).isEqualTo("gw.lab.test");
    assertThat(place.path("confirmed").asBoolean()).isTrue();
    assertThat(Web.parse(said.out()).at("/probes/smtp/facts/hosts/0/requiretls").asBoolean(true))
        .isFalse();
  }

  @Test
  void aBannerThatDriftedAndAMissingReverseNameAreFound() {
    postfix.set("smtpd_banner = drifted.lab.test ESMTP");
    eventually(said -> assertThat(wrong(said)).containsExactly("gateway.banner " + server()));

    lab.nsd.publish("127.in-addr.arpa", "1.0.0 PTR localhost.\n");
    eventually(
        said -> {
          // Of a private address, as it is here, that is a note.
          assertThat(rules(said)).contains("gateway.ptr");
          assertThat(said.exit()).isEqualTo(1);
          assertThat(said.out()).contains("27.0.0.127.in-addr.arpa. IN PTR gw.lab.test.");
        });
  }

  @Test
  void aReverseNameThatLeadsElsewhereIsFound() {
    reverse("mx1.lab.test.");

    eventually(said -> assertThat(wrong(said)).containsExactly("gateway.fcrdns " + SUBJECT));
  }

  private String server() {
    var port = Web.parse(check().out()).at("/probes/gateway/facts/addresses/0/port").asInt();
    return SUBJECT + ":" + port;
  }

  @Test
  void postfixThrowsInjectedCommandsAwayAndTakesPostmasterAndPlaintext() {
    var said = check("--active", "injection,plaintext,postmaster");

    assertThat(wrong(said)).isEmpty();
    var host = Web.parse(said.out()).at("/probes/smtp/facts/hosts/0");
    assertThat(host.path("injection").asString()).startsWith("refused: ");
    assertThat(host.path("plaintext").asString()).startsWith("accepted: 250 ");
    assertThat(host.path("postmaster").asString()).startsWith("accepted: 250 ");
  }

  @Test
  void aPostfixThatRequiresTlsAndKnowsNoPostmasterIsFound() {
    postfix.set(
        "smtpd_tls_security_level = encrypt",
        "smtpd_recipient_restrictions = check_recipient_access"
            + " inline:{ { postmaster@gate.lab.test = 550 5.1.1 nobody here } },"
            + " reject_unauth_destination");

    eventually(
        said -> {
          assertThat(wrong(said))
              .hasSize(1)
              .first()
              .asString()
              .startsWith("tls.plaintext-public gw");
          assertThat(rules(said)).as(said.out()).contains("smtp.postmaster");
          assertThat(said.out()).contains("postmaster@gate.lab.test: 550 5.1.1");
        },
        "--active",
        "injection,plaintext,postmaster");
  }

  private Said check(String... more) {
    var arguments =
        new ArrayList<>(
            List.of(
                "check",
                "gate.lab.test",
                "--only",
                "gateway,smtp",
                "--format",
                "json",
                "--config",
                config.toString()));
    arguments.addAll(List.of(more));
    return Said.maildrift(arguments.toArray(String[]::new));
  }

  /** Until the resolver's second of memory is over, and Postfix has read its settings. */
  private void eventually(Consumer<Said> expected, String... more) {
    await().atMost(PATIENCE).untilAsserted(() -> expected.accept(check(more)));
  }

  private static List<JsonNode> findings(Said said) {
    assertThat(said.lines()).as(said.err()).hasSize(1);
    return Web.parse(said.out()).path("findings").valueStream().toList();
  }

  private static List<String> rules(Said said) {
    return findings(said).stream().map(finding -> finding.path("rule").asString()).toList();
  }

  private static List<String> wrong(Said said) {
    return findings(said).stream()
        .filter(finding -> !finding.path("severity").asString().equals("info"))
        .map(
            finding ->
                "%s %s"
                    .formatted(finding.path("rule").asString(), finding.path("subject").asString()))
        .toList();
  }
}
