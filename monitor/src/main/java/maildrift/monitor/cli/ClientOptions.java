package maildrift.monitor.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
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
  static void printEach(Iterable<JsonNode> list) {
    list.forEach(one -> System.out.println(one.toString()));
  }

  JsonNode get(String path) {
    return client().get(path);
  }

  /** A list with all its pages. */
  List<JsonNode> list(String path) {
    return list(path, Integer.MAX_VALUE);
  }

  /** A list with all its pages, as far as the daemon lists them. */
  List<JsonNode> list(String path, int most) {
    return client().list(path, most);
  }

  JsonNode post(String path, @Nullable String body) {
    return client().post(path, body);
  }

  JsonNode delete(String path) {
    return client().delete(path);
  }

  private DaemonClient client() {
    return new DaemonClient(
        url, Arguments.duration("--timeout", timeout), Optional.ofNullable(caFile));
  }
}
