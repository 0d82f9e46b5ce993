package maildrift.monitor.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import maildrift.monitor.json.CheckJson;
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
    footer = {"", "Example: maildrift rules --explain spf.lookups"})
final class RulesCommand implements Callable<Integer> {
  @Option(names = "--explain", paramLabel = "RULE", description = "One rule's page.")
  @Nullable String explain;

  @Mixin OutputOptions common = new OutputOptions();

  @Override
  public Integer call() {
    common.begin();
    var rules = WatchRules.all();
    if (explain != null) {
      page(find(rules, explain));
    } else if (common.json()) {
      rules.forEach(rule -> System.out.println(json(rule)));
    } else {
      list(rules);
    }
    return Exit.OK;
  }

  private static Rule find(List<Rule> rules, String id) {
    return rules.stream()
        .filter(rule -> rule.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    "there is no rule '%s'; maildrift rules lists them%s"
                        .formatted(id, ofSameArea(rules, id))));
  }

  private static String ofSameArea(List<Rule> rules, String id) {
    var area = id.substring(0, id.indexOf('.') + 1);
    var near =
        rules.stream()
            .map(Rule::id)
            .filter(other -> !area.isEmpty() && other.startsWith(area))
            .toList();
    return near.isEmpty() ? "" : "; of that area there are " + String.join(", ", near);
  }

  private void list(List<Rule> rules) {
    var out = common.terminal();
    var width = rules.stream().mapToInt(rule -> rule.id().length()).max().orElse(0);
    for (var rule : rules) {
      out.line(
          "%s  %s  %s"
              .formatted(
                  rule.id() + " ".repeat(width - rule.id().length()),
                  out.of(rule.severity(), "%-8s".formatted(rule.severity().word())),
                  rule.title()));
    }
  }

  private void page(Rule rule) {
    if (common.json()) {
      System.out.println(json(rule));
      return;
    }
    var out = common.terminal();
    out.line(out.bold(rule.id()) + "  " + out.of(rule.severity(), rule.severity().word()));
    var sections = new ArrayList<String[]>();
    sections.add(new String[] {"what", rule.title()});
    sections.add(new String[] {"why", rule.why()});
    sections.add(new String[] {"reference", rule.reference()});
    sections.add(new String[] {"remedy", rule.remedy()});
    sections.add(new String[] {"example", rule.example()});
    for (var section : sections) {
      if (!section[1].isEmpty()) {
        out.line();
        out.line(out.dim(section[0]));
        out.line("  " + section[1].strip().replace("\n", "\n  "));
      }
    }
  }

  private static String json(Rule rule) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("rule", rule.id());
    fields.put("severity", rule.severity().word());
    fields.put("title", rule.title());
    fields.put("why", rule.why());
    fields.put("reference", rule.reference());
    fields.put("remedy", rule.remedy());
    fields.put("example", rule.example());
    return CheckJson.value(fields);
  }
}
