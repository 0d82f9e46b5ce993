package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.wiring.Daemon;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What every path of the API does alike: pages, parameters, entity tags, problem details. */
class ConditionalTest {
  @TempDir static Path folder;

  private static Daemon.World world;
  private static Daemon daemon;
  private static volatile CountDownLatch comparing = new CountDownLatch(0);

  @BeforeAll
  static void open() {
    world = new Daemon.World(folder);
    var names = IntStream.range(0, 5).mapToObj("d%d.test"::formatted).toList();
    world.with(names.toArray(String[]::new));
    daemon =
        world.start(
            store(),
            "domains: [%s]"
                .formatted(
                    names.stream()
                        .map(name -> "{name: %s, %s}".formatted(name, Daemon.ONLY_MX))
                        .collect(Collectors.joining(", "))));
  }

  @AfterAll
  static void close() throws IOException {
    daemon.close();
    world.close();
  }

  private static JsonNode json(HttpResponse<String> response) {
    return CheckJson.mapper().readTree(response.body());
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static void isProblem(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
    assertThat(json(response).get("status").asInt()).isEqualTo(status);
    assertThat(json(response).get("detail").asString()).isNotBlank();
  }

  @Test
  void pagesLeadToEachOther() {
    var middle = daemon.get("/api/v1/domains?q=d&per_page=2&page=2");
    assertThat(header(middle, "X-Total-Count")).isEqualTo("5");
    assertThat(header(middle, "Link"))
        .isEqualTo(
            "</api/v1/domains?q=d&per_page=2&page=1>; rel=\"first\", "
                + "</api/v1/domains?q=d&per_page=2&page=1>; rel=\"prev\", "
                + "</api/v1/domains?q=d&per_page=2&page=3>; rel=\"next\", "
                + "</api/v1/domains?q=d&per_page=2&page=3>; rel=\"last\"");
    assertThat(json(middle).at("/domains/0/domain").asString()).isEqualTo("d2.test");
    assertThat(header(daemon.get("/api/v1/domains?per_page=2&page=3"), "Link"))
        .doesNotContain("next");
    assertThat(json(daemon.get("/api/v1/domains?per_page=1000&page=1000000")).get("domains"))
        .isEmpty();
    assertThat(header(daemon.get("/api/v1/domains/d0.test/history?per_page=1"), "Link"))
        .doesNotContain("next");
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/domains?per_page=0,per_page",
    "/api/v1/domains?per_page=1001,per_page",
    "/api/v1/domains?page=two,page",
    "/api/v1/domains?tenat=contoso,tenant",
    "/api/v1/domains?verdict=bad,verdict",
    "/api/v1/domains/d0.test?page=1,page",
    "/api/v1/domains/d0.test/history?pgae=1,page",
    "/api/v1/dead-letters?page=1000000,page",
    "/api/v1/receivers/hook/owed?per_page=x,per_page",
    "/api/v1/receivers?name=hook,name",
    "/api/v1/checklists?name=x,name",
    "/api/v1/drift?past=nftables,paste",
    "/api/v1/alerts?stat=firing,state",
    "/api/v1/silences?matcher=x,matcher",
    "/api/v1/digest?tenants=x,tenant"
  })
  void aWrongParameterIsNamed(String path, String named) {
    var refused = daemon.get(path);
    isProblem(refused, 400);
    assertThat(json(refused).get("detail").asString()).contains(named);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/domains",
        "/api/v1/domains/d0.test",
        "/sd",
        "/style.css",
        "/api/v1/checklists"
      })
  void whatIsUnchangedIsNotSentAgain(String path) {
    var whole = daemon.get(path);
    var tag = header(whole, "ETag");
    assertThat(tag).matches("\"[A-Za-z0-9_-]{22}\"");
    assertThat(header(whole, "Cache-Control")).startsWith("private, ");

    for (var held : List.of(tag, "\"other\", " + tag, "W/" + tag, "*")) {
      var again = daemon.get(path, "If-None-Match", held);
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(header(again, "ETag")).isEqualTo(tag);
    }
    assertThat(daemon.get(path, "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
    assertThat(header(daemon.send("HEAD", path, ""), "ETag")).isEqualTo(tag);
  }

  @Test
  void compressedItIsAnotherRepresentation() {
    var plain = header(daemon.get("/api/v1/checklists"), "ETag");
    var packed = header(daemon.get("/api/v1/checklists", "Accept-Encoding", "gzip"), "ETag");
    assertThat(packed).isEqualTo(plain.replaceFirst("\"$", "-gzip\""));
    assertThat(
            daemon
                .get("/api/v1/checklists", "Accept-Encoding", "gzip", "If-None-Match", packed)
                .statusCode())
        .isEqualTo(304);
    assertThat(daemon.get("/api/v1/checklists", "If-None-Match", packed).statusCode())
        .isEqualTo(200);
  }

  @Test
  void aKeptDomainIsWrittenAnewByWhoSawItLast() {
    world.with("kept.test");
    daemon.post("/api/v1/domains", "{\"name\":\"kept.test\",\"skip\":[\"tls\"]}");
    var path = "/api/v1/domains/kept.test/declaration";
    var seen = daemon.get(path);
    assertThat(json(seen).at("/skip/0").asString()).isEqualTo("tls");

    var anew = "{\"name\":\"KEPT.test\",\"skip\":[\"tls\",\"spf\"]}";
    var changed = daemon.send("PUT", path, anew, "If-Match", header(seen, "ETag"));
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(json(changed).get("skip")).hasSize(2);
    isProblem(daemon.send("PUT", path, anew, "If-Match", header(seen, "ETag")), 412);
    isProblem(daemon.send("PUT", path, "{\"name\":\"other.test\"}"), 422);
    isProblem(daemon.send("PUT", path, "{\"name\":\"kept.test\",\"skipp\":[]}"), 422);
    isProblem(daemon.get("/api/v1/domains/d0.test/declaration"), 409);
    isProblem(daemon.get("/api/v1/domains/none.test/declaration"), 404);

    isProblem(daemon.send("DELETE", "/api/v1/domains/kept.test", "", "If-Match", "\"other\""), 412);
    var state = header(daemon.get("/api/v1/domains/kept.test"), "ETag");
    assertThat(
            daemon.send("DELETE", "/api/v1/domains/kept.test", "", "If-Match", state).statusCode())
        .isIn(204, 412); // its first look may have come between
  }

  @Test
  void aSilenceIsChangedByWhoSawItLast() {
    var body =
        """
        {%s"matchers":[{"name":"domain","value":"d0.test"}],"endsAt":"%s","comment":"%s"}
        """;
    var end = Instant.now().plus(Duration.ofHours(1));
    var id =
        json(daemon.post("/api/v1/silences", body.formatted("", end, "first")))
            .get("silenceID")
            .asString();
    var tag = header(daemon.get("/api/v1/silences/" + id), "ETag");
    var second = body.formatted("\"id\":\"" + id + "\",", end, "second");
    assertThat(daemon.post("/api/v1/silences", second, "If-Match", tag).statusCode())
        .isEqualTo(200);
    isProblem(daemon.post("/api/v1/silences", second, "If-Match", tag), 412);
    isProblem(daemon.send("DELETE", "/api/v1/silences/" + id, "", "If-Match", tag), 412);

    // Alertmanager's form has its own tag.
    var theirs = header(daemon.get("/api/v2/silence/" + id), "ETag");
    var third = body.formatted("\"id\":\"" + id + "\",", end, "third");
    assertThat(daemon.post("/api/v2/silences", third, "If-Match", theirs).statusCode())
        .isEqualTo(200);
    isProblem(daemon.post("/api/v2/silences", third, "If-Match", theirs), 412);
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/api/v1/domains/d0.test/accept",
    "POST,/api/v1/domains/d0.test/check",
    "POST,/api/v1/domains",
    "POST,/api/v1/silences",
    "POST,/api/v2/silences",
    "POST,/api/v1/alerts/ack",
    "POST,/api/v1/alerts/0000000000000000/ack",
    "DELETE,/api/v1/receivers/none/owed",
    "PUT,/api/v1/domains/d0.test/checklists/seppmail-inline/steps/custom-command/tick",
    "POST,/-/reload"
  })
  void whatIsComparedWithNothingIsNotDoneUnderACondition(String method, String path) {
    var whatever = header(daemon.get("/api/v1/domains"), "ETag");
    for (var tag : List.of("*", "\"nonsense\"", whatever)) {
      isProblem(daemon.send(method, path, "{\"name\":\"new.test\"}", "If-Match", tag), 412);
    }
  }

  @Test
  void ofTwoWhoSawTheSameOneChangesIt() throws InterruptedException {
    world.with("raced.test");
    daemon.post("/api/v1/domains", "{\"name\":\"raced.test\"}");
    var path = "/api/v1/domains/raced.test/declaration";
    var tag = header(daemon.get(path), "ETag");
    var anew = "{\"name\":\"raced.test\",\"skip\":[\"tls\"]}";
    var answers = new ConcurrentLinkedQueue<Integer>();
    Runnable change =
        () -> answers.add(daemon.send("PUT", path, anew, "If-Match", tag).statusCode());
    // Whoever compares waits a little for the other to compare, too.
    comparing = new CountDownLatch(2);
    var other = Thread.startVirtualThread(change);
    change.run();
    other.join();
    comparing = new CountDownLatch(0);

    assertThat(answers).containsExactlyInAnyOrder(200, 412);
    daemon.send("DELETE", "/api/v1/domains/raced.test", "");
  }

  private static StateStore store() {
    var real = new MemoryStore();
    return (StateStore)
        Proxy.newProxyInstance(
            ConditionalTest.class.getClassLoader(),
            new Class<?>[] {StateStore.class},
            (_, method, arguments) -> {
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              } finally {
                if (method.getName().equals("domains")) {
                  var others = comparing;
                  others.countDown();
                  // Whether the other has come or not: without a lock both compare now.
                  var _ = Uninterruptibles.awaitUninterruptibly(others, Duration.ofMillis(300));
                }
              }
            });
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/nothing,404",
    "PATCH,/api/v1/domains,405",
    "POST,/metrics,405",
    "GET,/%zz,400",
    "GET,/api/v1/domains?q=%zz,400"
  })
  void everyErrorIsAProblemWithDetails(String method, String path, int status) {
    assertThat(
            raw(
                "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .formatted(method, path)))
        .startsWith("HTTP/1.1 " + status)
        .contains("application/problem+json", "\"status\":" + status);
  }

  @Test
  void whatIsTooLongIsAProblemToo() {
    assertThat(raw("GET /?q=%s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted("a".repeat(9_000))))
        .contains(" 414 ")
        .contains("application/problem+json");
    assertThat(
            raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n\r\n".formatted("a".repeat(17_000))))
        .contains(" 431 ")
        .contains("application/problem+json");
    assertThat(raw("GET / NOTHTTP\r\n\r\n")).contains(" 400 ", "application/problem+json");
    isProblem(
        daemon.post("/api/v1/domains", "{\"name\":\"%s\"}".formatted("a".repeat(2_000_000))), 413);
    isProblem(daemon.post("/api/v1/domains", "name=x", "Content-Type", "text/plain"), 415);
  }

  private static String raw(String request) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), daemon.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      return "no answer: " + failure;
    }
  }
}
