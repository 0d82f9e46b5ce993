package maildrift.monitor.reliability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** RELIABILITY.md, printed from the figures that were kept. */
final class ReliabilityPage {
  private final List<Row> rows;
  private final List<String> machines;
  private final StringBuilder text = new StringBuilder();

  private ReliabilityPage(List<Row> rows) {
    this.rows = rows;
    machines = new ArrayList<>(rows.stream().map(Row::machine).distinct().sorted().toList());
  }

  static String print(List<Row> rows) {
    return new ReliabilityPage(rows).page();
  }

  private String page() {
    text.append(
        """
        # What was injected, and what held

        Faults that are put in on purpose, what maildrift promises, and what was measured. `./verify --reliability` runs all of it at
        full length, about an hour, and writes this page from the figures; with `-Dtest=NAME` it runs a part and writes those rows
        anew, so that each row has a date and a commit of its own (a plus: sources were changed since). `./verify` runs the same tests
        in small. Nothing here is written by hand: the figures are kept in `docs/reliability.jsonl`.

        """);
    for (var i = 0; i < machines.size(); i++) {
      text.append("Machine ")
          .append(letter(machines.get(i)))
          .append(": ")
          .append(machines.get(i))
          .append(".\n");
    }
    Catalogue.ALL.sections().forEach(this::section);
    return text.toString();
  }

  private String letter(String machine) {
    return String.valueOf((char) ('A' + machines.indexOf(machine)));
  }

  private void section(Catalogue.Section section) {
    text.append("\n## ").append(section.title()).append("\n\n");
    text.append(
        "| case | injected | promised | measured | held | when, commit, machine | again |\n");
    text.append("| --- | --- | --- | --- | --- | --- | --- |\n");
    for (var known : section.cases()) {
      switch (known) {
        case Catalogue.Case.Measured measured -> measured(measured);
        case Catalogue.Case.Tested tested ->
            line(
                tested.id(),
                tested.title(),
                "as its tests say",
                "no figure: tests that hold or fail, "
                    + tested.tests().stream()
                        .map(test -> "`" + test + "`")
                        .collect(Collectors.joining(", ")),
                "in every build",
                "",
                "`./verify`");
        case Catalogue.Case.Unmeasured open ->
            line(
                open.id(), open.title(), "", "not measured, because " + open.because(), "", "", "");
      }
    }
  }

  private void measured(Catalogue.Case.Measured known) {
    var own =
        rows.stream()
            .filter(row -> Catalogue.isOf(row, known))
            .sorted(Comparator.comparing(Row::id))
            .toList();
    if (own.isEmpty()) {
      line(
          known.id(),
          known.title(),
          "",
          "not measured, because nobody has run it at full length yet",
          "",
          "",
          "`./verify --reliability`");
    }
    for (var row : own) {
      line(
          row.id(),
          row.what(),
          row.promise(),
          row.measured(),
          row.held() ? "yes" : "**no**",
          "%s, %s, %s".formatted(row.date(), row.commit(), letter(row.machine())),
          "`" + row.command() + "`");
    }
  }

  private void line(String... cells) {
    for (var cell : cells) {
      text.append("| ").append(cell.replace("|", "\\|").replace('\n', ' ').strip());
      text.append(cell.isEmpty() ? "" : " ");
    }
    text.append("|\n");
  }
}
