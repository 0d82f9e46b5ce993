package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.wiring.Daemon;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every path of the daemon on loopback, where each caller is an operator. */
class HttpTest {
  @TempDir static Path folder;

  private static Daemon.World world;
  private static Daemon daemon;

  @BeforeAll
  static void open() {
    world = new Daemon.World(folder).with("contoso.test", "fabrikam.test");
    world.names.add(
        "_netblocks.provider.test 0 TXT v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/25 -all");
    daemon =
        world.start(
            """
            tenants: {contoso: {name: Contoso AG, labels: {team: blue}}}
            profiles: {provider: {netblocks: [_netblocks.provider.test]}}
            allowlists: {gateway: {networks: [198.51.100.0/24]}}
            domains:
              - {name: contoso.test, tenant: contoso, skip: [spf, dkim, dmarc, tls, netblocks, mtasts, tlsrpt, records, caa, strays, dnssec, dane]}
              - name: fabrikam.test
                profiles: [{name: provider}]
                allowed_sending_servers: gateway
                skip: [spf, dkim, dmarc, mx, tls, mtasts, tlsrpt, records, caa, strays, dnssec, dane]
            """);
  }

  @AfterAll
  static void close() throws IOException {
    daemon.close();
    world.close();
  }

  private static JsonNode json(HttpResponse<String> response) {
    return CheckJson.mapper().readTree(response.body());
  }

  private static void isProblem(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    var body = json(response);
    assertThat(body.get("status").asInt()).isEqualTo(status);
    assertThat(body.get("title").asString()).isNotBlank();
    assertThat(body.get("detail").asString()).isNotBlank();
  }

  @Test
  void theFleetAndADomainAreShownAsCheckPrintsThem() {
    var fleet = json(daemon.get("/api/v1/domains"));
    assertThat(fleet.get("total").asInt()).isEqualTo(2);
    assertThat(json(daemon.get("/api/v1/domains?tenant=contoso")).get("total").asInt())
        .isEqualTo(1);
    assertThat(json(daemon.get("/api/v1/domains?q=fabri")).get("total").asInt()).isEqualTo(1);
    assertThat(json(daemon.get("/api/v1/domains?verdict=fail")).get("total").asInt()).isEqualTo(1);
    assertThat(json(daemon.get("/api/v1/domains?page=2")).get("domains")).isEmpty();

    var domain = json(daemon.get("/api/v1/domains/contoso.test"));
    assertThat(domain.get("domain").asString()).isEqualTo("contoso.test");
    assertThat(domain.get("tenant").asString()).isEqualTo("contoso");
    assertThat(domain.get("verdict").asString()).isEqualTo("pass");
    assertThat(Instant.parse(domain.get("checkedAt").asString())).isBefore(Instant.now());
    assertThat(Instant.parse(domain.get("nextCheck").asString())).isAfter(Instant.now());
    assertThat(domain.at("/probes/mx/outcome").asString()).isEqualTo("observed");
    assertThat(domain.at("/probes/mx/facts/hosts/0/host").asString()).isEqualTo("mx1.contoso.test");
    assertThat(domain.at("/baseline/records/contoso.test MX").asString())
        .isEqualTo("10 mx1.contoso.test");
    assertThat(json(daemon.get("/api/v1/domains/CONTOSO.test.")).get("domain").asString())
        .isEqualTo("contoso.test");
  }

  @Test
  void driftSaysWhatToPaste() {
    var source = json(daemon.get("/api/v1/drift")).at("/sources/0");
    assertThat(source.get("name").asString()).isEqualTo("_netblocks.provider.test");
    assertThat(source.at("/missing/0").asString()).isEqualTo("203.0.113.0/25");
    assertThat(source.get("paste").asString()).isEqualTo("198.51.100.0/24\n203.0.113.0/25");
    assertThat(source.at("/domains/0").asString()).isEqualTo("fabrikam.test");
  }

  @Test
  void driftComesInPagesAsOtherLists() {
    var first = daemon.get("/api/v1/drift?per_page=1");
    var total = json(first).get("total").asInt();
    assertThat(first.headers().firstValue("X-Total-Count")).contains("" + total);
    assertThat(json(first).get("sources")).hasSize(1);
    assertThat(first.headers().firstValue("Link").orElseThrow())
        .contains("</api/v1/drift?per_page=1&page=%d>; rel=\"last\"".formatted(total));
    var beyond = json(daemon.get("/api/v1/drift?per_page=1&page=" + (total + 1)));
    assertThat(beyond.get("sources")).isEmpty();
    assertThat(beyond.get("allowlists")).isEmpty();
  }

  @Test
  void driftIsPastedInTheGatewaysOwnFormat() {
    var drift = json(daemon.get("/api/v1/drift?paste=nftables"));
    assertThat(drift.at("/sources/0/paste").asString())
        .contains("add element inet maildrift md_netblocks_provider_test_v4 { 198.51.100.0/24, ");
    assertThat(drift.at("/allowlists/0/name").asString()).isEqualTo("gateway");
    assertThat(drift.at("/allowlists/0/sources/0").asString())
        .isEqualTo("_netblocks.provider.test");
    assertThat(drift.at("/allowlists/0/paste").asString())
        .isEqualTo(drift.at("/sources/0/paste").asString());
    assertThat(daemon.get("/api/v1/drift?paste=pf").statusCode()).isEqualTo(400);

    assertThat(daemon.get("/drift?paste=postfix").body())
        .contains("<pre class=\"copy\"># _netblocks.provider.test, as published at ")
        .contains("198.51.100.0/24\tOK")
        .contains("href=\"/drift?paste=exchange\"");
  }

  @Test
  void alertsAreListedAsAlertmanagerDoes() {
    var alert = json(daemon.get("/api/v1/alerts?domain=fabrikam.test&state=firing")).get(0);
    assertThat(alert.at("/labels/alertname").asString()).isEqualTo("netblocks.missing");
    assertThat(alert.at("/labels/severity").asString()).isEqualTo("critical");
    assertThat(alert.at("/status/state").asString()).isEqualTo("firing");
    assertThat(alert.get("fingerprint").asString()).isNotBlank();
    assertThat(json(daemon.get("/api/v1/alerts?domain=unknown.test"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 2_000})
  void whoSilencesAndWhyIsBounded(int length) {
    var body =
        """
        {"matchers":[{"name":"domain","value":"contoso.test"}],
         "endsAt":"2001-01-01T00:00:00Z","createdBy":"%s","comment":"%s"}
        """
            .formatted("a".repeat(length > 200 ? 1 : 201), "c".repeat(length + 1));
    assertThat(daemon.post("/api/v1/silences", body).body())
        .contains("may have at most " + length + " characters");
  }

  @Test
  void aSilenceIsMadeListedAndExpired() {
    var body =
        """
        {"matchers":[{"name":"domain","value":"contoso.test","isRegex":false,"isEqual":true}],
         "startsAt":"%s","endsAt":"%s","createdBy":"alice","comment":"migration"}
        """
            .formatted(Instant.now(), Instant.now().plusSeconds(3600));
    var made = daemon.post("/api/v1/silences", body);
    assertThat(made.statusCode()).isEqualTo(200);
    var id = json(made).get("silenceID").asString();

    assertThat(daemon.get("/api/v1/silences").body()).contains(id, "migration", "\"active\"");
    assertThat(daemon.send("DELETE", "/api/v1/silences/" + id, "").statusCode()).isEqualTo(204);
    assertThat(json(daemon.get("/api/v1/silences")).get(0).at("/status/state").asString())
        .isEqualTo("expired");
    isProblem(daemon.send("DELETE", "/api/v1/silences/none", ""), 404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"matchers\":[],\"endsAt\":\"2099-01-01T00:00:00Z\",\"comment\":\"x\"}",
        "{\"matchers\":[{\"name\":\"domain\",\"value\":\"[\",\"isRegex\":true}],\"endsAt\":\"2026-12-01T00:00:00Z\",\"comment\":\"x\"}",
        "{\"matchers\":[{\"name\":\"domain\",\"value\":\"x\"}],\"endsAt\":\"2001-01-01T00:00:00Z\",\"comment\":\"x\"}",
        "{\"matchers\":[{\"name\":\"domain\",\"value\":\"x\"}],\"endsAt\":\"tomorrow\",\"comment\":\"x\"}",
        "{\"matchers\":[{\"name\":\"domain\",\"value\":\"x\"}],\"comment\":\"x\"}"
      })
  void aSilenceThatMakesNoSenseIsRefused(String body) {
    isProblem(daemon.post("/api/v1/silences", body), 400);
  }

  @Test
  void aDomainIsKeptBesidesThoseInFilesAndRemoved() {
    world.with("kept.test");
    var body = "{\"name\":\"kept.test\",\"skip\":[\"tls\"]}";
    var added = daemon.post("/api/v1/domains", body);
    assertThat(added.statusCode()).isEqualTo(201);
    assertThat(added.headers().firstValue("Location")).contains("/api/v1/domains/kept.test");
    isProblem(daemon.post("/api/v1/domains", body), 409);
    isProblem(daemon.post("/api/v1/domains", "{\"name\":\"other.test\",\"skipp\":[]}"), 422);
    isProblem(daemon.post("/api/v1/domains", "{}"), 400);
    isProblem(daemon.post("/api/v1/domains", "{\"name\":\"..\"}"), 400);

    assertThat(daemon.get("/api/v1/domains/kept.test").statusCode()).isEqualTo(200);
    assertThat(daemon.send("DELETE", "/api/v1/domains/kept.test", "").statusCode()).isEqualTo(204);
    isProblem(daemon.get("/api/v1/domains/kept.test"), 404);
    isProblem(daemon.send("DELETE", "/api/v1/domains/kept.test", ""), 404);
    isProblem(daemon.send("DELETE", "/api/v1/domains/contoso.test", ""), 409);
  }

  @Test
  void aChangeIsSeenWhenAskedForAndAccepted() {
    world.drift("contoso.test");
    try {
      var checked = json(daemon.post("/api/v1/domains/contoso.test/check", ""));
      assertThat(checked.get("verdict").asString()).isEqualTo("fail");
      var accepted = json(daemon.post("/api/v1/domains/contoso.test/accept", ""));
      assertThat(accepted.get("verdict").asString()).isEqualTo("pass");
      var changes = json(daemon.get("/api/v1/domains/contoso.test/history")).get("changes");
      assertThat(changes.get(0).get("kind").asString()).isEqualTo("accepted");
      assertThat(changes.get(1).get("old").asString()).isEqualTo("10 mx1.contoso.test");
      assertThat(changes.get(1).get("new").asString()).isEqualTo("20 mx2.contoso.test");
      assertThat(json(daemon.get("/api/v1/domains/contoso.test/baseline")).get("domain").asString())
          .isEqualTo("contoso.test");
    } finally {
      world.restore("contoso.test");
      daemon.post("/api/v1/domains/contoso.test/check", "");
      daemon.post("/api/v1/domains/contoso.test/accept", "");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/domains/unknown.test",
        "/api/v1/domains/unknown.test/history",
        "/api/v1/domains/unknown.test/baseline",
        "/api/v1/nothing",
        "/nothing",
        "/probe?target=unknown.test",
        "/api/v1/domains/contoso.test/nothing"
      })
  void whatIsNotThereIsAProblemDocument(String path) {
    isProblem(daemon.get(path), 404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/probe",
        "/probe?target=a..b",
        "/api/v1/domains?page=0",
        "/api/v1/domains?page=x",
        "/api/v1/domains/a..b",
        "/probe?target=contoso.test&profile=nosuch",
        "/probe?target=contoso.test&profile=mimecast:region=moon"
      })
  void whatCannotBeUnderstoodIsABadRequest(String path) {
    isProblem(daemon.get(path), 400);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /metrics, 'GET, HEAD'",
    "DELETE, /api/v1/domains, 'GET, HEAD, POST'",
    "GET, /-/reload, POST",
    "PUT, /api/v1/domains/contoso.test, 'DELETE, GET, HEAD'",
    "POST, /, 'GET, HEAD'"
  })
  void aMethodThatAPathDoesNotTakeIsRefusedWithThoseItTakes(
      String method, String path, String allowed) {
    var response = daemon.send(method, path, "");

    isProblem(response, 405);
    assertThat(response.headers().firstValue("Allow")).contains(allowed);
  }

  @Test
  void headAnswersAsGetDoesWithoutABody() {
    for (var path : new String[] {"/-/healthy", "/metrics", "/"}) {
      var head = daemon.send("HEAD", path, "");
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
    }
  }

  @Test
  void aVerdictThatThereIsNotIsNoEmptyAnswer() {
    var refused = daemon.get("/api/v1/domains?verdict=fial");

    isProblem(refused, 400);
    assertThat(refused.body()).contains("verdict is one of pass, warn, fail, unknown, not 'fial'");
  }

  @Test
  void aBodyThatDoesNotSayItIsJsonIsRefused() {
    var body = "{\"name\":\"other.test\"}";
    for (var type : List.of("text/plain", "application/x-www-form-urlencoded", "")) {
      isProblem(daemon.post("/api/v1/domains", body, "Content-Type", type), 415);
      isProblem(
          daemon.send("DELETE", "/api/v1/domains/kept.test", body, "Content-Type", type), 415);
    }
    isProblem(
        daemon.post("/api/v1/domains", "{}", "Content-Type", "Application/JSON; charset=utf-8"),
        400);
  }

  @Test
  void aBodyThatIsNoJsonIsToldWhereAndNotByWhichParser() {
    var refused = daemon.post("/api/v1/domains", "{\"name\": tru}");

    isProblem(refused, 400);
    assertThat(refused.body()).contains("the body is no JSON: see line 1, column ");
    assertThat(refused.body()).doesNotContain("Source").doesNotContain("token");
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() {
    isProblem(daemon.post("/api/v1/silences", "x".repeat(1_100_000)), 413);
  }

  @Test
  void aQueryThatCannotBeDecodedIsABadRequest() throws IOException {
    assertThat(raw("GET /api/v1/domains?q=%zz HTTP/1.1", "Host: localhost"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(raw("GET /api/v1/domains/%zz HTTP/1.1", "Host: localhost"))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void aLineThatIsTooLongIsRefused() throws IOException {
    assertThat(raw("GET /?q=" + "x".repeat(10_000) + " HTTP/1.1", "Host: localhost"))
        .contains(" 414 ");
    assertThat(raw("GET / HTTP/1.1", "Host: localhost", "X: " + "x".repeat(20_000)))
        .startsWith("HTTP/1.1 431 ");
  }

  @Test
  void anotherSitesPageCannotMakeABrowserChangeAnything() throws IOException {
    var own = "http://127.0.0.1:" + daemon.port();
    isProblem(daemon.post("/-/reload", "", "Origin", "http://evil.test"), 403);
    isProblem(daemon.post("/-/reload", "", "Origin", "null"), 403);
    isProblem(daemon.post("/-/reload", "", "Origin", own + "0"), 403);
    isProblem(daemon.post("/-/reload", "", "Sec-Fetch-Site", "cross-site"), 403);
    assertThat(raw("POST /-/reload HTTP/1.1", "Host: evil.test:8425", "Content-Length: 0"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(daemon.post("/-/reload", "", "Origin", own).statusCode()).isEqualTo(200);
    assertThat(raw("POST /-/reload HTTP/1.1", "Host: localhost:8425", "Content-Length: 0"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aPageOfAnotherSiteThatReboundItsNameReadsNothing() throws IOException {
    assertThat(raw("GET /api/v1/domains HTTP/1.1", "Host: evil.test"))
        .startsWith("HTTP/1.1 403 ")
        .doesNotContain("contoso");
    assertThat(raw("GET /-/healthy HTTP/1.1", "Host: balancer.test")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void probeAnswersTheBlackboxExportersWay() {
    var probed = daemon.get("/probe?target=contoso.test");
    assertThat(probed.statusCode()).isEqualTo(200);
    assertThat(probed.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(probed.body())
        .contains(
            "\nprobe_success 1\n",
            "\nprobe_duration_seconds ",
            "maildrift_domain_verdict{domain=\"contoso.test\",tenant=\"contoso\",verdict=\"pass\"} 1\n")
        .doesNotContain("fabrikam");
    assertThat(daemon.get("/probe?target=contoso.test&debug=true").body())
        .contains("Check of contoso.test", "\"domain\":\"contoso.test\"", "probe_success 1");
    assertThat(daemon.get("/probe?target=contoso.test&profile=mimecast:region=de").body())
        .contains("rule=\"mx.missing\"");
  }

  @Test
  void probeSaysThatItCouldNotLook() {
    world.names.fault("contoso.test", Fault.REFUSED);
    try {
      assertThat(daemon.get("/probe?target=contoso.test").body())
          .contains(
              "\nprobe_success 0\n",
              "maildrift_domain_verdict{domain=\"contoso.test\",tenant=\"contoso\",verdict=\"unknown\"} 1\n",
              "maildrift_probe_observed{domain=\"contoso.test\",tenant=\"contoso\",probe=\"mx\"} 0\n");
    } finally {
      world.names.heal();
    }
  }

  @Test
  void discoveryNamesTheDomainsWithTheirLabels() {
    var found = daemon.get("/sd");
    assertThat(found.headers().firstValue("Content-Type")).contains("application/json");
    var first = json(found).get(0);
    assertThat(first.at("/targets/0").asString()).isEqualTo("contoso.test");
    assertThat(first.at("/labels/tenant").asString()).isEqualTo("contoso");
    assertThat(first.at("/labels/__meta_maildrift_tenant_label_team").asString()).isEqualTo("blue");
    assertThat(first.at("/labels/__meta_maildrift_domain").asString()).isEqualTo("contoso.test");
    assertThat(json(daemon.get("/sd?tenant=contoso"))).isNotEmpty();
    // Nothing to scrape would be believed.
    assertThat(daemon.get("/sd?tenant=contosi"))
        .satisfies(
            refused -> {
              assertThat(refused.statusCode()).isEqualTo(400);
              assertThat(refused.body()).contains("did you mean 'contoso'");
            });
    assertThat(daemon.get("/sd?tenants=contoso").statusCode()).isEqualTo(400);
    assertThat(daemon.get("/probe?target=contoso.test&debugg=true").statusCode()).isEqualTo(400);
    assertThat(daemon.get("/metrics?collect=all").statusCode()).isEqualTo(200);
    assertThat(json(daemon.get("/sd?role=host")).isArray()).isTrue();
    assertThat(daemon.get("/sd?role=node").statusCode()).isEqualTo(400);
  }

  @Test
  void healthIsJsonWithReasons() {
    for (var path : new String[] {"/-/healthy", "/-/ready"}) {
      var health = daemon.get(path);
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(json(health).get("status").asString()).isEqualTo("ok");
      assertThat(json(health).get("reasons")).isEmpty();
    }
  }

  @Test
  void metricsAreTextOrOpenMetricsAsTheScraperPrefers() {
    var text = daemon.get("/metrics");
    assertThat(text.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(text.body())
        .contains(
            "# TYPE maildrift_notifications_total counter",
            "maildrift_build_info{",
            "maildrift_netblock_drift{source=\"_netblocks.provider.test\",allowlist=\"gateway\",kind=\"stale\"} 0\n",
            "maildrift_schedule_lag_seconds ",
            "maildrift_dns_query_failures_total{reason=\"timeout\"}",
            "maildrift_probe_duration_seconds_bucket{probe=\"mx\",")
        .doesNotContain("# EOF");

    var prometheus =
        "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
    var open = daemon.get("/metrics", "Accept", prometheus);
    assertThat(open.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/openmetrics-text");
    assertThat(open.body()).endsWith("# EOF\n").contains("# TYPE maildrift_notifications counter");

    var textPreferred =
        "application/openmetrics-text;version=1.0.0;q=0.1,text/plain;version=0.0.4;q=0.9";
    assertThat(daemon.get("/metrics", "Accept", textPreferred).body()).doesNotContain("# EOF");
    assertThat(
            daemon.get("/metrics", "Accept", "application/openmetrics-text;q=0, text/plain").body())
        .doesNotContain("# EOF");
  }

  @Test
  void eachFamilyIsAnnouncedOnceAndEachSeriesIsThereOnce() {
    var body = daemon.get("/metrics").body();
    var types = body.lines().filter(line -> line.startsWith("# TYPE ")).toList();
    assertThat(types).doesNotHaveDuplicates();
    assertThat(
            body.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(0, line.lastIndexOf(' '))))
        .doesNotHaveDuplicates();
  }

  @Test
  void thePageIsReadableWithoutScriptsAndLetsNoneInButOurs() {
    var fleet = daemon.get("/");
    assertThat(fleet.statusCode()).isEqualTo(200);
    assertThat(fleet.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'")
        .contains("; script-src 'self'; connect-src 'self'; ")
        .doesNotContain("unsafe");
    assertThat(fleet.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(fleet.headers().firstValue("X-Frame-Options")).contains("DENY");
    assertThat(fleet.body())
        .contains("contoso.test", "fabrikam.test", "<noscript><meta http-equiv=\"refresh\"")
        // On a telephone a row is a list, in which each value has its name.
        .contains("<td data-name=\"receiver\" class=\"name\">hook</td>")
        .containsOnlyOnce("<script");
    assertThat(daemon.get("/live.js").headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/javascript");
    var domain = daemon.get("/domains/fabrikam.test");
    assertThat(domain.statusCode()).isEqualTo(200);
    assertThat(domain.body()).contains("netblocks.missing", "203.0.113.0/25");
    assertThat(daemon.get("/rules/netblocks.missing").statusCode()).isEqualTo(200);
    assertThat(daemon.get("/runbooks/MaildriftReloadFailed").body()).contains("config check");
    assertThat(daemon.get("/runbooks/MaildriftReloadFailed.md").statusCode()).isEqualTo(200);
    isProblem(daemon.get("/runbooks/NoSuch"), 404);
    isProblem(daemon.get("/runbooks/..%2Frunbooks%2FREADME.md"), 404);
    assertThat(daemon.get("/style.css").headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/css");
    isProblem(daemon.get("/domains/unknown.test"), 404);
    isProblem(daemon.get("/rules/no.such"), 404);
  }

  @Test
  void theLinkOfAMessageLeadsToWhatItsCauseHits() {
    var cause = json(daemon.get("/api/v1/alerts?alertname=netblocks.missing")).get(0);
    var query =
        "cause=" + URLEncoder.encode(cause.at("/labels/cause").asString(), StandardCharsets.UTF_8);

    assertThat(json(daemon.get("/api/v1/alerts?" + query)))
        .allMatch(alert -> alert.at("/labels/cause").equals(cause.at("/labels/cause")))
        .isNotEmpty();
    assertThat(daemon.get("/alerts?" + query).body())
        .contains("fabrikam.test", "show all")
        .doesNotContain("contoso.test");
    assertThat(daemon.get("/?" + query).body())
        .contains("fabrikam.test", "show all")
        .doesNotContain("contoso.test");
    assertThat(daemon.get("/?cause=%3Cscript%3E").body())
        .contains("&lt;script&gt;")
        .doesNotContain("<script>", "fabrikam.test");
  }

  @Test
  void aReceiverIsTriedAndARouteIsExplained() {
    var trial = json(daemon.post("/api/v1/receivers/hook/test", ""));
    assertThat(trial.get("outcome").asString()).isEqualTo("delivered");
    assertThat(trial.get("answers").get(0).asString()).startsWith("HTTP 2");
    assertThat(
            json(daemon.post("/api/v1/receivers/hook/test?resolved=true", ""))
                .get("outcome")
                .asString())
        .isEqualTo("delivered");
    isProblem(daemon.post("/api/v1/receivers/nobody/test", ""), 404);
    assertThat(daemon.get("/api/v1/routes?alertname=mx.missing&domain=contoso.test").body())
        .contains("\"hook\"", "\"team\":\"blue\"", "\"critical\"");
  }

  /** A request as no client of good manners would send it. */
  private static String raw(String... lines) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), daemon.port())) {
      var request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
      socket.setSoTimeout((int) Daemon.LONG.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
