package maildrift.monitor.report;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import maildrift.monitor.html.Html;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.Finding;

/** One self-contained document, made to be printed: no script, no font, nothing fetched. */
public final class ReportHtml {
  private static final int MOST_EVIDENCE = 1_500;

  private final String version;

  /**
   * @param version of maildrift, for the last line
   */
  public ReportHtml(String version) {
    this.version = version;
  }

  public String document(List<Assessment> assessments, String title, Instant made) {
    return Html.document(
        title,
        "<style>" + STYLE + "</style>",
        html -> {
          html.in(
              "header",
              head ->
                  head.text("span", "brand", "maildrift")
                      .text("h1", title)
                      .text("p", "made", "made " + CheckJson.instant(made)));
          if (assessments.size() > 1) {
            summary(html, assessments);
          }
          assessments.forEach(
              assessment -> html.in("section", "domain", part -> domain(part, assessment)));
          html.in(
              "footer",
              foot -> {
                foot.text(
                    "p",
                    "The score is the weight of the rules that hold among those that apply (critical 8, warning 3, info 1). What could "
                        + "not be seen and what is waived stay out of it; with a critical violation it is 49 at most. Drift is an event and "
                        + "no part of it. Unknown means that it could not be looked at, or that no monitor can see it; it is no pass.");
                foot.text("p", "maildrift " + version);
              });
        });
  }

  private static void summary(Html html, List<Assessment> assessments) {
    html.text("h2", "Domains");
    html.in(
        "table",
        table -> {
          table.columns(
              "domain", "verdict", "score", "rules that hold", "violated", "unknown", "waived");
          assessments.stream()
              .sorted(Comparator.comparing(one -> one.score().percent().orElse(101)))
              .forEach(
                  one ->
                      table.in(
                          "tr",
                          row -> {
                            row.text("td", one.result().domain().name().unicode());
                            verdict(row, one);
                            row.text("td", "number", percent(one));
                            row.text("td", "number", "" + one.score().passed());
                            row.text("td", "number", "" + one.score().failed());
                            row.text("td", "number", "" + one.score().unknown());
                            row.text("td", "number", "" + one.score().waived());
                          }));
        });
  }

  private static void verdict(Html row, Assessment one) {
    var word = one.result().verdict().word();
    row.in("td", cell -> cell.text("span", "badge " + word, word));
  }

  private static String percent(Assessment one) {
    return one.score().percent().map(value -> value + " %").orElse("–");
  }

  private static void domain(Html html, Assessment one) {
    var result = one.result();
    html.text("h2", result.domain().name().unicode());
    html.in(
        "p",
        "facts",
        line ->
            line.text("span", "badge " + result.verdict().word(), result.verdict().word())
                .plain(
                    " score %s%s · %d hold, %d violated, %d unknown, %d waived · looked at %s%s"
                        .formatted(
                            percent(one),
                            one.score().capped() ? " (capped: a critical rule is violated)" : "",
                            one.score().passed(),
                            one.score().failed(),
                            one.score().unknown(),
                            one.score().waived(),
                            CheckJson.instant(result.checkedAt()),
                            result.domain().tenant().id().isEmpty()
                                ? ""
                                : " · tenant " + result.domain().tenant().id())));
    for (var framed : one.frameworks()) {
      html.in("section", "framework", part -> framework(part, framed));
    }
    var findings = result.findings();
    if (!findings.isEmpty()) {
      html.text("h3", "What is wrong, and what to publish");
      findings.forEach(finding -> finding(html, finding));
    }
    if (!result.gaps().isEmpty()) {
      html.text("h3", "What could not be seen");
      html.in(
          "ul",
          list -> result.gaps().forEach(gap -> list.text("li", gap.unseen() + ": " + gap.why())));
    }
  }

  private static void framework(Html html, Assessment.Framed framed) {
    html.text("h3", framed.framework().name());
    html.text(
        "p",
        "source",
        "%d pass, %d fail, %d unknown, %d waived. %s."
            .formatted(
                framed.count(Status.PASS),
                framed.count(Status.FAIL),
                framed.count(Status.UNKNOWN),
                framed.count(Status.WAIVED),
                sentence(framed.framework().source())));
    html.in(
        "table",
        "demands",
        table -> {
          table.columns("demand", "status", "why");
          framed
              .demands()
              .forEach(
                  outcome ->
                      table.in(
                          "tr",
                          row -> {
                            row.text("td", outcome.demand().title());
                            row.in(
                                "td",
                                cell ->
                                    cell.text(
                                        "span",
                                        "badge " + outcome.status().word(),
                                        outcome.status().word()));
                            row.in(
                                "td",
                                cell -> {
                                  cell.plain(outcome.why());
                                  if (!outcome.findings().isEmpty()) {
                                    cell.text(
                                        "div",
                                        "rules",
                                        String.join(
                                            ", ",
                                            outcome.findings().stream()
                                                .map(finding -> finding.rule().id())
                                                .distinct()
                                                .toList()));
                                  }
                                });
                          }));
        });
  }

  private static String sentence(String source) {
    return source.substring(0, 1).toUpperCase(Locale.ROOT) + source.substring(1);
  }

  private static void finding(Html html, Finding finding) {
    html.in(
        "article",
        "finding " + finding.severity().word(),
        part -> {
          part.in(
              "h4",
              title ->
                  title
                      .text("span", "badge " + finding.severity().word(), finding.severity().word())
                      .plain(" " + finding.rule().id() + " · " + finding.subject()));
          part.text("p", finding.message());
          finding.waived().ifPresent(reason -> part.text("p", "Waived: " + reason));
          if (!finding.evidence().isEmpty()) {
            var evidence = CheckJson.value(finding.evidence());
            part.text(
                "pre",
                evidence.length() <= MOST_EVIDENCE
                    ? evidence
                    : evidence.substring(0, MOST_EVIDENCE) + "…");
          }
          part.text("p", "remedy", finding.remedy());
          part.text("p", "source", finding.rule().reference());
        });
  }

  private static final String STYLE =
      """
      :root { --fail: #b3261e; --warn: #8a5300; --unknown: #5b3a8c; --pass: #1f6b2c; --line: #ccc; --soft: #f4f4f4; }
      body { font: 14px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 0 auto; max-width: 1000px; padding: 1rem; }
      header { display: flex; align-items: baseline; gap: 1rem; border-bottom: 2px solid #1a1a1a; }
      header h1 { font-size: 1.3rem; margin: .3rem 0; flex: 1; overflow-wrap: anywhere; }
      .brand { font-weight: 700; } .made, .source, footer { color: #555; font-size: .85rem; }
      h2 { font-size: 1.25rem; margin: 1.6rem 0 .3rem; overflow-wrap: anywhere; }
      h3 { font-size: 1.02rem; margin: 1.3rem 0 .2rem; } h4 { font-size: .95rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
      p { margin: .25rem 0; }
      table { border-collapse: collapse; width: 100%; margin: .3rem 0; }
      th { text-align: left; font-size: .8rem; color: #555; } th, td { padding: .25rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
      .demands { table-layout: fixed; } .demands th:first-child { width: 36%; } .demands th:nth-child(2) { width: 5.5rem; } td.number { text-align: right; white-space: nowrap; }
      .badge { display: inline-block; border: 1px solid currentColor; border-radius: .7rem; padding: 0 .5rem; font-size: .8rem; white-space: nowrap; font-weight: 600; }
      .badge.fail, .badge.critical { color: var(--fail); } .badge.warn, .badge.warning { color: var(--warn); }
      .badge.unknown, .badge.waived, .badge.info { color: var(--unknown); } .badge.pass { color: var(--pass); }
      .rules { font: .8rem ui-monospace, monospace; color: #555; }
      .finding { border-left: .25rem solid var(--unknown); background: var(--soft); padding: .5rem .8rem; margin: .5rem 0; break-inside: avoid; }
      .finding.critical { border-color: var(--fail); } .finding.warning { border-color: var(--warn); }
      pre, .remedy { font: .82rem/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }
      footer { margin-top: 2rem; border-top: 1px solid var(--line); }
      @media print { body { max-width: none; padding: 0; font-size: 10.5pt; } .domain + .domain { break-before: page; } tr, .finding { break-inside: avoid; } h2, h3, h4 { break-after: avoid; } thead { display: table-header-group; } .badge, .finding { print-color-adjust: exact; -webkit-print-color-adjust: exact; } @page { margin: 16mm; } }
      """;
}
