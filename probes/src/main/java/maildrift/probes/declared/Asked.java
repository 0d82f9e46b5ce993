package maildrift.probes.declared;

import java.util.ArrayList;
import java.util.List;
import maildrift.probes.Rule;

/** Gathers the rules that a domain's declarations give anything to judge by. */
final class Asked {
  private final List<Rule> rules = new ArrayList<>();

  Asked rule(Rule rule, boolean isAsked) {
    if (isAsked) {
      rules.add(rule);
    }
    return this;
  }

  List<Rule> rules() {
    return List.copyOf(rules);
  }
}
