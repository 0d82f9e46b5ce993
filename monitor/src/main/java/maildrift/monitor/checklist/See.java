package maildrift.monitor.checklist;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import maildrift.probes.Severity;

/**
 * What shows that a step is done; all of it must.
 *
 * @param rules that must hold
 * @param from findings of less than this do not count against it
 * @param only of some of the rules, by their ids: which of their findings count against it
 */
public record See(
    List<String> rules,
    Severity from,
    List<Fact> facts,
    List<Declaration> declared,
    Map<String, Only> only) {

  public static final See NOTHING = new See(List.of(), Severity.INFO, List.of(), List.of());

  public See {
    rules = List.copyOf(rules);
    facts = List.copyOf(facts);
    declared = List.copyOf(declared);
    only = Map.copyOf(only);
  }

  public See(List<String> rules, Severity from, List<Fact> facts, List<Declaration> declared) {
    this(rules, from, facts, declared, Map.of());
  }

  public boolean isEmpty() {
    return rules.isEmpty() && facts.isEmpty() && declared.isEmpty();
  }

  /** Whose findings of a rule are meant; what is said of others is another step's business. */
  public sealed interface Only {
    /** Of the hosts or the list that are declared as this. */
    record Of(Setting setting) implements Only {}

    /** Of this subject; with placeholders. */
    record Subject(String subject) implements Only {}
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

  /** The hosts of which a declared one must be. */
  public enum Provided {
    /** To which a gateway hands mail, by the checklist's own profiles. */
    FORWARDING,
    /** Through which a gateway sends, by the checklist's own profiles. */
    SMARTHOSTS,
    /** That take mail for the mailboxes, by the domain's other profiles. */
    MAILBOXES;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

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

    /**
     * Only hosts that a profile prescribes for it: another one is not known to be wrong, but is not
     * what the step asks for.
     */
    record Among(Provided provided) implements Demand {}

    /** All of these words, and whatever else; placeholders are filled in. */
    record All(List<String> words) implements Demand {
      public All {
        words = List.copyOf(words);
      }
    }
  }
}
