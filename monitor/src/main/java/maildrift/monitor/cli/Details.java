package maildrift.monitor.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import maildrift.monitor.check.ProbeResult;
import maildrift.probes.Outcome;

/**
 * What the commands of single probes show besides what {@code check} does: the facts spelled out,
 * as whoever runs {@code dmarc DOMAIN} wants to read them.
 */
final class Details {
  private static final int MOST_HOSTS = 40;
  private static final int MOST_ENTRIES = 20;

  private Details() {}

  /**
   * Facts that belong together.
   *
   * @param title empty: they are about the domain itself
   */
  private record Block(String title, Map<String, String> lines) {}

  static void print(ProbeResult probe, Terminal out) {
    for (var block : blocks(probe)) {
      out.line();
      if (!block.title().isEmpty()) {
        out.hanging("  ", 4, Terminal.safe(block.title()));
      }
      var indent = block.title().isEmpty() ? "  " : "    ";
      var width = block.lines().keySet().stream().mapToInt(String::length).max().orElse(0);
      block
          .lines()
          .forEach(
              (name, text) ->
                  out.hanging(
                      indent + out.dim(name + " ".repeat(width - name.length())) + "  ",
                      indent.length() + width + 2,
                      Terminal.safe(text)));
    }
  }

  private static List<Block> blocks(ProbeResult probe) {
    var facts = probe.judgement().facts();
    return switch (probe.probe()) {
      case "dmarc" -> List.of(new Block("", dmarc(facts)));
      case "dkim" -> each(facts, "selectors", Details::selector);
      case "mx" -> each(facts, "hosts", Details::mailHost);
      default -> List.of();
    };
  }

  private static List<Block> each(
      Map<?, ?> facts, String list, Function<Map<?, ?>, Block> description) {
    return maps(facts, list).stream().limit(MOST_HOSTS).map(description).toList();
  }

  // ---- dmarc

  private static Map<String, String> dmarc(Map<?, ?> facts) {
    var lines = new LinkedHashMap<String, String>();
    var isFound = !text(facts, "foundAt").isEmpty();
    lines.put("found at", isFound ? "_dmarc." + text(facts, "foundAt") : "no name that was asked");
    lines.put(
        "tree walk",
        joined(
            maps(facts, "walk").stream()
                .map(step -> text(step, "name") + " " + text(step, "outcome"))
                .toList()));
    if (isFound) {
      lines.put(
          "policy",
          "%s; subdomains: %s; names that do not exist: %s"
              .formatted(
                  orNone(text(facts, "policy")),
                  orNone(text(facts, "subdomainPolicy")),
                  orNone(text(facts, "nonexistentPolicy"))));
    }
    lines.put("in effect", inEffect(facts));
    lines.put("older way", older(map(facts, "rfc7489"), map(facts, "organizationalDomain")));
    if (isFound) {
      var alignment = map(facts, "alignment");
      lines.put(
          "alignment",
          "DKIM %s, SPF %s".formatted(text(alignment, "dkim"), text(alignment, "spf")));
      var reports = maps(facts, "reports").stream().map(Details::report).toList();
      lines.put("reports", reports.isEmpty() ? "nobody gets any" : joined(reports));
    }
    return lines;
  }

  private static String inEffect(Map<?, ?> facts) {
    var policy = text(facts, "effectivePolicy");
    var lowered = Boolean.TRUE.equals(facts.get("testing")) ? " (t=y lowers it)" : "";
    return policy.isEmpty() ? "no policy" : policy + lowered;
  }

  /** RFC 7489's reading, which finds the organisational domain by the public suffix list. */
  private static String older(Map<?, ?> reading, Map<?, ?> organizational) {
    var at = text(reading, "foundAt");
    var percent = text(reading, "percent");
    return "%s, %s; organisational domain by the public suffix list: %s (RFC 7489)%s"
        .formatted(
            orNone(text(reading, "effectivePolicy")),
            at.isEmpty() ? "no record" : "from _dmarc." + at,
            text(organizational, "rfc7489"),
            percent.isEmpty() ? "" : "; of %s %% of the mail".formatted(percent));
  }

  private static String report(Map<?, ?> report) {
    var says =
        !Boolean.TRUE.equals(report.get("valid"))
            ? "no address"
            : !Boolean.TRUE.equals(report.get("external"))
                ? ""
                : report.get("authorised") instanceof Boolean authorised
                    ? authorised
                        ? "another domain, which agrees"
                        : "another domain, which does not agree: nothing is sent"
                    : "another domain; whether it agrees could not be seen";
    return "%s to %s%s"
        .formatted(
            text(report, "kind"), text(report, "uri"), says.isEmpty() ? "" : " (" + says + ")");
  }

  // ---- dkim

  private static Block selector(Map<?, ?> key) {
    var lines = new LinkedHashMap<String, String>();
    if (!isObserved(key)) {
      lines.put("key", outcome(key));
      return new Block(text(key, "selector"), lines);
    }
    var type = text(key, "type");
    var bits = text(key, "bits");
    lines.put("type", type.isEmpty() ? "unknown" : type);
    lines.put("bits", bits.isEmpty() ? "unknown" : bits);
    var flags = new ArrayList<String>();
    if (Boolean.TRUE.equals(key.get("testing"))) {
      flags.add("testing (t=y)");
    }
    if (Boolean.TRUE.equals(key.get("revoked"))) {
      flags.add("revoked (p= is empty)");
    }
    lines.put("flags", flags.isEmpty() ? "none" : String.join(", ", flags));
    var problems = texts(key, "problems");
    lines.put("problems", problems.isEmpty() ? "none" : joined(problems));
    if (key.get("matchesExpected") instanceof Boolean matches) {
      lines.put("expected", matches ? "it is the expected key" : "it is not the expected key");
    }
    var aliases = texts(key, "cname");
    if (!aliases.isEmpty()) {
      lines.put("alias of", String.join(" → ", aliases));
    }
    return new Block(text(key, "selector"), lines);
  }

  // ---- mx

  private static Block mailHost(Map<?, ?> host) {
    var lines = new LinkedHashMap<String, String>();
    var addresses = texts(host, "addresses");
    var reverse = texts(host, "reverse");
    lines.put(
        "addresses",
        !addresses.isEmpty()
            ? String.join(", ", addresses)
            : text(host, "outcome").isEmpty() ? "none" : outcome(host));
    lines.put("reverse", reverse.isEmpty() ? "none" : String.join(", ", reverse));
    var alias = text(host, "alias");
    if (!alias.isEmpty()) {
      lines.put("alias of", alias);
    }
    return new Block(text(host, "preference") + " " + text(host, "host"), lines);
  }

  // ---- facts

  private static boolean isObserved(Map<?, ?> entry) {
    return text(entry, "outcome").equals(Outcome.OBSERVED.word());
  }

  private static String outcome(Map<?, ?> entry) {
    if (text(entry, "outcome").equals(Outcome.ABSENT.word())) {
      return "none published";
    }
    var why = text(entry, "why");
    return why.isEmpty() ? "could not look" : "could not look: " + why;
  }

  private static String orNone(String text) {
    return text.isEmpty() ? "none" : text;
  }

  private static String joined(List<String> texts) {
    return texts.stream().limit(MOST_ENTRIES).collect(Collectors.joining("; "));
  }

  private static String text(Map<?, ?> facts, String name) {
    var value = facts.get(name);
    return value == null ? "" : value.toString();
  }

  private static Map<?, ?> map(Map<?, ?> facts, String name) {
    return facts.get(name) instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<String> texts(Map<?, ?> facts, String name) {
    return facts.get(name) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  private static List<Map<?, ?>> maps(Map<?, ?> facts, String name) {
    var maps = new ArrayList<Map<?, ?>>();
    if (facts.get(name) instanceof List<?> list) {
      for (var entry : list) {
        if (entry instanceof Map<?, ?> map) {
          maps.add(map);
        }
      }
    }
    return maps;
  }
}
