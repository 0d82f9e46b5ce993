package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.wiring.Daemon;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Checklists of a running daemon: what is seen, what is ticked, and who may. */
class ChecklistHttpTest {
  private static final String OWN =
      """
      profiles: {house: {mx: [mx1.contoso.test]}}
      checklists:
        move:
          title: Move <b>house</b>
          for: {profiles: [house]}
          steps:
            - {id: mx, title: The MX leads here, how: "{mx_records}", see: {rules: [mx.missing, mx.extra]}}
            - {id: letter, title: The letter was sent, why: It is polite., person: true}
            - {id: mode, title: The mode is written down, see: {declared: [{setting: mode, paste: "mode: inline"}]}}
            - {id: pro, title: Only PRO, when: {profile: mail-connect}, person: true}
      domains: [{name: contoso.test, profiles: [house], %s}]
      """
          .formatted(Daemon.ONLY_MX);

  private static final String LIST = "/api/v1/domains/contoso.test/checklists/move";
  private static final String LETTER = LIST + "/steps/letter/tick";
  private static final String PAGE = "/domains/contoso.test/checklists/move";

  @TempDir static Path folder;

  private static Daemon.World world;
  private static Daemon daemon;
  private static MemoryStore store;

  @BeforeAll
  static void open() {
    world = new Daemon.World(folder).with("contoso.test");
    store = new MemoryStore();
    daemon = world.start(store, OWN);
  }

  @AfterAll
  static void close() throws IOException {
    daemon.close();
    world.close();
  }

  private static JsonNode json(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return CheckJson.mapper().readTree(response.body());
  }

  private static JsonNode step(JsonNode progress, String id) {
    for (var step : progress.path("steps")) {
      if (step.path("step").asString("").equals(id)) {
        return step;
      }
    }
    throw new AssertionError("no step " + id + " in " + progress);
  }

  private static String state(String id) {
    return step(json(daemon.get(LIST)), id).path("state").asString("");
  }

  @Test
  void checklistsAreListedAndThoseOfADomainWithItsProgress() {
    var names = json(daemon.get("/api/v1/checklists")).findValuesAsString("checklist");
    assertThat(names).contains("seppmail-inline", "mimecast-onboarding", "mail-connect", "move");

    var own = json(daemon.get("/api/v1/domains/contoso.test/checklists"));
    assertThat(own).hasSize(1);
    assertThat(own.at("/0/checklist").asString()).isEqualTo("move");
    assertThat(own.at("/0/applicable").asInt()).isEqualTo(3);

    assertThat(daemon.get("/api/v1/domains/contoso.test/checklists/mail-connect").statusCode())
        .isEqualTo(200);
    assertThat(daemon.get("/api/v1/domains/contoso.test/checklists/other").statusCode())
        .isEqualTo(404);
    assertThat(daemon.get("/api/v1/domains/other.test/checklists/move").statusCode())
        .isEqualTo(404);
  }

  @Test
  void aStepFollowsWhatIsSeenAndAGapMakesItNeitherDoneNorOpen() {
    assertThat(state("mx")).isEqualTo("done");
    assertThat(state("pro")).isEqualTo("not-applicable");

    world.drift("contoso.test");
    daemon.look("contoso.test");
    var open = step(json(daemon.get(LIST)), "mx");
    assertThat(open.path("state").asString()).isEqualTo("open");
    assertThat(open.path("how").asString()).isEqualTo("contoso.test. IN MX 10 mx1.contoso.test.");
    assertThat(open.at("/remedies/0/rule").asString()).startsWith("mx.");

    world.names.fault("contoso.test", Fault.SERVFAIL);
    daemon.look("contoso.test");
    assertThat(state("mx")).isEqualTo("unseen");

    world.names.fault("contoso.test");
    world.restore("contoso.test");
    daemon.look("contoso.test");
    assertThat(state("mx")).isEqualTo("done");
  }

  @Test
  void aTickIsKeptWithNameAndNoteAndTakenBack() {
    var ticked = json(daemon.send("PUT", LETTER, "{\"by\":\"Ada\",\"note\":\"by <i>post</i>\"}"));
    assertThat(step(ticked, "letter").path("state").asString()).isEqualTo("done");
    assertThat(step(ticked, "letter").at("/tick/by").asString()).isEqualTo("Ada");
    assertThat(store.ticks()).hasSize(1);
    var history = json(daemon.get("/api/v1/domains/contoso.test/history"));
    assertThat(history.at("/changes/0/kind").asString()).isEqualTo("ticked");
    assertThat(history.at("/changes/0/record").asString()).isEqualTo("move/letter");
    assertThat(history.at("/changes/0/new").asString()).isEqualTo("ticked by Ada: by <i>post</i>");
    assertThat(daemon.get(PAGE).body())
        .contains("ticked by Ada", "by &lt;i&gt;post", "Take the tick back")
        .doesNotContain("<i>");

    json(daemon.send("DELETE", LETTER, ""));
    assertThat(state("letter")).isEqualTo("person");
    assertThat(store.ticks()).isEmpty();
    assertThat(daemon.send("DELETE", LETTER, "").statusCode()).isEqualTo(404);
  }

  @Test
  void whatIsSeenNeedsNobodysWord() {
    var refused = daemon.send("PUT", LIST + "/steps/mx/tick", "{\"by\":\"Ada\"}");

    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("step mx of move is done");
    assertThat(daemon.send("PUT", LIST + "/steps/pro/tick", "{}").statusCode()).isEqualTo(409);
    assertThat(daemon.send("PUT", LIST + "/steps/none/tick", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void aTickIsBoundedAndHasNoOtherWords() {
    for (var body :
        new String[] {
          "{\"by\":\"%s\"}".formatted("x".repeat(101)),
          "{\"note\":\"%s\"}".formatted("x".repeat(1_001)),
          "{\"who\":\"Ada\"}",
          "{\"by\":7}",
          "{\"by\":\"A\\u001b[2J\"}",
          "{\"note\":\"one\\ntwo\"}",
          "{\"note\":\"\\u202eone\"}",
          "[]"
        }) {
      var refused = daemon.send("PUT", LETTER, body);
      assertThat(refused.statusCode()).as(body).isEqualTo(400);
      assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
    }
    assertThat(state("letter")).isEqualTo("person");
  }

  private static HttpResponse<String> form(String path, String body, String... headers) {
    var all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 2, headers.length);
    all[0] = "Content-Type";
    all[1] = "application/x-www-form-urlencoded";
    return daemon.send("POST", path, body, all);
  }

  @Test
  void theFormOfThePageTicksAndLeadsBackToTheStep() {
    var own = "http://127.0.0.1:" + daemon.port();

    var page = daemon.get(PAGE);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("form-action 'self'");
    assertThat(page.headers().firstValue("Referrer-Policy")).contains("same-origin");
    assertThat(page.body())
        .contains("action=\"" + PAGE + "/steps/mode/tick\"", "Move &lt;b&gt;house")
        .doesNotContain("http-equiv=\"refresh\"", "<script");

    var sent = form(PAGE + "/steps/mode/tick", "by=Ada+L&note=%C3%BC", "Origin", own);
    assertThat(sent.statusCode()).isEqualTo(303);
    assertThat(sent.headers().firstValue("Location")).contains(PAGE + "#step-mode");
    var tick = step(json(daemon.get(LIST)), "mode").path("tick");
    assertThat(tick.path("by").asString()).isEqualTo("Ada L");
    assertThat(tick.path("note").asString()).isEqualTo("ü");

    assertThat(form(PAGE + "/steps/mode/untick", "", "Origin", own).statusCode()).isEqualTo(303);
    assertThat(state("mode")).isEqualTo("person");
  }

  @Test
  void aFormFromElsewhereOrFromNowhereIsRefused() {
    for (var headers :
        new String[][] {
          {}, {"Origin", "http://evil.test"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"},
        }) {
      assertThat(form(PAGE + "/steps/letter/tick", "by=Mallory", headers).statusCode())
          .isEqualTo(403);
    }
    assertThat(
            daemon.send("PUT", LETTER, "{\"by\":\"M\"}", "Origin", "http://evil.test").statusCode())
        .isEqualTo(403);
    assertThat(state("letter")).isEqualTo("person");
  }

  @Test
  void aFormSentInVainSaysWhyAndLeadsBack() {
    var own = "http://127.0.0.1:" + daemon.port();
    var path = PAGE + "/steps/letter/tick";

    var tooLong =
        form(path, "by=" + "x".repeat(101), "Origin", own, "Accept", "text/html,*/*;q=0.8");
    assertThat(tooLong.statusCode()).isEqualTo(400);
    assertThat(tooLong.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(tooLong.body()).contains("at most 100 characters", "href=\"" + PAGE + "\"");

    var other = form(path, "by=" + "x".repeat(101), "Origin", own);
    assertThat(other.headers().firstValue("Content-Type")).contains("application/problem+json");

    var huge = form(path, "note=" + "x".repeat(40_000), "Origin", own);
    assertThat(huge.statusCode()).isEqualTo(413);
    assertThat(huge.body()).contains("at most 32 KiB");
  }

  @Test
  void theDomainsPageShowsItsChecklists() {
    assertThat(daemon.get("/domains/contoso.test").body())
        .contains("<h2>Checklists</h2>", "href=\"" + PAGE + "\"", "<progress");
  }
}
