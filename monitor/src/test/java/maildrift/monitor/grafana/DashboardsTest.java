package maildrift.monitor.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** The dashboards that are checked in are those that are written here, and none lacks a word. */
class DashboardsTest {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final Path FOLDER = TOP.resolve("grafana/dashboards");

  /** All of them. */
  static List<Board> boards() {
    return List.of(
        FleetBoard.board(),
        DomainBoard.board(),
        NetblocksBoard.board(),
        AlertsBoard.board(),
        DaemonBoard.board());
  }

  /** With {@code -Ddashboards.write=true} they are written. */
  @ParameterizedTest
  @MethodSource("boards")
  void whatIsCheckedInIsWhatIsWrittenHere(Board board) throws IOException {
    var file = FOLDER.resolve(board.uid() + ".json");
    if (Boolean.getBoolean("dashboards.write")) {
      Files.writeString(file, board.print());
    }
    assertThat(Files.readString(file))
        .as(
            "%s is out of date; write it anew with ./verify -pl monitor -am -Dtest=DashboardsTest -Ddashboards.write=true -Dsurefire.failIfNoSpecifiedTests=false",
            file.getFileName())
        .isEqualTo(board.print());
  }

  @Test
  void noOthersAreCheckedIn() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              boards().stream().map(board -> board.uid() + ".json").toList());
    }
  }

  @ParameterizedTest
  @MethodSource("boards")
  void everyPanelSaysWhatItShowsAndHasAnIdOfItsOwn(Board board) {
    var json = JsonMapper.shared().readTree(board.print());
    var panels = json.path("panels").valueStream().toList();

    assertThat(panels.stream().map(panel -> panel.path("id").asInt())).doesNotHaveDuplicates();
    assertThat(panels.stream().map(panel -> panel.path("title").asString()))
        .doesNotHaveDuplicates();
    for (var panel : panels) {
      if (panel.path("type").asString().equals("row")) {
        continue;
      }
      var title = panel.path("title").asString();
      assertThat(panel.path("description").asString())
          .as(title)
          .hasSizeGreaterThan(5)
          .endsWith(".");
      assertThat(panel.path("targets").size()).as(title).isPositive();
      // States have words.
      var defaults = panel.at("/fieldConfig/defaults");
      assertThat(defaults.has("unit") || defaults.has("mappings"))
          .as(title + " has a unit")
          .isTrue();
    }
  }

  /** A tile that shows the last of what was known stays green for a day after maildrift is gone. */
  @ParameterizedTest
  @MethodSource("boards")
  void numbersAreOfNowAndOfTheChosenInstance(Board board) {
    var json = JsonMapper.shared().readTree(board.print());
    for (var panel : json.path("panels")) {
      var title = panel.path("title").asString();
      for (var target : panel.path("targets")) {
        var expression = target.path("expr").asString();
        assertThat(expression).as(title).containsAnyOf("$instance", "ALERTS");
        var overTime = panel.path("type").asString().matches("timeseries|state-timeline");
        assertThat(target.path("range").asBoolean()).as(title).isEqualTo(overTime);
        assertThat(target.path("instant").asBoolean()).as(title).isEqualTo(!overTime);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("boards")
  void noTwoPanelsLieOnEachOther(Board board) {
    var taken = new java.util.HashSet<String>();
    var json = JsonMapper.shared().readTree(board.print());
    json.path("panels")
        .valueStream()
        .map(panel -> panel.path("gridPos"))
        .forEach(
            at -> {
              for (var x = 0; x < at.path("w").asInt(); x++) {
                for (var y = 0; y < at.path("h").asInt(); y++) {
                  var cell = (at.path("x").asInt() + x) + "," + (at.path("y").asInt() + y);
                  assertThat(taken.add(cell)).as(cell).isTrue();
                  assertThat(at.path("x").asInt() + x).isLessThan(24);
                }
              }
            });
  }

  @ParameterizedTest
  @MethodSource("boards")
  void linksToRunbooksAndBoardsLeadSomewhere(Board board) {
    var text = board.print();
    var runbooks = com.google.re2j.Pattern.compile("/runbooks/([A-Za-z]+)").matcher(text);
    while (runbooks.find()) {
      assertThat(TOP.resolve("docs/runbooks/" + runbooks.group(1) + ".md")).exists();
    }
    var links = com.google.re2j.Pattern.compile("\"/d/([a-z-]+)").matcher(text);
    while (links.find()) {
      assertThat(boards().stream().map(Board::uid)).contains(links.group(1));
    }
  }
}
