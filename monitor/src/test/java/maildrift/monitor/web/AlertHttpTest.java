package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import maildrift.monitor.cli.Ran;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.wiring.Daemon;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Who takes alerts, silences them, and asks where they go; of a running daemon. */
class AlertHttpTest {
  @TempDir static Path folder;

  private static Daemon.World world;
  private static Daemon daemon;
  private static MemoryStore store;

  @BeforeAll
  static void open() {
    world = new Daemon.World(folder).with("contoso.test", "fabrikam.test");
    store = new MemoryStore();
    daemon =
        world.start(
            store,
            """
            tenants: {contoso: {name: Contoso}, fabrikam: {name: Fabrikam}}
            profiles: {house: {mx: [mx1.contoso.test]}}
            domains:
              - {name: contoso.test, tenant: contoso, profiles: [house], %s}
              - {name: fabrikam.test, tenant: fabrikam, %s}
            """
                .formatted(Daemon.ONLY_MX, Daemon.ONLY_MX));
    world.drift("contoso.test");
    daemon.look("contoso.test");
    daemon.look("contoso.test");
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

  private static JsonNode alert() {
    return json(daemon.get("/api/v1/alerts?domain=contoso.test&alertname=mx.extra")).get(0);
  }

  private static HttpResponse<String> form(String path, String body, String... headers) {
    return daemon.send(
        "POST",
        path,
        body,
        Stream.concat(
                Stream.of("Content-Type", "application/x-www-form-urlencoded"), Stream.of(headers))
            .toArray(String[]::new));
  }

  private static String own() {
    return "http://127.0.0.1:" + daemon.port();
  }

  private static Ran run(String... words) {
    return Ran.command(
        Stream.concat(Stream.of(words), Stream.of("--url", own())).toArray(String[]::new));
  }

  @Test
  void anAlertIsTakenSaysByWhomAndIsGivenBack() {
    var path = "/api/v1/alerts/" + alert().get("fingerprint").asString() + "/ack";
    var taken = json(daemon.post(path, "{\"by\":\"Ada\",\"comment\":\"<b>on it</b>\"}"));
    assertThat(taken.get("by").asString()).isEqualTo("Ada");
    assertThat(alert().at("/status/acknowledgement/holds").asBoolean()).isTrue();
    assertThat(alert().at("/status/state").asString()).isEqualTo("firing");
    assertThat(store.acknowledgements()).hasSize(1);
    assertThat(json(daemon.get("/api/v1/alerts?state=acknowledged"))).hasSize(1);
    assertThat(daemon.metric("maildrift_alerts_acknowledged").orElseThrow()).startsWith("1");
    assertThat(
            json(daemon.get("/api/v1/domains/contoso.test/history"))
                .at("/changes/0/kind")
                .asString())
        .isEqualTo("acknowledged");
    assertThat(daemon.get("/alerts").body())
        .contains("by Ada at ", "&lt;b&gt;on it", "Give back")
        .doesNotContain("<b>on it");

    assertThat(daemon.send("DELETE", path, "").statusCode()).isEqualTo(204);
    assertThat(alert().at("/status/acknowledgement/holds").asBoolean()).isFalse();
    assertThat(alert().at("/status/acknowledgement/endedBecause").asString())
        .startsWith("taken back by ");
    assertThat(daemon.send("DELETE", path, "").statusCode()).isEqualTo(404);
    assertThat(daemon.post("/api/v1/alerts/0123456789abcdef/ack", "").statusCode()).isEqualTo(404);
    assertThat(daemon.post(path, "{\"who\":\"Ada\"}").statusCode()).isEqualTo(400);
    assertThat(daemon.post(path, "{\"comment\":\"a\\nb\"}").statusCode()).isEqualTo(400);
  }

  @Test
  void theCommandLineTakesByFingerprintAndByMatchers() {
    var fingerprint = alert().get("fingerprint").asString();
    assertThat(run("alert", "ack", fingerprint, "--author", "Ada", "--comment", "on it").out())
        .isEqualTo(fingerprint + " is taken by Ada\n");
    assertThat(run("alert", "list").out()).contains("(taken by Ada: on it)", fingerprint);
    assertThat(run("alert", "unack", fingerprint).exit()).isZero();
    assertThat(run("alert", "ack", "domain=contoso.test", "alertname=~mx.*").out())
        .contains(fingerprint + " is taken");
    assertThat(run("alert", "ack", "domain=other.test").err()).contains("no alert that fires");
    assertThat(run("alert", "unack", "xyz").err()).contains("'xyz' is not the fingerprint");
    var beginning = fingerprint.substring(0, 6);
    assertThat(run("alert", "ack", beginning).out()).startsWith(fingerprint + " is taken");
    assertThat(run("alert", "unack", beginning).exit()).isZero();
    assertThat(run("alert", "ack", beginning, "domain=contoso.test").err()).contains("not by both");
    assertThat(run("alert", "ack", "000000").err()).contains("begins with 000000");
    json(daemon.post(
            "/api/v1/alerts/ack",
            "{\"matchers\":[{\"name\":\"domain\",\"value\":\"contoso.test\"}]}"))
        .get("acknowledged")
        .forEach(one -> run("alert", "unack", one.asString()));
  }

  @Test
  void alertsAreChosenAsInAlertmanager() {
    assertThat(alert().at("/receivers/0/name").asString()).isEqualTo("hook");
    assertThat(alert().get("generatorURL").asString()).endsWith("/domains/contoso.test");
    assertThat(alert().has("endsAt")).isFalse();

    assertThat(rules("filter=domain%3D%22contoso.test%22&filter=alertname%3D~%22mx.*%22"))
        .contains("mx.extra");
    assertThat(rules("filter=domain%3Dcontoso.test&filter=alertname!~mx.*"))
        .doesNotContain("mx.extra", "Watchdog");
    assertThat(rules("receiver=ho.*&severity=critical")).contains("mx.extra");
    assertThat(rules("receiver=ho")).isEmpty();
    assertThat(rules("active=false&state=active")).isEmpty();
    assertThat(rules("state=active")).contains("mx.extra");
    assertThat(run("alert", "list", "alertname=mx.extra", "tenant=~con.+").out())
        .matches(
            "(?s)critical  firing      [0-9a-f]{16}  mx\\.extra  contoso\\.test  since \\S+Z  \\S.*")
        .hasLineCount(1);
  }

  @Test
  void whatIsMisspeltInAQueryIsRefusedAndNotIgnored() {
    assertThat(problem("/api/v1/alerts?severty=critical"))
        .isEqualTo("there is no parameter 'severty'; did you mean 'severity'?");
    assertThat(problem("/api/v1/alerts?state=fireing")).contains("did you mean 'firing'?");
    assertThat(problem("/api/v1/alerts?severity=bad"))
        .isEqualTo("severity: there is no 'bad'; possible: critical, info, warning");
    assertThat(problem("/api/v1/alerts?active=yes"))
        .isEqualTo("active is true or false, not 'yes'");
    assertThat(problem("/api/v1/alerts?filter=domain")).startsWith("filter: expected =");
    assertThat(problem("/api/v1/alerts?receiver=(")).startsWith("receiver: \"(\" is not an RE2");
    assertThat(problem("/api/v1/silences?filters=a")).contains("did you mean 'filter'?");
    assertThat(problem("/alerts?tennant=contoso")).contains("did you mean 'tenant'?");
    var page = daemon.get("/alerts?tennant=contoso", "Accept", "text/html");
    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(page.body()).contains("<h1>Bad request</h1>", "did you mean");
    assertThat(run("alert", "list", "--state", "fireing").err()).contains("did you mean 'firing'?");
  }

  private static List<String> rules(String query) {
    return json(daemon.get("/api/v1/alerts?" + query))
        .valueStream()
        .map(one -> one.at("/labels/alertname").asString())
        .toList();
  }

  private static String problem(String path) {
    var answer = daemon.get(path);
    assertThat(answer.statusCode()).as(path).isEqualTo(400);
    return CheckJson.mapper().readTree(answer.body()).get("detail").asString();
  }

  @Test
  void thePageTakesByAFormAndRefusesForeignOnes() {
    var path = "/alerts/" + alert().get("fingerprint").asString();
    var page = daemon.get("/alerts?tenant=contoso");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("form-action 'self'");
    assertThat(page.body())
        .contains("action=\"" + path + "/ack\"", "mx.extra", "contoso.test MX")
        .contains("data-follows=\"no\"")
        .doesNotContain("http-equiv=\"refresh\"");
    assertThat(daemon.get("/alerts?tenant=fabrikam").body()).doesNotContain("mx.extra");

    assertThat(form(path + "/ack", "by=Mallory").statusCode()).isEqualTo(403);
    assertThat(form(path + "/ack", "by=Mallory", "Origin", "http://evil.test").statusCode())
        .isEqualTo(403);
    var sent = form(path + "/ack", "by=Ada+L&comment=on+it", "Origin", own());
    assertThat(sent.statusCode()).isEqualTo(303);
    assertThat(sent.headers().firstValue("Location")).contains("/alerts");
    var kept = form(path + "/ack", "by=Ada+L&tenant=a%26b%0D%0AX&state=firing", "Origin", own());
    assertThat(kept.headers().firstValue("Location"))
        .contains("/alerts?state=firing&tenant=a%26b%0D%0AX");
    assertThat(alert().at("/status/acknowledgement/by").asString()).isEqualTo("Ada L");
    assertThat(form(path + "/unack", "", "Origin", own()).statusCode()).isEqualTo(303);
    var vain = form(path + "/unack", "", "Origin", own(), "Accept", "text/html");
    assertThat(vain.statusCode()).isEqualTo(404);
    assertThat(vain.body()).contains("href=\"/alerts\"");
  }

  @Test
  void allOfACauseAreTakenByOneFormOfWhatThePageShows() {
    world.drift("fabrikam.test");
    daemon.look("fabrikam.test");
    daemon.look("fabrikam.test");
    var page = daemon.get("/alerts?tenant=contoso").body();
    assertThat(page)
        .contains(
            "href=\"/silences?matchers=alertname%3D%22mx.extra%22%2C+domain%3D%22contoso.test%22",
            "href=\"/silences?matchers=cause%3D",
            "tenant%3D%22contoso%22",
            "name=\"tenant\" value=\"contoso\"");
    var body =
        "by=Ada&tenant=contoso&matchers="
            + URLEncoder.encode(
                "tenant=\"contoso\", alertname=\"mx.extra\"", StandardCharsets.UTF_8);
    assertThat(form("/alerts/ack", body).statusCode()).isEqualTo(403);
    assertThat(form("/alerts/ack", "by=Ada", "Origin", own()).statusCode()).isEqualTo(400);
    var sent = form("/alerts/ack", body, "Origin", own());
    assertThat(sent.headers().firstValue("Location")).contains("/alerts?tenant=contoso");
    var taken = json(daemon.get("/api/v1/alerts?state=acknowledged"));
    assertThat(taken)
        .isNotEmpty()
        .allMatch(one -> one.at("/labels/tenant").asString().equals("contoso"));
    taken.forEach(one -> run("alert", "unack", one.get("fingerprint").asString()));
  }

  @Test
  void aSilenceIsPreviewedMadeByAFormProlongedAndEnded() {
    var matchers = "domain=contoso.test, alertname=~\"mx.*\"";
    var query = URLEncoder.encode(matchers, StandardCharsets.UTF_8);
    var preview = daemon.get("/silences?for=1h&matchers=" + query).body();
    assertThat(preview).contains("It would hide", "mx.extra (critical) of contoso.test");
    assertThat(json(daemon.get("/api/v1/silences/preview?matchers=" + query)).get("total").asInt())
        .isPositive();
    assertThat(daemon.get("/silences?for=x&matchers=" + query).body()).contains("for: ");
    assertThat(daemon.get("/silences?matchers=domain").body()).contains("expected =");
    assertThat(daemon.get("/api/v1/silences/preview?matchers=domain%3D~%22.*%22").statusCode())
        .isEqualTo(400);

    var body = "matchers=" + query + "&for=1h&by=Ada&comment=%3Ci%3Emove";
    assertThat(form("/silences", body).statusCode()).isEqualTo(403);
    assertThat(form("/silences", body, "Origin", own()).statusCode()).isEqualTo(303);
    var made = json(daemon.get("/api/v1/silences")).get(0);
    var id = made.get("id").asString();
    assertThat(made.get("createdBy").asString()).isEqualTo("Ada");
    assertThat(made.get("alerts").asInt()).isPositive();
    assertThat(alert().at("/status/state").asString()).isEqualTo("suppressed");
    assertThat(alert().at("/status/silencedBy/0").asString()).isEqualTo(id);
    assertThat(daemon.get("/silences").body())
        .contains("&lt;i&gt;move", "End it now")
        .doesNotContain("<i>");

    assertThat(run("silence", "extend", id, "--for", "5h").out()).isEqualTo(id + "\n");
    assertThat(Instant.parse(json(daemon.get("/api/v1/silences/" + id)).get("endsAt").asString()))
        .isAfter(Instant.now().plusSeconds(4 * 3600));
    assertThat(run("silence", "extend", id, "--for", "1h").err()).contains("goes on until");
    assertThat(json(daemon.get("/api/v1/silences"))).hasSize(1);

    assertThat(form("/silences/" + id + "/expire", "", "Origin", own()).statusCode())
        .isEqualTo(303);
    assertThat(alert().at("/status/state").asString()).isEqualTo("firing");
    assertThat(run("silence", "extend", id, "--duration", "9h").err()).contains("has ended");
    assertThat(run("silence", "list").out()).doesNotContain(id);
    assertThat(run("silence", "list", "--expired", "domain=contoso.test").out()).contains(id);
    assertThat(run("silence", "list", "--expired", "domain=other.test").out()).doesNotContain(id);
  }

  @Test
  void aSilenceOfOtherAlertsUnderTheSameIdIsAnotherOne() {
    var until = Instant.now().plusSeconds(600).toString();
    var one = silence("", "one.test", until);
    var same = silence(one, "one.test", Instant.now().plusSeconds(900).toString());
    var other = silence(one, "other.test", until);

    assertThat(same).isEqualTo(one);
    assertThat(other).isNotEqualTo(one);
    assertThat(json(daemon.get("/api/v1/silences/" + one)).at("/status/state").asString())
        .isEqualTo("expired");
    assertThat(
            daemon
                .post(
                    "/api/v1/silences",
                    "{\"id\":\"none\",\"matchers\":[{\"name\":\"domain\",\"value\":\"a.test\"}],\"endsAt\":\"%s\",\"comment\":\"c\"}"
                        .formatted(until))
                .statusCode())
        .isEqualTo(404);
    run("silence", "expire", other);
  }

  private static String silence(String id, String domain, String until) {
    return json(daemon.post(
            "/api/v1/silences",
            "{\"id\":\"%s\",\"matchers\":[{\"name\":\"domain\",\"value\":\"%s\"}],\"endsAt\":\"%s\",\"comment\":\"c\"}"
                .formatted(id, domain, until)))
        .get("silenceID")
        .asString();
  }

  @Test
  void aRouteIsExplainedWithWhatWouldKeepTheAlertBack() {
    var answer = json(daemon.get("/api/v1/routes?alertname=mx.extra&domain=contoso.test"));
    assertThat(answer.at("/routes/0/receivers/0").asString()).isEqualTo("hook");
    assertThat(answer.at("/routes/0/groupKey").asString()).startsWith("{}/{}:");
    assertThat(answer.at("/considered/0/matches").asBoolean()).isTrue();
    assertThat(answer.at("/labels/tenant").asString()).isEqualTo("contoso");

    var text = run("alert", "route", "--domain", "contoso.test", "--rule", "mx.extra").out();
    assertThat(text)
        .contains(
            "an alert with alertname=mx.extra", "1  all: yes", "tells      hook", "group_wait");
  }
}
