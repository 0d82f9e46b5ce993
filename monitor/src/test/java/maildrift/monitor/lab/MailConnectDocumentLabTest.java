package maildrift.monitor.lab;

import java.util.stream.Stream;
import maildrift.monitor.lab.Documents.Scenario;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** mail-connect in its three variants, with each record that one of them wants or forbids. */
@Tag("lab")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MailConnectDocumentLabTest {
  private static final String SHARED_KEY =
      "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCdG1MYcrYYxCb3fcCSfgs6GyprlkaKNJ1qCsru1B0"
          + "/ndQD7iLFECzU2UPGXlSsevM56HxvAQNodjA0zvyrPbAKKdStEeLj1IbySxUoqRjCQOviLS4SI8duVtTd53kum1ugvQ"
          + "tGd7byj6THGkIvJEpI22QzhF2uMfh9ijCiesjAQIDAQAB";

  private Documents documents;

  @BeforeAll
  void start() {
    Programs.require(Lab.NAME_SERVERS);
    var zone = new StringBuilder();
    for (var name : new String[] {"firma", "team", "secgate"}) {
      zone.append(
          """
          %1$s MX 10 mx.mail-connect.net.
          %1$s TXT "v=spf1 include:_spf.mail-connect.net ?all"
          mail-connect._domainkey.%1$s TXT %2$s
          _dmarc.%1$s TXT "v=DMARC1; p=quarantine; ruf=mailto:postmaster@%1$s.tld;"
          """
              .formatted(name, Lab.text(SHARED_KEY)));
    }
    zone.append(
        """
        autoconfig.firma CNAME autoconfig.mail-connect.net.
        _autodiscover._tcp.firma SRV 1 100 443 autodiscover.mail-connect.net.
        mail.firma CNAME posteingang.mail-connect.net.
        autoconfig.secgate CNAME mail.secgate.tld.
        mail.secgate A 192.0.2.25
        """);
    documents =
        new Documents(
            zone.toString(),
            """
            domains:
              - name: firma.tld
                skip: [tls, smtp, gateway, auto]
                profiles: [{name: mail-connect, variant: pro, role: inbound}]
                client_hosts: [mail.firma.tld]
              - name: team.tld
                skip: [tls, smtp, gateway, auto]
                profiles: [{name: mail-connect, variant: team, role: inbound}]
              - name: secgate.tld
                skip: [tls, smtp, gateway, auto]
                profiles: [{name: mail-connect, variant: secgate, role: inbound}]
            """);
  }

  @AfterAll
  void stop() {
    documents.close();
  }

  static Stream<Scenario> scenarios() {
    return Stream.of(
        Scenario.of("PRO as documented", "firma.tld"),
        Scenario.of("TEAM as documented", "team.tld"),
        Scenario.of("SECGATE as documented", "secgate.tld"),
        Scenario.of("another weight in PRO's SRV record", "firma.tld", "records.unexpected")
            .zone("SRV 1 100 443", "SRV 1 10 443"),
        Scenario.of("PRO's autoconfig leads elsewhere", "firma.tld", "records.unexpected")
            .zone(
                "autoconfig.firma CNAME autoconfig.mail-connect.net.",
                "autoconfig.firma CNAME mail.secgate"),
        Scenario.of("TEAM with autoconfig", "team.tld", "records.forbidden")
            .zone(
                "autoconfig.secgate ",
                "autoconfig.team CNAME autoconfig.mail-connect.net.\nautoconfig.secgate "),
        Scenario.of("TEAM with autodiscover", "team.tld", "records.forbidden")
            .zone(
                "_tcp.firma ",
                "_tcp.team SRV 1 100 443 autodiscover.mail-connect.net.\n_autodiscover._tcp.firma "),
        Scenario.of("SECGATE with mail-connect's autoconfig", "secgate.tld", "records.forbidden")
            .zone("CNAME mail.secgate.tld.", "CNAME autoconfig.mail-connect.net."),
        Scenario.of("SECGATE with mail-connect's autodiscover", "secgate.tld", "records.forbidden")
            .zone(
                "_tcp.firma ",
                "_tcp.secgate SRV 1 100 443 autodiscover.mail-connect.net.\n_autodiscover._tcp.firma "),
        Scenario.of(
                "a forgotten dot after the MX host",
                "firma.tld",
                "mx.extra",
                "mx.missing",
                "mx.resolves",
                "mx.trailing-dot")
            .zone("firma MX 10 mx.mail-connect.net.", "firma MX 10 mx.mail-connect.net.firma"),
        Scenario.of("a second MX host", "secgate.tld", "mx.extra")
            .zone(
                "secgate MX 10 mx.mail-connect.net.",
                "secgate MX 10 mx.mail-connect.net.\nsecgate MX 20 mail.secgate"),
        Scenario.of("another DKIM key than the shared one", "team.tld", "dkim.unexpected")
            .zone(
                "mail-connect._domainkey.team TXT " + Lab.text(SHARED_KEY),
                "mail-connect._domainkey.team TXT @KEY@"),
        Scenario.of("no include of the provider", "team.tld", "spf.not-authorised")
            .zone(
                "team TXT \"v=spf1 include:_spf.mail-connect.net ?all\"",
                "team TXT \"v=spf1 ip4:192.0.2.1 -all\""),
        Scenario.of("a stricter tail is allowed", "team.tld")
            .zone(
                "team TXT \"v=spf1 include:_spf.mail-connect.net ?all\"",
                "team TXT \"v=spf1 include:_spf.mail-connect.net -all\""),
        Scenario.of("a stricter DMARC policy is allowed", "team.tld")
            .zone(
                "p=quarantine; ruf=mailto:postmaster@team.tld;",
                "p=reject; ruf=mailto:postmaster@team.tld;"),
        Scenario.of("no DMARC record", "team.tld", "dmarc.present")
            .zone("_dmarc.team TXT", "unused.team TXT"),
        Scenario.of("an address copied from the provider", "firma.tld", "declared.client-host")
            .zone("mail.firma CNAME posteingang.mail-connect.net.", "mail.firma A 80.254.138.134"));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void eachVariantHasItsRecordsAndNoOthers(Scenario scenario) {
    documents.play(scenario);
  }
}
