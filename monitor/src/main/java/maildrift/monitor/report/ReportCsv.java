package maildrift.monitor.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.monitor.json.CheckJson;

/**
 * A row a demand (RFC 4180). Cells that a spreadsheet would take for a formula are made text, since
 * records come from strangers.
 */
public final class ReportCsv {
  private static final String HEAD =
      "domain,tenant,framework,demand,title,status,why,violated,evidence,seen_at";
  private static final String FORMULA_STARTS = "=+-@\t\r";

  private ReportCsv() {}

  public static String head() {
    return HEAD + "\r\n";
  }

  public static String rows(Assessment assessment) {
    var domain = assessment.result().domain();
    var rows = new ArrayList<String>();
    for (var framed : assessment.frameworks()) {
      for (var outcome : framed.demands()) {
        rows.add(
            row(
                List.of(
                    domain.name().toString(),
                    domain.tenant().id(),
                    framed.framework().id(),
                    outcome.demand().id(),
                    outcome.demand().title(),
                    outcome.status().word(),
                    outcome.why(),
                    outcome.findings().stream()
                        .map(finding -> finding.rule().id() + " " + finding.subject())
                        .distinct()
                        .collect(Collectors.joining("; ")),
                    outcome.findings().stream()
                        .map(finding -> CheckJson.value(finding.evidence()))
                        .distinct()
                        .collect(Collectors.joining("; ")),
                    CheckJson.instant(outcome.seenAt()))));
      }
    }
    return String.join("", rows);
  }

  private static String row(List<String> cells) {
    return cells.stream().map(ReportCsv::cell).collect(Collectors.joining(",", "", "\r\n"));
  }

  static String cell(String text) {
    var plain = new StringBuilder();
    if (!text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0) {
      plain.append('\'');
    }
    text.codePoints()
        .forEach(c -> plain.appendCodePoint(Character.isISOControl(c) && c != '\n' ? ' ' : c));
    return Stream.of(",", "\"", "\n").anyMatch(plain.toString()::contains)
        ? "\"" + plain.toString().replace("\"", "\"\"") + "\""
        : plain.toString();
  }
}
