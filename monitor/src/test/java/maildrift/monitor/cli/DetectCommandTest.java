package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.dns.FakeDns;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectCommandTest {
  private static final String[] CONTOSO = {
    "contoso.test MX 10 de-smtp-inbound-1.mimecast.com",
    "contoso.test MX 10 de-smtp-inbound-2.mimecast.com",
    "contoso.test TXT v=spf1 include:de._netblocks.mimecast.com include:spf.protection.outlook.com ~all",
    "selector1._domainkey.contoso.test CNAME selector1-contoso-test._domainkey.contoso.onmicrosoft.com",
    "autodiscover.contoso.test CNAME autodiscover.outlook.com",
    "de._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/24 ~all",
    "spf.protection.outlook.com TXT v=spf1 ip4:198.51.100.0/24 -all",
  };

  @TempDir Path folder;

  @Test
  void whatItPrintsIsAConfiguration() throws IOException {
    try (var dns = FakeDns.serving(CONTOSO)) {
      var ran = Ran.command("detect", "contoso.test", "--dns", dns.hostAndPort());

      assertThat(ran.exit()).isEqualTo(Exit.OK);
      assertThat(ran.lines())
          .contains(
              "      - {name: mimecast, region: de, role: inbound}",
              "      - {name: microsoft365, tenant: contoso, role: mailbox}",
              "      # + MX de-smtp-inbound-1.mimecast.com");
      assertThat(checked(ran.out()).exit()).isEqualTo(Exit.OK);
    }
  }

  /** The variant decides which records are judged, and only the operator knows it. */
  @Test
  void aVariantThatIsNotSeenIsAskedFor() {
    try (var dns =
        FakeDns.serving(
            "contoso.test MX 10 mx.mail-connect.net",
            "contoso.test TXT v=spf1 include:_spf.mail-connect.net ?all",
            "_spf.mail-connect.net TXT v=spf1 ip4:192.0.2.0/24 -all")) {
      var plain = Ran.command("detect", "contoso.test", "--dns", dns.hostAndPort());
      dns.add("autoconfig.contoso.test CNAME autoconfig.mail-connect.net");
      dns.add("autoconfig.mail-connect.net A 192.0.2.1");
      var pro = Ran.command("detect", "contoso.test", "--dns", dns.hostAndPort());

      assertThat(plain.lines())
          .contains(
              "      # ? variant pro, team or secgate: DNS does not show it",
              "      - {name: mail-connect, role: inbound}");
      assertThat(pro.lines()).contains("      - {name: mail-connect, variant: pro, role: inbound}");
      assertThat(pro.out()).doesNotContain("# ?");
    }
  }

  /** Digits alone, which YAML would read as a number. */
  @Test
  void aNumberStaysTheTextThatItIs() throws IOException {
    try (var dns = FakeDns.serving("contoso.test MX 10 mx0a-00123456.pphosted.com")) {
      var ran = Ran.command("detect", "contoso.test", "--dns", dns.hostAndPort());

      assertThat(ran.out()).contains("cluster: \"00123456\"");
      assertThat(checked(ran.out()).exit()).isEqualTo(Exit.OK);
    }
  }

  @Test
  void jsonHasTheReasonsAndTheConfiguration() {
    try (var dns = FakeDns.serving(CONTOSO)) {
      var ran =
          Ran.command("detect", "contoso.test", "--format", "json", "--dns", dns.hostAndPort());

      var json = CheckJson.mapper().readTree(ran.out());
      var first = json.path("profiles").path(0);
      assertThat(ran.lines()).hasSize(1);
      assertThat(first.path("name").asString()).isEqualTo("mimecast");
      assertThat(first.path("parameters").path("region").asString()).isEqualTo("de");
      assertThat(first.path("confidence").asString()).isEqualTo("high");
      assertThat(first.path("because").toString()).contains("de._netblocks.mimecast.com");
      assertThat(json.path("unseen").size()).isZero();
      assertThat(json.path("configuration").asString()).startsWith("domains:\n");
    }
  }

  @Test
  void silenceIsNeverTakenForNoProfile() {
    try (var dns = FakeDns.serving("other.test TXT x")) {
      dns.fault("contoso.test", Fault.SERVFAIL);

      var ran = Ran.command("detect", "contoso.test", "--dns", dns.hostAndPort());

      assertThat(ran.exit()).isEqualTo(Exit.UNOBSERVED);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err())
          .contains("could not look: contoso.test MX")
          .contains("cannot be said before that is answered")
          .doesNotContain("looks like no profile");
    }
  }

  @Test
  void whereAllIsAnsweredThereMayBeNoProfile() {
    try (var dns = FakeDns.serving("contoso.test MX 10 mx.contoso.test")) {
      var ran = Ran.command("detect", "contoso.test", "--dns", dns.hostAndPort());

      assertThat(ran.exit()).isEqualTo(Exit.OK);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).contains("contoso.test looks like no profile that maildrift knows");
    }
  }

  @Test
  void ownProfilesAreLookedForToo() throws IOException {
    var config = folder.resolve("own.yml");
    Files.writeString(
        config,
        """
        profiles:
          house: {mx: "{cell}.mx.house.test", parameters: {cell: {required: true, why: the cell}}}
        """);
    try (var dns = FakeDns.serving("contoso.test MX 10 c7.mx.house.test")) {
      var ran =
          Ran.command(
              "detect", "contoso.test", "--config", config.toString(), "--dns", dns.hostAndPort());

      assertThat(ran.lines()).contains("      - {name: house, cell: c7, role: inbound}");
    }
  }

  private Ran checked(String configuration) throws IOException {
    var file = folder.resolve("detected.yml");
    Files.writeString(file, configuration);
    return Ran.command("config", "check", file.toString());
  }
}
