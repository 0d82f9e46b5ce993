package maildrift.alerts.notify;

import maildrift.alerts.Visible;

/**
 * Who sends a mail (RFC 5322, name-addr): {@code "maildrift" <maildrift@example.net>}, or a bare
 * address.
 *
 * @param name for people; may be empty
 * @param address a bare one
 */
public record Mailbox(String name, String address) {
  private static final int LONGEST_NAME = 100;

  /** What ends a name that is not in quotes. */
  private static final String SPECIAL = "\"<>()[]:;@\\,";

  public Mailbox {
    if (name.codePointCount(0, name.length()) > LONGEST_NAME) {
      throw new IllegalArgumentException("a sender's name has at most 100 characters");
    }
    if (!Visible.line(name).equals(name)) {
      throw new IllegalArgumentException(
          "a sender's name has neither line ends nor other characters that cannot be seen");
    }
  }

  /**
   * Only splits it; whether the address is one is another's to say.
   *
   * @throws IllegalArgumentException with what would have been right
   */
  public static Mailbox parse(String written) {
    var text = written.strip();
    if (!text.endsWith(">")) {
      return new Mailbox("", text);
    }
    var open = text.lastIndexOf('<');
    var before = open < 0 ? "" : text.substring(0, open).strip();
    return new Mailbox(
        open < 0 ? wrong() : before.startsWith("\"") ? unquoted(before) : bare(before),
        text.substring(open + 1, text.length() - 1));
  }

  private static String bare(String name) {
    return name.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0) ? wrong() : name;
  }

  private static String unquoted(String quoted) {
    var name = new StringBuilder();
    for (var i = 1; i < quoted.length(); i++) {
      var c = quoted.charAt(i);
      if (c == '"') {
        return i == quoted.length() - 1 ? name.toString() : wrong();
      }
      if (c == '\\' && ++i == quoted.length()) {
        return wrong();
      }
      name.append(quoted.charAt(i));
    }
    return wrong();
  }

  private static String wrong() {
    throw new IllegalArgumentException(
        "a sender is written maildrift@example.net or \"maildrift\" <maildrift@example.net>, with quotes around a name that has other signs than letters and blanks");
  }

  /** As {@link #parse} takes it. */
  @Override
  public String toString() {
    return name.isEmpty()
        ? address
        : "\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\" <" + address + ">";
  }
}
