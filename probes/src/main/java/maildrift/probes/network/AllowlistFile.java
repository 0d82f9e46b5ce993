package maildrift.probes.network;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * An allowlist as operators keep it: one network a line, {@code #} starts a comment. Lines of a
 * Postfix {@code cidr:} table that accept ({@code 192.0.2.0/24 OK}) are read too.
 *
 * @param entries in the order written, doubled ones included
 * @param problems lines that cannot be read; if there are any, the list must not be used
 */
public record AllowlistFile(List<Cidr> entries, List<Problem> problems) {
  private static final Splitter WORDS = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings();

  /** More than any gateway takes; beyond it somebody handed us something else. */
  private static final int MOST_ENTRIES = 100_000;

  private static final int MOST_PROBLEMS = 20;

  /** What Postfix' access(5) calls actions that accept. */
  private static final Set<String> ACCEPTING =
      Set.of("ok", "permit", "permit_mynetworks", "relay", "yes", "accept");

  /**
   * @param line counted from 1
   * @param column counted from 1
   */
  public record Problem(int line, int column, String message) {
    @Override
    public String toString() {
      return "line %d: %s".formatted(line, message);
    }
  }

  public AllowlistFile {
    entries = List.copyOf(entries);
    problems = List.copyOf(problems);
  }

  public static AllowlistFile parse(String text) {
    var entries = new ArrayList<Cidr>();
    var problems = new ArrayList<Problem>();
    var number = 0;
    for (var line : (Iterable<String>) text.lines()::iterator) {
      number++;
      read(line, number, entries, problems);
      if (entries.size() > MOST_ENTRIES) {
        problems.add(
            new Problem(number, 1, "more than %d networks in one list".formatted(MOST_ENTRIES)));
      }
      if (problems.size() >= MOST_PROBLEMS || entries.size() > MOST_ENTRIES) {
        break;
      }
    }
    return new AllowlistFile(entries, problems);
  }

  private static void read(String line, int number, List<Cidr> entries, List<Problem> problems) {
    var comment = line.indexOf('#');
    var content = comment < 0 ? line : line.substring(0, comment);
    if (number == 1 && content.startsWith("\uFEFF")) {
      content = content.substring(1);
    }
    var words = WORDS.splitToList(content);
    if (words.isEmpty()) {
      return;
    }
    var column = line.indexOf(words.getFirst()) + 1;
    if (words.size() > 1 && !ACCEPTING.contains(words.get(1).toLowerCase(Locale.ROOT))) {
      problems.add(
          new Problem(
              number,
              line.indexOf(words.get(1), column + words.getFirst().length() - 1) + 1,
              "'%s' after %s: one network a line is expected, or a line of a Postfix cidr: table that accepts (OK, PERMIT)"
                  .formatted(shown(words.get(1)), shown(words.getFirst()))));
      return;
    }
    try {
      entries.add(Cidr.parse(words.getFirst()));
    } catch (IllegalArgumentException unreadable) {
      problems.add(new Problem(number, column, message(words.getFirst(), unreadable)));
    }
  }

  private static String message(String word, IllegalArgumentException unreadable) {
    return word.length() > 60
        ? "'%s' is not an IP address or CIDR network".formatted(shown(word))
        : String.valueOf(unreadable.getMessage());
  }

  private static String shown(String word) {
    return word.length() > 60 ? word.substring(0, 60) + "…" : word;
  }
}
