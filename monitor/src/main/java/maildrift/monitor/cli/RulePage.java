package maildrift.monitor.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.Rule;

/** One rule: what, why, reference, remedy, example. */
record RulePage(Rule rule) {

  /** The page of a rule that somebody named; a name that is none is a {@link Failure}. */
  static RulePage named(String id) {
    var rules = WatchRules.all();
    return rules.stream()
        .filter(rule -> rule.id().equals(id))
        .findFirst()
        .map(RulePage::new)
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

  private Map<String, String> sections() {
    var sections = new LinkedHashMap<String, String>();
    sections.put("what", rule.title());
    sections.put("why", rule.why());
    sections.put("reference", rule.reference());
    sections.put("remedy", rule.remedy());
    sections.put("example", rule.example());
    sections.values().removeIf(String::isBlank);
    return sections;
  }

  void print(Terminal out) {
    out.line(out.bold(rule.id()) + "  " + out.of(rule.severity(), rule.severity().word()));
    sections()
        .forEach(
            (name, text) -> {
              out.line();
              out.line(out.dim(name));
              text.strip()
                  .lines()
                  .forEach(
                      line -> {
                        // What is to be pasted is not broken.
                        if (name.equals("example")) {
                          out.line("  " + line);
                        } else {
                          out.hanging("  ", 2, line);
                        }
                      });
            });
  }

  String markdown() {
    var page = new StringBuilder("# `%s` (%s)\n".formatted(rule.id(), rule.severity().word()));
    sections()
        .forEach(
            (name, text) ->
                page.append(
                    (name.equals("example") ? "\n## %s\n\n```\n%s\n```\n" : "\n## %s\n\n%s\n")
                        .formatted(name, text.strip())));
    return page.toString();
  }

  String json() {
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
