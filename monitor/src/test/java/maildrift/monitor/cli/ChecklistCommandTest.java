package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.dns.FakeDns;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ChecklistCommandTest {
  @TempDir Path folder;

  private String configuration() throws IOException {
    var file = folder.resolve("maildrift.yml");
    Files.writeString(
        file,
        """
        profiles: {house: {mx: [mx.house.test]}}
        checklists:
          move:
            title: Move
            for: {profiles: [house]}
            steps:
              - {id: spf, title: One SPF record, why: Two count as none., how: "v=spf1 -all at {domain}", see: {rules: [spf.present, spf.multiple]}}
              - {id: pro, title: Only PRO, when: {profile: mail-connect}, person: true}
          talk:
            title: Talk
            steps: [{id: call, title: Somebody called, person: true}]
        domains:
          - {name: contoso.test, tenant: contoso, profiles: [house]}
          - {name: fabrikam.test, tenant: contoso}
        tenants: {contoso: {}}
        """);
    return file.toString();
  }

  private Ran run(FakeDns dns, String... words) throws IOException {
    var args = new ArrayList<>(List.of("checklist"));
    args.addAll(List.of(words));
    args.addAll(List.of("--config", configuration(), "--dns", dns.hostAndPort()));
    return Ran.command(args.toArray(String[]::new));
  }

  private static String state(JsonNode progress, int step) {
    return progress.path("steps").path(step).path("state").asString("");
  }

  @Test
  void withoutADomainTheyAreListedAndExplained() {
    assertThat(Ran.command("checklist").lines())
        .hasSizeGreaterThanOrEqualTo(5)
        .anySatisfy(line -> assertThat(line).startsWith("seppmail-inline "));

    var page = Ran.command("checklist", "mail-connect");
    assertThat(page.exit()).isZero();
    assertThat(page.out())
        .contains(
            "  1. ", "mx.mail-connect.net", "Only for the variant secgate", "a person's tick");
    assertThat(Ran.command("checklist", "mail-connect", "--format", "markdown").out())
        .startsWith("# mail-connect, setting up a domain\n");

    var wrong = Ran.command("checklist", "mailconnect");
    assertThat(wrong.exit()).isEqualTo(Exit.USAGE);
    assertThat(wrong.err()).contains("did you mean 'mail-connect'?");
  }

  @Test
  void aDomainAloneIsToldWhichChecklistsItHas() throws IOException {
    try (var dns = FakeDns.serving()) {
      var ran = run(dns, "contoso.test");

      assertThat(ran.exit()).isEqualTo(Exit.USAGE);
      assertThat(ran.err()).contains("name a checklist behind contoso.test: move");
    }
  }

  @Test
  void doneOpenAndUnseenAreTheExitCodesZeroOneAndThree() throws IOException {
    try (var dns = FakeDns.serving("contoso.test TXT v=spf1 -all")) {
      var done = run(dns, "contoso.test", "move");
      assertThat(done.out()).contains("1 of 1 done; 1 not applicable", "1. [done]", "2. [n/a]");
      assertThat(done.exit()).isZero();

      dns.fault("contoso.test", Fault.SERVFAIL);
      var unseen = run(dns, "contoso.test", "move");
      assertThat(unseen.out()).contains("1. [unseen]", "0 of 1 done; 1 unseen");
      assertThat(unseen.exit()).isEqualTo(Exit.UNOBSERVED);
    }
    try (var dns = FakeDns.serving("contoso.test A 192.0.2.1")) {
      var open = run(dns, "contoso.test", "move");
      assertThat(open.out())
          .contains("1. [open]", "spf.present: ", "Why: Two count as none.", "Fix spf.present of");
      assertThat(open.exit()).isEqualTo(Exit.FINDINGS);
    }
  }

  @Test
  void whatWaitsForAPersonIsNotDoneAndTheTicksAreSaidToBeUnknown() throws IOException {
    try (var dns = FakeDns.serving()) {
      var ran = run(dns, "contoso.test", "talk");

      assertThat(ran.out())
          .contains("0 of 1 done; 1 for a person to tick (ticks are kept by a running daemon");
      assertThat(ran.exit()).isEqualTo(Exit.UNOBSERVED);
      assertThat(dns.asked("contoso.test")).isZero();
    }
  }

  @Test
  void aTenantsDomainsAreOneObjectALine() throws IOException {
    try (var dns = FakeDns.serving("contoso.test TXT v=spf1 -all", "fabrikam.test A 192.0.2.1")) {
      var ran = run(dns, "--tenant", "contoso", "move", "--format", "json");

      var lines = ran.lines().stream().map(line -> CheckJson.mapper().readTree(line)).toList();
      assertThat(lines)
          .extracting(line -> line.path("domain").asString() + " " + state(line, 0))
          .containsExactly("contoso.test done", "fabrikam.test open");
      assertThat(ran.exit()).isEqualTo(Exit.FINDINGS);
    }
  }

  @Test
  void markdownIsATaskListInWhichRecordsAreText() throws IOException {
    try (var dns = FakeDns.serving("contoso.test TXT v=spf1 -all")) {
      assertThat(run(dns, "contoso.test", "move", "--format", "markdown").lines())
          .contains("# contoso.test: Move", "- [x] 1. One SPF record (done)");
    }
  }

  @Test
  void ticksAreADaemonsBusiness() throws IOException {
    assertThat(Ran.command("checklist", "a.test", "move", "--tick", "mx").err())
        .contains("--url of a running daemon");
    var asked = new CopyOnWriteArrayList<String>();
    try (var daemon =
        new LoopbackHttp(
            got -> {
              asked.add(got.method() + " " + got.target() + " " + got.body());
              return LoopbackHttp.Answer.ok(
                  "{\"domain\":\"a.test\",\"count\":{\"done\":1},\"applicable\":1,\"steps\":[]}");
            })) {
      var url = "http://127.0.0.1:" + daemon.port();
      var path = "/api/v1/domains/a.test/checklists/move";

      var ran =
          Ran.command(
              "checklist",
              "a.test",
              "move",
              "--url",
              url,
              "--tick",
              "letter",
              "--by",
              "Ada",
              "--note",
              "sent");
      assertThat(ran.err()).isEmpty();
      assertThat(ran.out()).contains("1 of 1 done");
      assertThat(ran.exit()).isZero();
      Ran.command("checklist", "a.test", "move", "--url", url, "--tick", "letter");
      Ran.command("checklist", "a.test", "move", "--url", url, "--untick", "letter");
      Ran.command("checklist", "a.test", "move", "--url", url);

      assertThat(asked)
          .containsExactly(
              "PUT " + path + "/steps/letter/tick {\"by\":\"Ada\",\"note\":\"sent\"}",
              "PUT "
                  + path
                  + "/steps/letter/tick {\"by\":\"%s\",\"note\":\"\"}"
                      .formatted(System.getProperty("user.name")),
              "DELETE " + path + "/steps/letter/tick ",
              "GET " + path + " ");
    }
  }
}
