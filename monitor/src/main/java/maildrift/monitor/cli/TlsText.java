package maildrift.monitor.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import maildrift.monitor.check.CheckResult;
import maildrift.probes.Severity;
import org.jspecify.annotations.Nullable;

/** The facts of a mail host for people: what each address presents, and who accepts it. */
final class TlsText {
  private static final int WIDTH = 12;
  private static final int MOST_NAMES = 20;

  /** How people know them, by the names of the facts. */
  private static final Map<String, String> CONSUMERS =
      Map.of(
          "postfixVerify", "Postfix verify",
          "postfixSecure", "Postfix secure",
          "mtaSts", "MTA-STS, RFC 9525 clients",
          "daneTa", "DANE-TA (the name)",
          "daneEe", "DANE-EE (compares no name)",
          "exchangeOnline", "Exchange Online connector",
          "seppmail", "SEPPmail connector (by its documentation)");

  private final Terminal out;

  TlsText(Terminal out) {
    this.out = out;
  }

  void print(CheckResult result) {
    for (var probe : result.probes()) {
      if (probe.judgement().facts().get("hosts") instanceof List<?> hosts) {
        for (var host : hosts) {
          if (host instanceof Map<?, ?> facts && "observed".equals(facts.get("outcome"))) {
            print(facts);
          }
        }
      }
    }
  }

  private void print(Map<?, ?> host) {
    out.line(
        out.bold(
            "%s:%s at %s"
                .formatted(
                    Terminal.safe(text(host, "host")), text(host, "port"), text(host, "address"))));
    line("banner", text(host, "banner"));
    line("level", text(host, "level"));
    if (!text(host, "protocol").isEmpty()) {
      line("session", text(host, "protocol") + ", " + text(host, "cipher"));
    }
    if (host.get("offers") instanceof List<?> offers) {
      line("speaks", names(offers));
    }
    if (host.get("weakCiphers") instanceof List<?> weak && !weak.isEmpty()) {
      line("also", names(weak));
    }
    if (host.get("chain") instanceof List<?> chain) {
      line("CN", text(host, "subjectCn").isEmpty() ? "none" : text(host, "subjectCn"));
      line("SAN", names(host.get("subjectAltNames")));
      line("names", facts(host));
      line("valid", "%s to %s".formatted(text(host, "notBefore"), text(host, "notAfter")));
      line("key", "SHA-256 " + text(host, "spkiSha256"));
      line("chain", chain(chain, text(host, "chainMissing")));
      switch (text(host, "sniDependent")) {
        case "true" -> line("SNI", "without the server's name it shows something else");
        case "false" -> line("SNI", "the same with and without the server's name");
        default -> {}
      }
    }
    if (host.get("consumers") instanceof Map<?, ?> consumers) {
      out.line("  accepted by");
      consumers.forEach((consumer, accepts) -> consumer(host, consumer, accepts));
    }
    out.line();
  }

  private void consumer(Map<?, ?> host, Object consumer, Object accepts) {
    var name = CONSUMERS.getOrDefault(consumer.toString(), consumer.toString());
    var why =
        host.get("refusals") instanceof Map<?, ?> refusals && refusals.get(consumer) != null
            ? ": " + refusals.get(consumer)
            : "";
    out.hanging(
        "    %s  ".formatted(Boolean.TRUE.equals(accepts) ? "✓" : out.of(Severity.WARNING, "✗")),
        7,
        Terminal.safe(name + why));
  }

  private static String facts(Map<?, ?> host) {
    return List.of(
            yes(host, "sanMatch", "SAN matches", "SAN does not match"),
            yes(host, "cnPresent", "CN present", "no CN"),
            yes(host, "cnMatch", "CN matches", "CN does not match"),
            yes(host, "cnInSan", "CN is in the SAN", "CN is not in the SAN"))
        .stream()
        .collect(Collectors.joining(" · "));
  }

  private static String yes(Map<?, ?> host, String fact, String yes, String no) {
    return Boolean.TRUE.equals(host.get(fact)) ? yes : no;
  }

  private static String names(@Nullable Object names) {
    if (!(names instanceof List<?> list) || list.isEmpty()) {
      return "none";
    }
    return list.stream().limit(MOST_NAMES).map(String::valueOf).collect(Collectors.joining(", "))
        + (list.size() > MOST_NAMES ? " and %d more".formatted(list.size() - MOST_NAMES) : "");
  }

  private static String chain(List<?> chain, String missing) {
    var sent =
        chain.stream()
            .filter(Map.class::isInstance)
            .map(one -> text((Map<?, ?>) one, "subject"))
            .collect(Collectors.joining(" ← "));
    return missing.isEmpty()
        ? sent
        : sent + " ← %s, which is neither sent nor a trusted root".formatted(missing);
  }

  private void line(String name, String value) {
    out.hanging(
        "  " + out.dim(name + " ".repeat(Math.max(1, WIDTH - name.length()))),
        WIDTH + 2,
        Terminal.safe(value));
  }

  private static String text(Map<?, ?> facts, String name) {
    var value = facts.get(name);
    return value == null ? "" : value.toString();
  }
}
