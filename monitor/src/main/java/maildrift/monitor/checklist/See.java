package maildrift.monitor.checklist;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import maildrift.probes.Severity;

/**
 * What shows that a step is done; all of it must.
 *
 * @param rules that must hold
 * @param from findings of less than this do not count against it
 */
public record See(List<String> rules, Severity from, List<Fact> facts, List<Declaration> declared) {

  public static final See NOTHING = new See(List.of(), Severity.INFO, List.of(), List.of());

  public See {
    rules = List.copyOf(rules);
    facts = List.copyOf(facts);
    declared = List.copyOf(declared);
  }

  public boolean isEmpty() {
    return rules.isEmpty() && facts.isEmpty() && declared.isEmpty();
  }

  /**
   * A fact that a probe must have found.
   *
   * @param path names with dots between them; where a list stands, each of its items counts
   * @param is one of these words; empty: any value but none
   * @param atMost the highest number
   * @param atLeast the lowest number
   */
  public record Fact(
      String probe, String path, Set<String> is, OptionalLong atMost, OptionalLong atLeast) {
    public Fact {
      is = Set.copyOf(is);
    }

    /** As messages call it. */
    public String name() {
      return probe + " " + path;
    }

    /** What it must be, in words. */
    public String wanted() {
      if (atMost.isPresent()) {
        return "at most " + atMost.getAsLong();
      }
      if (atLeast.isPresent()) {
        return "at least " + atLeast.getAsLong();
      }
      return is.isEmpty() ? "there" : String.join(" or ", is.stream().sorted().toList());
    }
  }

  /**
   * Something that the operator must have declared.
   *
   * @param demand what it must say
   * @param paste the line of the configuration that declares it; may have placeholders
   */
  public record Declaration(Setting setting, Demand demand, Optional<String> paste) {}

  /** What a declared setting must say. */
  public sealed interface Demand {
    /** Anything. */
    record Something() implements Demand {}

    /** Nothing: the field is empty there. */
    record Nothing() implements Demand {}

    /** Only these words. */
    record Only(Set<String> words) implements Demand {
      public Only {
        words = Set.copyOf(words);
      }
    }

    /** All of these words, and whatever else; placeholders are filled in. */
    record All(List<String> words) implements Demand {
      public All {
        words = List.copyOf(words);
      }
    }
  }
}
