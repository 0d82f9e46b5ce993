package maildrift.monitor.config;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.Rule;

/**
 * The words that a configuration may use and that others define.
 *
 * @param rules ids, for {@code waive} and {@code severities}
 * @param probes names, for {@code skip}
 */
public record Vocabulary(Set<String> rules, Set<String> probes) {

  public Vocabulary {
    rules = Set.copyOf(rules);
    probes = Set.copyOf(probes);
  }

  /**
   * What the probes know, and the monitor's own.
   *
   * @param ownRules rules that no probe judges by, such as {@code probe.unobservable}
   */
  public static Vocabulary with(Set<String> ownRules) {
    var rules = new HashSet<>(ownRules);
    var probes = new TreeSet<String>();
    for (var probe : ProbeCatalog.all()) {
      probes.add(probe.name());
      probe.rules().stream().map(Rule::id).forEach(rules::add);
    }
    return new Vocabulary(rules, probes);
  }
}
