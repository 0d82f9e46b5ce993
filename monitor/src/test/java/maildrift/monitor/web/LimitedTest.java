package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.KeptDomain;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.web.Endpoints.Endpoint;
import maildrift.monitor.web.Endpoints.Guard;
import maildrift.monitor.wiring.Daemon;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** A token that is limited to contoso, on every path there is: nothing of fabrikam is there. */
class LimitedTest {
  private static final String WHOLE = "Bearer whole-0123456789abcdef";
  private static final String THEIRS = "Bearer theirs-0123456789abcdef";

  /** Of as many letters as fabrikam, and there is none. */
  private static final String NOBODY = "nowherex";

  private static final String OTHER = "fabrikam";

  /** Whatever of these is in an answer came from the other tenant. */
  private static final List<String> FOREIGN = List.of("fabrikam", "Fabrikam", "not for contoso");

  @TempDir static Path folder;

  private static Daemon.World world;
  private static Daemon daemon;
  private static final MemoryStore store = new MemoryStore();
  private static String silence = "";

  @BeforeAll
  static void open() {
    Daemon.write(folder.resolve("whole.token"), "whole-0123456789abcdef");
    Daemon.write(folder.resolve("theirs.token"), "theirs-0123456789abcdef");
    world = new Daemon.World(folder).with("contoso.test", "fabrikam.test");
    world.names.add("_netblocks.provider.test 0 TXT v=spf1 ip4:198.51.100.0/24 -all");
    daemon =
        world.start(
            store,
            """
            http:
              listen: "127.0.0.1:0"
              tokens:
                - {name: whole, token_file: whole.token, role: operator}
                - {name: theirs, token_file: theirs.token, role: operator, tenants: [contoso]}
            """,
            """
            alerts:
              group_wait: 0s
              receivers:
                hook: {webhook: {url: "@HOOK@"}}
                two: {webhook: {url: "@HOOK@"}}
              routes:
                - {match: {tenant: contoso}, receivers: [two], continue: true}
                - {match: {}, receivers: [hook]}
            """,
            """
            tenants: {contoso: {name: Contoso AG}, fabrikam: {name: Fabrikam Ltd, labels: {team: fabrikam-team}}}
            gateways: {gw1: {host: gw1.provider.test, addresses: [198.51.100.10]}}
            allowlists:
              list-one: {networks: [203.0.113.0/25]}
              fabrikam-list: {networks: [203.0.113.0/24]}
            profiles: {provider: {netblocks: [_netblocks.provider.test]}}
            maintenance:
              - {domains: [contoso.test, fabrikam.test], from: 2099-01-01T00:00:00Z, for: 1h, reason: both move}
              - {tenants: [fabrikam], from: 2099-01-01T00:00:00Z, for: 1h, reason: not for contoso}
            domains:
              - name: contoso.test
                tenant: contoso
                profiles: [{name: provider}, {name: seppmail, gateway: gw1, role: gateway}]
                header_check: false
                allowed_sending_servers: list-one
                skip: [spf, dkim, dmarc, tls, mtasts, tlsrpt, records, caa, strays, dnssec, dane]
              - name: fabrikam.test
                tenant: fabrikam
                profiles: [{name: provider}, {name: seppmail, gateway: gw1, role: gateway}]
                header_check: false
                allowed_sending_servers: fabrikam-list
                skip: [spf, dkim, dmarc, tls, mtasts, tlsrpt, records, caa, strays, dnssec, dane]
            """);
    world.driftAll("contoso.test", "fabrikam.test");
    daemon.look("contoso.test", "fabrikam.test");
    silence = json(silence(WHOLE, "tenant", OTHER)).get("silenceID").asString();
    daemon.post(
        "/api/v1/alerts/" + alertOf("fabrikam.test").fingerprint() + "/ack",
        "{\"comment\":\"not for contoso\"}",
        "Authorization",
        WHOLE);
  }

  @AfterAll
  static void close() throws IOException {
    daemon.close();
    world.close();
  }

  private static JsonNode json(HttpResponse<String> response) {
    return CheckJson.mapper().readTree(response.body());
  }

  private static HttpResponse<String> silence(String who, String label, String value) {
    return daemon.post(
        "/api/v1/silences",
        """
        {"matchers":[{"name":"%s","value":"%s"}],"endsAt":"%s","comment":"%s"}
        """
            .formatted(
                label,
                value,
                Instant.now().plus(Duration.ofDays(1)),
                who.equals(WHOLE) ? "not for contoso" : "mine"),
        "Authorization",
        who);
  }

  private static Alert alertOf(String domain) {
    return daemon.app().alerts().stream()
        .filter(alert -> alert.labels().get("domain").equals(domain))
        .filter(alert -> alert.labels().get("alertname").equals("record.changed"))
        .findFirst()
        .orElseThrow();
  }

  /** All but the one whose answer never ends, which EventHttpTest listens to. */
  private static Stream<Endpoint> endpoints() {
    return Endpoints.all().stream().filter(endpoint -> !endpoint.path().equals("/api/v1/events"));
  }

  private static Stream<Endpoint> looks() {
    return endpoints().filter(endpoint -> endpoint.method().equals(HttpMethod.GET));
  }

  /** The path of a tenant's own things. */
  private static String of(Endpoint endpoint, String tenant) {
    var isOther = tenant.equals(OTHER);
    var path =
        endpoint
            .path()
            .replace(":checklist", "seppmail-inline")
            .replace(":step", "custom-command")
            .replace(
                ":fingerprint", isOther ? alertOf("fabrikam.test").fingerprint() : "0".repeat(16))
            .replace("/rules/:id", "/rules/record.changed")
            .replace("/:id", "/" + (isOther ? silence : "0".repeat(36)))
            .replace("receivers/:name", "receivers/hook")
            .replace(":name", tenant + ".test");
    return switch (path) {
      case "/probe" -> path + "?target=" + tenant + ".test";
      case "/api/v1/digest", "/api/v1/digest/send" -> path + "?tenant=" + tenant;
      case "/api/v1/routes" -> path + "?tenant=" + tenant + "&domain=" + tenant + ".test";
      case "/api/v1/silences/preview" -> path + "?matchers=tenant%3D" + tenant;
      case "/api/v1/domains", "/api/v1/alerts", "/alerts", "/" -> path + "?tenant=" + tenant;
      default -> path;
    };
  }

  private static HttpResponse<String> ask(
      Endpoint endpoint, String path, String body, String token) {
    var form = endpoint.guard() == Guard.FORM;
    return daemon.send(
        endpoint.method().name(),
        path,
        body,
        "Authorization",
        token,
        "Sec-Fetch-Site",
        "same-origin",
        "Content-Type",
        form ? "application/x-www-form-urlencoded" : "application/json");
  }

  private static String body(Endpoint endpoint, String tenant) {
    if (endpoint.guard() == Guard.FORM) {
      return "matchers=tenant%3D" + tenant + "&for=1h&comment=mine";
    }
    return switch (endpoint.path()) {
      case "/api/v1/alerts/ack" ->
          "{\"matchers\":[{\"name\":\"tenant\",\"value\":\"" + tenant + "\"}]}";
      case "/api/v1/domains" -> "{\"name\":\"new.test\",\"tenant\":\"" + tenant + "\"}";
      default -> "";
    };
  }

  @ParameterizedTest
  @MethodSource("looks")
  void whatIsLookedAtHoldsNothingOfAnotherTenant(Endpoint endpoint) {
    for (var path : List.of(of(endpoint, "contoso"), endpoint.path())) {
      assertThat(ask(endpoint, path, "", THEIRS).body()).as(path).doesNotContain(FOREIGN);
      var debug = path + (path.contains("?") ? "&" : "?") + "debug=true";
      assertThat(ask(endpoint, debug, "", THEIRS).body()).as(debug).doesNotContain(FOREIGN);
    }
  }

  /** Were this not so, the test before could not fail. */
  @Test
  void theOtherTenantIsSeenByWhoIsNotLimited() {
    var seen =
        looks()
            .filter(
                endpoint ->
                    FOREIGN.stream()
                        .anyMatch(ask(endpoint, endpoint.path(), "", WHOLE).body()::contains))
            .map(Endpoint::path)
            .toList();
    assertThat(seen)
        .contains(
            "/metrics",
            "/sd",
            "/",
            "/drift",
            "/alerts",
            "/silences",
            "/api/v1/domains",
            "/api/v1/alerts",
            "/api/v1/silences",
            "/api/v1/drift");
    assertThat(daemon.get("/api/v1/domains/contoso.test", "Authorization", WHOLE).body())
        .contains("allowlist-overlap", "fabrikam");
    var probe = "/probe?target=contoso.test&debug=true";
    assertThat(daemon.get(probe, "Authorization", WHOLE).body())
        .contains("allowlist-overlap", "fabrikam");
    assertThat(daemon.get(probe, "Authorization", THEIRS).body())
        .contains("allowlist-overlap", "another tenant is concerned");
  }

  @ParameterizedTest
  @MethodSource("endpoints")
  void whatIsAnothersIsAnsweredAsWhatThereIsNot(Endpoint endpoint) {
    var other = ask(endpoint, of(endpoint, OTHER), body(endpoint, OTHER), THEIRS);
    var none = ask(endpoint, of(endpoint, NOBODY), body(endpoint, NOBODY), THEIRS);

    assertThat(other.statusCode()).isEqualTo(none.statusCode());
    if (endpoint.wide()) {
      assertThat(other.statusCode()).isEqualTo(403);
    }
    if (endpoint.path().contains(":") && !endpoint.path().equals("/rules/:id")) {
      assertThat(other.statusCode()).isIn(403, 404);
    }
    assertThat(alertOf("fabrikam.test").phase()).isEqualTo(Alert.Phase.FIRING);
    assertThat(daemon.app().domains()).hasSize(2);
    assertThat(silencesThat("active")).contains(silence);
    assertThat(daemon.app().acknowledgement(alertOf("fabrikam.test")).orElseThrow().by())
        .isEqualTo("whole");
  }

  private static List<String> silencesThat(String state) {
    return json(daemon.get("/api/v1/silences", "Authorization", WHOLE))
        .valueStream()
        .filter(one -> one.at("/status/state").asString().equals(state))
        .map(one -> one.get("id").asString())
        .toList();
  }

  /** Without it their own Prometheus would take the daemon for dead. */
  @Test
  void theirMetricsSayThatThereIsADaemonAndNothingElseOfIt() {
    for (var accept : List.of("text/plain", "application/openmetrics-text")) {
      var theirs = daemon.get("/metrics", "Authorization", THEIRS, "Accept", accept).body();
      assertThat(theirs)
          .containsOnlyOnce("# TYPE maildrift_build_info gauge\n")
          .containsPattern("\nmaildrift_build_info\\{java=\"\\d+\",version=\"[^\"]+\"} 1\n")
          .contains("\nmaildrift_standby 0\n")
          .doesNotContain("jvm_", "maildrift_outbox");
    }
    assertThat(daemon.get("/metrics", "Authorization", WHOLE).body())
        .containsOnlyOnce("# TYPE maildrift_build_info gauge\n")
        .contains("jvm_");
  }

  @Test
  void whatTheySilenceIsTheirs() {
    var id = json(silence(THEIRS, "alertname", "record.changed")).get("silenceID").asString();
    var made = json(daemon.get("/api/v1/silences/" + id, "Authorization", THEIRS));
    assertThat(made.get("matchers").toString())
        .contains("{\"name\":\"tenant\",\"value\":\"contoso\",\"isRegex\":false,\"isEqual\":true}");
    assertThat(made.get("alerts").asInt()).isEqualTo(1);
    var again =
        daemon.post(
            "/api/v1/silences",
            """
            {"id":"%s","matchers":[{"name":"alertname","value":"record.changed"}],"endsAt":"%s","comment":"longer"}
            """
                .formatted(id, Instant.now().plus(Duration.ofDays(2))),
            "Authorization",
            THEIRS);
    assertThat(json(again).get("silenceID").asString()).isEqualTo(id);
    assertThat(
            daemon
                .send("DELETE", "/api/v1/silences/" + id, "", "Authorization", THEIRS)
                .statusCode())
        .isEqualTo(204);
  }

  @Test
  void theyAddAndRemoveDomainsOfTheirTenantAndWithWhatTheyHave() {
    world.with("new.test");
    assertThat(add("{\"name\":\"new.test\"}").statusCode()).isEqualTo(403);
    for (var wrong :
        List.of(
            "\"tenant\":\"contosi\"",
            "\"tenant\":\"fabrikam\"",
            "\"tenant\":\"contoso\",\"allowed_sending_servers\":\"fabrikam-list\"",
            "\"tenant\":\"contoso\",\"allowed_sending_servers\":\"no-list\"")) {
      var refused = add("{\"name\":\"new.test\",%s}".formatted(wrong));
      assertThat(refused.statusCode()).isEqualTo(422);
      assertThat(refused.body().replace(wrong.substring(wrong.lastIndexOf(':') + 2), ""))
          .doesNotContain("possible: contoso, fabrikam", "did you mean 'fabrikam");
    }
    assertThat(
            add("{\"name\":\"new.test\",\"tenant\":\"contoso\",\"allowed_sending_servers\":\"list-one\"}")
                .statusCode())
        .isEqualTo(201);
    assertThat(
            daemon
                .send("DELETE", "/api/v1/domains/new.test", "", "Authorization", THEIRS)
                .statusCode())
        .isEqualTo(204);
  }

  @Test
  void whoIsOnCallTheyDoNotReadAndOfTheirOwnTheyDo() {
    var path = "/api/v1/alerts/" + alertOf("contoso.test").fingerprint() + "/ack";
    var all = List.of("/api/v1/alerts", "/alerts", "/api/v1/domains/contoso.test/history");
    var words = "{\"by\":\"%s\",\"comment\":\"%s\"}";
    daemon.post(path, words.formatted("Zoe", "customer is late"), "Authorization", WHOLE);
    assertThat(daemon.get(all.getFirst(), "Authorization", WHOLE).body())
        .contains("Zoe", "customer is late");
    for (var one : all) {
      assertThat(daemon.get(one, "Authorization", THEIRS).body())
          .as(one)
          .contains("whoever runs maildrift")
          .doesNotContain("Zoe", "customer is late");
    }
    daemon.post(path, words.formatted("Carl", "we are at it"), "Authorization", THEIRS);
    for (var one : all) {
      assertThat(daemon.get(one, "Authorization", THEIRS).body())
          .as(one)
          .contains("Carl (as theirs)", "we are at it");
    }
    daemon.send("DELETE", path, "", "Authorization", WHOLE);
    assertThat(daemon.get(all.getLast(), "Authorization", THEIRS).body())
        .contains("taken back by whoever runs maildrift", "we are at it");
    var id = json(silence(WHOLE, "tenant", "contoso")).get("silenceID").asString();
    assertThat(daemon.get("/api/v1/silences/" + id, "Authorization", THEIRS).body())
        .contains("\"createdBy\":\"whoever runs maildrift\",\"comment\":\"\"");
    daemon.send("DELETE", "/api/v1/silences/" + id, "", "Authorization", WHOLE);
  }

  @Test
  void whichWayTheirAlertsGoTheySeeAndNotToWhom() {
    var path = "/api/v1/routes?severity=critical&domain=";
    var whole = json(daemon.get(path + "contoso.test", "Authorization", WHOLE));
    assertThat(whole.at("/routes/0/receivers/0").asString()).isEqualTo("two");
    assertThat(whole.at("/routes/1/receivers/0").asString()).isEqualTo("hook");
    var theirs = json(daemon.get(path + "contoso.test", "Authorization", THEIRS));
    assertThat(theirs.at("/routes/0/route").asString()).isEqualTo("all");
    assertThat(theirs.at("/routes/0/groupWait").asInt()).isZero();
    assertThat(theirs.get("considered")).hasSize(2);
    assertThat(theirs.toString()).doesNotContain("hook", "two", "fabrikam");
    for (var other : List.of("fabrikam.test", "nowherex.test", "contoso.test&tenant=fabrikam")) {
      assertThat(json(daemon.get(path + other, "Authorization", THEIRS)).get("routes"))
          .as(other)
          .isEmpty();
    }
    var groups = json(daemon.get("/api/v2/alerts/groups", "Authorization", THEIRS));
    assertThat(groups.toString()).doesNotContain("hook", "\"two\"", "fabrikam");
    // Two routes take each of them, and look alike without what they match and whom they tell.
    assertThat(
            groups
                .valueStream()
                .flatMap(group -> group.get("alerts").valueStream())
                .map(alert -> alert.get("fingerprint").asString()))
        .contains(alertOf("contoso.test").fingerprint())
        .doesNotHaveDuplicates();
    for (var v2 : List.of("/api/v2/status", "/api/v2/receivers")) {
      assertThat(daemon.get(v2, "Authorization", WHOLE).body()).contains("hook");
      assertThat(daemon.get(v2, "Authorization", THEIRS).body()).doesNotContain("hook");
    }
    // A made-up routing would say that nobody hears; amtool refuses one without a route.
    assertThat(
            json(daemon.get("/api/v2/status", "Authorization", THEIRS))
                .at("/config/original")
                .asString()
                .lines())
        .isNotEmpty()
        .allMatch(line -> line.startsWith("# "));
  }

  @Test
  void whoTickedAStepTheyReadOfTheirOwnAlone() {
    var domain = "/api/v1/domains/contoso.test";
    var tick = domain + "/checklists/seppmail-inline/steps/custom-command/tick";
    var looks =
        List.of(
            domain + "/checklists/seppmail-inline",
            domain + "/history",
            "/domains/contoso.test",
            "/domains/contoso.test/checklists/seppmail-inline");
    var said = "{\"by\":\"Zoe\",\"note\":\"by phone\"}";
    daemon.send("PUT", tick, said, "Authorization", WHOLE);
    for (var path : looks) {
      assertThat(daemon.get(path, "Authorization", WHOLE).body()).as(path).contains("by phone");
      assertThat(daemon.get(path, "Authorization", THEIRS).body())
          .as(path)
          .contains("whoever runs maildrift")
          .doesNotContain("Zoe", "(as whole)", "by phone");
    }
    daemon.send("PUT", tick, said, "Authorization", THEIRS);
    assertThat(daemon.get(looks.getFirst(), "Authorization", THEIRS).body())
        .contains("ticked by Zoe (as theirs)", "by phone");
  }

  /** Wherever it comes from: a file, the API, or a source of domains. */
  @Test
  void whatAnotherHasTheyTakeFromNobody() {
    world.with("kept.test", "found.test");
    daemon.post(
        "/api/v1/domains",
        "{\"name\":\"kept.test\",\"tenant\":\"fabrikam\"}",
        "Authorization",
        WHOLE);
    var found = "{\"name\":\"found.test\",\"tenant\":\"fabrikam\"}";
    store.commit(
        Batch.builder()
            .domain(new KeptDomain("found.test", found, Instant.now(), "discovery some"))
            .build());
    var before = store.domains();
    for (var name : List.of("fabrikam.test", "kept.test", "found.test")) {
      var body = "{\"name\":\"%s\",\"tenant\":\"contoso\"}".formatted(name);
      var path = "/api/v1/domains/" + name;
      assertThat(add(body).statusCode()).as(name).isEqualTo(409);
      assertThat(
              daemon.send("PUT", path + "/declaration", body, "Authorization", THEIRS).statusCode())
          .isEqualTo(404);
      assertThat(daemon.send("DELETE", path, "", "Authorization", THEIRS).statusCode())
          .isEqualTo(404);
    }
    assertThat(store.domains()).isEqualTo(before).hasSize(2);

    // Nor where it asks the daemon itself for it.
    var theirs = new Limited(daemon.app(), Set.of("contoso"));
    var anew = "{\"name\":\"kept.test\",\"tenant\":\"contoso\"}";
    assertThatThrownBy(() -> theirs.declare(anew, "theirs", false, theirs.config(), _ -> {}))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("not a managed domain");
    assertThat(theirs.declare(anew, "theirs", true, theirs.config(), _ -> {}))
        .isInstanceOf(Backend.Declared.Taken.class);
    assertThat(theirs.removeDomain("kept.test")).isEqualTo(Backend.Removal.UNKNOWN);
    assertThat(theirs.check("kept.test")).isEmpty();
    assertThat(theirs.accept("fabrikam.test", "theirs")).isFalse();
    assertThat(theirs.expireSilence(silence)).isFalse();
    var fabrikams = alertOf("fabrikam.test").fingerprint();
    assertThat(theirs.acknowledge(fabrikams, "theirs", "")).isEmpty();
    assertThat(theirs.acknowledge(List.of(fabrikams), "theirs", "")).isEmpty();
    assertThat(theirs.unacknowledge(fabrikams, "theirs")).isFalse();
    assertThat(store.domains()).isEqualTo(before);
    store.commit(Batch.builder().dropDomain("found.test").build());
    daemon.send("DELETE", "/api/v1/domains/kept.test", "", "Authorization", WHOLE);
  }

  private static HttpResponse<String> add(String body) {
    return daemon.post("/api/v1/domains", body, "Authorization", THEIRS);
  }
}
