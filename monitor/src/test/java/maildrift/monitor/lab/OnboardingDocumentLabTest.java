package maildrift.monitor.lab;

import java.util.stream.Stream;
import maildrift.monitor.lab.Documents.Scenario;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Three domains of one Microsoft 365 tenant that move their mail flow to Mimecast. */
@Tag("lab")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnboardingDocumentLabTest {
  private Documents documents;

  @BeforeAll
  void start() {
    Programs.require(Lab.NAME_SERVERS);
    Programs.require(Lab.MAIL_SERVERS);
    Programs.requireRoot();
    documents =
        new Documents(
            """
            adatum MX 10 de-smtp-inbound-1.mimecast.com.
            adatum MX 10 de-smtp-inbound-2.mimecast.com.
            adatum TXT "v=spf1 include:de._netblocks.mimecast.com include:spf.protection.outlook.com ~all"
            _dmarc.adatum TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@adatum.tld"
            tailspin MX 10 de-smtp-inbound-1.mimecast.com.
            tailspin MX 10 de-smtp-inbound-2.mimecast.com.
            tailspin TXT "v=spf1 include:de._netblocks.mimecast.com ~all"
            _dmarc.tailspin TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@tailspin.tld"
            wingtip MX 10 de-smtp-inbound-1.mimecast.com.
            wingtip MX 20 de-smtp-inbound-2.mimecast.com.
            wingtip TXT "v=spf1 include:de._netblocks.mimecast.com ~all"
            _dmarc.wingtip TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@wingtip.tld"
            out.wingtip A 127.0.0.28
            """,
            """
            domains:
              - name: adatum.tld
                profiles: [{name: mimecast, region: de, role: inbound}, {name: microsoft365, role: mailbox}]
                delivery_routes: ["[adatum-tld.mail.protection.outlook.com]:@PORT@"]
                connectors:
                  - name: to Mimecast
                    direction: to_partner
                    smart_hosts: ["[de-smtp-outbound-1.mimecast.com]:@PORT@", "[de-smtp-outbound-2.mimecast.com]:@PORT@"]
                    requires_tls: true
                    trusted_ca: true
              - name: tailspin.tld
                profiles: [{name: mimecast, region: de, role: inbound}, {name: microsoft365, role: mailbox}]
                delivery_routes: ["[tailspin-tld.mail.protection.outlook.com]:@PORT@"]
              - name: wingtip.tld
                profiles: [{name: mimecast, region: de, role: inbound}]
            """);
    documents.option("--ca-file", documents.lab.mailHosts().toString());
  }

  @AfterAll
  void stop() {
    documents.close();
  }

  static Stream<Scenario> scenarios() {
    return Stream.of(
        Scenario.of("one combined SPF record, the provider first", "adatum.tld"),
        Scenario.of("all mail through the provider", "tailspin.tld"),
        Scenario.of("other preferences of the same hosts", "wingtip.tld"),
        Scenario.of("the SPF record from before is still there", "tailspin.tld", "spf.multiple")
            .zone(
                "_dmarc.tailspin TXT",
                "tailspin TXT \"v=spf1 include:spf.protection.outlook.com -all\"\n_dmarc.tailspin TXT"),
        Scenario.of(
                "the provider is not in the combined record", "adatum.tld", "spf.not-authorised")
            .zone(
                "include:de._netblocks.mimecast.com include:spf.protection",
                "include:spf.protection"),
        Scenario.of("an MX host from before is still there", "wingtip.tld", "mx.extra")
            .zone("wingtip MX 20", "wingtip MX 30 out.wingtip\nwingtip MX 20"),
        Scenario.of("one MX host is missing", "adatum.tld", "mx.missing")
            .zone("adatum MX 10 de-smtp-inbound-2.mimecast.com.\n", ""),
        Scenario.of(
                "a delivery route to a name that does not exist",
                "adatum.tld",
                "declared.unresolved")
            .configuration("adatum-tld.mail.protection", "adatum-old.mail.protection"),
        Scenario.of("a connector that sends without TLS", "adatum.tld", "declared.connector")
            .configuration("requires_tls: true", "requires_tls: false"),
        Scenario.of(
                "a connector with a smart host of another region",
                "adatum.tld",
                "declared.connector",
                "declared.region")
            .configuration(
                "[de-smtp-outbound-2.mimecast.com]", "[eu-smtp-outbound-2.mimecast.com]"));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void eachDomainOfTheTenantIsVerified(Scenario scenario) {
    documents.play(scenario);
  }
}
