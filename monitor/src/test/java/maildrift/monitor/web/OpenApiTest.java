package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import maildrift.alerts.Alert;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.web.Endpoints.Endpoint;
import maildrift.monitor.web.Endpoints.Guard;
import maildrift.monitor.wiring.Daemon;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The document is written by hand, and so are the handlers; here they are held together. */
class OpenApiTest {
  private static final Map<String, Schema> COMPILED = new HashMap<>();

  @TempDir static Path folder;

  private static Daemon.World world;
  private static Daemon daemon;
  private static JsonNode document;
  private static String silence = "";
  private static String alert = "";

  @BeforeAll
  static void open() {
    world = new Daemon.World(folder).with("contoso.test", "xn--mller-kva.test");
    world.names.add("_netblocks.provider.test 0 TXT v=spf1 ip4:198.51.100.0/24 -all");
    daemon =
        world.start(
            """
            tenants: {contoso: {name: Contoso AG, labels: {team: blue}}}
            profiles: {provider: {netblocks: [_netblocks.provider.test]}}
            allowlists: {gateway: {networks: [203.0.113.0/24]}}
            domains:
              - name: contoso.test
                tenant: contoso
                profiles: [{name: provider}]
                allowed_sending_servers: gateway
                skip: [tls, dane, smtp, mtasts]
              - {name: müller.test, skip: [tls, dane, smtp, mtasts]}
            """);
    world.drift("contoso.test");
    daemon.look("contoso.test");
    alert =
        daemon.app().alerts().stream()
            .filter(one -> one.phase() == Alert.Phase.FIRING)
            .filter(one -> one.labels().get("domain").equals("contoso.test"))
            .map(Alert::fingerprint)
            .findFirst()
            .orElseThrow();
    silence =
        json(daemon.post("/api/v1/silences", silence("contoso.test"))).get("silenceID").asString();
    document = json(daemon.get("/api/v1/openapi.json"));
  }

  @AfterAll
  static void close() throws IOException {
    daemon.close();
    world.close();
  }

  private static JsonNode json(HttpResponse<String> response) {
    return CheckJson.mapper().readTree(response.body());
  }

  private static String silence(String domain) {
    return """
        {"matchers":[{"name":"domain","value":"%s"}],"endsAt":"%s","comment":"moves"}
        """
        .formatted(domain, Instant.now().plus(Duration.ofDays(1)));
  }

  /** Pages are for people, and say themselves what they have. */
  private static boolean isForPrograms(Endpoint endpoint) {
    return endpoint.guard() != Guard.FORM
        && (endpoint.isApi()
            || endpoint.path().startsWith("/-/")
            || Set.of("/metrics", "/probe", "/sd").contains(endpoint.path()));
  }

  private static String written(Endpoint endpoint) {
    var segments = new ArrayList<String>();
    for (var segment : endpoint.path().split("/", -1)) {
      segments.add(segment.startsWith(":") ? "{" + segment.substring(1) + "}" : segment);
    }
    return String.join("/", segments);
  }

  private static Map<String, JsonNode> operations() {
    var all = new TreeMap<String, JsonNode>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        operation ->
                            all.put(
                                operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                operation.getValue())));
    return all;
  }

  @Test
  void everyPathIsInTheDocumentAndNoOther() {
    var served = new TreeSet<String>();
    Endpoints.all().stream()
        .filter(OpenApiTest::isForPrograms)
        .forEach(endpoint -> served.add(endpoint.method().name() + " " + written(endpoint)));
    assertThat(operations().keySet()).containsExactlyElementsOf(served);
    assertThat(document.get("openapi").asString()).isEqualTo("3.1.0");
  }

  @Test
  void everyParameterIsInTheDocumentAndNoOther() {
    for (var endpoint : Endpoints.all()) {
      if (isForPrograms(endpoint) && endpoint.parameters().isPresent()) {
        var key = endpoint.method().name() + " " + written(endpoint);
        var inQuery = new TreeSet<String>();
        var inPath = new TreeSet<String>();
        for (var parameter : operation(key).path("parameters")) {
          var name = parameter.path("name").asString("");
          switch (parameter.path("in").asString("")) {
            case "query" -> inQuery.add(name);
            case "path" -> inPath.add("{" + name + "}");
            default -> {}
          }
        }
        assertThat(inQuery).as(key).isEqualTo(new TreeSet<>(endpoint.parameters().get()));
        assertThat(inPath).as(key).allMatch(key::contains);
      }
    }
  }

  @Test
  void everyOperationHasANameOfItsOwnAndEveryReferenceLeadsSomewhere() {
    assertThat(operations().values())
        .extracting(operation -> operation.get("operationId").asString())
        .doesNotHaveDuplicates();
    for (var reference : document.findValuesAsString("$ref")) {
      assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
    }
    operations()
        .forEach(
            (key, operation) -> {
              assertThat(operation.get("summary").asString()).as(key).isNotBlank();
              assertThat(operation.at("/responses/default/$ref").asString())
                  .isEqualTo("#/components/responses/Problem");
            });
  }

  private static JsonNode operation(String key) {
    return Objects.requireNonNull(operations().get(key), key);
  }

  /** What the document says of an answer. */
  private static Optional<Schema> schema(String operation, int status, String media) {
    var responses = operation(operation).path("responses");
    var response =
        responses.has("" + status)
            ? responses.get("" + status)
            : document.at("/components/responses/Problem");
    var schema = response.path("content").path(media).path("schema");
    return schema.isMissingNode()
        ? Optional.empty()
        : Optional.of(
            COMPILED.computeIfAbsent(
                operation + status,
                _ -> {
                  var whole = (ObjectNode) schema.deepCopy();
                  whole.set("components", document.get("components"));
                  return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                      .getSchema(whole.toString());
                }));
  }

  private static void fits(String operation, HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(operation + ": " + response.body()).isEqualTo(status);
    var media = response.headers().firstValue("Content-Type").orElse("");
    var schema = schema(operation, status, media);
    assertThat(schema).as(operation + " " + status + " " + media).isPresent();
    assertThat(schema.get().validate(json(response))).as(operation).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/-/healthy,/-/healthy",
    "/-/ready,/-/ready",
    "/sd,/sd",
    "/api/v1/openapi.json,/api/v1/openapi.json",
    "/api/v1/domains,/api/v1/domains",
    "/api/v1/domains/{name},/api/v1/domains/contoso.test",
    "/api/v1/domains/{name},/api/v1/domains/müller.test",
    "/api/v1/domains/{name}/baseline,/api/v1/domains/contoso.test/baseline",
    "/api/v1/domains/{name}/history,/api/v1/domains/contoso.test/history",
    "/api/v1/domains/{name}/checklists,/api/v1/domains/contoso.test/checklists",
    "/api/v1/domains/{name}/checklists/{checklist},/api/v1/domains/contoso.test/checklists/seppmail-inline",
    "/api/v1/checklists,/api/v1/checklists",
    "/api/v1/drift,/api/v1/drift",
    "/api/v1/drift,/api/v1/drift?page=2&per_page=1",
    "/api/v1/digest,/api/v1/digest?tenant=contoso",
    "/api/v1/alerts,/api/v1/alerts",
    "/api/v2/alerts,/api/v2/alerts",
    "/api/v2/alerts/groups,/api/v2/alerts/groups",
    "/api/v2/receivers,/api/v2/receivers",
    "/api/v2/status,/api/v2/status",
    "/api/v1/silences,/api/v1/silences",
    "/api/v2/silences,/api/v2/silences",
    "/api/v1/silences/{id},/api/v1/silences/SILENCE",
    "/api/v2/silence/{id},/api/v2/silence/SILENCE",
    "/api/v1/silences/preview,/api/v1/silences/preview?matchers=domain%3Dcontoso.test",
    "/api/v1/routes,/api/v1/routes?alertname=mx.extra&domain=contoso.test",
    "/api/v1/receivers,/api/v1/receivers",
    "/api/v1/receivers/{name}/owed,/api/v1/receivers/hook/owed",
    "/api/v1/dead-letters,/api/v1/dead-letters"
  })
  void whatIsAnsweredFitsTheDocument(String operation, String path) {
    fits(
        "GET " + operation,
        daemon.get(path.replace("SILENCE", silence).replace("ü", "%C3%BC")),
        200);
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/domains/{name},/api/v1/domains/none.test,404",
    "/api/v1/domains/{name}/declaration,/api/v1/domains/contoso.test/declaration,409",
    "/api/v1/domains,/api/v1/domains?page=0,400"
  })
  void whatIsRefusedFitsTheDocument(String operation, String path, int status) {
    fits("GET " + operation, daemon.get(path), status);
  }

  @Test
  void whatIsDoneFitsTheDocument() {
    var domain = "/api/v1/domains/{name}";
    fits("POST " + domain + "/check", post("/api/v1/domains/contoso.test/check"), 200);
    var ack = "/api/v1/alerts/";
    fits("POST " + ack + "{fingerprint}/ack", post(ack + alert + "/ack"), 200);
    fits("GET /api/v1/alerts", daemon.get("/api/v1/alerts?state=acknowledged"), 200);
    fits(
        "POST /api/v1/alerts/ack",
        daemon.post(ack + "ack", "{\"matchers\":[{\"name\":\"domain\",\"value\":\"none.test\"}]}"),
        200);
    fits("POST /api/v1/silences", daemon.post("/api/v1/silences", silence("none.test")), 200);
    fits("POST /api/v1/receivers/{name}/test", post("/api/v1/receivers/hook/test"), 200);
    fits("POST /api/v1/receivers/{name}/enable", post("/api/v1/receivers/hook/enable"), 200);
    fits("POST /api/v1/receivers/{name}/retry", post("/api/v1/receivers/hook/retry"), 200);
    fits("POST /-/reload", post("/-/reload"), 200);
    fits(
        "POST /api/v1/records/accept",
        daemon.post("/api/v1/records/accept", "{\"record\":\"contoso.test MX\"}"),
        200);
    fits("POST " + domain + "/accept", post("/api/v1/domains/contoso.test/accept"), 200);
    var tick = "/checklists/{checklist}/steps/{step}/tick";
    var own = "/api/v1/domains/contoso.test/checklists/mail-connect/steps/other-senders/tick";
    fits("PUT " + domain + tick, daemon.send("PUT", own, "{\"by\":\"Ada\"}"), 200);
    fits("DELETE " + domain + tick, daemon.send("DELETE", own, ""), 200);
  }

  @Test
  void aKeptDomainFitsTheDocument() {
    world.with("kept.test");
    fits(
        "POST /api/v1/domains",
        daemon.post("/api/v1/domains", "{\"name\":\"kept.test\",\"skip\":[\"tls\"]}"),
        201);
    fits(
        "GET /api/v1/domains/{name}/declaration",
        daemon.get("/api/v1/domains/kept.test/declaration"),
        200);
    fits(
        "POST /api/v1/domains",
        daemon.post("/api/v1/domains", "{\"name\":\"other.test\",\"skipp\":[]}"),
        422);
    daemon.send("DELETE", "/api/v1/domains/kept.test", "");
  }

  private static HttpResponse<String> post(String path) {
    return daemon.post(path, "");
  }

  /** Were the validator lenient, none of this would show. */
  @Test
  void whatTheDocumentDoesNotHaveIsNoticed() {
    var schema = schema("GET /api/v1/receivers", 200, "application/json").orElseThrow();
    assertThat(schema.validate(CheckJson.mapper().readTree("[{\"receiver\":\"x\",\"more\":1}]")))
        .isNotEmpty();
  }

  @Test
  void everySchemaIsUsed() {
    var text = document.toString();
    for (var name : document.at("/components/schemas").propertyNames()) {
      assertThat(text).contains("\"#/components/schemas/" + name + "\"");
    }
  }
}
