package maildrift.monitor.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.InhibitRule;

/** Reads {@code inhibit_rules} and {@code inhibit_defaults}. */
final class InhibitReader {
  private final Reading reading;
  private final MatcherReader matchers;

  InhibitReader(Reading reading, MatcherReader matchers) {
    this.reading = reading;
    this.matchers = matchers;
  }

  /** The operator's own first: of two reasons theirs is said. */
  List<InhibitRule> read(Section alerts) {
    var rules = new ArrayList<InhibitRule>();
    for (var item : alerts.sections("inhibit_rules")) {
      var name = item.text("name").map(Text::value).orElse("");
      var source = side(item, "source_matchers");
      var target = side(item, "target_matchers");
      var equal = matchers.labels(item, "equal", Set.of());
      item.end();
      if (Set.copyOf(equal).size() != equal.size()) {
        item.problem("equal", "equal: a label is listed twice");
      } else if (!source.isEmpty() && !target.isEmpty()) {
        rules.add(new InhibitRule(name, source, target, equal));
      }
    }
    if (alerts.flag("inhibit_defaults", true)) {
      rules.addAll(InhibitDefaults.RULES);
    }
    return rules;
  }

  private List<Matcher> side(Section item, String key) {
    var side = matchers.matchers(item, key);
    var written = item.node(key);
    if (written.isEmpty()
        || (written.get() instanceof Node.Sequence list && list.items().isEmpty())) {
      reading.problem(
          item.placeOf(key), "this inhibition has no %s; it would match all".formatted(key));
    }
    return side;
  }
}
