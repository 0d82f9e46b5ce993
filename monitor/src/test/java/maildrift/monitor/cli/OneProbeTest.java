package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.dns.FakeDns;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.smtp.server.MailServer;
import maildrift.probes.tls.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look at one thing: {@code tls}, {@code dmarc}, {@code mx}, {@code dkim}. */
class OneProbeTest {
  private static final TestCa CA = TestCa.root("house CA");

  @TempDir Path folder;

  private static Ran asking(FakeDns dns, String... command) {
    return Ran.command(
        Stream.concat(
                Arrays.stream(command), Stream.of("--dns", dns.hostAndPort(), "--timeout", "1s"))
            .toArray(String[]::new));
  }

  private static MailServer gateway(InetAddress address) {
    return MailServer.start(
        address, 0, MailServer.Manner.named("gateway.test").tls(CA.leaf("gateway.test").context()));
  }

  private static int closedPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  @Test
  void anAddressAndLocalhostAreLookedAtAsWritten() throws IOException {
    var anchors = folder.resolve("ca.pem");
    Files.writeString(anchors, CA.pem());
    try (var dns = FakeDns.serving();
        var gateway = gateway(InetAddress.ofLiteral("127.0.0.1"))) {
      for (var host : List.of("127.0.0.1", "[127.0.0.1]", "localhost", "LOCALHOST")) {
        var ran =
            asking(
                dns,
                "tls",
                host + ":" + gateway.port(),
                "--ca-file",
                anchors.toString(),
                "--format",
                "json");

        var seen = CheckJson.mapper().readTree(ran.out()).path("hosts").path(0);
        assertThat(seen.path("outcome").asString()).as(ran.out()).isEqualTo("observed");
        assertThat(seen.path("address").asString()).isEqualTo("127.0.0.1");
        assertThat(seen.path("chainTrusted").asBoolean()).isTrue();
      }
      // An address has no name that the certificate could be for; localhost has one.
      assertThat(
              asking(dns, "tls", "127.0.0.1:" + gateway.port(), "--ca-file", anchors.toString())
                  .exit())
          .isZero();
      assertThat(
              asking(dns, "tls", "localhost:" + gateway.port(), "--ca-file", anchors.toString())
                  .out())
          .contains("tls.cert-san-match");
      assertThat(dns.asked("127.0.0.1") + dns.asked("localhost")).isZero();
    }
  }

  @Test
  void anIpv6AddressIsLookedAtWithAndWithoutBrackets() {
    try (var dns = FakeDns.serving();
        var gateway = gateway(InetAddress.ofLiteral("::1"))) {
      var ran = asking(dns, "tls", "[::1]:" + gateway.port(), "--format", "json");

      assertThat(ran.out())
          .contains("\"host\":\"[::1]\"", "\"outcome\":\"observed\"", "\"banner\":\"gateway.test");
    }
  }

  @Test
  void whereNobodyAnswersThereWasNoLook() throws IOException {
    try (var dns = FakeDns.serving("there.test A 127.0.0.1")) {
      var port = closedPort();
      for (var host :
          List.of("127.0.0.1", "[127.0.0.1]", "localhost", "there.test", "[::1]", "[there.test]")) {
        var ran = asking(dns, "tls", host + ":" + port);

        assertThat(ran.exit()).as(host).isEqualTo(Exit.UNOBSERVED);
        assertThat(ran.out()).contains("UNKNOWN", "COULD NOT LOOK").doesNotContain("PASS");
      }
      // Port 25 of a machine that tests; whatever is there, it is not passed without a look.
      assertThat(asking(dns, "tls", "::1").out()).contains("[::1]:25");
    }
  }

  @Test
  void aHostWithoutAnAddressIsNoHost() {
    try (var dns = FakeDns.serving("bare.test MX 0 .")) {
      dns.fault("dead.test", Fault.SERVFAIL);

      var gone = asking(dns, "tls", "nosuch.test");
      assertThat(gone.exit()).isEqualTo(Exit.USAGE);
      assertThat(gone.out()).isEmpty();
      assertThat(gone.err()).contains("nosuch.test does not exist");
      assertThat(asking(dns, "tls", "bare.test").err()).contains("bare.test has no address");
      assertThat(asking(dns, "tls", "dead.test").exit()).isEqualTo(Exit.UNOBSERVED);
    }
  }

  @Test
  void dmarcSaysWhereThePolicyComesFromByBothWaysAndWhoGetsReports() {
    try (var dns =
        FakeDns.serving(
            "_dmarc.contoso.test TXT v=DMARC1; p=quarantine; sp=reject; adkim=s; rua=mailto:d@contoso.test,mailto:d@reports.test",
            "contoso.test._report._dmarc.reports.test TXT v=DMARC1",
            "mail.contoso.test A 192.0.2.1")) {
      var ran = asking(dns, "dmarc", "mail.contoso.test");

      assertThat(ran.lines())
          .contains(
              "  found at   _dmarc.contoso.test",
              "  policy     quarantine; subdomains: reject; names that do not exist: reject",
              "  in effect  reject",
              "  alignment  DKIM strict, SPF relaxed",
              "  reports    aggregate to mailto:d@contoso.test; aggregate to mailto:d@reports.test (another domain, which agrees)")
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains(
                          "tree walk  _dmarc.mail.contoso.test absent; _dmarc.contoso.test observed"))
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains(
                          "older way  reject, from _dmarc.contoso.test",
                          "public suffix list: contoso.test"));
      assertThat(asking(dns, "dmarc", "nothing.test").out())
          .contains("found at   no name that was asked", "in effect  no policy");
    }
  }

  @Test
  void mxNamesAddressesAndReverseNames() {
    try (var dns =
        FakeDns.serving(
            "contoso.test MX 10 mx1.contoso.test",
            "contoso.test MX 20 mx2.contoso.test",
            "mx1.contoso.test A 192.0.2.1",
            "1.2.0.192.in-addr.arpa PTR mx1.contoso.test")) {
      assertThat(asking(dns, "mx", "contoso.test").out())
          .contains(
              "  10 mx1.contoso.test\n    addresses  192.0.2.1\n    reverse    mx1.contoso.test\n",
              "  20 mx2.contoso.test\n    addresses  none\n");
    }
  }

  @Test
  void dkimSaysTypeBitsFlagsAndProblems() {
    try (var dns =
        FakeDns.serving(
            "s._domainkey.contoso.test TXT v=DKIM1; k=ed25519; t=y; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "old._domainkey.contoso.test TXT v=DKIM1; p=")) {
      assertThat(asking(dns, "dkim", "contoso.test", "s", "old", "gone").out())
          .contains(
              "  s\n    type      ed25519\n    bits      256\n    flags     testing (t=y)\n    problems  none\n",
              "revoked (p= is empty)",
              "  gone\n    key  none published\n");
    }
  }
}
