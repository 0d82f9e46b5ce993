package maildrift.probes.caa;

import java.util.Locale;
import java.util.Optional;

/**
 * The value of an issue property (RFC 8659 §4.2; issuemail, RFC 9495 §3, is the same).
 *
 * <pre>
 * issue-value = *WSP [issuer-domain-name *WSP] [";" *WSP [parameters *WSP]]
 * issuer-domain-name = label *("." label)
 * label = (ALPHA / DIGIT) *( *("-") (ALPHA / DIGIT))
 * parameters = (parameter *WSP ";" *WSP parameters) / parameter
 * parameter = tag *WSP "=" *WSP value
 * tag = (ALPHA / DIGIT) *( *("-") (ALPHA / DIGIT))
 * value = *(%x21-3A / %x3C-7E)
 * </pre>
 *
 * @param issuer in lower case; empty: nobody may issue
 */
record IssueValue(Optional<String> issuer) {
  private static final int MAX_NAME = 253;

  /** Empty when it is malformed. */
  static Optional<IssueValue> parse(String value) {
    var semicolon = value.indexOf(';');
    var name = trim(semicolon < 0 ? value : value.substring(0, semicolon));
    if (!name.isEmpty() && !isName(name)) {
      return Optional.empty();
    }
    if (semicolon >= 0 && !areParameters(trim(value.substring(semicolon + 1)))) {
      return Optional.empty();
    }
    return Optional.of(
        new IssueValue(Optional.of(name.toLowerCase(Locale.ROOT)).filter(n -> !n.isEmpty())));
  }

  private static boolean areParameters(String text) {
    if (text.isEmpty()) {
      return true;
    }
    for (var parameter : text.split(";", -1)) {
      var equals = parameter.indexOf('=');
      if (equals < 0
          || !isLabel(trim(parameter.substring(0, equals)))
          || !trim(parameter.substring(equals + 1)).chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isName(String text) {
    if (text.length() > MAX_NAME) {
      return false;
    }
    for (var label : text.split("\\.", -1)) {
      if (!isLabel(label) || label.length() > 63) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLabel(String text) {
    return !text.isEmpty()
        && !text.startsWith("-")
        && !text.endsWith("-")
        && text.chars().allMatch(c -> c == '-' || isAlphanumeric(c));
  }

  private static boolean isAlphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** WSP is a space or a tab. */
  private static String trim(String text) {
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
}
