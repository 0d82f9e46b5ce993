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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The command line against the laboratory: what it prints, and how it ends. */
@Tag("lab")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsLabTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ADDED = "198.51.100.0/24";

  private Lab lab;
  private Path config;
  private Path root;
  private boolean drifted;

  @BeforeAll
  void start() {
    Programs.require(Lab.NAME_SERVERS);
    Programs.require(Lab.MAIL_SERVERS);
    Programs.requireRoot();
    lab = Lab.start();
    root = lab.mailHosts();
    config = lab.folder("commands").resolve("maildrift.yml");
    Nsd.write(config, Configurations.looking(lab));
  }

  @AfterAll
  void stop() {
    lab.close();
  }

  @BeforeEach
  void asDocumented() {
    if (!drifted) {
      return;
    }
    drifted = false;
    lab.netblocks(Lab.DOCUMENTED);
    lab.heal();
    eventually(
        () -> Said.maildrift("netblocks", Lab.NETBLOCKS, "--dns", lab.unbound.hostAndPort()),
        said -> assertThat(said.lines()).isEqualTo(Lab.DOCUMENTED));
    eventually(() -> check("lab.test", "--only", "spf"), said -> assertThat(said.exit()).isZero());
  }

  @Test
  void aDomainThatIsAsItShouldBePassesAsJson() {
    var said = check("contoso.tld", "--format", "json");

    assertThat(said.exit()).as(said.out()).isZero();
    var one = only(said);
    assertThat(one.path("verdict").asString()).isEqualTo("pass");
    assertThat(one.path("tenant").asString()).isEqualTo("contoso");
    assertThat(texts(one.at("/probes/spf/facts/netblocks")))
        .containsExactlyInAnyOrderElementsOf(Lab.DOCUMENTED);
    assertThat(one.at("/probes/spf/facts/lookups").asInt()).isEqualTo(1);
    assertThat(one.at("/probes/mx/facts/hosts")).hasSize(2);
    // The MX hosts, one of which is the forwarding server, and the smarthost.
    assertThat(one.at("/probes/tls/facts/hosts"))
        .hasSize(3)
        .allSatisfy(host -> assertThat(host.path("level").asString()).isEqualTo("secure"));
    assertThat(one.at("/probes/netblocks/facts/sources/0/missing")).isEmpty();
    assertThat(wrong(one)).isEmpty();
  }

  @Test
  void aDomainThatIsAsItShouldBePassesAsText() {
    var said = check("contoso.tld");

    assertThat(said.exit()).as(said.out()).isZero();
    assertThat(said.lines().getFirst()).contains("contoso.tld", "PASS");
  }

  @Test
  void aNetworkThatTheAllowlistLacksIsNamedWithTheListToPaste() {
    publishAlso(ADDED);

    var json = check("contoso.tld", "--format", "json");
    assertThat(json.exit()).isEqualTo(1);
    var finding =
        only(json)
            .path("findings")
            .valueStream()
            .filter(one -> one.path("rule").asString().equals("netblocks.missing"))
            .findFirst()
            .orElseThrow();
    assertThat(texts(finding.at("/evidence/missing"))).containsExactly(ADDED);
    assertThat(finding.path("subject").asString()).isEqualTo(Lab.NETBLOCKS);
    assertThat(finding.path("remedy").asString()).contains(ADDED);
    assertThat(only(json).path("verdict").asString()).isEqualTo("fail");

    var text = check("contoso.tld");
    assertThat(text.exit()).isEqualTo(1);
    assertThat(text.out()).contains("FAIL", "netblocks.missing", ADDED);
  }

  @Test
  void netblocksAreOneALineAndTheDriftHasSigns() {
    assertThat(netblocks().exit()).isZero();
    assertThat(netblocks().lines()).isEqualTo(Lab.DOCUMENTED);

    var accepted = new ArrayList<>(Lab.DOCUMENTED);
    accepted.remove("62.140.10.21/32");
    accepted.remove("62.140.7.0/24");
    accepted.add("62.140.0.0/21");
    accepted.add("203.0.113.0/24");
    var list = lab.folder("commands").resolve("gateway.txt");
    Nsd.write(list, String.join("\n", accepted) + "\n");
    var drift = netblocks("--allowlist", list.toString());
    assertThat(drift.lines())
        .containsExactly("+ 62.140.10.21/32", "- 203.0.113.0/24", "~ 62.140.0.0/21");
    assertThat(drift.exit()).isEqualTo(1);

    Nsd.write(list, String.join("\n", Lab.DOCUMENTED) + "\n");
    var none = netblocks("--allowlist", list.toString());
    assertThat(none.out()).isEmpty();
    assertThat(none.exit()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {Unbound.SILENT, Unbound.REFUSED, Unbound.FAILING})
  void aResolverThatDoesNotAnswerIsNoFinding(String zone) {
    var began = System.nanoTime();
    var check =
        Said.maildrift(
            "check",
            "contoso." + zone,
            "--dns",
            lab.unbound.hostAndPort(),
            "--timeout",
            "500ms",
            "--format",
            "json");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
    assertThat(check.exit()).as(check.out()).isEqualTo(3);
    assertThat(only(check).path("verdict").asString()).isEqualTo("unknown");
    assertThat(only(check).path("findings")).isEmpty();
    assertThat(only(check).at("/probes/spf/outcome").asString()).isEqualTo("unobservable");

    var netblocks =
        Said.maildrift(
            "netblocks",
            "contoso." + zone,
            "--dns",
            lab.unbound.hostAndPort(),
            "--timeout",
            "500ms");
    assertThat(netblocks.exit()).isEqualTo(3);
    assertThat(netblocks.out()).isEmpty();
    assertThat(netblocks.err()).contains("could not look");
  }

  @Test
  void aResolverThatIsNotThereIsNoFindingEither() {
    var said =
        Said.maildrift(
            "check",
            "contoso.tld",
            "--dns",
            "127.0.0.1:" + Server.freePort("127.0.0.1"),
            "--timeout",
            "500ms");

    assertThat(said.exit()).as(said.out()).isEqualTo(3);
    assertThat(said.out()).contains("UNKNOWN").doesNotContain("spf.present", "dmarc.present");
  }

  @Test
  void aSignedZonePassesAndAForgedRecordIsBogusInsteadOfMissing() {
    var sound = check("lab.test", "--format", "json");
    assertThat(sound.exit()).as(sound.out()).isZero();

    drifted = true;
    lab.nsd.forge("v=spf1 mx -all", "v=spf1 mx +all");
    eventually(
        () -> check("lab.test", "--format", "json"),
        bogus -> {
          assertThat(bogus.exit()).as(bogus.out()).isEqualTo(1);
          assertThat(wrong(only(bogus))).containsExactly("dnssec.status");
          assertThat(only(bogus).at("/probes/dnssec/facts/status").asString()).isEqualTo("bogus");
          assertThat(only(bogus).at("/probes/spf/outcome").asString()).isEqualTo("unobservable");
          assertThat(only(bogus).at("/probes/mx/outcome").asString()).isEqualTo("observed");
        });
  }

  @Test
  void theChainCountsWhereTheRootIsTrustedAndNotWithout() {
    var host = "de-smtp-inbound-1.mimecast.com:" + lab.smtpPort;
    var dns = lab.unbound.hostAndPort();

    var trusted =
        Said.maildrift("tls", host, "--dns", dns, "--ca-file", root.toString(), "--format", "json");
    assertThat(trusted.exit()).as(trusted.out()).isZero();
    var seen = only(trusted).findValue("hosts").get(0);
    assertThat(seen.path("level").asString()).isEqualTo("secure");
    assertThat(seen.path("chainTrusted").asBoolean()).isTrue();
    assertThat(seen.path("starttls").asBoolean()).isTrue();
    assertThat(seen.path("subjectCn").asString()).isEqualTo("*.mimecast.com");
    assertThat(seen.path("banner").asString()).contains("de-smtp-inbound-1.mimecast.com");

    var untrusted = Said.maildrift("tls", host, "--dns", dns, "--format", "json");
    assertThat(only(untrusted).findValue("hosts").get(0).path("level").asString())
        .isEqualTo("encrypt");
    assertThat(untrusted.exit()).as(untrusted.out()).isEqualTo(1);
  }

  @Test
  void theLevelIsVerifyWhereTheCertificateIsForAMailHostThatOnlyDnsNames() {
    var said = check("woodgrove.tld", "--format", "json");

    assertThat(said.exit()).as(said.out()).isZero();
    assertThat(only(said).at("/probes/tls/facts/hosts"))
        .hasSize(1)
        .allSatisfy(host -> assertThat(host.path("level").asString()).isEqualTo("verify"));
  }

  @Test
  void aCertificateThatIsTheHostsByItsSanAloneHasAVerdictForEachWhoComparesNames() {
    var tls = only(check("lab.test", "--format", "json", "--only", "tls"));
    var host = tls.at("/probes/tls/facts/hosts/0");
    assertThat(host.path("subjectCn").asString()).isEqualTo("*.mimecast.com");
    assertThat(host.path("sanMatch").asBoolean()).isTrue();
    assertThat(host.path("cnPresent").asBoolean()).isTrue();
    assertThat(host.path("cnMatch").asBoolean()).isFalse();
    assertThat(host.path("cnInSan").asBoolean()).isTrue();
    assertThat(host.path("consumers").toString())
        .isEqualTo(
            "{\"postfixVerify\":true,\"postfixSecure\":true,\"mtaSts\":true,\"daneTa\":true,"
                + "\"daneEe\":true,\"exchangeOnline\":true,\"seppmail\":false}");
    assertThat(host.at("/refusals/seppmail").asString())
        .isEqualTo("its CN is *.mimecast.com, not mx1.lab.test");

    var said =
        Said.maildrift(
            "tls",
            "mx1.lab.test:" + lab.smtpPort,
            "--dns",
            lab.unbound.hostAndPort(),
            "--ca-file",
            root.toString());
    assertThat(said.exit()).as(said.out()).isZero();
    assertThat(said.out())
        .contains("SAN matches", "CN does not match", "✓  Postfix verify", "✗  SEPPmail connector");
  }

  private Said check(String... more) {
    var arguments = new ArrayList<>(List.of("check"));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("--config", config.toString(), "--ca-file", root.toString()));
    return Said.maildrift(arguments.toArray(String[]::new));
  }

  private Said netblocks(String... more) {
    var arguments =
        new ArrayList<>(List.of("netblocks", Lab.NETBLOCKS, "--dns", lab.unbound.hostAndPort()));
    arguments.addAll(List.of(more));
    return Said.maildrift(arguments.toArray(String[]::new));
  }

  private void publishAlso(String network) {
    var networks = new ArrayList<>(Lab.DOCUMENTED);
    networks.add(network);
    drifted = true;
    lab.netblocks(networks);
    eventually(() -> netblocks(), said -> assertThat(said.lines()).isEqualTo(networks));
  }

  /** Until the resolver's second of memory is over. */
  private static void eventually(
      java.util.function.Supplier<Said> command, Consumer<Said> expected) {
    await().atMost(PATIENCE).untilAsserted(() -> expected.accept(command.get()));
  }

  private static JsonNode only(Said said) {
    assertThat(said.lines()).as(said.err()).hasSize(1);
    return Web.parse(said.out());
  }

  /** Rules violated at warning or above; the laboratory's loopback addresses are noted as info. */
  private static List<String> wrong(JsonNode domain) {
    return domain
        .path("findings")
        .valueStream()
        .filter(finding -> !finding.path("severity").asString().equals("info"))
        .map(finding -> finding.path("rule").asString())
        .toList();
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }
}
