package maildrift.probes.spf;

import java.util.List;
import java.util.Optional;

/**
 * A record (RFC 7208 §4.5, §12): {@code record = version terms *SP}, {@code version = "v=spf1"}.
 *
 * @param text the joined character-strings, one char an octet
 * @param terms those that could be read, in order
 * @param problems what is wrong with it, in order; empty for a good record
 */
public record SpfRecord(String text, List<Term> terms, List<SyntaxProblem> problems) {
  static final String VERSION = "v=spf1";

  public SpfRecord {
    terms = List.copyOf(terms);
    problems = List.copyOf(problems);
  }

  /**
   * Whether a TXT record is an SPF record: it begins with exactly {@code v=spf1} in any case, and
   * then ends or goes on with a space (RFC 7208 §4.5).
   */
  public static boolean isSpf(String joined) {
    return joined.regionMatches(true, 0, VERSION, 0, VERSION.length())
        && (joined.length() == VERSION.length() || joined.charAt(VERSION.length()) == ' ');
  }

  /** Whether a record refuses every sender: {@code v=spf1 -all} (RFC 7208 §10.1.2). */
  static boolean isRefusal(String joined) {
    return isSpf(joined)
        && parse(joined).terms().stream()
            .filter(Term.Directive.class::isInstance)
            .map(Term.Directive.class::cast)
            .findFirst()
            .filter(first -> first.isAll() && first.qualifier() == Qualifier.FAIL)
            .isPresent();
  }

  /**
   * Reads a record. Never fails: what cannot be read is among the problems, and the other terms are
   * there.
   *
   * @throws IllegalArgumentException if the text is not an SPF record at all
   */
  public static SpfRecord parse(String joined) {
    if (!isSpf(joined)) {
      throw new IllegalArgumentException("not an SPF record: " + Printable.of(joined));
    }
    return new SpfParser(joined).parse();
  }

  /** Receivers answer permerror without looking further (§4.6). */
  public boolean isPermanentError() {
    return problems.stream().anyMatch(SyntaxProblem::isPermanentError);
  }

  /** The first {@code all}, behind which no mechanism is ever tested (§5.1). */
  public Optional<Term.Directive> all() {
    return terms.stream().filter(Term::isAll).map(Term.Directive.class::cast).findFirst();
  }

  public Optional<Term.Redirect> redirect() {
    return terms.stream()
        .filter(Term.Redirect.class::isInstance)
        .map(Term.Redirect.class::cast)
        .findFirst();
  }

  public Optional<Term.Explanation> explanation() {
    return terms.stream()
        .filter(Term.Explanation.class::isInstance)
        .map(Term.Explanation.class::cast)
        .findFirst();
  }

  /** The text, made printable. */
  public String shown() {
    return Printable.of(text);
  }
}
