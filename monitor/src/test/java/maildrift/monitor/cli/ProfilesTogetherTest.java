package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.dns.FakeDns;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail comes in through Mimecast, passes a SEPPmail, and ends at Microsoft 365. */
class ProfilesTogetherTest {
  private static final String GATEWAY_KEY = key();
  private static final String MICROSOFT_KEY = key();

  private static final List<String> RIGHT =
      List.of(
          "contoso.test MX 10 de-smtp-inbound-1.mimecast.com",
          "contoso.test MX 10 de-smtp-inbound-2.mimecast.com",
          "contoso.test TXT v=spf1 include:de._netblocks.mimecast.com include:spf.protection.outlook.com ~all",
          "_dmarc.contoso.test TXT v=DMARC1; p=quarantine; rua=mailto:dmarc@contoso.test",
          "selector1._domainkey.contoso.test CNAME selector1-contoso-test._domainkey.contoso.onmicrosoft.com",
          "autodiscover.contoso.test CNAME autodiscover.outlook.com",
          "autodiscover.outlook.com A 40.99.1.1",
          "de-smtp-inbound-1.mimecast.com A 62.140.7.1",
          "de-smtp-inbound-1.mimecast.com AAAA 2a01:111::1",
          "de-smtp-inbound-2.mimecast.com A 62.140.10.21",
          "de-smtp-inbound-2.mimecast.com AAAA 2a01:111::2",
          "de-smtp-outbound-1.mimecast.com A 62.140.7.2",
          "de._netblocks.mimecast.com TXT v=spf1 ip4:62.140.7.0/24 ip4:62.140.10.21/32 ~all",
          "spf.protection.outlook.com TXT v=spf1 ip4:40.92.0.0/15 -all");

  private static final String CONFIGURATION =
      """
      gateways:
        gw1: {host: secure.contoso.test, addresses: [62.140.99.1]}
      allowlists:
        gateway: {networks: [62.140.7.0/24, 62.140.10.21/32, 40.92.0.0/15]}
      domains:
        - name: contoso.test
          profiles:
            - {name: mimecast, region: de, role: inbound}
            - {name: seppmail, gateway: gw1, role: gateway}
            - {name: microsoft365, tenant: contoso, role: mailbox}
          forwarding_server: "[de-smtp-inbound-1.mimecast.com]"
          smarthost: "[de-smtp-outbound-1.mimecast.com]"
          allowed_sending_servers: gateway
          tls_level: secure
          dkim: [{selector: default}]
      """;

  @TempDir Path folder;

  @Test
  void aCorrectZoneHasNoFinding() throws IOException {
    assertThat(violated(RIGHT)).isEmpty();
  }

  /** Each part is watched: one thing wrong with each profile. */
  @Test
  void whatIsWrongWithOneOfThemIsSeen() throws IOException {
    assertThat(violated(with("contoso.test MX 20 mx.stranger.test")))
        .contains("mx.extra mx.stranger.test");
    assertThat(violated(changed("v=spf1 include:de._netblocks.mimecast.com ", "v=spf1 ")))
        .contains("spf.not-authorised de._netblocks.mimecast.com");
    assertThat(violated(changed("_domainkey.contoso.onmicrosoft", "_domainkey.other.onmicrosoft")))
        .contains("dkim.cname-target selector1._domainkey.contoso.test");
    assertThat(violated(changed("ip4:62.140.7.0/24 ", "ip4:62.140.6.0/23 ")))
        .contains("netblocks.missing de._netblocks.mimecast.com");
  }

  private List<String> with(String more) {
    var zone = new ArrayList<>(RIGHT);
    zone.add(more);
    return zone;
  }

  private static List<String> changed(String from, String to) {
    var zone = RIGHT.stream().map(line -> line.replace(from, to)).toList();
    assertThat(zone).isNotEqualTo(RIGHT);
    return zone;
  }

  private List<String> violated(List<String> zone) throws IOException {
    var config = folder.resolve("maildrift.yml");
    Files.writeString(config, CONFIGURATION);
    try (var dns = FakeDns.serving(zone.toArray(String[]::new))) {
      key(dns, "default._domainkey.contoso.test", GATEWAY_KEY);
      key(dns, "selector1-contoso-test._domainkey.contoso.onmicrosoft.com", MICROSOFT_KEY);
      key(dns, "selector1-contoso-test._domainkey.other.onmicrosoft.com", MICROSOFT_KEY);
      var ran =
          Ran.command(
              "check",
              "contoso.test",
              "--config",
              config.toString(),
              "--dns",
              dns.hostAndPort(),
              "--only",
              "spf,dkim,dmarc,mx,netblocks,records",
              "--format",
              "json");
      var json = CheckJson.mapper().readTree(ran.out());
      var findings = json.path("findings");
      // What was not seen proves nothing.
      assertThat(json.path("verdict").asString()).as(ran.out()).isNotEqualTo("unknown");
      return StreamSupport.stream(findings.spliterator(), false)
          .map(
              finding -> finding.path("rule").asString() + " " + finding.path("subject").asString())
          .toList();
    }
  }

  private static void key(FakeDns dns, String name, String key) {
    var record = "v=DKIM1; k=rsa; p=" + key;
    dns.txt(name, record.substring(0, 250), record.substring(250));
  }

  private static String key() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return Base64.getEncoder()
          .encodeToString(generator.generateKeyPair().getPublic().getEncoded());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
