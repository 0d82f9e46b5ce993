package maildrift.monitor.cli;

import java.util.List;
import java.util.concurrent.Callable;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.Rule;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "rules",
    description = {
      "The catalogue of rules.",
      "With --explain one rule's page: what, why, reference, remedy, example."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift rules --explain spf.lookups",
      "  maildrift rules --format markdown"
    })
final class RulesCommand implements Callable<Integer> {
  @Option(names = "--explain", paramLabel = "RULE", description = "One rule's page.")
  @Nullable String explain;

  @Option(
      names = "--format",
      paramLabel = "text|json|markdown",
      description = "json: one compact object a line; markdown: a table (default: text).")
  String format = "text";

  @Mixin TerminalOptions common = new TerminalOptions();

  @Override
  public Integer call() {
    common.begin();
    var page = explain == null ? null : RulePage.named(explain);
    var rules = page == null ? WatchRules.all() : List.of(page.rule());
    switch (format) {
      case "json" -> rules.forEach(rule -> System.out.println(new RulePage(rule).json()));
      case "markdown" ->
          System.out.print(page == null ? RuleTable.markdown(rules) : page.markdown());
      case "text" -> {
        if (page == null) {
          list(rules, common.terminal());
        } else {
          page.print(common.terminal());
        }
      }
      default -> throw new Failure("--format is text, json or markdown, not '" + format + "'");
    }
    return Exit.OK;
  }

  private static void list(List<Rule> rules, Terminal out) {
    var width = rules.stream().mapToInt(rule -> rule.id().length()).max().orElse(0);
    for (var rule : rules) {
      out.hanging(
          "%s  %s  "
              .formatted(
                  rule.id() + " ".repeat(width - rule.id().length()),
                  out.of(rule.severity(), "%-8s".formatted(rule.severity().word()))),
          width + 12,
          rule.title());
    }
  }
}
