package maildrift.probes.spf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import maildrift.probes.network.Cidr;
import maildrift.probes.spf.MacroString.Expand;
import maildrift.probes.spf.MacroString.Fixed;
import maildrift.probes.spf.MacroString.Literal;
import maildrift.probes.spf.MacroString.Part;
import maildrift.probes.spf.SyntaxProblem.Kind;
import maildrift.probes.spf.Term.DualCidr;
import maildrift.probes.spf.Term.Mechanism;

/** Reads a record by the letter of RFC 7208 §12. One is made for each record. */
final class SpfParser {
  static final List<String> MECHANISMS =
      List.of("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists");

  private final String text;
  private final List<Term> terms = new ArrayList<>();
  private final List<SyntaxProblem> problems = new ArrayList<>();

  SpfParser(String text) {
    this.text = text;
  }

  /** Something read, or what hindered it. */
  private sealed interface Read<T> {
    default <U> Read<U> then(Function<T, Read<U>> next) {
      return switch (this) {
        case Good<T>(var value) -> next.apply(value);
        case Bad<T>(var message, var expected) -> new Bad<>(message, expected);
      };
    }

    default <U> Read<U> map(Function<T, U> change) {
      return then(value -> new Good<>(change.apply(value)));
    }
  }

  private record Good<T>(T value) implements Read<T> {}

  private record Bad<T>(String message, String expected) implements Read<T> {}

  private static <T> Bad<T> bad(String message) {
    return new Bad<>(message, "");
  }

  SpfRecord parse() {
    var at = SpfRecord.VERSION.length();
    while (at < text.length()) {
      if (text.charAt(at) == ' ') {
        at++;
        continue;
      }
      var end = text.indexOf(' ', at);
      if (end < 0) {
        end = text.length();
      }
      term(text.substring(at, end), at);
      at = end;
    }
    return new SpfRecord(text, terms, problems);
  }

  private void term(String token, int offset) {
    switch (read(token, offset)) {
      case Good<Term>(var term) -> {
        reportSecond(term);
        terms.add(term);
        Mistakes.in(term).ifPresent(problems::add);
      }
      case Bad<Term>(var message, var expected) ->
          problems.add(new SyntaxProblem(Kind.SYNTAX, offset, token, message, expected));
    }
  }

  /** §6: redirect and exp "MUST NOT appear in a record more than once each". */
  private void reportSecond(Term term) {
    switch (term) {
      case Term.Redirect redirect -> {
        if (terms.stream().anyMatch(Term.Redirect.class::isInstance)) {
          problems.add(
              new SyntaxProblem(
                  Kind.SECOND_REDIRECT,
                  redirect.offset(),
                  redirect.text(),
                  "a second redirect= in one record",
                  "one redirect="));
        }
      }
      case Term.Explanation explanation -> {
        if (terms.stream().anyMatch(Term.Explanation.class::isInstance)) {
          problems.add(
              new SyntaxProblem(
                  Kind.SECOND_EXP,
                  explanation.offset(),
                  explanation.text(),
                  "a second exp= in one record",
                  "one exp="));
        }
      }
      case Term.Directive _, Term.Unknown _ -> {}
    }
  }

  private static Read<Term> read(String token, int offset) {
    for (var i = 0; i < token.length(); i++) {
      var c = token.charAt(i);
      if (c < 0x21 || c > 0x7e) {
        return new Bad<>(
            "octet %d is not allowed; a record is printable ASCII and terms are separated by spaces"
                .formatted((int) c),
            token.substring(0, i));
      }
    }
    var mark = firstOf(token, ":/=");
    return mark < token.length() && token.charAt(mark) == '='
        ? modifier(token, offset, mark)
        : directive(token, offset);
  }

  private static int firstOf(String token, String marks) {
    for (var i = 0; i < token.length(); i++) {
      if (marks.indexOf(token.charAt(i)) >= 0) {
        return i;
      }
    }
    return token.length();
  }

  /** {@code name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." )}. */
  private static boolean isName(String name) {
    return !name.isEmpty()
        && MacroString.isAlpha(name.charAt(0))
        && name.chars()
            .allMatch(
                c -> MacroString.isAlphanumeric((char) c) || c == '-' || c == '_' || c == '.');
  }

  private static Read<Term> modifier(String token, int offset, int equals) {
    var name = token.substring(0, equals);
    if (!isName(name)) {
      return new Bad<>(
          "'%s' is not the name of a modifier, which begins with a letter".formatted(name),
          Suggestions.forModifier(token, name));
    }
    var value = token.substring(equals + 1);
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "redirect" -> domainSpec(value).map(spec -> new Term.Redirect(spec, token, offset));
      case "exp" -> domainSpec(value).map(spec -> new Term.Explanation(spec, token, offset));
      default ->
          macroString(value, Allowed.EVERY_LETTER)
              .map(macros -> new Term.Unknown(name, macros, token, offset));
    };
  }

  private static Read<Term> directive(String token, int offset) {
    var qualifier = Qualifier.of(token.charAt(0));
    var bare = qualifier.isPresent() ? token.substring(1) : token;
    var end = firstOf(bare, ":/=");
    var name = bare.substring(0, end);
    return mechanism(name, bare.substring(end), bare)
        .map(
            mechanism ->
                new Term.Directive(qualifier.orElse(Qualifier.PASS), mechanism, token, offset));
  }

  private static Read<Mechanism> mechanism(String name, String rest, String bare) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "all" ->
          rest.isEmpty() ? new Good<>(new Term.All()) : new Bad<>("all takes no argument", "all");
      case "include" -> argument(name, rest).map(Term.Include::new);
      case "exists" -> argument(name, rest).map(Term.Exists::new);
      case "ptr" ->
          rest.isEmpty()
              ? new Good<>(new Term.Ptr(Optional.empty()))
              : argument(name, rest).map(spec -> new Term.Ptr(Optional.of(spec)));
      case "a" -> addresses(rest, Term.A::new);
      case "mx" -> addresses(rest, Term.Mx::new);
      case "ip4" -> network(name, rest, 4).map(Term.Ip4::new);
      case "ip6" -> network(name, rest, 16).map(Term.Ip6::new);
      default ->
          new Bad<>(
              "'%s' is no mechanism; they are %s".formatted(name, String.join(" ", MECHANISMS)),
              Suggestions.forMechanism(name, rest, bare));
    };
  }

  private static Read<DomainSpec> argument(String name, String rest) {
    if (!rest.startsWith(":")) {
      return new Bad<>(
          rest.isEmpty() || rest.startsWith("=")
              ? name + " needs a name after a colon"
              : name + " takes a name after a colon, no prefix length",
          name + ":name.example");
    }
    return domainSpec(rest.substring(1));
  }

  private interface AddressMechanism {
    Mechanism of(Optional<DomainSpec> target, DualCidr prefixes);
  }

  /**
   * {@code A = "a" [ ":" domain-spec ] [ dual-cidr-length ]}. A domain-spec may itself hold
   * slashes, so that the prefix lengths are taken from the right.
   */
  private static Read<Mechanism> addresses(String rest, AddressMechanism maker) {
    var end = rest.length();
    var ip6 = "";
    var ip4 = "";
    var slash = slashBeforeDigits(rest, end);
    if (slash > 0 && rest.charAt(slash - 1) == '/') {
      ip6 = rest.substring(slash + 1, end);
      end = slash - 1;
      slash = slashBeforeDigits(rest, end);
    }
    if (slash >= 0) {
      ip4 = rest.substring(slash + 1, end);
      end = slash;
    }
    var target = rest.substring(0, end);
    var ip4Digits = ip4;
    var ip6Digits = ip6;
    return prefix(ip4Digits, 32)
        .then(
            four ->
                prefix(ip6Digits, 128)
                    .then(
                        six -> {
                          var prefixes = new DualCidr(four, six);
                          if (target.isEmpty()) {
                            return new Good<>(maker.of(Optional.empty(), prefixes));
                          }
                          if (!target.startsWith(":")) {
                            return bad("'%s' is no prefix length".formatted(target));
                          }
                          return domainSpec(target.substring(1))
                              .map(spec -> maker.of(Optional.of(spec), prefixes));
                        }));
  }

  /** The slash before the digits that end at {@code end}; -1 without digits or slash. */
  private static int slashBeforeDigits(String text, int end) {
    var at = end;
    while (at > 0 && MacroString.isDigit(text.charAt(at - 1))) {
      at--;
    }
    return at < end && at > 0 && text.charAt(at - 1) == '/' ? at - 1 : -1;
  }

  /** {@code "/" ("0" / %x31-39 0*2DIGIT)}; no digits: the whole address. */
  private static Read<Integer> prefix(String digits, int longest) {
    if (digits.isEmpty()) {
      return new Good<>(longest);
    }
    var good =
        digits.length() <= 3
            && digits.chars().allMatch(c -> MacroString.isDigit((char) c))
            && (digits.length() == 1 || digits.charAt(0) != '0')
            && Integer.parseInt(digits) <= longest;
    return good
        ? new Good<>(Integer.parseInt(digits))
        : new Bad<>(
            "'/%s' is no prefix length between 0 and %d without leading zeros"
                .formatted(digits, longest),
            "/" + longest);
  }

  private static Read<Cidr> network(String name, String rest, int octets) {
    if (!rest.startsWith(":")) {
      return bad(name + " needs a network after a colon");
    }
    var body = rest.substring(1);
    var slash = body.indexOf('/');
    var host = slash < 0 ? body : body.substring(0, slash);
    var address = Cidr.octets(host).filter(found -> found.length == octets);
    if (address.isEmpty()) {
      return new Bad<>(
          "'%s' is no %s address".formatted(host, octets == 4 ? "IPv4" : "IPv6"),
          Suggestions.forNetwork(body, host));
    }
    if (slash == body.length() - 1) {
      return new Bad<>("no prefix length after the slash", name + ":" + host);
    }
    return prefix(slash < 0 ? "" : body.substring(slash + 1), octets * 8)
        .map(length -> Cidr.of(address.get(), length));
  }

  private static Read<DomainSpec> domainSpec(String value) {
    if (value.isEmpty()) {
      return bad("a domain name is missing");
    }
    return macroString(value, Allowed.IN_NAMES)
        .then(
            macros -> {
              if (!(macros.parts().getLast() instanceof Literal(var tail))) {
                return new Good<>(new DomainSpec(macros));
              }
              var end = DomainSpec.withoutTrailingDot(tail);
              var dot = end.lastIndexOf('.');
              if (dot < 0) {
                return bad("'%s' is no domain name of two or more labels".formatted(value));
              }
              var toplabel = end.substring(dot + 1);
              return DomainSpec.isToplabel(toplabel)
                  ? new Good<>(new DomainSpec(macros))
                  : new Bad<>(
                      "'%s' cannot be the last label of a domain name".formatted(toplabel),
                      Suggestions.forName(value));
            });
  }

  /** What a macro-string may hold, by where it stands. */
  private enum Allowed {
    /** §7.2: c, r and t are "allowed only in exp text". */
    IN_NAMES,
    EVERY_LETTER,
    /** {@code explain-string = *( macro-string / SP )}. */
    EXPLANATION
  }

  /** Reads the text that {@code exp} points to (§6.2); empty if its syntax is wrong. */
  static Optional<MacroString> explanation(String text) {
    return macroString(text, Allowed.EXPLANATION) instanceof Good<MacroString>(var macros)
        ? Optional.of(macros)
        : Optional.empty();
  }

  private static Read<MacroString> macroString(String value, Allowed allowed) {
    var parts = new ArrayList<Part>();
    var literal = new StringBuilder();
    var at = 0;
    while (at < value.length()) {
      var c = value.charAt(at);
      if (c != '%') {
        if ((c < 0x21 || c > 0x7e) && !(c == ' ' && allowed == Allowed.EXPLANATION)) {
          return bad("octet %d is not allowed".formatted((int) c));
        }
        literal.append(c);
        at++;
        continue;
      }
      if (!literal.isEmpty()) {
        parts.add(new Literal(literal.toString()));
        literal.setLength(0);
      }
      var next = at + 1 < value.length() ? value.charAt(at + 1) : ' ';
      switch (next) {
        case '%' -> parts.add(Fixed.PERCENT);
        case '_' -> parts.add(Fixed.SPACE);
        case '-' -> parts.add(Fixed.ENCODED_SPACE);
        case '{' -> {
          var close = value.indexOf('}', at);
          if (close < 0) {
            return bad("the macro at '%s' is not closed with }".formatted(value.substring(at)));
          }
          switch (macro(value.substring(at + 2, close), allowed)) {
            case Good<Expand>(var expand) -> parts.add(expand);
            case Bad<Expand>(var message, var expected) -> {
              return new Bad<>(message, expected);
            }
          }
          at = close - 1;
        }
        default -> {
          return bad(
              "a % must be followed by {, %, _ or -, not by '" + (next == ' ' ? "" : next) + "'");
        }
      }
      at += 2;
    }
    if (!literal.isEmpty()) {
      parts.add(new Literal(literal.toString()));
    }
    return new Good<>(new MacroString(value, parts));
  }

  /** {@code macro-letter transformers *delimiter}, what stands between the braces. */
  private static Read<Expand> macro(String body, Allowed allowed) {
    if (body.isEmpty()) {
      return bad("a macro without a letter");
    }
    var letter = Character.toLowerCase(body.charAt(0));
    if (MacroString.LETTERS.indexOf(letter) < 0) {
      return bad("'%s' is no macro letter; they are s l o d i p h v".formatted(body.charAt(0)));
    }
    if (allowed == Allowed.IN_NAMES && "crt".indexOf(letter) >= 0) {
      return bad("%%{%s} is allowed in the explanation's text only".formatted(body.charAt(0)));
    }
    var at = 1;
    while (at < body.length() && MacroString.isDigit(body.charAt(at))) {
      at++;
    }
    var keep = keep(body.substring(1, at));
    if (keep < 0) {
      return bad("the number of parts in %%{%s} must not be zero".formatted(body));
    }
    var reversed = at < body.length() && (body.charAt(at) == 'r' || body.charAt(at) == 'R');
    var delimiters = body.substring(reversed ? at + 1 : at);
    if (!delimiters.chars().allMatch(c -> MacroString.DELIMITERS.indexOf(c) >= 0)) {
      return bad(
          "'%s' in %%{%s} is no delimiter; they are . - + , / _ =".formatted(delimiters, body));
    }
    return new Good<>(
        new Expand(
            letter,
            Character.isUpperCase(body.charAt(0)),
            keep,
            reversed,
            delimiters.isEmpty() ? "." : delimiters));
  }

  /** The number of right-hand parts: 0 for all, -1 for a written zero; beyond any use, a lot. */
  private static int keep(String digits) {
    if (digits.isEmpty()) {
      return 0;
    }
    if (digits.chars().allMatch(c -> c == '0')) {
      return -1;
    }
    return digits.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }
}
