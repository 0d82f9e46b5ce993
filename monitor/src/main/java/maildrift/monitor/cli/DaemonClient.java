package maildrift.monitor.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
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

  /** The rest of a list, as {@code Link} has it: here, whatever else it may say. */
  private static final Pattern NEXT = Pattern.compile("<(/[^/>][^>]*)>\\s*;\\s*rel=\"next\"");

  /** What the daemon said, and where a list goes on. */
  private record Answered(JsonNode body, Optional<String> next) {}

  JsonNode get(String path) {
    return send(request(path).GET().build());
  }

  /** A list with all its pages. Where it is longer than {@code most}, standard error says so. */
  List<JsonNode> list(String path, int most) {
    var all = new ArrayList<JsonNode>();
    var next = Optional.of(path);
    while (next.isPresent()) {
      if (all.size() >= most) {
        System.err.printf("these are the first %d; there are more%n", all.size());
        return all;
      }
      var answered = answered(request(next.get()).GET().build());
      answered.body().forEach(all::add);
      next = answered.next().filter(_ -> !answered.body().isEmpty());
    }
    return all;
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
    return answered(request).body();
  }

  private Answered answered(HttpRequest request) {
    try (var client = client()) {
      var response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      var body = parsed(response.body());
      if (response.statusCode() / 100 != 2) {
        throw new Failure(refusal(response.statusCode(), body));
      }
      var next =
          response.headers().allValues("Link").stream()
              .flatMap(link -> NEXT.matcher(link).results())
              .map(found -> found.group(1))
              .findFirst();
      return new Answered(body, next);
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
