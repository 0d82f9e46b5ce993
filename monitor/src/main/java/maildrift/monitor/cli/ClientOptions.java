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
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** How a command reaches a running daemon. */
final class ClientOptions {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Where the daemon is (default: http://127.0.0.1:8425).")
  String url = "http://127.0.0.1:8425";

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description = "json: the daemon's answer, one compact object a line (default: text).")
  String format = "text";

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "How long the daemon may take to answer (default: 60s).")
  String timeout = "60s";

  @Option(
      names = "--ca-file",
      paramLabel = "PEM",
      description = "Trust these certificate authorities besides the system's, for an https URL.")
  @Nullable Path caFile;

  boolean json() {
    return switch (format) {
      case "json" -> true;
      case "text" -> false;
      default -> throw new Failure("--format is text or json, not '" + format + "'");
    };
  }

  /** Prints a list as every command does: one compact object a line. */
  static void printEach(JsonNode list) {
    list.forEach(one -> System.out.println(one.toString()));
  }

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

  JsonNode delete(String path) {
    return send(request(path).DELETE().build());
  }

  private HttpRequest.Builder request(String path) {
    try {
      var base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
      var builder =
          HttpRequest.newBuilder(URI.create(base + path))
              .timeout(Arguments.duration("--timeout", timeout));
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
    if (caFile != null) {
      builder.sslContext(Trust.systemAnd(caFile));
    }
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
