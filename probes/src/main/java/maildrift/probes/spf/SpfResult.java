package maildrift.probes.spf;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@code check_host()} answers (RFC 7208 §2.6).
 *
 * @param explanation the domain's own words for a fail (§6.2), macro-expanded, printable ASCII;
 *     empty where its {@code exp} gives none
 * @param term the term that decided, as written in the record that decided: the domain's own or the
 *     one it redirects to. Empty where no term did (no record, or the default neutral)
 * @param path how the decision was reached, outermost first, one {@code name: term} a record
 * @param why a short reason in words, for people
 */
public record SpfResult(
    Result result,
    Optional<String> explanation,
    Optional<String> term,
    List<String> path,
    String why) {

  public SpfResult {
    term = term.map(Printable::of);
    path = path.stream().map(Printable::of).toList();
    why = Printable.of(why);
  }

  /** The seven results of RFC 7208 §2.6. */
  public enum Result {
    /** No record, or no domain that could have one. */
    NONE,
    NEUTRAL,
    PASS,
    FAIL,
    SOFTFAIL,
    /** DNS did not answer: nothing is known. */
    TEMPERROR,
    /** The published records cannot be interpreted, or break a limit. */
    PERMERROR;

    /** The word of the RFC, e.g. {@code softfail}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
