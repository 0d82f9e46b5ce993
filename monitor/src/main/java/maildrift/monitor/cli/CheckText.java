package maildrift.monitor.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;

/**
 * A check for people: the verdict, one line a probe, then what is wrong, worst first and by area,
 * each with what was seen, what to publish and the reference; what could not be seen, and what
 * passed.
 */
final class CheckText {
  private static final int MOST_EVIDENCE = 500;
  private static final int MOST_SUMMARY = 300;
  private static final int LABELS = 12;
  private static final String INDENT = "    ";

  private final Terminal out;

  CheckText(Terminal out) {
    this.out = out;
  }

  void print(CheckResult result) {
    summary(result);
    wrong(result);
  }

  /** As above, with the facts of its only probe spelled out. */
  void printSpelledOut(CheckResult result) {
    summary(result);
    result.probes().forEach(probe -> Details.print(probe, out));
    wrong(result);
  }

  private void summary(CheckResult result) {
    head(result);
    var width = result.probes().stream().mapToInt(probe -> probe.probe().length()).max().orElse(0);
    for (var probe : result.probes()) {
      out.hanging(
          "  %s  %s  ".formatted(pad(probe.probe(), width), mark(result, probe)),
          width + 7,
          Terminal.safe(shortened(Summary.of(probe), MOST_SUMMARY)));
    }
  }

  /** What is wrong, what could not be seen, and what passed. */
  private void wrong(CheckResult result) {
    groups(result.findings())
        .forEach(
            (group, findings) -> {
              out.line();
              out.line(
                  "%s  %s"
                      .formatted(out.of(group.severity(), group.word()), out.bold(group.area())));
              findings.forEach(this::print);
            });
    var waived = result.findings().stream().filter(finding -> !finding.counts()).toList();
    if (!waived.isEmpty()) {
      out.line();
      out.line(out.dim("WAIVED"));
      waived.forEach(this::print);
    }
    gaps(result.gaps());
    passed(result);
    out.line();
  }

  private void head(CheckResult result) {
    var name = result.domain().name();
    var shown =
        name.unicode().equals(name.toString())
            ? name.toString()
            : name.unicode() + " (" + name + ")";
    var tenant = result.domain().tenant().id();
    out.line(
        "%s  %s%s%s"
            .formatted(
                out.bold(Terminal.safe(shown)),
                out.of(result.verdict()),
                counts(result),
                tenant.isEmpty() ? "" : out.dim("  tenant " + tenant)));
  }

  /** Findings that belong under one heading. */
  private record Group(Severity severity, String area) {
    static Group of(Finding finding) {
      var rule = finding.rule().id();
      return new Group(finding.severity(), rule.substring(0, rule.indexOf('.')));
    }

    String word() {
      return severity.word().toUpperCase(Locale.ROOT);
    }
  }

  /** As a check orders them: worst first, the areas of a severity as they come. */
  private static Map<Group, List<Finding>> groups(List<Finding> findings) {
    return findings.stream()
        .filter(Finding::counts)
        .collect(Collectors.groupingBy(Group::of, LinkedHashMap::new, Collectors.toList()));
  }

  private void print(Finding finding) {
    var rule = finding.rule();
    var subject = Terminal.safe(finding.subject());
    out.line();
    if (out.fits(2 + rule.id().length() + 2 + Wrap.length(subject))) {
      out.line("  %s  %s".formatted(out.bold(rule.id()), subject));
    } else {
      out.line("  " + out.bold(rule.id()));
      out.line(INDENT + subject);
    }
    finding
        .message()
        .lines()
        .forEach(line -> out.hanging(INDENT, INDENT.length(), Terminal.safe(line)));
    var labels = new Labels(finding);
    finding.waived().ifPresent(reason -> labels.print("waived", Terminal.safe(reason)));
    finding
        .evidence()
        .forEach(
            (name, value) ->
                labels.print(name, Terminal.safe(shortened(plain(value), MOST_EVIDENCE))));
    if (finding.counts() && !finding.remedy().isEmpty()) {
      remedy(finding.remedy(), labels);
    }
    if (!rule.reference().isEmpty()) {
      labels.print("see", rule.reference());
    }
  }

  /** The names before what was seen, one below the other. */
  private final class Labels {
    private final int width;

    Labels(Finding finding) {
      width =
          Math.min(
              LABELS,
              finding.evidence().keySet().stream().mapToInt(String::length).max().orElse(3));
    }

    void print(String name, String text) {
      out.hanging(
          INDENT + out.dim(pad(name, width)) + "  ",
          INDENT.length() + Math.max(width, name.length()) + 2,
          text);
    }
  }

  /**
   * Prose is broken into lines; what follows a line that ends in a colon is to be pasted and stays
   * as it is, however long.
   */
  private void remedy(String remedy, Labels labels) {
    var isPaste = false;
    var name = "fix";
    for (var line : remedy.lines().toList()) {
      var safe = Terminal.safe(line);
      if (isPaste) {
        out.line(INDENT + "  " + out.paste(safe));
      } else {
        labels.print(name, safe);
        name = "";
        isPaste = line.endsWith(":");
      }
    }
  }

  private void gaps(List<Gap> gaps) {
    if (gaps.isEmpty()) {
      return;
    }
    out.line();
    out.hanging("", 0, "COULD NOT LOOK (nothing is concluded from it)");
    gaps.stream()
        .map(gap -> Terminal.safe(gap.probe() + ": " + gap.unseen() + " – " + gap.why()))
        .distinct()
        .forEach(line -> out.hanging("  ", INDENT.length(), line));
  }

  private void passed(CheckResult result) {
    var passed =
        result.probes().stream()
            .filter(
                probe ->
                    probe.judgement().outcome() == Outcome.OBSERVED
                        && probe.judgement().gaps().isEmpty()
                        && Summary.nothingToDo(probe).isEmpty()
                        && worst(result, probe).compareTo(Severity.INFO) <= 0)
            .map(ProbeResult::probe)
            .toList();
    if (!passed.isEmpty()) {
      out.line();
      out.hanging("PASSED  ", 8, String.join(", ", passed));
    }
  }

  /** Of what counts once the operator's grades and waivers are applied; info where nothing does. */
  private static Severity worst(CheckResult result, ProbeResult probe) {
    var own = probe.judgement().findings().stream().map(Finding::key).collect(Collectors.toSet());
    return result.findings().stream()
        .filter(finding -> finding.counts() && own.contains(finding.key()))
        .map(Finding::severity)
        .max(Comparator.naturalOrder())
        .orElse(Severity.INFO);
  }

  private static String plain(Object value) {
    return switch (value) {
      case List<?> list ->
          list.isEmpty() ? "none" : String.join(", ", list.stream().map(String::valueOf).toList());
      case Map<?, ?> map ->
          String.join(
              ", ",
              map.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).sorted().toList());
      default -> value.toString();
    };
  }

  private String mark(CheckResult result, ProbeResult probe) {
    if (!probe.judgement().gaps().isEmpty()
        || probe.judgement().outcome() == Outcome.UNOBSERVABLE) {
      return out.of(Severity.WARNING, "?");
    }
    var worst = worst(result, probe);
    if (worst != Severity.INFO) {
      return out.of(worst, "✗");
    }
    return probe.judgement().outcome() != Outcome.OBSERVED || Summary.nothingToDo(probe).isPresent()
        ? out.dim("–")
        : "✓";
  }

  private static String counts(CheckResult result) {
    var parts = new ArrayList<String>();
    for (var severity : List.of(Severity.CRITICAL, Severity.WARNING, Severity.INFO)) {
      var count =
          result.findings().stream().filter(f -> f.counts() && f.severity() == severity).count();
      if (count > 0) {
        parts.add(count + " " + severity.word());
      }
    }
    var waived = result.findings().stream().filter(f -> !f.counts()).count();
    if (waived > 0) {
      parts.add(waived + " waived");
    }
    return parts.isEmpty() ? "" : "  " + String.join(", ", parts);
  }

  private static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
