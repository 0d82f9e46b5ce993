package maildrift.monitor.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Matcher;
import maildrift.monitor.config.AlertsConfig;
import maildrift.probes.Severity;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    name = "list",
    description = {
      "What is pending or firing, the worst first: since when, who has taken it, and why it is not",
      "told where it is muted. A terminal gets fingerprints as short as alert ack takes them, a file",
      "or a pipe one line an alert."
    })
final class AlertList implements Callable<Integer> {
  private static final Comparator<JsonNode> WORST_FIRST =
      Comparator.comparing(AlertList::severity)
          .thenComparing(alert -> alert.path("startsAt").asString(""))
          .reversed();

  private static final String INDENT = " ".repeat(10);

  @Parameters(
      arity = "0..*",
      paramLabel = "LABEL=VALUE",
      description = "Only those that match all of these, as amtool has them: =, !=, =~ and !~.")
  List<String> matchers = List.of();

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description =
          "Only those that are pending, firing, suppressed, flapping, acknowledged or resolved.")
  @Nullable String state;

  @Option(
      names = "--receiver",
      paramLabel = "NAME",
      description = "Only those that lead to this receiver; an expression, as amtool has it.")
  @Nullable String receiver;

  @Mixin ClientOptions client = new ClientOptions();

  @Override
  public Integer call() {
    var answer = client.list("/api/v1/alerts" + query());
    if (client.json()) {
      ClientOptions.printEach(answer);
      return Exit.OK;
    }
    var alerts =
        answer.stream()
            .filter(one -> !text(one, "/labels/alertname").equals(AlertsConfig.WATCHDOG))
            .sorted(WORST_FIRST)
            .toList();
    var out = Terminal.standard(false);
    var fingerprints = alerts.stream().map(one -> text(one, "/fingerprint")).toList();
    // Programs read what is no terminal, and get the whole.
    var digits = out.isEndless() ? Integer.MAX_VALUE : Fingerprints.digits(fingerprints);
    alerts.forEach(alert -> print(out, alert, digits));
    if (alerts.isEmpty() && !out.isEndless()) {
      out.line(
          query().isEmpty() ? "nothing is pending, and nothing fires" : "no alert is like that");
    }
    return Exit.OK;
  }

  private String query() {
    var query = new ArrayList<String>();
    matchers.forEach(one -> query.add("filter=" + encoded(matcher(one))));
    if (state != null) {
      query.add("state=" + encoded(state));
    }
    if (receiver != null) {
      query.add("receiver=" + encoded(receiver));
    }
    return query.isEmpty() ? "" : "?" + String.join("&", query);
  }

  /** A comma in a value of the command line is one of the value. */
  static String matcher(String written) {
    try {
      return Matcher.parse(written).toString();
    } catch (IllegalArgumentException problem) {
      throw new Failure(written + ": " + problem.getMessage());
    }
  }

  private static void print(Terminal out, JsonNode alert, int digits) {
    var severity = text(alert, "/labels/severity");
    var fingerprint = text(alert, "/fingerprint");
    var rule = text(alert, "/labels/alertname");
    var domain = text(alert, "/labels/domain");
    var since = "since " + Arguments.instant(text(alert, "/startsAt"));
    var start =
        "%-8s  %-10s  %s  "
            .formatted(
                severity,
                state(alert),
                fingerprint.substring(0, Math.min(digits, fingerprint.length())));
    var end = domain.isEmpty() ? "" : "  " + domain;
    var isOneLine = out.fits(Wrap.length(start + rule + end) + 2 + since.length());
    var head =
        out.of(severity(alert), start.substring(0, 8))
            + start.substring(8)
            + out.bold(rule)
            + end
            + (isOneLine ? "  " + since : "");
    var said =
        Stream.of(
                isOneLine ? "" : since,
                text(alert, "/annotations/summary"),
                text(alert, "/status/progress"),
                muted(alert.path("status")),
                taken(alert.path("status").path("acknowledgement")))
            .filter(text -> !text.isEmpty())
            .map(Terminal::safe)
            .toList();
    if (out.isEndless()) {
      out.line(
          head
              + "  "
              + said.getFirst()
              + said.stream().skip(1).map("  (%s)"::formatted).collect(Collectors.joining()));
      return;
    }
    out.line(head);
    said.forEach(line -> out.hanging(INDENT, INDENT.length(), line));
  }

  private static String state(JsonNode alert) {
    return alert.at("/status/flapping").asBoolean(false)
        ? "flapping"
        : text(alert, "/status/state");
  }

  private static Severity severity(JsonNode alert) {
    return switch (text(alert, "/labels/severity")) {
      case "critical" -> Severity.CRITICAL;
      case "info" -> Severity.INFO;
      default -> Severity.WARNING;
    };
  }

  private static String taken(JsonNode taken) {
    if (taken.isMissingNode()) {
      return "";
    }
    var by = text(taken, "/by");
    var comment = text(taken, "/comment");
    return taken.path("holds").asBoolean(false)
        ? "taken by " + by + (comment.isEmpty() ? "" : ": " + comment)
        : "no longer taken by %s: %s".formatted(by, text(taken, "/endedBecause"));
  }

  private static String muted(JsonNode status) {
    return status.has("mutedBecause")
        ? "not told: "
            + text(status, "/mutedBecause")
            + (status.has("mutedUntil")
                ? " until " + Arguments.instant(text(status, "/mutedUntil"))
                : "")
        : "";
  }

  private static String text(JsonNode node, String pointer) {
    return Terminal.safe(node.at(pointer).asString(""));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
