package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.importing.DomainList;
import maildrift.monitor.wiring.Loading;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.TlsLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportCommandTest {
  @TempDir Path folder;

  @Test
  void aTableComesBackAsItWas() throws IOException {
    var config =
        loaded(
            imported(
                """
                \uFEFFDomain,Tenant,Profiles,Forwarding Server,smarthost,allowed_sending_servers,tls_level
                contoso.test,Contoso AG,"mimecast:region=de,role=inbound microsoft365:tenant=contoso,role=mailbox",[de-smtp-inbound-1.mimecast.com],[192.0.2.9]:2525,"192.0.2.0/24, 198.51.100.7",secure

                "fabrikam.test",007,proofpoint:cluster=00123456,"mx.fabrikam.test
                [mx2.fabrikam.test]",,198.51.100.0/24,
                bücher.test,,,,,"192.0.2.0/24 198.51.100.7",
                """
                    .replace("\n", "\r\n")));

    var contoso = domain(config, "contoso.test");
    assertThat(contoso.tenant().id()).isEqualTo("Contoso AG");
    assertThat(contoso.prescriptions())
        .extracting(one -> one.label() + " " + one.role().word())
        .containsExactly("mimecast region=de inbound", "microsoft365 tenant=contoso mailbox");
    assertThat(contoso.forwardingServers())
        .extracting(NextHop::written)
        .containsExactly("[de-smtp-inbound-1.mimecast.com]");
    assertThat(contoso.smarthosts()).extracting(NextHop::port).containsExactly(2525);
    assertThat(contoso.allowlist().orElseThrow().entries())
        .hasToString("[192.0.2.0/24, 198.51.100.7/32]");
    assertThat(contoso.tlsLevel()).contains(TlsLevel.SECURE);
    var fabrikam = domain(config, "fabrikam.test");
    assertThat(fabrikam.tenant().id()).isEqualTo("007");
    assertThat(fabrikam.prescriptions().getFirst().parameter("cluster")).contains("00123456");
    assertThat(fabrikam.forwardingServers())
        .extracting(NextHop::bracketed)
        .containsExactly(false, true);
    assertThat(domain(config, "xn--bcher-kva.test").allowlist().orElseThrow().name())
        .isEqualTo("contoso-test");
    assertThat(config.domains()).hasSize(3);
  }

  @Test
  void semicolonsSeparateAsSpreadsheetsHaveThem() throws IOException {
    var config =
        loaded(imported("domain;profiles\ncontoso.test;mimecast:region=de,role=inbound\n"));

    assertThat(domain(config, "contoso.test").prescriptions().getFirst().region()).contains("de");
  }

  @Test
  void aListOfNamesIsAList() throws IOException {
    var config = loaded(imported("# ours\n\ncontoso.test\r\n  bücher.test # since May\n"));

    assertThat(config.domains())
        .extracting(domain -> domain.name().toString())
        .containsExactly("contoso.test", "xn--bcher-kva.test");
    var wrong = Ran.withInput("a.test\nb.test c.test\n", "import", "--from", "names", "-");
    assertThat(wrong.err()).startsWith("stdin:2:1: 'b.test c.test' is not one domain a line\n");
  }

  @Test
  void aTransportTableComesBackAsItWas() throws IOException {
    var config =
        loaded(
            imported(
                """
                # transport of gateway 1
                contoso.test     smtp:[mail.contoso.test]:2525
                fabrikam.test    [192.0.2.10]:25
                  # a comment in between
                northwind.test
                    relay:[mx.northwind.test]   # the other site
                adatum.test      mail.adatum.test:26
                litware.test     smtp:
                tailspin.test    smtp:[a.tailspin.test],[b.tailspin.test]
                six.test         :[2001:db8::25]
                """));

    assertThat(
            config.domains().stream()
                .collect(
                    Collectors.toMap(
                        domain -> domain.name().toString(),
                        domain ->
                            domain.forwardingServers().stream()
                                .map(NextHop::written)
                                .collect(Collectors.joining(" ")))))
        .isEqualTo(
            Map.of(
                "contoso.test", "[mail.contoso.test]:2525",
                "fabrikam.test", "[192.0.2.10]:25",
                "northwind.test", "[mx.northwind.test]",
                "adatum.test", "mail.adatum.test:26",
                "litware.test", "",
                "tailspin.test", "[a.tailspin.test] [b.tailspin.test]",
                "six.test", "[2001:db8::25]"));
  }

  /** The order is the list's, or the alphabet's. */
  @Test
  void theOrderIsKeptUnlessItIsToBeSorted() {
    var list = "b.test [mx.b.test]\na.test [mx.a.test]\n";

    assertThat(Ran.withInput(list, "import", "-").lines())
        .containsSubsequence("  - name: b.test", "  - name: a.test");
    assertThat(Ran.withInput(list, "import", "-", "--sort").lines())
        .containsSubsequence("  - name: a.test", "  - name: b.test");
  }

  // The list, with ⏎ for the end of a line, and the problems.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          domain,profles⏎a.test,x | stdin:1:8: unknown column 'profles'; did you mean 'profiles'?
          domain,domain⏎a.test,x | stdin:1:8: the column 'domain' is there twice
          domain,tenant⏎a.test,x,y | stdin:2:1: 3 cells, but the header has 2; a cell that holds ',' must be in quotes
          domain,tenant⏎not a domain,x | stdin:2:1: 'not a domain' is not a domain name
          domain,profiles⏎a.test,mimcast | stdin:2:8: unknown profile 'mimcast'; did you mean 'mimecast'?
          domain,profiles⏎a.test,mimecast | stdin:2:8: mimecast needs a region: one of eu, de, us, usb, ca, za, au, je, uspcom, global, other
          domain,tls_level⏎a.test,secur | stdin:2:8: unknown TLS level 'secur'; did you mean 'secure'?
          domain,smarthost⏎a.test,[x.test | stdin:2:8: '[x.test' lacks the closing bracket
          domain,allowed_sending_servers⏎a.test,gateway-1 | stdin:2:8: 'gateway-1' is not an IP address or CIDR network, and no allowlist of --config has that name
          domain,tenant⏎a.test,"x | stdin:2:8: the quotation mark is never closed
          domain,tenant⏎"a.test"x,y | stdin:2:9: 'x' stands behind the closing quotation mark
          a.test [mx.a.test]⏎A.test [mx2.a.test] | stdin:2:1: the domain 'A.test' is listed twice; first at stdin:1
          a.test error:5.1.1 | stdin:1:8: the transport 'error' hands mail to no mail server; maildrift knows smtp and relay
          a.test error:5.1.1 no such domain | stdin:1:8: the transport 'error' hands mail to no mail server; maildrift knows smtp and relay
          a.test error:[x] y z | stdin:1:8: the transport 'error' hands mail to no mail server; maildrift knows smtp and relay
          "domain,tenant⏎a.test,x | stdin:1:1: the quotation mark is never closed
          .a.test smtp:[x.test] | stdin:1:1: '.a.test' stands for all subdomains; name those that are yours
          * smtp:[x.test] | stdin:1:1: '*' stands for all other domains; name those that are yours
          joe@a.test smtp:[x.test] | stdin:1:1: 'joe@a.test' is an address; only whole domains can be watched
          a.test smtp:[x.test]:submission | stdin:1:13: '[x.test]:submission' has no port between 1 and 65535 after the colon
          a.test smtp:[x.test] y | stdin:1:22: 'y' is one word too many; a line is a domain and where its mail goes
          a.test⏎b.test [x.test] | stdin:1:1: 'a.test' has nothing behind it; expected smtp:[host]:port or [host]:port
          """)
  void saysWhereAListIsWrongAndWritesNothing(String list, String problem) {
    var ran = Ran.withInput(list.replace('⏎', '\n'), "import", "-");

    assertThat(ran.err().lines().findFirst()).contains(problem);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
  }

  @Test
  void anUnclosedQuotationMarkHidesNoOtherProblemAndIsToldOnce() {
    var ran =
        Ran.withInput(
            "domain,tenant,profiles\na.test,\"x,mimecast:region=de\nb.test,y,mimcast\nc.test,z,\n",
            "import",
            "-",
            "--keep-going");

    assertThat(ran.err().lines())
        .containsExactly(
            "stdin:2:8: the quotation mark is never closed",
            "stdin:3:10: unknown profile 'mimcast'; did you mean 'mimecast'?");
    assertThat(ran.out())
        .contains("name: c.test")
        .doesNotContain("a.test")
        .doesNotContain("b.test");
  }

  @Test
  void aListWithoutADomainSaysSo() {
    for (var list : List.of("domain,tenant\n", "# nothing yet\n", "")) {
      var ran = Ran.withInput(list, "import", "-");

      assertThat(ran.err()).as(list).isEqualTo("maildrift: stdin lists no domain\n");
      assertThat(ran.exit()).isEqualTo(Exit.OK);
    }
  }

  @Test
  void oneIsNoPlural() {
    assertThat(Ran.withInput("a.test [mx.a.test]\n* smtp:\n", "import", "-").err())
        .endsWith("nothing is written; --keep-going writes the 1 domain that is right\n");
    assertThat(Ran.withInput("* smtp:\n", "import", "-").err())
        .endsWith("nothing is written; no domain is right\n");
  }

  @Test
  void withKeepGoingTheOthersAreWritten() throws IOException {
    var ran =
        Ran.withInput(
            "a.test [mx.a.test]\nb_.. [x]\nc.test [mx.c.test]\na.test [mx.a.test]\n",
            "import",
            "-",
            "--keep-going");

    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.err()).contains("stdin:2:1:").contains("stdin:4:1:");
    assertThat(loaded(ran.out()).domains())
        .extracting(domain -> domain.name().toString())
        .containsExactly("a.test", "c.test");
  }

  @Test
  void namesOfAConfigurationMayBeUsed() throws IOException {
    var config = folder.resolve("main.yml");
    Files.writeString(
        config,
        """
        tenants: {contoso: {name: Contoso AG}}
        gateways: {gw1: {host: gw.contoso.test}}
        allowlists: {contoso-gateway: {networks: [192.0.2.0/24]}}
        """);
    var list =
        "domain;tenant;profiles;allowed_sending_servers\ncontoso.test;contoso;seppmail:gateway=gw1,role=gateway;contoso-gateway\n";

    var ran = Ran.withInput(list, "import", "-", "--config", config.toString());

    assertThat(ran.exit()).isEqualTo(Exit.OK);
    assertThat(ran.out())
        .doesNotContain("tenants:")
        .doesNotContain("allowlists:")
        .contains("    allowed_sending_servers: contoso-gateway");
    Files.writeString(folder.resolve("whole.yml"), Files.readString(config) + ran.out());
    assertThat(Ran.command("config", "check", folder.resolve("whole.yml").toString()).exit())
        .isEqualTo(Exit.OK);
  }

  @Test
  void octetsThatAreNoTextAreNamed() throws IOException {
    var file = folder.resolve("latin1.csv");
    Files.write(file, new byte[] {'d', 'o', 'm', 'a', 'i', 'n', '\n', 'b', (byte) 0xfc, '\n'});

    var ran = Ran.command("import", file.toString());

    assertThat(ran.err()).contains(file + ":2:2: not UTF-8");
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
  }

  /** Whatever stands there: a result, and each domain once. */
  @Test
  void noListMakesItFail() {
    var pieces =
        List.of(
            "domain",
            "tenant",
            ",",
            ";",
            "\"",
            "\n",
            " ",
            "\t",
            "#",
            "a.test",
            "b.test",
            "[",
            "]",
            ":",
            "smtp:",
            "25",
            "mimecast:region=de",
            "|",
            "\u0000",
            "é",
            "*",
            "profiles");
    var random = new Random(7);
    for (var round = 0; round < 2000; round++) {
      var text = new StringBuilder(round % 2 == 0 ? "domain,tenant,profiles\n" : "");
      for (var i = random.nextInt(40); i > 0; i--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      var result =
          DomainList.read(
              "list", text.toString(), Optional.empty(), Loading.loader(), MonitorConfig.DEFAULT);

      assertThat(result.domains())
          .as(text.toString())
          .extracting(DomainList.Imported::name)
          .doesNotHaveDuplicates();
    }
  }

  private static String imported(String list) {
    var ran = Ran.withInput(list, "import", "-");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.exit()).isEqualTo(Exit.OK);
    return ran.out();
  }

  private MonitorConfig loaded(String yaml) throws IOException {
    var file = folder.resolve("imported.yml");
    Files.writeString(file, yaml);
    var result = Loading.loader().load(file);
    assertThat(result).as(yaml).isInstanceOf(ConfigLoader.Loaded.class);
    return ((ConfigLoader.Loaded) result).config();
  }

  private static ManagedDomain domain(MonitorConfig config, String name) {
    return config.domain(DnsName.of(name)).orElseThrow();
  }
}
