package maildrift.probes.spf;

/**
 * What is wrong with one place of a record.
 *
 * @param kind how receivers take it
 * @param offset of the token in the joined record, from 0
 * @param token the offending text, made printable
 * @param message what is wrong, half a sentence
 * @param expected what would be right, e.g. {@code include:x.test}; may be empty
 */
public record SyntaxProblem(Kind kind, int offset, String token, String message, String expected) {

  public SyntaxProblem {
    token = Printable.of(token);
    message = Printable.of(message);
    expected = Printable.of(expected);
  }

  /** How receivers take it. */
  public enum Kind {
    /** Breaks the grammar: permerror (RFC 7208 §4.6). */
    SYNTAX,
    /** {@code redirect} twice: permerror (§6). */
    SECOND_REDIRECT,
    /** {@code exp} twice: permerror (§6). */
    SECOND_EXP,
    /** Good grammar, but surely not what was meant; receivers do something else than the author. */
    MISTAKE
  }

  /** Whether receivers answer permerror because of it. */
  public boolean isPermanentError() {
    return switch (kind) {
      case SYNTAX, SECOND_REDIRECT, SECOND_EXP -> true;
      case MISTAKE -> false;
    };
  }

  /** One line: {@code at offset 7 'include:include:x.test': …; write include:x.test}. */
  @Override
  public String toString() {
    return "at offset %d '%s': %s%s"
        .formatted(
            offset, token, message, expected.isEmpty() ? "" : "; right would be " + expected);
  }
}
