package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maildrift.monitor.lab.Documents.Scenario;
import maildrift.probes.domain.TlsLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two tenants on one gateway: their lists, and what each level of TLS asks of a mail server that
 * was set up for it.
 */
@Tag("lab")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantsDocumentLabTest {
  private static final Map<TlsLevel, String> ADDRESSES =
      new EnumMap<>(
          Map.of(
              TlsLevel.NONE, "127.0.0.31",
              TlsLevel.MAY, "127.0.0.32",
              TlsLevel.ENCRYPT, "127.0.0.33",
              TlsLevel.SECURE, "127.0.0.34",
              TlsLevel.FINGERPRINT, "127.0.0.35"));

  private Documents documents;

  @BeforeAll
  void start() {
    Programs.require(Lab.NAME_SERVERS);
    Programs.require(Lab.MAIL_SERVERS);
    Programs.requireRoot();
    documents =
        new Documents(
            """
            alpha MX 10 gate
            alpha TXT "v=spf1 ip4:127.0.0.30 -all"
            _dmarc.alpha TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@alpha.tld"
            beta MX 10 gate
            beta TXT "v=spf1 ip4:127.0.0.30 -all"
            _dmarc.beta TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@beta.tld"
            gate A 127.0.0.30
            mail-none A 127.0.0.31
            mail-may A 127.0.0.32
            mail-encrypt A 127.0.0.33
            mail-secure A 127.0.0.34
            mail-fingerprint A 127.0.0.35
            """,
            """
            tenants: {alpha: {name: Alpha AG}, beta: {name: Beta GmbH}}
            allowlists:
              alpha-servers: {networks: [192.0.2.0/28]}
              beta-servers: {networks: [192.0.2.16/28]}
            gateways:
              gw: {host: gate.tld, port: @PORT@}
            domains:
              - name: alpha.tld
                tenant: alpha
                skip: [gateway, spf]
                profiles: [{name: seppmail, gateway: gw, role: inbound}]
                forwarding_server: "[mail-secure.tld]:@PORT@"
                allowed_sending_servers: alpha-servers
              - name: beta.tld
                tenant: beta
                skip: [gateway, spf]
                profiles: [{name: seppmail, gateway: gw, role: inbound}]
                forwarding_server: "[mail-secure.tld]:@PORT@"
                allowed_sending_servers: beta-servers
            """);
    var lab = documents.lab;
    var ca = new TestCa(lab.folder("tenants-ca"));
    documents.option("--ca-file", ca.root().toString());
    postfix("gate.tld", "127.0.0.30", ca);
    ADDRESSES.forEach(
        (level, address) -> {
          var name = "mail-%s.tld".formatted(level.word());
          var from =
              switch (level) {
                // Nobody trusts who signed these two.
                case ENCRYPT, FINGERPRINT -> new TestCa(lab.folder(level.word() + "-ca"));
                case NONE, MAY, VERIFY, SECURE -> ca;
              };
          var server = postfix(name, address, from);
          switch (level) {
            case NONE -> server.set("smtpd_tls_security_level = none");
            // Nothing that a modern client would speak.
            case MAY ->
                server.set(
                    "smtpd_tls_protocols = TLSv1.1", "tls_medium_cipherlist = DEFAULT:@SECLEVEL=0");
            case ENCRYPT, VERIFY, SECURE, FINGERPRINT -> {}
          }
        });
  }

  private Postfix postfix(String name, String address, TestCa ca) {
    var lab = documents.lab;
    return lab.open(
        new Postfix(
            lab.folder("postfix-" + name), name, address, lab.smtpPort, ca.server(name, name)));
  }

  @AfterAll
  void stop() {
    documents.close();
  }

  static Stream<Scenario> lists() {
    return Stream.of(
        Scenario.of("two tenants apart", "alpha.tld"),
        Scenario.of("an empty list", "alpha.tld", "declared.allowlist-empty")
            .configuration("192.0.2.0/28", ""),
        Scenario.of("two lists that overlap", "alpha.tld", "declared.allowlist-overlap")
            .configuration("192.0.2.0/28", "192.0.2.0/27"),
        Scenario.of("nobody may relay, by a private address", "alpha.tld")
            .configuration("192.0.2.0/28", "10.255.255.254/32"),
        Scenario.of("two lists with the same private address", "alpha.tld")
            .configuration("192.0.2.0/28", "10.255.255.254/32")
            .configuration("192.0.2.16/28", "10.255.255.254/32"));
  }

  @ParameterizedTest
  @MethodSource("lists")
  void theListsOfTenantsAreHeldApart(Scenario scenario) {
    documents.play(scenario);
  }

  static Stream<Arguments> levels() {
    var all = new ArrayList<Arguments>();
    for (var server : ADDRESSES.keySet()) {
      for (var wanted : List.of(TlsLevel.MAY, TlsLevel.ENCRYPT, TlsLevel.VERIFY, TlsLevel.SECURE)) {
        all.add(Arguments.of(server, wanted));
      }
    }
    return all.stream();
  }

  /** A gateway that tenants share asks for verify, whatever is declared. */
  @ParameterizedTest
  @MethodSource("levels")
  void whatIsReachedIsHeldAgainstWhatIsDeclared(TlsLevel server, TlsLevel wanted) {
    var reached = server == TlsLevel.FINGERPRINT ? TlsLevel.ENCRYPT : server;
    var floor = wanted.compareTo(TlsLevel.VERIFY) < 0 ? TlsLevel.VERIFY : wanted;
    var scenario =
        Scenario.of("%s for %s".formatted(server, wanted), "alpha.tld")
            .configuration(
                "\"[mail-secure.tld]:@PORT@\"\n    allowed_sending_servers: alpha-servers",
                "\"[mail-%s.tld]:@PORT@\"\n    tls_levels: {forwarding: %s}\n    allowed_sending_servers: alpha-servers"
                    .formatted(server.word(), wanted.word()));
    documents.play(
        scenario,
        said ->
            assertThat(said.rulesThatCount().contains("tls.level"))
                .as(said.findings().toString())
                .isEqualTo(reached.compareTo(floor) < 0));
  }
}
