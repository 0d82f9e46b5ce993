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

class ReportCommandTest {
  private static final String[] ZONE = {
    "contoso.test TXT v=spf1 ip4:192.0.2.0/24 -all",
    "_dmarc.contoso.test TXT v=DMARC1; p=reject; rua=mailto:<b>@contoso.test",
    "contoso.test MX 10 mx.contoso.test",
    "mx.contoso.test A 192.0.2.1"
  };

  @TempDir Path folder;

  private static Ran report(FakeDns dns, String... more) {
    var args = new java.util.ArrayList<String>();
    args.add("report");
    args.addAll(java.util.List.of(more));
    args.addAll(java.util.List.of("--dns", dns.hostAndPort(), "--only", "spf,dmarc,dkim"));
    return Ran.command(args.toArray(String[]::new));
  }

  @Test
  void jsonIsOneObjectADomainAndSaysWhatEachFrameworkDemands() {
    try (var dns = FakeDns.serving(ZONE)) {
      var ran = report(dns, "contoso.test", "--format", "json");

      assertThat(ran.lines()).hasSize(1);
      var json = CheckJson.mapper().readTree(ran.out());
      assertThat(json.path("domain").asString()).isEqualTo("contoso.test");
      assertThat(json.path("frameworks").size()).isEqualTo(6);
      assertThat(status(json, "bod-18-01", "spf")).isEqualTo("pass");
      assertThat(status(json, "bod-18-01", "reject")).isEqualTo("pass");
      assertThat(status(json, "bod-18-01", "starttls")).isEqualTo("unknown");
      assertThat(status(json, "bulk-senders", "dkim")).isEqualTo("unknown");
    }
  }

  private static String status(tools.jackson.databind.JsonNode json, String framework, String id) {
    for (var one : json.path("frameworks")) {
      for (var demand : one.path("demands")) {
        if (one.path("id").asString().equals(framework)
            && demand.path("id").asString().equals(id)) {
          return demand.path("status").asString();
        }
      }
    }
    throw new AssertionError("no " + framework + " " + id);
  }

  @Test
  void aServerThatDoesNotAnswerMakesNothingFail() {
    try (var dns = FakeDns.serving(ZONE)) {
      dns.fault("contoso.test", Fault.SERVFAIL);
      dns.fault("_dmarc.contoso.test", Fault.SERVFAIL);

      var ran = report(dns, "contoso.test", "--format", "csv");

      assertThat(ran.out()).doesNotContain(",fail,").contains(",unknown,");
      assertThat(ran.exit()).isEqualTo(Exit.UNOBSERVED);
    }
  }

  @Test
  void htmlIsOneDocumentThatFetchesNothingAndHoldsNoMarkupOfARecord() {
    try (var dns = FakeDns.serving(ZONE)) {
      var ran = report(dns, "contoso.test");

      assertThat(ran.out())
          .startsWith("<!doctype html>")
          .contains("<style>", "Internet.nl mail test", "contoso.test")
          .doesNotContain("<script", "http-equiv", "href=", "src=", "<b>@");
    }
  }

  @Test
  void aTenantIsAllItsDomains() throws IOException {
    var config = folder.resolve("maildrift.yml");
    Files.writeString(
        config,
        """
        tenants: {contoso: {name: Contoso}, other: {name: Other}}
        domains:
          - {name: contoso.test, tenant: contoso}
          - {name: fabrikam.test, tenant: other}
        """);
    try (var dns = FakeDns.serving(ZONE)) {
      var ran =
          report(dns, "--tenant", "contoso", "--config", config.toString(), "--format", "csv");
      var nobody = report(dns, "--tenant", "nobody", "--config", config.toString());

      assertThat(ran.lines().getFirst()).startsWith("domain,tenant,framework,demand");
      assertThat(ran.lines().stream().skip(1))
          .isNotEmpty()
          .allMatch(line -> line.startsWith("contoso.test,contoso,"));
      assertThat(nobody.exit()).isEqualTo(Exit.USAGE);
      assertThat(nobody.err()).contains("nobody").contains("contoso, other");
    }
  }

  @Test
  void wrongWordsAreNamedWithTheRightOnes() {
    assertThat(Ran.command("report", "contoso.test", "--format", "pdf").err())
        .contains("html, json or csv", "'pdf'");
    assertThat(Ran.command("report", "contoso.test", "--framework", "iso").err())
        .contains("'iso'", "internet.nl");
  }
}
