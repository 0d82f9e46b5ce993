package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.monitor.wiring.Daemon;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that listen, by real server-sent events. */
class EventHttpTest {
  @TempDir Path folder;

  /** One that listens; its lines as they come. */
  private static final class Heard implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final HttpResponse<Stream<String>> response;

    Heard(Daemon daemon, String path, String... headers) throws IOException, InterruptedException {
      response =
          client.send(
              HttpRequest.newBuilder(daemon.uri(path)).headers(headers).build(),
              HttpResponse.BodyHandlers.ofLines());
      Thread.startVirtualThread(this::read);
    }

    private void read() {
      try {
        response.body().forEach(lines::add);
      } catch (UncheckedIOException _) {
        // This client has hung up.
      }
    }

    void awaits(String... some) {
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                for (var one : some) {
                  assertThat(lines).anyMatch(line -> line.contains(one));
                }
              });
    }

    @Override
    public void close() {
      client.shutdownNow();
    }
  }

  @Test
  void whatHappensIsHeardByThoseWhomItConcerns() throws IOException, InterruptedException {
    Daemon.write(folder.resolve("whole.token"), "whole-0123456789abcdef");
    Daemon.write(folder.resolve("theirs.token"), "theirs-0123456789abcdef");
    try (var world = new Daemon.World(folder).with("contoso.test", "fabrikam.test");
        var daemon =
            world.start(
                """
                http:
                  listen: "127.0.0.1:0"
                  tokens:
                    - {name: whole, token_file: whole.token, role: operator}
                    - {name: theirs, token_file: theirs.token, tenants: [contoso]}
                """,
                """
                tenants: {contoso: {}, fabrikam: {}}
                domains:
                  - {name: contoso.test, tenant: contoso, %s}
                  - {name: fabrikam.test, tenant: fabrikam, %s}
                """
                    .formatted(Daemon.ONLY_MX, Daemon.ONLY_MX));
        var whole =
            new Heard(daemon, "/api/v1/events", "Authorization", "Bearer whole-0123456789abcdef");
        var theirs =
            new Heard(
                daemon, "/api/v1/events", "Authorization", "Bearer theirs-0123456789abcdef")) {
      assertThat(whole.response.headers().firstValue("Content-Type")).contains("text/event-stream");
      // The first look since a start is no news; from the second on changes are.
      daemon.look("contoso.test", "fabrikam.test");
      world.driftAll("contoso.test", "fabrikam.test");
      daemon.look("contoso.test", "fabrikam.test");
      for (var domain : List.of("contoso.test", "fabrikam.test")) {
        whole.awaits("\"domain\":\"" + domain + "\",\"tenant\"");
      }
      whole.awaits("\"record\":\"contoso.test MX\",\"old\":\"", "\"new\":\"");
      whole.awaits("event: verdict", "event: record", "event: alert", "\"verdict\":\"fail\"");
      var alert =
          daemon.app().alerts().stream()
              .filter(one -> one.labels().get("domain").equals("contoso.test"))
              .map(Alert::fingerprint)
              .findFirst()
              .orElseThrow();
      daemon.post(
          "/api/v1/alerts/" + alert + "/ack", "", "Authorization", "Bearer whole-0123456789abcdef");
      for (var tenant : List.of("fabrikam", "contoso")) {
        daemon.post(
            "/api/v1/silences",
            """
            {"matchers":[{"name":"tenant","value":"%s"}],"endsAt":"%s","comment":"x"}
            """
                .formatted(tenant, Instant.now().plus(Duration.ofDays(1))),
            "Authorization",
            "Bearer whole-0123456789abcdef");
      }
      theirs.awaits("event: acknowledgement", "event: silence", "event: verdict");
      assertThat(theirs.lines).noneMatch(line -> line.contains("fabrikam"));

      var id =
          whole.lines.stream().filter(line -> line.startsWith("id: ")).findFirst().orElseThrow();
      try (var again =
          new Heard(
              daemon,
              "/api/v1/events?tenant=fabrikam",
              "Authorization",
              "Bearer whole-0123456789abcdef",
              "Last-Event-ID",
              id.substring(4))) {
        again.awaits("event: silence");
        assertThat(again.lines).noneMatch(line -> line.contains("contoso"));
      }
      try (var after =
          new Heard(
              daemon,
              "/api/v1/events?after=" + id.substring(4),
              "Authorization",
              "Bearer whole-0123456789abcdef")) {
        after.awaits("event: silence");
        assertThat(after.lines).doesNotContain("event: missed", id);
      }
      assertThat(daemon.app().reload()).isEmpty();
      whole.awaits("event: reload");
      assertThat(theirs.lines).doesNotContain("event: reload");
    }
  }
}
