package maildrift.probes.spf;

import java.util.Locale;
import java.util.Optional;
import maildrift.probes.spf.SyntaxProblem.Kind;

/** Terms that the grammar allows and that nobody means. */
final class Mistakes {

  private Mistakes() {}

  static Optional<SyntaxProblem> in(Term term) {
    return switch (term) {
      case Term.Unknown unknown -> ignored(unknown);
      case Term.Directive _, Term.Redirect _, Term.Explanation _ -> doubled(term);
    };
  }

  /** {@code ip4=192.0.2.1} is an unknown modifier, which receivers ignore without a word. */
  private static Optional<SyntaxProblem> ignored(Term.Unknown unknown) {
    var name = unknown.name().toLowerCase(Locale.ROOT);
    if (SpfParser.MECHANISMS.contains(name)) {
      return Optional.of(
          mistake(
              unknown,
              "receivers ignore it as an unknown modifier; a mechanism takes a colon",
              name.equals("all") ? "all" : name + ":" + unknown.value().text()));
    }
    if (name.equals("v")) {
      return Optional.of(
          mistake(unknown, "the version belongs to the start of the record, once", ""));
    }
    return Optional.empty();
  }

  /** {@code include:include:x.test} asks for the name {@code include:x.test}. */
  private static Optional<SyntaxProblem> doubled(Term term) {
    return term.names()
        .map(DomainSpec::toString)
        .flatMap(
            name -> {
              var mark = name.indexOf(':');
              if (mark < 0) {
                return Optional.empty();
              }
              var prefix = name.substring(0, mark).toLowerCase(Locale.ROOT);
              if (!SpfParser.MECHANISMS.contains(prefix) && !prefix.equals("redirect")) {
                return Optional.empty();
              }
              var at = term.text().indexOf(name);
              return Optional.of(
                  mistake(
                      term,
                      "receivers ask for the name '%s'".formatted(name),
                      term.text().substring(0, at) + name.substring(mark + 1)));
            });
  }

  private static SyntaxProblem mistake(Term term, String message, String expected) {
    return new SyntaxProblem(Kind.MISTAKE, term.offset(), term.text(), message, expected);
  }
}
