package maildrift.probes.spf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Text with macros (RFC 7208 §7.1):
 *
 * <pre>
 * macro-string  = *( macro-expand / macro-literal )
 * macro-expand  = ( "%{" macro-letter transformers *delimiter "}" ) / "%%" / "%_" / "%-"
 * macro-literal = %x21-24 / %x26-7E
 * macro-letter  = "s" / "l" / "o" / "d" / "i" / "p" / "h" / "c" / "r" / "t" / "v"
 * transformers  = *DIGIT [ "r" ]
 * delimiter     = "." / "-" / "+" / "," / "/" / "_" / "="
 * </pre>
 *
 * @param text as written
 */
public record MacroString(String text, List<Part> parts) {
  static final String LETTERS = "slodiphcrtv";
  static final String DELIMITERS = ".-+,/_=";

  public MacroString {
    parts = List.copyOf(parts);
  }

  /** One piece. */
  public sealed interface Part {}

  /** Text that stands for itself. */
  public record Literal(String text) implements Part {}

  /**
   * {@code %{…}}.
   *
   * @param letter in lower case
   * @param escaped written in upper case: the expansion is URL-escaped (§7.3)
   * @param keep how many right-hand parts stay; 0: all
   * @param delimiters at which the value is split
   */
  public record Expand(char letter, boolean escaped, int keep, boolean reversed, String delimiters)
      implements Part {}

  /** {@code %%}, {@code %_} and {@code %-}. */
  public enum Fixed implements Part {
    PERCENT("%"),
    SPACE(" "),
    ENCODED_SPACE("%20");

    private final String text;

    Fixed(String text) {
      this.text = text;
    }
  }

  /** Where the letters get their values. */
  @FunctionalInterface
  public interface Values {
    /** The value of a macro letter (lower case). */
    String of(char letter);
  }

  /** Whether it uses {@code %{letter}}, in either case. */
  public boolean uses(char letter) {
    return parts.stream()
        .anyMatch(part -> part instanceof Expand expand && expand.letter == letter);
  }

  /** Whether anything in it depends on the message or the time. */
  public boolean hasMacros() {
    return parts.stream().anyMatch(Expand.class::isInstance);
  }

  /** Whether it can be expanded with nothing known but the domain ({@code %{d}}, {@code %{o}}). */
  public boolean isStatic() {
    return parts.stream()
        .allMatch(
            part ->
                !(part instanceof Expand expand) || expand.letter == 'd' || expand.letter == 'o');
  }

  public String expand(Values values) {
    var out = new StringBuilder();
    for (var part : parts) {
      switch (part) {
        case Literal literal -> out.append(literal.text);
        case Fixed fixed -> out.append(fixed.text);
        case Expand expand -> out.append(expanded(expand, values.of(expand.letter)));
      }
    }
    return out.toString();
  }

  private static String expanded(Expand macro, String value) {
    var pieces = split(value, macro.delimiters);
    if (macro.reversed) {
      Collections.reverse(pieces);
    }
    if (macro.keep > 0 && macro.keep < pieces.size()) {
      pieces = pieces.subList(pieces.size() - macro.keep, pieces.size());
    }
    var joined = String.join(".", pieces);
    return macro.escaped ? urlEscaped(joined) : joined;
  }

  private static List<String> split(String value, String delimiters) {
    var pieces = new ArrayList<String>();
    var from = 0;
    for (var i = 0; i < value.length(); i++) {
      if (delimiters.indexOf(value.charAt(i)) >= 0) {
        pieces.add(value.substring(from, i));
        from = i + 1;
      }
    }
    pieces.add(value.substring(from));
    return pieces;
  }

  /** RFC 3986 §2.3: everything that is not unreserved. */
  private static String urlEscaped(String value) {
    var out = new StringBuilder();
    for (var octet : value.getBytes(StandardCharsets.UTF_8)) {
      var c = (char) (octet & 0xff);
      if (isAlphanumeric(c) || "-._~".indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append("%%%02X".formatted((int) c));
      }
    }
    return out.toString();
  }

  static boolean isAlpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isAlphanumeric(char c) {
    return isAlpha(c) || isDigit(c);
  }

  @Override
  public String toString() {
    return text;
  }
}
