package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** The command line as scripts and people see it: exit code, standard output, standard error. */
@ResourceLock(Resources.SYSTEM_OUT)
class CliTest {
  private static NameServer names;

  @TempDir Path folder;

  private record Ran(int exit, String out, String err) {}

  @BeforeAll
  static void open() {
    names =
        NameServer.start()
            .add(
                "contoso.test TXT v=spf1 ip4:192.0.2.1 -all",
                "soft.test TXT v=spf1 ?all",
                "_netblocks.provider.test TXT v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.7 -all")
            .fault("dead.test", Fault.SERVFAIL)
            .fault("refused.test", Fault.REFUSED);
  }

  @AfterAll
  static void close() {
    names.close();
  }

  private static Ran run(String... args) {
    return runWith("", args);
  }

  private static Ran runWith(String input, String... args) {
    var in = System.in;
    var out = System.out;
    var err = System.err;
    var printed = new ByteArrayOutputStream();
    var complained = new ByteArrayOutputStream();
    try {
      System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
      var exit = Cli.run(args);
      return new Ran(
          exit,
          printed.toString(StandardCharsets.UTF_8),
          complained.toString(StandardCharsets.UTF_8));
    } finally {
      System.setIn(in);
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static Ran asking(String input, String... args) {
    var all = new ArrayList<>(List.of(args));
    all.add("--dns");
    all.add(names.hostAndPort());
    return runWith(input, all.toArray(String[]::new));
  }

  @Test
  void jsonIsExactlyOneObjectALine() {
    var ran =
        asking(
            "contoso.test\n\n# a comment\n  dead.test\n",
            "check",
            "-",
            "--only",
            "spf",
            "--format",
            "json");

    var lines = ran.out().lines().toList();
    assertThat(lines).hasSize(2);
    var first = CheckJson.mapper().readTree(lines.getFirst());
    assertThat(first.get("domain").asString()).isEqualTo("contoso.test");
    assertThat(first.at("/probes/spf/facts/netblocks/0").asString()).isEqualTo("192.0.2.1/32");
    var dead = CheckJson.mapper().readTree(lines.getLast());
    assertThat(dead.get("verdict").asString()).isEqualTo("unknown");
    assertThat(dead.get("findings")).isEmpty();
    assertThat(dead.at("/probes/spf/outcome").asString()).isEqualTo("unobservable");
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void exitCodesTellFindingsFromGaps() {
    assertThat(asking("", "check", "contoso.test", "--only", "spf").exit()).isZero();
    assertThat(asking("", "check", "nothing.test", "--only", "spf").exit()).isEqualTo(1);
    assertThat(asking("", "check", "dead.test", "--only", "spf").exit()).isEqualTo(3);
    assertThat(asking("", "check", "refused.test", "--only", "spf").exit()).isEqualTo(3);
    assertThat(asking("", "check", "dead.test", "nothing.test", "--only", "spf").exit())
        .isEqualTo(1);
    assertThat(asking("", "check").exit()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "check contoso.test --only spff",
        "check contoso.test --nosuch",
        "check contoso.test --profile nosuch",
        "check contoso.test --profile mimecast:region=moon",
        "check contoso.test --format xml",
        "check contoso.test --timeout soon",
        "check contoso.test --timeout 0s",
        "check contoso.test --dns nobody.invalid",
        "run --config /nowhere/maildrift.yml --timeout 9ms",
        "check contoso.test --dns 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
        "check a..b",
        "check 192.0.2.1",
        "check 2001:db8::1",
        "check [192.0.2.1]",
        "check https://contoso.test/",
        "check alice@contoso.test",
        "check contoso.test --only dkim --skip dkim",
        "tls",
        "tls 127.0.0.1:0",
        "tls [127.0.0.1",
        "tls a..b",
        "bench dns --dns 127.0.0.1:1 --queries /nowhere/queries.txt",
        "bench check --dns 127.0.0.1:1 --domains /nowhere/domains.txt",
        "netblocks contoso.test --allowlist /nowhere/list.txt",
        "alert route severity",
        "alert route severity=~critical",
        "alert route domain=a.test --domain b.test",
        "nosuch",
        "spf",
        "rules --explain spf.nosuch",
        "run",
        "run --config /nowhere/maildrift.yml",
        "config check /nowhere/maildrift.yml",
        "dkim contoso.test",
        "completion tcsh"
      })
  void badUsageIsSaidOnStandardErrorOnly(String line) {
    var ran = run(line.split(" ", -1));

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).isNotBlank().doesNotContain("internal error", "\tat ");
  }

  @Test
  void whatIsNoDomainIsSaid() {
    assertThat(run("check", "bad domain").exit()).isEqualTo(2);
    assertThat(run("check", "bad domain").err()).contains("'bad domain'", "blank");
    assertThat(run("check", "192.0.2.1").err()).contains("'192.0.2.1'", "an address");
    assertThat(run("check", "a.test", "--only", "dkim", "--skip", "dkim").err())
        .contains("leave no probe");
  }

  @Test
  void aFileThatIsNotThereIsSaidToBeSo() throws IOException {
    assertThat(run("netblocks", "a.test", "--allowlist", "/nowhere/list.txt").err())
        .contains("cannot read /nowhere/list.txt: no such file");
    assertThat(run("bench", "dns", "--dns", "127.0.0.1:1", "--queries", "/nowhere/q").err())
        .contains("cannot read /nowhere/q: no such file");
    assertThat(run("tls", "127.0.0.1:1", "--ca-file", "/nowhere/ca.pem").err())
        .contains("/nowhere/ca.pem: no such file");

    var empty = folder.resolve("empty.yml");
    Files.writeString(empty, "");
    var checked = run("config", "check", empty.toString());
    assertThat(checked.exit()).isZero();
    assertThat(checked.err()).contains("has no domains");
  }

  @Test
  void aBenchOfAServerThatIsNotThereHasSeenNothing() throws IOException {
    var queries = folder.resolve("queries.txt");
    Files.writeString(queries, "contoso.test TXT\n");
    int port;
    try (var socket = new java.net.DatagramSocket(0, java.net.InetAddress.ofLiteral("127.0.0.1"))) {
      port = socket.getLocalPort();
    }
    var ran = run("bench", "dns", "--dns", "127.0.0.1:" + port, "--queries", queries.toString());

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("answered none of 20 questions");
  }

  @Test
  void onlyNearWordsAreSuggested() {
    assertThat(run("frobnicate").err()).doesNotContain("Did you mean");
    assertThat(run("chekc").err()).contains("Did you mean 'check'?");
    assertThat(run("check", "--ony", "spf").err()).contains("Did you mean '--only'?");
    assertThat(run("check", "--frobnicate").err()).doesNotContain("Did you mean");
  }

  @Test
  void messagesNameWhatThereIs() {
    assertThat(run("check", "x.test", "--only", "spff").err()).contains("'spff'", "dmarc");
    assertThat(run("rules", "--explain", "spf.nosuch").err()).contains("spf.lookups");
    assertThat(run("chekc").err()).contains("check");
  }

  @Test
  void aBatchAnswersEachLineInOrder() {
    var input =
        """
        {"ip":"192.0.2.1","helo":"mail.contoso.test","sender":"a@contoso.test"}
        nonsense

        {"ip":"192.0.2.9","helo":"","sender":"a@contoso.test"}
        {"ip":"192.0.2.9","helo":"x.test","sender":7}
        {"ip":"not an address","helo":"x.test","sender":""}
        {"ip":"192.0.2.9","helo":"dead.test","sender":""}
        []
        """;
    var ran = asking(input, "spf", "--batch");

    assertThat(ran.exit()).isZero();
    var lines = ran.out().lines().map(CheckJson.mapper()::readTree).toList();
    assertThat(lines).hasSize(8);
    assertThat(lines.get(0).get("result").asString()).isEqualTo("pass");
    assertThat(lines.get(0).get("explanation").isNull()).isTrue();
    assertThat(lines.get(1).has("error")).isTrue();
    assertThat(lines.get(2).has("error")).isTrue();
    assertThat(lines.get(3).get("result").asString()).isEqualTo("fail");
    assertThat(lines.get(4).has("error")).isTrue();
    assertThat(lines.get(5).has("error")).isTrue();
    assertThat(lines.get(6).get("result").asString()).isEqualTo("temperror");
    assertThat(lines.get(7).has("error")).isTrue();
  }

  @Test
  void netblocksAreReadyToPasteAndComparedWithAList() {
    var listed = asking("", "netblocks", "_netblocks.provider.test");
    assertThat(listed.out()).isEqualTo("198.51.100.0/24\n203.0.113.7/32\n");
    assertThat(listed.exit()).isZero();

    var drift =
        asking(
            "198.51.100.0/24\n192.0.2.0/24\n",
            "netblocks",
            "_netblocks.provider.test",
            "--allowlist",
            "-");
    assertThat(drift.out()).isEqualTo("+ 203.0.113.7/32\n- 192.0.2.0/24\n");
    assertThat(drift.exit()).isEqualTo(1);
    assertThat(asking("", "netblocks", "_netblocks.provider.test", "--paste", "postfix").out())
        .startsWith("# _netblocks.provider.test, as published at ")
        .endsWith("\n198.51.100.0/24\tOK\n203.0.113.7/32\tOK\n");
    assertThat(asking("", "netblocks", "a.test", "--paste", "pf").err())
        .contains("--paste is seppmail, postfix, exchange or nftables, not 'pf'");
    assertThat(asking("", "netblocks", "dead.test", "--paste", "nftables").out()).isEmpty();
    assertThat(asking("", "netblocks", "dead.test").exit()).isEqualTo(3);
    assertThat(asking("", "netblocks", "dead.test").out()).isEmpty();
  }

  @Test
  void configCheckNamesFileLineColumnAndTheNearestWord() throws IOException {
    var file = folder.resolve("maildrift.yml");
    Files.writeString(file, "domains:\n  - name: contoso.test\n    tls_levle: secure\n");
    var ran = run("config", "check", file.toString());

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("maildrift.yml:3:5: ", "tls_levle", "tls_level");

    Files.writeString(file, run("config", "example").out());
    assertThat(run("config", "check", file.toString()).exit()).isZero();
  }

  @Test
  void everyCommandHasHelpBothWays() {
    for (var command : new CommandLine(new Root()).getSubcommands().keySet()) {
      if (!command.equals("help")) {
        var asked = run("help", command);
        assertThat(asked.exit()).isZero();
        assertThat(asked.out()).contains("Usage: maildrift " + command);
        var option = run(command, "--help");
        assertThat(option.exit()).isZero();
        assertThat(option.out()).isEqualTo(asked.out());
      }
    }
    assertThat(run("--help").out()).contains("Examples:", "netblocks");
  }

  @Test
  void withoutACommandTheCommandsAreNamed() {
    var ran = run();
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).isNotBlank();
  }

  @Test
  void aRulesPageSaysWhatWhyAndWhatToDo() {
    var page = run("rules", "--explain", "spf.lookups");
    assertThat(page.exit()).isZero();
    assertThat(page.out()).contains("spf.lookups", "why", "reference", "RFC 7208", "remedy");
    assertThat(run("rules").out()).contains("netblocks.missing", "probe.unobservable");
    assertThat(run("rules", "--format", "json").out().lines())
        .allMatch(line -> CheckJson.mapper().readTree(line).has("rule"));
  }

  @Test
  void bashCanReadTheCompletion() throws Exception {
    var script = folder.resolve("completion");
    Files.writeString(script, run("completion", "bash").out());
    var bash =
        new ProcessBuilder("bash", "-n", script.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile())
            .start();

    assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(bash.exitValue()).isZero();
    assertThat(run("completion", "fish").out()).contains("complete -c maildrift");
    assertThat(run("completion", "zsh").out()).contains("bashcompinit");
  }

  @Test
  void nothingFromOutsideReachesTheTerminalAsItIs() {
    names.txt("evil.test", "v=spf1 include:\u001b[31m\u0007 -all");
    assertThat(asking("", "check", "evil.test", "--only", "spf").out())
        .doesNotContain("\u001b", "\u0007");
    assertThat(asking("", "spf", "evil.test").out()).doesNotContain("\u001b", "\u0007");
  }

  @Test
  void theVersionIsOneLine() {
    var ran = run("version");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out().lines()).hasSize(1);
    assertThat(run("--version").out()).isEqualTo(ran.out());

    var json = onlyObject(run("version", "--format", "json"));
    assertThat(ran.out()).contains(json.get("version").asString());
  }

  @Test
  void whatHasNoNetworksIsAnObjectAsWell() {
    var absent = asking("", "netblocks", "contoso.nowhere.test", "--format", "json");

    assertThat(absent.exit()).isEqualTo(1);
    assertThat(onlyObject(absent).get("published")).isEmpty();
  }

  @Test
  void configCheckAnswersInJson() throws IOException {
    var good = Files.writeString(folder.resolve("good.yml"), "domains: [{name: contoso.test}]\n");
    var valid = run("config", "check", good.toString(), "--format", "json");
    assertThat(valid.exit()).isZero();
    assertThat(onlyObject(valid).get("domains").asInt()).isEqualTo(1);

    var bad = Files.writeString(folder.resolve("bad.yml"), "domains:\n  - {nam: contoso.test}\n");
    var refused = run("config", "check", bad.toString(), "--format", "json");
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("bad.yml:2:6: unknown key 'nam'");
    var said = onlyObject(refused).get("problems").toString();
    assertThat(said).contains("\"line\":2,\"column\":6,\"message\":\"unknown key 'nam'");
  }

  @Test
  void theSchemaIsOneObjectALineWhereJsonIsAskedFor() {
    assertThat(onlyObject(run("config", "schema", "--format", "json")))
        .isEqualTo(CheckJson.mapper().readTree(run("config", "schema").out()));
  }

  private static JsonNode onlyObject(Ran ran) {
    assertThat(ran.out().lines()).hasSize(1);
    return CheckJson.mapper().readTree(ran.out());
  }
}
