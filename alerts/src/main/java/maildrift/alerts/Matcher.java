package maildrift.alerts;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A condition on one label, as in Alertmanager: {@code severity="critical"}, {@code
 * tenant!=contoso}, {@code domain=~".+\.example"}, {@code cause!~"mx1.*"}. Expressions match the
 * whole value (RE2: no input makes them slow); a label that is not there has the empty value.
 */
public final class Matcher {
  private static final int LONGEST = 4096;

  private final String name;
  private final Operator operator;
  private final String value;
  private final Optional<Pattern> pattern;

  /** How the value is compared. */
  public enum Operator {
    EQUAL("="),
    NOT_EQUAL("!="),
    MATCHES("=~"),
    MATCHES_NOT("!~");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }

    /** As the JSON of Alertmanager's silences says it. */
    public static Operator of(boolean isRegex, boolean isEqual) {
      if (isRegex) {
        return isEqual ? MATCHES : MATCHES_NOT;
      }
      return isEqual ? EQUAL : NOT_EQUAL;
    }

    public boolean isRegex() {
      return this == MATCHES || this == MATCHES_NOT;
    }

    public boolean isEqual() {
      return this == EQUAL || this == MATCHES;
    }
  }

  /**
   * One condition.
   *
   * @throws IllegalArgumentException when the name is no label name or the expression no RE2
   */
  public Matcher(String name, Operator operator, String value) {
    if (!isLabelName(name)) {
      throw new IllegalArgumentException("\"" + name + "\" is not a label name");
    }
    if (value.length() > LONGEST) {
      throw new IllegalArgumentException("the value for " + name + " is too long");
    }
    this.name = name;
    this.operator = operator;
    this.value = value;
    this.pattern = operator.isRegex() ? Optional.of(compile(value)) : Optional.empty();
  }

  /** The form {@code match: {severity: critical}} of the configuration. */
  public static Matcher equal(String name, String value) {
    return new Matcher(name, Operator.EQUAL, value);
  }

  /**
   * Reads one matcher, with or without quotes around the value.
   *
   * @throws IllegalArgumentException with what would have been right
   */
  public static Matcher parse(String text) {
    var all = parseAll(text);
    if (all.size() != 1) {
      throw new IllegalArgumentException("expected one matcher such as severity=\"critical\"");
    }
    return all.getFirst();
  }

  /**
   * Reads matchers, separated by commas, in braces or not.
   *
   * @throws IllegalArgumentException with what would have been right
   */
  public static List<Matcher> parseAll(String text) {
    return new Reader(text).matchers();
  }

  public String name() {
    return name;
  }

  public Operator operator() {
    return operator;
  }

  public String value() {
    return value;
  }

  public boolean matches(Labels labels) {
    return matches(labels.get(name));
  }

  /** Whether a label that is not there would match. */
  public boolean matchesEmpty() {
    return matches("");
  }

  private boolean matches(String actual) {
    return switch (operator) {
      case EQUAL -> actual.equals(value);
      case NOT_EQUAL -> !actual.equals(value);
      case MATCHES -> pattern.orElseThrow().matches(actual);
      case MATCHES_NOT -> !pattern.orElseThrow().matches(actual);
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Matcher that
        && name.equals(that.name)
        && operator == that.operator
        && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, operator, value);
  }

  @Override
  public String toString() {
    return name + operator.sign + quoted(value);
  }

  /** In double quotes, as Alertmanager prints label values. */
  public static String quoted(String value) {
    var quoted = new StringBuilder("\"");
    for (var i = 0; i < value.length(); i++) {
      switch (value.charAt(i)) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        default -> quoted.append(value.charAt(i));
      }
    }
    return quoted.append('"').toString();
  }

  private static Pattern compile(String expression) {
    try {
      return Pattern.compile("^(?:" + expression + ")$");
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "\"%s\" is not an RE2 expression: %s".formatted(expression, e.getDescription()), e);
    }
  }

  private static boolean isLabelName(String name) {
    return !name.isEmpty()
        && !isDigit(name.charAt(0))
        && name.chars().allMatch(c -> c == '_' || isDigit(c) || isLetter(c));
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** By hand, from left to right. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      var stripped = text.strip();
      this.text =
          stripped.startsWith("{") && stripped.endsWith("}")
              ? stripped.substring(1, stripped.length() - 1)
              : stripped;
    }

    List<Matcher> matchers() {
      var matchers = new ArrayList<Matcher>();
      skipSpace();
      while (at < text.length()) {
        matchers.add(matcher());
        skipSpace();
        if (at < text.length() && text.charAt(at++) != ',') {
          throw problem("expected a comma");
        }
        skipSpace();
      }
      return List.copyOf(matchers);
    }

    private Matcher matcher() {
      var start = at;
      while (at < text.length() && "=!~ ".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      var name = text.substring(start, at);
      skipSpace();
      var operator = operator();
      skipSpace();
      var value = at < text.length() && text.charAt(at) == '"' ? quotedValue() : plainValue();
      return new Matcher(name, operator, value);
    }

    private Operator operator() {
      for (var operator :
          List.of(Operator.MATCHES, Operator.MATCHES_NOT, Operator.NOT_EQUAL, Operator.EQUAL)) {
        if (text.startsWith(operator.sign, at)) {
          at += operator.sign.length();
          return operator;
        }
      }
      throw problem("expected =, !=, =~ or !~");
    }

    private String plainValue() {
      var end = text.indexOf(',', at);
      var value = text.substring(at, end < 0 ? text.length() : end).strip();
      at = end < 0 ? text.length() : end;
      return value;
    }

    private String quotedValue() {
      var value = new StringBuilder();
      for (at++; at < text.length(); at++) {
        var c = text.charAt(at);
        if (c == '"') {
          at++;
          return value.toString();
        }
        if (c == '\\' && at + 1 < text.length()) {
          var escaped = text.charAt(++at);
          switch (escaped) {
            case 'n' -> value.append('\n');
            case '"', '\\' -> value.append(escaped);
            // As in Alertmanager, a backslash before anything else stays: \. is for the expression.
            default -> value.append('\\').append(escaped);
          }
        } else {
          value.append(c);
        }
      }
      throw problem("a quoted value does not end");
    }

    private void skipSpace() {
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
    }

    private IllegalArgumentException problem(String what) {
      return new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s at character %d of \"%s\"; a matcher looks like severity=\"critical\"",
              what,
              at + 1,
              text));
    }
  }
}
