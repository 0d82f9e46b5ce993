package maildrift.probes.spf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Corrected records, complete and ready to paste. */
final class Repair {

  private Repair() {}

  private static List<String> tokens(String record) {
    return Arrays.stream(record.split(" ", -1)).filter(token -> !token.isEmpty()).toList();
  }

  private static String joined(List<String> tokens) {
    return Printable.of(String.join(" ", tokens));
  }

  /** The record with a term in front, or before what decides the rest. */
  static String with(String record, String term, boolean first) {
    var tokens = new ArrayList<>(tokens(record));
    tokens.removeIf(token -> bare(token).equalsIgnoreCase(bare(term)));
    var at = 1;
    var isPlain = tokens.stream().skip(1).allMatch(token -> isPassing(token) || isLast(token));
    if (!first && isPlain) {
      while (at < tokens.size() && !isLast(tokens.get(at))) {
        at++;
      }
    }
    tokens.add(at, term);
    return joined(tokens);
  }

  private static String bare(String token) {
    return Qualifier.of(token.charAt(0)).isPresent() ? token.substring(1) : token;
  }

  private static boolean isPassing(String token) {
    return Qualifier.of(token.charAt(0)).filter(found -> found != Qualifier.PASS).isEmpty();
  }

  /** {@code all} and the modifiers, which belong to the end. */
  private static boolean isLast(String token) {
    var lower = bare(token).toLowerCase(Locale.ROOT);
    return lower.equals("all") || lower.startsWith("redirect=") || lower.startsWith("exp=");
  }

  /** The record without the given terms. */
  static String without(String record, List<String> terms) {
    return joined(tokens(record).stream().filter(token -> !terms.contains(token)).toList());
  }

  /** The record with each term once, where it first stands. */
  static String eachOnce(String record) {
    var seen = new LinkedHashSet<String>();
    return joined(
        tokens(record).stream().filter(token -> seen.add(token.toLowerCase(Locale.ROOT))).toList());
  }

  /** The record with each broken token replaced by what would be right, where that is known. */
  static Optional<String> corrected(SpfRecord record) {
    if (record.problems().stream()
        .anyMatch(problem -> problem.expected().isEmpty() || problem.expected().contains(" "))) {
      return Optional.empty();
    }
    var tokens = new ArrayList<String>();
    for (var token : tokens(record.text())) {
      var problem =
          record.problems().stream().filter(found -> found.token().equals(token)).findFirst();
      tokens.add(problem.map(SyntaxProblem::expected).orElse(token));
    }
    var text = joined(tokens);
    return SpfRecord.isSpf(text) && SpfRecord.parse(text).problems().isEmpty()
        ? Optional.of(text)
        : Optional.empty();
  }

  /** The record with {@code all} at the end. */
  static String allLast(String record) {
    var tokens = tokens(record);
    var all = tokens.stream().filter(token -> bare(token).equalsIgnoreCase("all")).findFirst();
    var rest = tokens.stream().filter(token -> !bare(token).equalsIgnoreCase("all")).toList();
    var out = new ArrayList<>(rest);
    all.ifPresent(out::add);
    return joined(out);
  }

  /** The record that ends in {@code all} with the given qualifier instead of its own. */
  static String endingIn(String record, String all) {
    var out =
        new ArrayList<>(
            tokens(record).stream().filter(token -> !bare(token).equalsIgnoreCase("all")).toList());
    out.add(all);
    return joined(out);
  }

  /**
   * One record for several: every mechanism once, redirects as includes, and of the {@code all}s
   * the one that refuses least without letting everybody pass, so that a merge loses no mail.
   */
  static String merged(List<SpfRecord> records) {
    var terms = new LinkedHashSet<String>();
    var alls = new ArrayList<Qualifier>();
    var redirects = new LinkedHashSet<String>();
    for (var record : records) {
      for (var term : record.terms()) {
        switch (term) {
          case Term.Directive directive -> {
            if (directive.mechanism() instanceof Term.All) {
              alls.add(directive.qualifier());
            } else {
              terms.add(directive.text());
            }
          }
          case Term.Redirect redirect -> redirects.add("include:" + redirect.target());
          case Term.Explanation _, Term.Unknown _ -> {}
        }
      }
    }
    terms.addAll(redirects);
    var all = alls.contains(Qualifier.FAIL) && !alls.contains(Qualifier.SOFTFAIL) ? "-all" : "~all";
    var out = new ArrayList<String>();
    out.add(SpfRecord.VERSION);
    out.addAll(terms);
    out.add(alls.contains(Qualifier.NEUTRAL) ? "?all" : all);
    return joined(out);
  }
}
