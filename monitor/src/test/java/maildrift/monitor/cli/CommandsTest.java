package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.monitor.config.HostPort;
import maildrift.monitor.config.HttpConfig;
import maildrift.monitor.config.WebConfig;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.dns.FakeDns;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

class CommandsTest {
  @TempDir Path folder;

  @Test
  void netblocksPrintsNoListWhenOneNameIsAbsentAndAnotherCouldNotBeSeen() {
    try (var dns = FakeDns.serving("seen.test TXT v=spf1 ip4:192.0.2.0/24 -all")) {
      dns.fault("hidden.test", Fault.SERVFAIL);

      var ran =
          Ran.command(
              "netblocks", "seen.test", "absent.test", "hidden.test", "--dns", dns.hostAndPort());

      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).contains("absent.test").contains("hidden.test: could not look");
      assertThat(ran.exit()).isEqualTo(Exit.FINDINGS);
    }
  }

  @Test
  void aBaselineIsAcceptedForADomainOrForARecord() {
    for (var arguments :
        List.of(List.<String>of(), List.of("a.test", "--record", "_spf.p.test SPF"))) {
      var command = new ArrayList<>(List.of("baseline", "accept"));
      command.addAll(arguments);
      var ran = Ran.command(command.toArray(String[]::new));
      assertThat(ran.exit()).isEqualTo(Exit.USAGE);
      assertThat(ran.err()).contains("accept takes a DOMAIN, or --record");
    }
  }

  @Test
  void netblocksOfAProfileAreThoseOfItsNames() {
    try (var dns = FakeDns.serving("de._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/24 ~all")) {
      var ran =
          Ran.command(
              "netblocks",
              "mimecast:region=de",
              "--paste",
              "exchange",
              "--format",
              "json",
              "--dns",
              dns.hostAndPort());

      var json = CheckJson.mapper().readTree(ran.out());
      assertThat(json.path("published").path(0).asString()).isEqualTo("192.0.2.0/24");
      assertThat(json.path("paste").asString()).contains("Set-ReceiveConnector -Identity \"");
      assertThat(ran.exit()).isEqualTo(Exit.OK);
    }
    assertThat(Ran.command("netblocks", "mimecast:region=xx").err()).contains("xx");
    assertThat(Ran.command("netblocks", "seppmail", "--paste", "postfix").err())
        .contains("names no netblock source");
  }

  /** Nobody is asked for what a profile lists, so that its date is told and not the time. */
  @Test
  void networksThatAProfileListsAreThereWithTheirDate() {
    try (var dns = FakeDns.serving("_spf.mail-connect.net TXT v=spf1 ip4:192.0.2.0/24 ?all")) {
      var both =
          Ran.command(
              "netblocks", "mail-connect", "--paste", "postfix", "--dns", dns.hostAndPort());
      var listed = Ran.command("netblocks", "seppmail-cloud:region=de", "--paste", "postfix");

      assertThat(both.lines())
          .contains(
              "# mail-connect networks, as listed by the profile, 2026-11-21",
              "192.0.2.0/24\tOK",
              "80.254.138.128/26\tOK")
          .anyMatch(line -> line.startsWith("# _spf.mail-connect.net, as published at "));
      assertThat(both.err()).isEmpty();
      assertThat(listed.lines())
          .startsWith("# seppmail-cloud de networks, as listed by the profile, 2025-09-30")
          .contains("162.55.72.192/27\tOK");
      assertThat(listed.exit()).isEqualTo(Exit.OK);
    }
  }

  @Test
  void aListThatIsShortOfAFeedSaysSo() throws IOException {
    var allowlist = folder.resolve("exchange.txt");
    Files.writeString(allowlist, "192.0.2.0/24\n198.51.100.0/24\n");
    try (var dns = FakeDns.serving("spf.protection.outlook.com TXT v=spf1 ip4:192.0.2.0/24 -all")) {
      for (var name : List.of("microsoft365", "spf.protection.outlook.com")) {
        var listed = Ran.command("netblocks", name, "--dns", dns.hostAndPort());
        var compared =
            Ran.command(
                "netblocks", name, "--dns", dns.hostAndPort(), "--allowlist", allowlist.toString());

        assertThat(listed.lines()).containsExactly("192.0.2.0/24");
        assertThat(listed.err()).contains("Exchange Online sends from more networks");
        // The feed may need what the SPF record does not.
        assertThat(compared.out()).isEmpty();
        assertThat(compared.exit()).isEqualTo(Exit.OK);
      }
    }
  }

  @Test
  void netblocksThatCouldNotBeSeenMakeNothingStale() throws IOException {
    var allowlist = folder.resolve("gateway.txt");
    Files.writeString(allowlist, "192.0.2.0/24\n198.51.100.0/24\n");
    try (var dns =
        FakeDns.serving(
            "seen.test TXT v=spf1 ip4:192.0.2.0/24 -all",
            "more.test TXT v=spf1 ip4:203.0.113.0/24 -all")) {
      dns.fault("hidden.test", Fault.SERVFAIL);
      var options =
          List.of(
              "netblocks",
              "--dns",
              dns.hostAndPort(),
              "--allowlist",
              allowlist.toString(),
              "hidden.test",
              "seen.test");

      var nothing = Ran.command(options.toArray(String[]::new));
      var missing =
          Ran.command(
              Stream.concat(options.stream(), Stream.of("more.test")).toArray(String[]::new));

      assertThat(nothing.out()).isEmpty();
      assertThat(nothing.exit()).isEqualTo(Exit.UNOBSERVED);
      assertThat(missing.lines()).containsExactly("+ 203.0.113.0/24");
      assertThat(missing.exit()).isEqualTo(Exit.FINDINGS);
    }
  }

  @Test
  void spfSaysByWhichPathAnAddressPasses() {
    try (var dns =
        FakeDns.serving(
            "contoso.test TXT v=spf1 include:provider.test -all",
            "provider.test TXT v=spf1 ip4:192.0.2.0/24 -all")) {
      var ran =
          Ran.command(
              "spf",
              "contoso.test",
              "--ip",
              "192.0.2.7",
              "--format",
              "json",
              "--dns",
              dns.hostAndPort());

      assertThat(ran.lines())
          .singleElement()
          .asString()
          .contains("\"result\":\"pass\"", "\"term\":\"include:provider.test\"")
          .contains(
              "\"path\":[\"contoso.test: include:provider.test\",\"provider.test: ip4:192.0.2.0/24\"]");
      assertThat(ran.exit()).isEqualTo(Exit.OK);
    }
  }

  @Test
  void theSweepBenchRunsTheProbesThatItIsTold() throws IOException {
    var domains = folder.resolve("domains.txt");
    Files.writeString(domains, "contoso.test\n");
    try (var dns = FakeDns.serving("contoso.test TXT v=spf1 ip4:192.0.2.0/24 -all")) {
      var ran =
          Ran.command(
              "bench",
              "check",
              "--domains",
              domains.toString(),
              "--dns",
              dns.hostAndPort(),
              "--only",
              "spf",
              "--sweeps",
              "2");

      assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.OK);
      assertThat(ran.err()).doesNotContain("--only");
      assertThat(ran.lines()).hasSize(2).allMatch(line -> line.contains("0 not fully seen"));
      assertThat(ran.lines().getLast()).contains(" 1 questions");
    }
  }

  @Test
  void runSaysWhatItsOptionsAreWrongAbout() {
    for (var option :
        List.of(
            "--dns=a..b", "--timeout=soon", "--only=spff", "--skip=spff", "--dns=192.0.2.1:0")) {
      var ran = Ran.command("run", "--config", "absent.yml", option);

      assertThat(ran.exit()).isEqualTo(Exit.USAGE);
      assertThat(ran.err()).contains(option.substring(option.indexOf('=') + 1));
    }
  }

  @Test
  void everyCommandTakesTheCommonOptions() {
    var options =
        List.of(
            "--dns=192.0.2.1",
            "--timeout=1s",
            "--format=text",
            "--only=spf",
            "--skip=tls",
            "--ca-file=absent.pem",
            "--no-color",
            "-v");
    for (var command : leaves(new CommandLine(new Root()))) {
      var arguments =
          new ArrayList<>(
              List.of(command.split(" ", -1)).subList(1, command.split(" ", -1).length));
      arguments.addAll(options);
      arguments.add("--help");
      var ran = Ran.command(arguments.toArray(String[]::new));

      assertThat(ran.exit()).as(command + ": " + ran.err()).isZero();
      assertThat(ran.out()).contains("Usage: " + command);
    }
  }

  private static List<String> leaves(CommandLine line) {
    if (line.getSubcommands().isEmpty()) {
      var spec = line.getCommandSpec();
      return spec.helpCommand() ? List.of() : List.of(spec.qualifiedName());
    }
    return line.getSubcommands().values().stream().flatMap(sub -> leaves(sub).stream()).toList();
  }

  @Test
  void whatHasNoMeaningForACommandChangesNothingAndSaysSo() {
    var plain = Ran.command("rules");
    var ran = Ran.command("rules", "--dns", "192.0.2.1", "--no-color", "-v", "--format", "text");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo(plain.out());
    assertThat(ran.err()).isEqualTo("warning: --dns changes nothing for maildrift rules\n");
    assertThat(Ran.command("version", "--no-color", "-v").err()).isEmpty();
  }

  @Test
  void bothListsOfProbesAreTakenByACommandOfOneProbe() {
    try (var dns = FakeDns.serving("contoso.test MX 0 .")) {
      var ran =
          Ran.command(
              "mx", "contoso.test", "--dns", dns.hostAndPort(), "--only", "mx", "--skip", "tls");

      assertThat(ran.exit()).isZero();
      assertThat(ran.err())
          .isEqualTo(
              """
              warning: --only changes nothing for maildrift mx
              warning: --skip changes nothing for maildrift mx
              """);
    }
    assertThat(Ran.command("mx", "--help").out()).doesNotContain("--only").contains("--dns");
    assertThat(Ran.command("check", "--help").out()).contains("--only").contains("--skip");
  }

  @Test
  void aHintNamesTheWholeCommand() {
    assertThat(Ran.command("silence", "add", "--nosuch").err())
        .contains("Try: maildrift silence add --help");
    assertThat(Ran.command("check", "--nosuch").err()).contains("Try: maildrift check --help");
    assertThat(Ran.command().err()).contains("Try: maildrift --help");
  }

  @Test
  void noLineOfAReportEndsInBlanks() {
    try (var dns = FakeDns.serving("contoso.test MX 0 .", "contoso.test TXT v=spf1 +all")) {
      for (var probes : List.of("mx", "spf,mx,dmarc")) {
        var ran =
            Ran.command("check", "contoso.test", "--dns", dns.hostAndPort(), "--only", probes);

        assertThat(ran.lines())
            .allSatisfy(line -> assertThat(line).isEqualTo(line.stripTrailing()));
      }
    }
  }

  @Test
  void verboseSaysWhoWasAskedAndHowLongItTook() {
    // The log's appender keeps the stderr that it found when the first test of this JVM logged: its
    // events are looked at.
    var events = new ListAppender<ILoggingEvent>();
    events.start();
    var logger = (Logger) LoggerFactory.getLogger("maildrift");
    logger.addAppender(events);
    try (var dns = FakeDns.serving("contoso.test MX 0 .")) {
      var quiet = Ran.command("mx", "contoso.test", "--dns", dns.hostAndPort());
      assertThat(events.list).isEmpty();
      var verbose = Ran.command("mx", "contoso.test", "--dns", dns.hostAndPort(), "-v");

      assertThat(events.list.stream().map(ILoggingEvent::getFormattedMessage))
          .anySatisfy(line -> assertThat(line).contains(dns.hostAndPort()))
          .anySatisfy(line -> assertThat(line).contains("contoso.test mx: observed"));
      assertThat(quiet.err()).isEmpty();
      assertThat(verbose.out()).isEqualTo(quiet.out());
    } finally {
      logger.detachAppender(events);
    }
  }

  @Test
  void aBadLineOfStdinSparesTheOthersAndEndsWithUsage() {
    try (var dns = FakeDns.serving("one.test MX 0 .", "two.test MX 0 .")) {
      var ran =
          Ran.withInput(
              "\uFEFFone.test\n\n# a comment\nbad..name\ntwo.test\n",
              "check",
              "-",
              "--only",
              "mx",
              "--format",
              "json",
              "--dns",
              dns.hostAndPort());

      assertThat(ran.lines()).hasSize(2);
      assertThat(ran.lines().getFirst()).contains("\"domain\":\"one.test\"");
      assertThat(ran.lines().getLast()).contains("\"domain\":\"two.test\"");
      assertThat(ran.err()).contains("stdin line 4: 'bad..name'").doesNotContain("line 1");
      assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    }
  }

  @Test
  void whatIsNoDomainOrNoTextIsToldWithItsLineAndSparesTheOthers() {
    try (var dns = FakeDns.serving("one.test MX 0 .", "two.test MX 0 .")) {
      var ran =
          Ran.withInput(
              "x\u0000y.test\none.test\n"
                  + "a".repeat(100_000)
                  + "\na b\n"
                  + "b".repeat(300)
                  + ".test\ntwo.test",
              "check",
              "-",
              "--only",
              "mx",
              "--format",
              "json",
              "--dns",
              dns.hostAndPort());

      assertThat(ran.lines()).hasSize(2);
      assertThat(ran.err().lines().map(line -> line.substring(0, line.indexOf(": ", 20))))
          .containsExactly(
              "maildrift: stdin line 1",
              "maildrift: stdin line 3",
              "maildrift: stdin line 4",
              "maildrift: stdin line 5");
      assertThat(ran.err().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(400));
      assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    }
  }

  @Test
  void aThousandDomainsComeInOrderOneALine() {
    var names = IntStream.range(0, 1000).mapToObj(i -> "d%d.test".formatted(i)).toList();
    try (var dns =
        FakeDns.serving(names.stream().map(name -> name + " MX 0 .").toArray(String[]::new))) {
      dns.fault("d0.test", Fault.SILENT);
      var ran =
          Ran.withInput(
              String.join("\n", names),
              "check",
              "-",
              "--only",
              "mx",
              "--format",
              "json",
              "--timeout",
              "1s",
              "--dns",
              dns.hostAndPort());

      assertThat(
              ran.lines().stream()
                  .map(line -> CheckJson.mapper().readTree(line).get("domain").asString()))
          .isEqualTo(names);
      assertThat(ran.err()).isEmpty();
      assertThat(ran.exit()).isEqualTo(Exit.UNOBSERVED);
    }
  }

  @Test
  void aBatchAnswersHostileLinesOneByOne() {
    try (var dns = FakeDns.serving("good.test TXT v=spf1 -all")) {
      var good = "{\"ip\":\"192.0.2.1\",\"helo\":\"x\",\"sender\":\"a@good.test\"}";
      var ran =
          Ran.withInput(
              String.join(
                  "\n",
                  good,
                  "x\u0000y",
                  "a".repeat(1 << 20),
                  "[".repeat(5000),
                  "{\"ip\":\"192.0.2.1\",\"helo\":\"\\u0000\",\"sender\":\"\\ud800@good.test\"}",
                  "{\"ip\":\"%s\"}".formatted("1".repeat(60_000)),
                  good),
              "spf",
              "--batch",
              "--dns",
              dns.hostAndPort());

      assertThat(ran.exit()).isZero();
      assertThat(ran.lines()).hasSize(7);
      assertThat(ran.lines().getFirst()).contains("\"result\":\"fail\"");
      assertThat(ran.lines().getLast()).isEqualTo(ran.lines().getFirst());
      for (var number : List.of(1, 2, 3, 5)) {
        assertThat(ran.lines().get(number)).startsWith("{\"error\":").hasSizeLessThan(1000);
      }
      assertThat(ran.lines().get(4)).startsWith("{\"result\":");
    }
  }

  @Test
  void whatHadNothingToLookAtHasNotPassed() {
    try (var dns = FakeDns.serving("contoso.test MX 0 .")) {
      var ran =
          Ran.command(
              "check", "contoso.test", "--only", "dkim,mx,netblocks", "--dns", dns.hostAndPort());

      assertThat(ran.lines())
          .contains("  dkim       –  no selector is known; --selector NAME looks at one")
          .contains("  mx         ✓  null MX: takes no mail")
          .contains("PASSED  mx");
    }
  }

  /** What a hostile name server may put into a TXT record; a character is an octet. */
  private static final List<String> HOSTILE =
      List.of(
          "v=%s\u0000",
          "v=%s; p=\u001b[31mred; id=\u001b]0;title\u0007; rua=\u00e2\u0080\u00ae",
          "v=%s\u00ff\u00fe\u0080; p=\u00ff",
          "v=%s; " + "p=reject; ".repeat(20),
          "v=%s" + ";".repeat(200),
          "v=%s; rua=mailto:" + "a".repeat(200),
          "v=%s; =; ==; p==; \t; id=;");

  @Test
  void hostileRecordsAreToldInOneLineAndReachNoTerminal() {
    try (var dns = FakeDns.serving()) {
      for (var number = 0; number < HOSTILE.size(); number++) {
        var domain = "h%d.test".formatted(number);
        var record = HOSTILE.get(number);
        dns.txt(domain, record.formatted("spf1"));
        dns.txt("_dmarc." + domain, record.formatted("DMARC1"));
        dns.txt("s._domainkey." + domain, record.formatted("DKIM1"));
        dns.txt("_mta-sts." + domain, record.formatted("STSv1"));
        dns.txt("_smtp._tls." + domain, record.formatted("TLSRPTv1"));
        for (var command :
            List.of(
                "spf " + domain,
                "dkim %s s".formatted(domain),
                "dmarc " + domain,
                "check %s --only mtasts,tlsrpt".formatted(domain))) {
          var arguments =
              Stream.concat(
                      Stream.of(command.split(" ", -1)), Stream.of("--dns", dns.hostAndPort()))
                  .toList();
          var text = Ran.command(arguments.toArray(String[]::new));
          var json =
              Ran.command(
                  Stream.concat(arguments.stream(), Stream.of("--format", "json"))
                      .toArray(String[]::new));

          assertThat(text.out().chars().filter(c -> c < ' ' && c != '\n')).as(text.out()).isEmpty();
          assertThat(text.out()).doesNotContain("\u202e");
          assertThat(json.lines()).hasSize(1);
          assertThat(CheckJson.mapper().readTree(json.out()).get("domain").asString())
              .isEqualTo(domain);
          assertThat(json.exit())
              .as(command)
              .isEqualTo(text.exit())
              .isBetween(Exit.OK, Exit.FINDINGS);
          assertThat(json.err()).isEmpty();
        }
      }
    }
  }

  @Test
  void theCatalogueIsThereAsMarkdown() {
    var ran = Ran.command("rules", "--format", "markdown");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .startsWith("| rule | severity | violated when |\n| --- | --- | --- |\n")
        .contains("| `netblocks.missing` | critical | ");
    assertThat(Ran.command("rules", "--explain", "spf.lookups", "--format", "markdown").out())
        .startsWith("# `spf.lookups` (critical)\n")
        .contains("## why\n", "## example\n\n```\n");
    assertThat(Ran.command("rules", "--format", "html").err())
        .contains("--format is text, json or markdown");
  }

  @Test
  void checkExplainsARuleWithoutLooking() {
    for (var format : List.of("text", "json")) {
      var page = Ran.command("check", "--explain", "spf.lookups", "--format", format);

      assertThat(page.exit()).isZero();
      assertThat(page.out())
          .isEqualTo(Ran.command("rules", "--explain", "spf.lookups", "--format", format).out());
    }
    assertThat(Ran.command("check", "--explain", "spf.nosuch").exit()).isEqualTo(Exit.USAGE);
  }

  @Test
  void onlyALinkToATerminalDeviceIsATerminal() throws IOException {
    for (var device : List.of("/dev/pts/3", "/dev/tty1", "/dev/console")) {
      assertThat(Terminal.isTerminal(link(device))).as(device).isTrue();
    }
    for (var other : List.of("/dev/null", "pipe:[4711]", "/var/log/errors.txt")) {
      assertThat(Terminal.isTerminal(link(other))).as(other).isFalse();
    }
    assertThat(Terminal.isTerminal(folder.resolve("absent"))).isFalse();
  }

  @Test
  void checkFetchesTheAllowlistsOfItsDomainsFirst() throws IOException {
    try (var dns = FakeDns.serving("de._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/24 ~all");
        var lists =
            new LoopbackHttp(
                got ->
                    LoopbackHttp.Answer.ok(
                        got.target().equals("/full") ? "192.0.2.0/24 # ours\n" : "# nothing\n"))) {
      var full = check(dns, lists.uri("/full").toString());
      var empty = check(dns, lists.uri("/empty").toString());

      assertThat(full.out()).contains("\"missing\":[]", "\"allowlist\":[\"192.0.2.0/24\"]");
      assertThat(full.exit()).isZero();
      assertThat(empty.out()).contains("is empty");
      assertThat(empty.exit()).isEqualTo(Exit.UNOBSERVED);
    }
  }

  @Test
  void checkLooksAtTheDomainsThatListsName() throws IOException {
    try (var dns = FakeDns.serving("a.test MX 10 mx.a.test");
        var lists =
            new LoopbackHttp(
                got ->
                    got.target().equals("/there")
                        ? LoopbackHttp.Answer.ok("[{\"targets\": [\"C.test\", \"a.test\"]}]")
                        : LoopbackHttp.Answer.status(503))) {
      Files.writeString(folder.resolve("list.yml"), "- targets: [b.test, a.test]\n");
      var whole = listed(dns, lists.uri("/there").toString(), "check");
      var half = listed(dns, lists.uri("/away").toString(), "check");

      assertThat(whole.out().lines().map(line -> line.substring(0, 18)))
          .containsExactly(
              "{\"domain\":\"a.test\"", "{\"domain\":\"c.test\"", "{\"domain\":\"b.test\"");
      assertThat(whole.err()).isEmpty();
      assertThat(half.out().lines()).hasSize(2);
      assertThat(half.err()).isEqualTo("maildrift: discovery cmdb: 127.0.0.1 answered 503\n");
      assertThat(half.exit()).isEqualTo(Exit.UNOBSERVED);
      assertThat(whole.exit()).isZero();
    }
  }

  @Test
  void configCheckReadsTheListsInFilesAndGoesNowhere() throws IOException {
    try (var dns = FakeDns.serving("a.test MX 10 mx.a.test")) {
      Files.writeString(folder.resolve("list.yml"), "- targets: [b.test, a.test]\n");
      var valid = listed(dns, "http://127.0.0.1:1/", "config");
      assertThat(valid.out()).endsWith(" is valid: 1 domains and 1 in lists, 0 receivers\n");
      assertThat(valid.err()).isEmpty();

      Files.writeString(
          folder.resolve("list.yml"),
          "- targets:\n  - no domain\n  - b.test\n  labels: {tls_level: nobody}\n");
      var wrong = listed(dns, "http://127.0.0.1:1/", "config");
      assertThat(wrong.err().lines())
          .satisfiesExactly(
              first ->
                  assertThat(first)
                      .endsWith(
                          "list.yml:2:5: 'no domain' is not used: 'no domain' is not a domain name"),
              second ->
                  assertThat(second).contains("list.yml:3:5: 'b.test' is not used: ", "nobody"));
      // The daemon starts with it, and leaves them out.
      assertThat(wrong.err().lines()).allMatch(line -> line.startsWith("warning: "));
      assertThat(wrong.out()).contains("is valid: 1 domains, ");
      assertThat(wrong.exit()).isZero();

      // Wrong here, and right in another list.
      Files.writeString(folder.resolve("other.yml"), "- targets: [b.test]\n");
      assertThat(listed(dns, "http://127.0.0.1:1/", "config").out())
          .contains("is valid: 1 domains and 1 in lists, ");
      Files.delete(folder.resolve("other.yml"));

      // Better watched without its tenant than by nobody.
      Files.writeString(
          folder.resolve("list.yml"), "- targets: [b.test]\n  labels: {tenant: nobody}\n");
      var stranger = listed(dns, "http://127.0.0.1:1/", "config");
      assertThat(stranger.err())
          .contains("'b.test' is watched without tenant: undefined tenant 'nobody'");
      assertThat(stranger.out()).contains("is valid: 1 domains and 1 in lists, ");

      Files.writeString(folder.resolve("list.yml"), "- target: [b.test]\n");
      var unreadable = listed(dns, "http://127.0.0.1:1/", "config");
      assertThat(unreadable.err())
          .startsWith("warning: ")
          .endsWith("list.yml:1:3: targets must be a list\n");
      assertThat(unreadable.exit()).isZero();
      Files.delete(folder.resolve("list.yml"));
      var later = listed(dns, "http://127.0.0.1:1/", "config");
      assertThat(later.err()).contains("warning: ", "there is no file list.yml");
      assertThat(later.exit()).isZero();
    }
  }

  private Ran listed(FakeDns dns, String url, String command) throws IOException {
    var config = folder.resolve("maildrift.yml");
    Files.writeString(
        config,
        """
        dns: {resolvers: ["%s"]}
        discovery:
          cmdb: {url: "%s"}
          inventory: {files: [list.yml, "other*.yml"]}
        domains: [{name: a.test}]
        """
            .formatted(dns.hostAndPort(), url));
    return command.equals("check")
        ? Ran.command("check", "--config", config.toString(), "--only", "bimi", "--format", "json")
        : Ran.command("config", "check", config.toString());
  }

  private Ran check(FakeDns dns, String url) throws IOException {
    var config = folder.resolve("maildrift.yml");
    Files.writeString(
        config,
        """
        dns: {resolvers: ["%s"]}
        allowlists:
          gateway: {url: "%s", allow_private: true}
        domains:
          - name: contoso.test
            profiles: [{name: mimecast, region: de}]
            allowed_sending_servers: gateway
        """
            .formatted(dns.hostAndPort(), url));
    return Ran.command(
        "check", "--config", config.toString(), "--only", "netblocks", "--format", "json");
  }

  @Test
  void theAddressOfThePageIsSecureWhereTlsIsConfigured() {
    var listen = new HostPort("::1", 8425);
    var tls =
        new WebConfig.Tls(
            Path.of("web.crt"),
            Path.of("web.key"),
            WebConfig.ClientAuth.NO_CLIENT_CERT,
            Optional.empty(),
            List.of(),
            "TLSv1.2",
            "TLSv1.3",
            List.of());

    assertThat(RunCommand.address(http(listen, Optional.empty()), 4711))
        .isEqualTo("http://[::1]:4711");
    assertThat(RunCommand.address(http(listen, Optional.of(tls)), 4711))
        .isEqualTo("https://[::1]:4711");
  }

  private static HttpConfig http(HostPort listen, Optional<WebConfig.Tls> tls) {
    var web = new WebConfig(Path.of("web.yml"), tls, Map.of(), true, Map.of());
    return new HttpConfig(
        listen, Optional.of(web), Set.of(), Map.of(), List.of(), Optional.empty(), false);
  }

  private Path link(String target) throws IOException {
    return Files.createSymbolicLink(folder.resolve("fd" + target.hashCode()), Path.of(target));
  }
}
