package maildrift.probes.textrecord;

import java.util.ArrayList;
import java.util.List;

/**
 * The grammar that the records of MTA-STS (RFC 8461 §3.1) and TLS-RPT (RFC 8460 §3) share:
 *
 * <pre>
 * record      = version 1*(field-delim field) [field-delim]
 * field-delim = *WSP ";" *WSP
 * extension   = ext-name "=" ext-value
 * ext-name    = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".")
 * ext-value   = 1*(%x21-3A / %x3C / %x3E-7E)  ; no "=", ";", SP, CTL
 * </pre>
 */
public sealed interface FieldList {

  /** Fields in their order, at least one. */
  record Fields(List<Field> fields) implements FieldList {
    public Fields {
      fields = List.copyOf(fields);
    }
  }

  /**
   * It does not follow the grammar.
   *
   * @param why half a sentence
   */
  record Broken(String why) implements FieldList {}

  /**
   * One field as written.
   *
   * @param name what is before the first equals sign
   * @param value what is behind it
   */
  record Field(String name, String value) {
    private static final int MAX_NAME = 32;

    /** Whether it is one that receivers accept without knowing it. */
    public boolean isExtension() {
      return isName() && isValue();
    }

    private boolean isName() {
      return !name.isEmpty()
          && name.length() <= MAX_NAME
          && isAlphanumeric(name.charAt(0))
          && name.chars().allMatch(c -> isAlphanumeric(c) || c == '_' || c == '-' || c == '.');
    }

    private boolean isValue() {
      return !value.isEmpty()
          && value.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '=' && c != ';');
    }

    @Override
    public String toString() {
      return quoted(name + "=" + value);
    }
  }

  /** The version and a delimiter; what does not begin so is somebody else's record. */
  static boolean claims(String text, String version) {
    return text.startsWith(version)
        && afterSpace(text, version.length()) < text.length()
        && text.charAt(afterSpace(text, version.length())) == ';';
  }

  /** Reads a record of this version. */
  static FieldList parse(String text, String version) {
    if (!claims(text, version)) {
      return new Broken(
          text.startsWith(version)
              ? "';' expected after " + version
              : "it must begin with " + version + ";");
    }
    var fields = new ArrayList<Field>();
    for (var at = afterSpace(text, version.length()) + 1; ; ) {
      at = afterSpace(text, at);
      var semicolon = text.indexOf(';', at);
      if (at == text.length() && !fields.isEmpty()) {
        return new Fields(fields);
      }
      var end = semicolon < 0 ? text.length() : semicolon;
      var field = text.substring(at, semicolon < 0 ? end : beforeSpace(text, at, end));
      var equals = field.indexOf('=');
      if (field.isEmpty()) {
        return new Broken(semicolon < 0 ? "it has no field" : "an empty field");
      }
      if (equals < 0) {
        return new Broken("a field without '=': " + quoted(field));
      }
      if (isSpace(field.charAt(field.length() - 1))) {
        return new Broken("white space at the end that no ';' follows");
      }
      fields.add(new Field(field.substring(0, equals), field.substring(equals + 1)));
      if (semicolon < 0) {
        return new Fields(fields);
      }
      at = semicolon + 1;
    }
  }

  private static int afterSpace(String text, int from) {
    var at = from;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static int beforeSpace(String text, int from, int end) {
    var at = end;
    while (at > from && isSpace(text.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  /** WSP of RFC 5234. */
  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  static boolean isAlphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** For a message: in quotes, short, without what cannot be printed. */
  static String quoted(String text) {
    var clean = new StringBuilder("\"");
    text.chars().limit(48).forEach(c -> clean.append(c >= 0x20 && c < 0x7f ? (char) c : '?'));
    return clean.append(text.length() > 48 ? "…\"" : "\"").toString();
  }
}
