package maildrift.monitor.lab;

import java.util.stream.Stream;
import maildrift.monitor.lab.Documents.Scenario;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A managed domain of a SEPPmail gateway behind Mimecast de, as the vendor documents it. */
@Tag("lab")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MimecastDocumentLabTest {
  private static final String ALLOWED = String.join(", ", Lab.DOCUMENTED);
  private Documents documents;

  @BeforeAll
  void start() {
    Programs.require(Lab.NAME_SERVERS);
    Programs.require(Lab.MAIL_SERVERS);
    Programs.requireRoot();
    documents =
        new Documents(
            """
            contoso MX 10 de-smtp-inbound-1.mimecast.com.
            contoso MX 10 de-smtp-inbound-2.mimecast.com.
            contoso TXT "v=spf1 include:de._netblocks.mimecast.com ~all"
            _dmarc.contoso TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@contoso.tld"
            default._domainkey.contoso TXT @KEY@
            secure.contoso A 127.0.0.27
            """,
            """
            allowlists:
              contoso-gateway: {networks: [%s]}
            gateways:
              gw1: {host: secure.contoso.tld, relay_networks: [10.11.12.0/24]}
            domains:
              - name: contoso.tld
                skip: [gateway]
                profiles:
                  - {name: mimecast, region: de, role: inbound}
                  - {name: seppmail, role: gateway}
                forwarding_server: ["[de-smtp-inbound-1.mimecast.com]:@PORT@", "[de-smtp-inbound-2.mimecast.com]:@PORT@"]
                smarthost: "[de-smtp-outbound-1.mimecast.com]:@PORT@"
                allowed_sending_servers: contoso-gateway
                tls_level: secure
                dkim: [{selector: default, expect_file: contoso.pub}]
            """
                .formatted(ALLOWED));
    documents.option("--ca-file", documents.lab.mailHosts().toString());
    documents.file("contoso.pub", documents.lab.key());
    documents.file("other.pub", "v=DKIM1; k=rsa; p=" + Lab.freshKey());
  }

  @AfterAll
  void stop() {
    documents.close();
  }

  static Stream<Scenario> scenarios() {
    return Stream.of(
        Scenario.of("all is as documented", "contoso.tld"),
        Scenario.of("a wrong region of the forwarding server", "contoso.tld", "declared.region")
            .configuration("[de-smtp-inbound-1.mimecast.com]", "[eu-smtp-inbound-1.mimecast.com]"),
        Scenario.of("a wrong region of the smarthost", "contoso.tld", "declared.region")
            .configuration(
                "[de-smtp-outbound-1.mimecast.com]", "[eu-smtp-outbound-1.mimecast.com]"),
        Scenario.of("a missing bracket", "contoso.tld", "declared.brackets")
            .configuration(
                "\"[de-smtp-inbound-1.mimecast.com]:@PORT@\"",
                "\"de-smtp-inbound-1.mimecast.com:@PORT@\""),
        Scenario.of("the DKIM key is not the one of the gateway", "contoso.tld", "dkim.unexpected")
            .configuration("contoso.pub", "other.pub"),
        Scenario.of("the SPF record lacks the provider", "contoso.tld", "spf.not-authorised")
            .zone("include:de._netblocks.mimecast.com ~all", "ip4:192.0.2.1 ~all"),
        Scenario.of("the list lacks a network", "contoso.tld", "netblocks.missing")
            .configuration("62.140.7.0/24, ", ""),
        Scenario.of("the list has one too many", "contoso.tld", "netblocks.stale")
            .configuration("62.140.7.0/24, ", "62.140.7.0/24, 203.0.113.0/24, "),
        Scenario.of(
                "the list is of another region",
                "contoso.tld",
                "declared.region",
                "netblocks.missing",
                "netblocks.stale")
            .configuration(ALLOWED, "198.51.100.128/25"),
        Scenario.of(
                "the provider's networks are in the global list",
                "contoso.tld",
                "declared.allowlist-global")
            .configuration(
                "{name: seppmail, role: gateway}", "{name: seppmail, gateway: gw1, role: gateway}")
            .configuration(
                "relay_networks: [10.11.12.0/24]", "relay_networks: [%s]".formatted(ALLOWED)),
        Scenario.of("the allowlist is empty", "contoso.tld", "declared.allowlist-empty")
            .configuration(ALLOWED, ""));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void oneMistakeIsOneFinding(Scenario scenario) {
    documents.play(scenario);
  }

  @Test
  void aNetworkThatIsAddedAndOneThatIsWithdrawnAreNamed() {
    var documented = new java.util.ArrayList<>(Lab.DOCUMENTED);
    documented.remove("62.140.7.0/24");
    documented.add("203.0.113.0/24");
    documents.lab.netblocks(documented);
    try {
      documents.play(
          Scenario.of(
              "one added, one removed", "contoso.tld", "netblocks.missing", "netblocks.stale"));
    } finally {
      documents.lab.netblocks(Lab.DOCUMENTED);
    }
  }
}
