package maildrift.monitor.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import maildrift.monitor.json.CheckJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Asks a running daemon; what it refuses is a {@link Failure}.
 *
 * @param url where it is
 * @param timeout how long it may take to answer
 * @param caFile authorities that are trusted besides the system's
 */
record DaemonClient(String url, Duration timeout, Optional<Path> caFile) {

  JsonNode get(String path) {
    return send(request(path).GET().build());
  }

  JsonNode post(String path, @Nullable String body) {
    var publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    return send(request(path).header("Content-Type", "application/json").POST(publisher).build());
  }

  JsonNode put(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  JsonNode delete(String path) {
    return send(request(path).DELETE().build());
  }

  private HttpRequest.Builder request(String path) {
    try {
      var base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
      var builder = HttpRequest.newBuilder(URI.create(base + path)).timeout(timeout);
      Optional.ofNullable(System.getenv("MAILDRIFT_TOKEN"))
          .filter(token -> !token.isEmpty())
          .ifPresent(token -> builder.header("Authorization", "Bearer " + token));
      return builder;
    } catch (IllegalArgumentException problem) {
      throw new Failure("--url %s: %s".formatted(url, problem.getMessage()));
    }
  }

  private JsonNode send(HttpRequest request) {
    try (var client = client()) {
      var response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      var body = parsed(response.body());
      if (response.statusCode() / 100 != 2) {
        throw new Failure(refusal(response.statusCode(), body));
      }
      return body;
    } catch (IOException problem) {
      throw new Failure(
          "no daemon answers at %s (%s); start one with maildrift run, or give --url"
              .formatted(
                  url,
                  problem.getMessage() == null
                      ? problem.getClass().getSimpleName()
                      : problem.getMessage()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted");
    }
  }

  private HttpClient client() {
    var builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5));
    caFile.ifPresent(file -> builder.sslContext(Trust.systemAnd(file)));
    return builder.build();
  }

  private static JsonNode parsed(String body) {
    try {
      return CheckJson.mapper().readTree(body.isEmpty() ? "null" : body);
    } catch (JacksonException _) {
      return CheckJson.mapper().readTree("null");
    }
  }

  private static String refusal(int status, JsonNode problem) {
    var hint = status == 401 || status == 403 ? " (the token comes from MAILDRIFT_TOKEN)" : "";
    var text =
        "the daemon answered %d: %s%s"
            .formatted(status, problem.path("detail").asString("no reason given"), hint);
    var lines = new StringBuilder(text);
    problem.path("problems").forEach(line -> lines.append("\n  ").append(line.asString("")));
    return lines.toString();
  }
}
