package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.dns.FakeDns;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A managed domain behind Mimecast: one declaration is another, and one step is open for it. */
class ChecklistDeclaredTest {
  private static final String RIGHT =
      """
      tenants: {contoso: {}}
      allowlists: {de: {networks: [192.0.2.0/25, 192.0.2.128/25]}}
      gateways: {gw: {host: gw.house.test, relay_networks: [203.0.113.0/24], managed_domains: [contoso.test]}}
      domains:
        - name: contoso.test
          tenant: contoso
          profiles: [{name: mimecast, region: de, role: inbound}, {name: seppmail, gateway: gw, role: gateway}]
          forwarding_server: "[de-smtp-inbound-1.mimecast.com]"
          smarthost: "[de-smtp-outbound-1.mimecast.com]"
          allowed_sending_servers: de
          tls_level: secure
          skip: [tls, smtp, gateway]
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          secure                              | secure                                   | ''
          [de-smtp-inbound-1.mimecast.com]    | de-smtp-inbound-1.mimecast.com           | forwarding-server
          [de-smtp-inbound-1.mimecast.com]    | [eu-smtp-inbound-1.mimecast.com]         | forwarding-server
          "[de-smtp-outbound-1.mimecast.com]" | "[eu-smtp-outbound-1.mimecast.com]"      | smarthost
          "[de-smtp-outbound-1.mimecast.com]" | "[gw.house.test]"                        | smarthost
          192.0.2.0/25, 192.0.2.128/25        | 0.0.0.0/0                                | allowlist
          192.0.2.0/25, 192.0.2.128/25        | 192.0.2.0/25                             | allowlist
          192.0.2.0/25, 192.0.2.128/25        | 192.0.2.0/25, 192.0.2.128/25, 8.8.8.0/24 | allowlist
          relay_networks: [203.0.113.0/24]    | relay_networks: [192.0.2.0/24]           | not-global
          managed_domains: [contoso.test]     | managed_domains: [other.test]            | managed-domain
          tls_level: secure                   | tls_level: verify                        | tls
          """)
  void theStepIsOpenThatIsDeclaredOtherwise(String right, String wrong, String open)
      throws IOException {
    var file = folder.resolve("maildrift.yml");
    assertThat(RIGHT).contains(right);
    Files.writeString(file, RIGHT.replace(right, wrong));
    try (var dns =
        FakeDns.serving(
            "contoso.test TXT v=spf1 include:de._netblocks.mimecast.com ~all",
            "de._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/24 ~all",
            "eu._netblocks.mimecast.com TXT v=spf1 ip4:198.51.100.0/24 ~all",
            "contoso.test MX 10 de-smtp-inbound-1.mimecast.com",
            "contoso.test MX 10 de-smtp-inbound-2.mimecast.com",
            "de-smtp-inbound-1.mimecast.com A 192.0.2.1",
            "de-smtp-inbound-2.mimecast.com A 192.0.2.2",
            "eu-smtp-inbound-1.mimecast.com A 198.51.100.1",
            "eu-smtp-outbound-1.mimecast.com A 198.51.100.2",
            "de-smtp-outbound-1.mimecast.com A 192.0.2.3",
            "gw.house.test A 203.0.113.7")) {

      var ran =
          Ran.command(
              "checklist",
              "contoso.test",
              "seppmail-behind-mimecast",
              "--config",
              file.toString(),
              "--dns",
              dns.hostAndPort(),
              "--format",
              "json");

      assertThat(ran.err()).isEmpty();
      var steps = new ArrayList<String>();
      for (var step : CheckJson.mapper().readTree(ran.out()).path("steps")) {
        if (step.path("state").asString("").equals("open")) {
          steps.add(step.path("step").asString(""));
        }
      }
      assertThat(steps)
          .as(ran.out())
          .containsExactlyInAnyOrderElementsOf(
              open == null || open.isEmpty() ? List.of() : List.of(open.split(" ")));
    }
  }
}
