package maildrift.monitor.importing;

import java.util.ArrayList;
import java.util.Optional;
import java.util.regex.Pattern;
import maildrift.monitor.importing.Entry.Trouble;

/** Domains and nothing else, one a line; what stands behind {@code #} is a comment. */
final class NamesList {
  /** Neither a cell of a table nor a next hop. */
  private static final Pattern NAME = Pattern.compile("[^\\s,;:\\[\\]]+");

  private NamesList() {}

  /** Whether each line that is not empty is a word as a domain may be. */
  static boolean isOne(String text) {
    return text.lines()
        .map(line -> plain(line).strip())
        .allMatch(line -> line.isEmpty() || NAME.matcher(line).matches());
  }

  static Entry.Read read(String text) {
    var entries = new ArrayList<Entry>();
    var troubles = new ArrayList<Trouble>();
    var number = 0;
    for (var written : (Iterable<String>) text.lines()::iterator) {
      number++;
      var line = plain(written);
      var name = line.strip();
      if (name.isEmpty()) {
        continue;
      }
      var cell = new Cell(name, number, line.indexOf(name) + 1);
      if (NAME.matcher(name).matches()) {
        entries.add(Entry.of(cell, Optional.empty()));
      } else {
        troubles.add(
            Trouble.at(cell, "'%s' is not one domain a line".formatted(CsvList.shown(name))));
      }
    }
    return new Entry.Read(entries, troubles);
  }

  private static String plain(String line) {
    var comment = line.indexOf('#');
    return comment < 0 ? line : line.substring(0, comment);
  }
}
