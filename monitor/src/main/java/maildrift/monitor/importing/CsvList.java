package maildrift.monitor.importing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import maildrift.monitor.config.Words;
import maildrift.monitor.importing.Entry.Trouble;

/**
 * A table with a header row (RFC 4180), separated by commas or semicolons, as spreadsheets write
 * it.
 */
final class CsvList {
  private static final List<String> COLUMNS =
      List.of(
          "domain",
          "tenant",
          "profiles",
          "forwarding_server",
          "smarthost",
          "allowed_sending_servers",
          "tls_level");

  private final String text;
  private final char separator;
  private final List<Trouble> troubles = new ArrayList<>();
  private int at;
  private int line = 1;
  private int lineStart;

  /** The row being read has a quotation mark that is never closed; its cells mean nothing. */
  private boolean isTorn;

  private CsvList(String text, char separator) {
    this.text = text;
    this.separator = separator;
  }

  /** Whether the first line that is not empty is a header of such a table. */
  static boolean isHeader(String firstLine) {
    return columns(firstLine, ';').contains("domain") || columns(firstLine, ',').contains("domain");
  }

  private static List<String> columns(String line, char separator) {
    var names = new ArrayList<String>();
    var from = 0;
    for (var i = 0; i <= line.length(); i++) {
      if (i == line.length() || line.charAt(i) == separator) {
        names.add(name(line.substring(from, i).replace("\"", "")));
        from = i + 1;
      }
    }
    return names;
  }

  private static String name(String written) {
    return written.strip().toLowerCase(Locale.ROOT).replace(' ', '_').replace('-', '_');
  }

  static Entry.Read read(String text) {
    var firstLine = text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    var separator = columns(firstLine, ';').size() > columns(firstLine, ',').size() ? ';' : ',';
    return new CsvList(text, separator).read();
  }

  private Entry.Read read() {
    var header = Optional.<Map<String, Integer>>empty();
    var width = 0;
    var entries = new ArrayList<Entry>();
    while (at < text.length()) {
      isTorn = false;
      var row = row();
      if (isTorn) {
        if (header.isEmpty()) {
          return new Entry.Read(List.of(), troubles);
        }
        continue;
      }
      if (row.stream().allMatch(cell -> cell.text().isEmpty())) {
        continue;
      }
      if (header.isEmpty()) {
        header = header(row);
        width = row.size();
        if (header.isEmpty()) {
          return new Entry.Read(List.of(), troubles);
        }
      } else if (row.size() != width) {
        troubles.add(
            Trouble.at(
                row.getFirst(),
                "%d cells, but the header has %d; a cell that holds '%c' must be in quotes"
                    .formatted(row.size(), width, separator)));
      } else {
        entries.add(entry(header.get(), row));
      }
    }
    if (header.isEmpty()) {
      troubles.add(new Trouble(1, 1, "nothing here; expected a header row with domain", true));
    }
    return new Entry.Read(entries, troubles);
  }

  private Optional<Map<String, Integer>> header(List<Cell> row) {
    var columns = new LinkedHashMap<String, Integer>();
    var isRight = true;
    for (var i = 0; i < row.size(); i++) {
      var name = name(row.get(i).text());
      if (!COLUMNS.contains(name)) {
        isRight = false;
        troubles.add(
            new Trouble(
                row.get(i).line(),
                row.get(i).column(),
                "unknown column '%s'%s"
                    .formatted(
                        shown(row.get(i).text()),
                        Words.near(name, COLUMNS)
                            .map("; did you mean '%s'?"::formatted)
                            .orElse("; known: " + String.join(", ", COLUMNS))),
                true));
      } else if (columns.putIfAbsent(name, i) != null) {
        isRight = false;
        troubles.add(
            new Trouble(
                row.get(i).line(),
                row.get(i).column(),
                "the column '%s' is there twice".formatted(name),
                true));
      }
    }
    if (!columns.containsKey("domain")) {
      isRight = false;
      troubles.add(
          new Trouble(row.getFirst().line(), 1, "the header row has no column 'domain'", true));
    }
    return isRight ? Optional.of(columns) : Optional.empty();
  }

  private static Entry entry(Map<String, Integer> columns, List<Cell> row) {
    return new Entry(
        row.get(columns.getOrDefault("domain", 0)),
        cell(columns, row, "tenant"),
        cell(columns, row, "profiles"),
        cell(columns, row, "forwarding_server"),
        cell(columns, row, "smarthost"),
        cell(columns, row, "allowed_sending_servers"),
        cell(columns, row, "tls_level"));
  }

  private static Optional<Cell> cell(Map<String, Integer> columns, List<Cell> row, String name) {
    return Optional.ofNullable(columns.get(name))
        .map(row::get)
        .filter(cell -> !cell.text().isEmpty());
  }

  /** One row, to the end of its line; inside quotes a line may end. */
  private List<Cell> row() {
    var cells = new ArrayList<Cell>();
    while (true) {
      cells.add(cell());
      if (at < text.length() && text.charAt(at) == separator) {
        at++;
        continue;
      }
      if (at < text.length()) {
        newline();
      }
      return cells;
    }
  }

  private void newline() {
    at++;
    line++;
    lineStart = at;
  }

  private Cell cell() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    var startLine = line;
    var column = at - lineStart + 1;
    if (at < text.length() && text.charAt(at) == '"') {
      return new Cell(quoted(startLine, column), startLine, column);
    }
    var from = at;
    while (at < text.length() && text.charAt(at) != separator && text.charAt(at) != '\n') {
      at++;
    }
    return new Cell(text.substring(from, at).strip(), startLine, column);
  }

  /**
   * What stands between quotation marks. Where the second one is missing, the cell is taken to end
   * with its line, so that the lines behind it are read, too.
   */
  private String quoted(int startLine, int column) {
    var out = new StringBuilder();
    var opened = at;
    at++;
    while (at < text.length()) {
      var c = text.charAt(at);
      if (c == '"' && at + 1 < text.length() && text.charAt(at + 1) == '"') {
        out.append('"');
        at += 2;
      } else if (c == '"') {
        at++;
        afterQuotes();
        return out.toString().strip();
      } else {
        out.append(c);
        if (c == '\n') {
          newline();
        } else {
          at++;
        }
      }
    }
    troubles.add(new Trouble(startLine, column, "the quotation mark is never closed", false));
    isTorn = true;
    var end = text.indexOf('\n', opened);
    line = startLine;
    at = end < 0 ? text.length() : end;
    lineStart = opened - column + 1;
    return "";
  }

  private void afterQuotes() {
    var from = at;
    while (at < text.length() && text.charAt(at) != separator && text.charAt(at) != '\n') {
      at++;
    }
    var rest = text.substring(from, at).strip();
    if (!rest.isEmpty()) {
      troubles.add(
          new Trouble(
              line,
              from - lineStart + 1,
              "'%s' stands behind the closing quotation mark".formatted(shown(rest)),
              false));
    }
  }

  static String shown(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
