package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps RELIABILITY.md true: it is printed from what was measured, and leaves no case out. */
class ReliabilityDocumentTest {
  private static final Path TOP = Path.of("..");
  private static final Path PAGE = TOP.resolve("RELIABILITY.md");
  private static final Path KEPT = TOP.resolve("docs/reliability.jsonl");
  private static final List<String> MODULES = List.of("probes", "alerts", "monitor");

  /**
   * With {@code -Dreliability.write=true}, as {@code ./verify --reliability} does, it is written.
   */
  @Test
  void thePageIsPrintedFromTheFigures() throws IOException {
    if (Boolean.getBoolean("reliability.write")) {
      var rows = new TreeMap<String, String>();
      Stream.concat(kept().stream(), fresh().stream())
          .forEach(line -> rows.merge(Row.parse(line).id(), line, ReliabilityDocumentTest::later));
      Files.write(KEPT, rows.values());
      Files.writeString(PAGE, ReliabilityPage.print(rows()));
    }

    assertThat(lines(Files.readString(PAGE)))
        .as(
            "RELIABILITY.md is out of date; write it anew with ./verify"
                + " -Dtest=ReliabilityDocumentTest -Dreliability.write=true"
                + " -Dsurefire.failIfNoSpecifiedTests=false")
        .isEqualTo(lines(ReliabilityPage.print(rows())));
  }

  @Test
  void everyFigureIsOfACaseThatIsMeasured() throws IOException {
    assertThat(rows())
        .allSatisfy(
            row ->
                assertThat(Catalogue.ALL.cases())
                    .as(row.id())
                    .anyMatch(
                        known ->
                            known instanceof Catalogue.Case.Measured
                                && Catalogue.isOf(row, known)));
    assertThat(rows()).extracting(Row::id).doesNotHaveDuplicates();
  }

  @Test
  void everyFigureIsOfAFullRunAndSaysWhenOnWhatAndHowToRepeatIt() throws IOException {
    assertThat(rows())
        .allSatisfy(
            row -> {
              assertThat(row.full()).as(row.id()).isTrue();
              assertThat(row.commit()).as(row.id()).matches("[0-9a-f]{10,40}\\+?");
              assertThat(row.command()).as(row.id()).startsWith("./verify ");
              assertThat(row.machine()).as(row.id()).contains("cores").contains("JDK");
            });
  }

  @Test
  void aCaseIsMeasuredOrTestedOrSaysWhyItIsNot() throws IOException {
    var page = Files.readString(PAGE);

    assertThat(Catalogue.ALL.cases().map(Catalogue.Case::id)).doesNotHaveDuplicates();
    assertThat(Catalogue.ALL.cases())
        .allSatisfy(
            known ->
                assertThat(page.lines())
                    .as(known.id())
                    .anyMatch(
                        line -> line.matches("\\| " + known.id() + "(-[a-z0-9-]+)? \\| .+ \\|")));
  }

  @Test
  void theTestsThatAreNamedExist() throws IOException {
    var tests = sources().map(file -> String.valueOf(file.getFileName())).toList();
    var named =
        Catalogue.ALL
            .cases()
            .flatMap(
                known ->
                    known instanceof Catalogue.Case.Tested tested
                        ? tested.tests().stream()
                        : Stream.<String>of());

    assertThat(named).isNotEmpty().allSatisfy(name -> assertThat(tests).contains(name + ".java"));
    for (var row : rows()) {
      Arrays.stream(row.command().split(" ", -1))
          .filter(word -> word.startsWith("-Dtest="))
          .forEach(word -> assertThat(tests).contains(word.substring(7) + ".java"));
    }
  }

  /** What is not tagged would never be measured at full length. */
  @Test
  void whatRecordsIsTagged() throws IOException {
    assertThat(sources().filter(file -> !file.toString().contains("/reliability/Reliability")))
        .filteredOn(file -> read(file).matches("(?s).*Figures\\s*\\.(record|measure|judge)\\(.*"))
        .isNotEmpty()
        .allSatisfy(
            file ->
                assertThat(read(file))
                    .as("%s is measured at full length only if it is tagged", file.getFileName())
                    .contains("@Tag(\"reliability\")"));
  }

  @Test
  void neitherThePathNorTheNameOfAMachineIsTold() throws IOException {
    assertThat(Files.readString(PAGE) + Files.readString(KEPT))
        .doesNotContain("/home/", "/root/", "/tmp/", "/work/", "hostname");
  }

  private static String later(String one, String other) {
    return Row.parse(one).at().isAfter(Row.parse(other).at()) ? one : other;
  }

  private static List<Row> rows() throws IOException {
    return kept().stream().map(Row::parse).toList();
  }

  private static List<String> kept() throws IOException {
    return Files.exists(KEPT) ? Files.readAllLines(KEPT) : List.of();
  }

  /** Of all modules, those of full runs. */
  private static List<String> fresh() throws IOException {
    var fresh = new ArrayList<String>();
    for (var module : MODULES) {
      var folder = TOP.resolve(module).resolve("target/reliability");
      if (Files.isDirectory(folder)) {
        try (var files = Files.list(folder)) {
          files
              .filter(file -> file.toString().endsWith(".json"))
              .map(file -> read(file).strip())
              .filter(line -> Row.parse(line).full())
              .forEach(fresh::add);
        }
      }
    }
    return fresh;
  }

  private static Stream<Path> sources() throws IOException {
    var files = new ArrayList<Path>();
    for (var module : MODULES) {
      try (var walk = Files.walk(TOP.resolve(module).resolve("src/test/java"))) {
        walk.filter(file -> file.toString().endsWith("Test.java")).forEach(files::add);
      }
    }
    return files.stream();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static List<String> lines(String text) {
    return text.lines().toList();
  }
}
