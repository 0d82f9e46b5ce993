package maildrift.monitor.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;

/**
 * A check for people: the verdict, one line a probe, then what is wrong with its remedy, then what
 * could not be seen.
 */
final class CheckText {
  private static final String INDENT = "      ";

  private final Terminal out;

  CheckText(Terminal out) {
    this.out = out;
  }

  void print(CheckResult result) {
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
    var width = result.probes().stream().mapToInt(probe -> probe.probe().length()).max().orElse(0);
    for (var probe : result.probes()) {
      out.line(
          "  %s  %s  %s"
              .formatted(
                  pad(probe.probe(), width),
                  mark(probe),
                  Terminal.safe(shortened(Summary.of(probe)))));
    }
    result.findings().forEach(this::print);
    var gaps = result.gaps();
    if (!gaps.isEmpty()) {
      out.line();
      out.line("  could not look (no finding is concluded from it):");
      gaps.stream().map(CheckText::line).distinct().forEach(line -> out.line("    " + line));
    }
    out.line();
  }

  private static String line(Gap gap) {
    return Terminal.safe(gap.probe() + ": " + gap.unseen() + " – " + gap.why());
  }

  private void print(Finding finding) {
    out.line();
    var severity =
        finding.counts()
            ? out.of(finding.severity(), finding.severity().word())
            : out.dim("waived");
    out.line(
        "  %s  %s  %s"
            .formatted(severity, out.bold(finding.rule().id()), Terminal.safe(finding.subject())));
    out.line(INDENT + Terminal.safeLines(finding.message(), INDENT));
    finding.waived().ifPresent(reason -> out.line(INDENT + "waived: " + Terminal.safe(reason)));
    finding.evidence().forEach((name, value) -> evidence(name, value));
    if (finding.counts() && !finding.remedy().isEmpty()) {
      out.line(INDENT + out.dim("fix: ") + Terminal.safeLines(finding.remedy(), INDENT + "     "));
    }
    if (!finding.rule().reference().isEmpty()) {
      out.line(INDENT + out.dim("see: " + finding.rule().reference()));
    }
  }

  private void evidence(String name, Object value) {
    var text =
        switch (value) {
          case List<?> list ->
              list.isEmpty()
                  ? "none"
                  : String.join(", ", list.stream().map(String::valueOf).toList());
          case Map<?, ?> map ->
              String.join(
                  ", ",
                  map.entrySet().stream()
                      .map(e -> e.getKey() + "=" + e.getValue())
                      .sorted()
                      .toList());
          default -> value.toString();
        };
    out.line(INDENT + out.dim(name + ": ") + Terminal.safe(shortened(text)));
  }

  private String mark(ProbeResult probe) {
    if (!probe.judgement().gaps().isEmpty()) {
      return out.of(Severity.WARNING, "?");
    }
    var worst =
        probe.judgement().findings().stream().map(Finding::severity).max(Comparator.naturalOrder());
    if (worst.isPresent() && worst.get() != Severity.INFO) {
      return out.of(worst.get(), "✗");
    }
    return probe.judgement().outcome() == Outcome.ABSENT ? out.dim("–") : "✓";
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

  private static String shortened(String text) {
    return text.length() <= 300 ? text : text.substring(0, 299) + "…";
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
