package maildrift.monitor.cli;

import java.util.List;
import java.util.stream.Collectors;
import maildrift.probes.Rule;

/** The catalogue of rules as Markdown: what README shows. */
public final class RuleTable {
  private RuleTable() {}

  /** A table, a rule a line; ends in a line end. */
  public static String markdown(List<Rule> rules) {
    return rules.stream()
        .map(
            rule ->
                "| `%s` | %s | %s |"
                    .formatted(rule.id(), rule.severity().word(), cell(rule.title())))
        .collect(
            Collectors.joining(
                "\n", "| rule | severity | violated when |\n| --- | --- | --- |\n", "\n"));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace('\n', ' ');
  }
}
