package maildrift.monitor.report;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.Severity;

/**
 * A published set of demands on mail domains.
 *
 * @param id for {@code --framework}
 * @param source which edition, and how sure we are of it
 */
public record Framework(String id, String name, String source, List<Demand> demands) {

  public Framework {
    demands = List.copyOf(demands);
  }

  /**
   * One thing a framework demands.
   *
   * @param rules ids of the rules that show it; {@code dane.*} stands for all rules of an area
   * @param from findings of less than this do not break it
   * @param facts what a probe's facts must say besides
   * @param needs facts without which nothing can be said
   * @param invisible why no monitor can see it; empty: one can
   */
  public record Demand(
      String id,
      String title,
      List<String> rules,
      Severity from,
      List<Fact> facts,
      List<Needed> needs,
      Optional<String> invisible) {

    public Demand {
      rules = List.copyOf(rules);
      facts = List.copyOf(facts);
      needs = List.copyOf(needs);
    }

    boolean covers(String rule) {
      return rules.stream()
          .anyMatch(
              own ->
                  own.endsWith(".*")
                      ? rule.startsWith(own.substring(0, own.length() - 1))
                      : own.equals(rule));
    }
  }

  /** The probe's fact must be one of these words; empty: it must be there. */
  public record Fact(String probe, String name, Set<String> in) {
    public Fact {
      in = Set.copyOf(in);
    }

    boolean accepts(String word) {
      return in.isEmpty() || in.contains(word);
    }

    String wanted() {
      return in.isEmpty() ? "published" : String.join(" or ", in.stream().sorted().toList());
    }
  }

  /** The probe's fact, a list, must not be empty. */
  public record Needed(String probe, String name, String otherwise) {}
}
