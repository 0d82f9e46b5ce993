package maildrift.probes.mtasts;

import java.util.Optional;

/**
 * The record at {@code _mta-sts} (RFC 8461 §3.1):
 *
 * <pre>
 * sts-text-record = sts-version 1*(sts-field-delim sts-field) [sts-field-delim]
 * sts-version     = %s"v=STSv1"
 * sts-field       = sts-id / sts-extension
 * sts-field-delim = *WSP ";" *WSP
 * sts-id          = %s"id=" 1*32(ALPHA / DIGIT)
 * sts-extension   = name "=" value
 * </pre>
 *
 * @param id changes with every new policy; nothing where the record is broken
 * @param problem half a sentence; nothing where the record is fine
 */
public record StsRecord(String text, Optional<String> id, Optional<String> problem) {
  static final String VERSION = "v=STSv1";

  private static final int MAX_ID = 32;
  private static final int MAX_NAME = 32;

  /** Records that do not begin like this are somebody else's: receivers discard them. */
  public static boolean claims(String text) {
    return text.startsWith(VERSION)
        && (text.length() == VERSION.length()
            || " \t;".indexOf(text.charAt(VERSION.length())) >= 0);
  }

  public static StsRecord parse(String text) {
    if (!claims(text)) {
      return broken(text, "it must begin with v=STSv1;");
    }
    var id = Optional.<String>empty();
    for (var at = afterSemicolon(text, 0); at <= text.length(); at = afterSemicolon(text, at)) {
      var semicolon = text.indexOf(';', at);
      var last = semicolon < 0;
      var field = trimmed(text.substring(at, last ? text.length() : semicolon));
      if (field.isEmpty() && last) {
        break;
      }
      var equals = field.indexOf('=');
      if (equals < 0) {
        return broken(text, "a field without '=': " + shown(field));
      }
      var name = field.substring(0, equals);
      var value = field.substring(equals + 1);
      if (name.equals("id")) {
        if (id.isPresent()) {
          return broken(text, "id= is there twice");
        }
        if (!isId(value)) {
          return broken(text, "id= must be 1 to 32 letters and digits, not " + shown(value));
        }
        id = Optional.of(value);
      } else if (!isName(name) || !isValue(value)) {
        return broken(text, shown(field) + " is no field");
      }
    }
    return id.isPresent()
        ? new StsRecord(text, id, Optional.empty())
        : broken(text, "id= is missing");
  }

  /** Where the next field begins; past the end when there is none. */
  private static int afterSemicolon(String text, int from) {
    var semicolon = text.indexOf(';', from);
    return semicolon < 0 ? text.length() + 1 : semicolon + 1;
  }

  private static StsRecord broken(String text, String problem) {
    return new StsRecord(text, Optional.empty(), Optional.of(problem));
  }

  private static boolean isId(String value) {
    return !value.isEmpty()
        && value.length() <= MAX_ID
        && value.chars().allMatch(StsRecord::isAlphanumeric);
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_NAME
        && isAlphanumeric(name.charAt(0))
        && name.chars().allMatch(c -> isAlphanumeric(c) || c == '_' || c == '-' || c == '.');
  }

  private static boolean isValue(String value) {
    return !value.isEmpty() && value.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '=');
  }

  private static boolean isAlphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static String trimmed(String text) {
    var start = 0;
    var end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  private static String shown(String text) {
    var clean = new StringBuilder("\"");
    text.chars().limit(48).forEach(c -> clean.append(c >= 0x20 && c < 0x7f ? (char) c : '?'));
    return clean.append(text.length() > 48 ? "…\"" : "\"").toString();
  }
}
