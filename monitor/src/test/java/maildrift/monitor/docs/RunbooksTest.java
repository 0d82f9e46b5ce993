package maildrift.monitor.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import maildrift.monitor.cli.Cli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Who is woken by an alert finds what to do, and what is written there can be done. */
class RunbooksTest {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final Path RUNBOOKS = TOP.resolve("docs/runbooks");

  /** As the README says, an operator puts an address in its place. */
  private static final String BASE = "docs/runbooks/";

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)]+)\\)");
  private static final Pattern COMMAND = Pattern.compile("(?m)(?:^|`)maildrift ([^`#;|\n]+)");
  private static final Pattern PAGE = Pattern.compile("\\bMaildrift[A-Z][A-Za-z]+");

  record AlertRule(String name, Map<String, String> annotations, String severity) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<AlertRule> alertRules() throws IOException {
    var found = new ArrayList<AlertRule>();
    try (Stream<Path> files = Files.list(TOP.resolve("deploy/prometheus"))) {
      for (var file : files.filter(one -> one.toString().endsWith(".rules.yml")).toList()) {
        for (var group : list(load(file), "groups")) {
          for (var rule : list(group, "rules")) {
            if (rule instanceof Map<?, ?> known && known.containsKey("alert")) {
              found.add(
                  new AlertRule(
                      String.valueOf(known.get("alert")),
                      texts(known, "annotations"),
                      String.valueOf(texts(known, "labels").get("severity"))));
            }
          }
        }
      }
    }
    return found;
  }

  private static List<?> list(Object parent, String key) {
    return parent instanceof Map<?, ?> map && map.get(key) instanceof List<?> list
        ? list
        : List.of();
  }

  private static Map<String, String> texts(Map<?, ?> parent, String key) {
    var texts = new TreeMap<String, String>();
    if (parent.get(key) instanceof Map<?, ?> map) {
      map.forEach((name, text) -> texts.put(String.valueOf(name), String.valueOf(text)));
    }
    return texts;
  }

  private static Object load(Path file) throws IOException {
    return new Load(LoadSettings.builder().setLabel(file.toString()).build())
        .loadFromString(Files.readString(file));
  }

  static List<Path> runbooks() throws IOException {
    try (Stream<Path> files = Files.list(RUNBOOKS)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("alertRules")
  void everyAlertSaysWhatItIsAndLinksARunbookThatIsThere(AlertRule rule) throws IOException {
    assertThat(rule.annotations()).containsKeys("summary", "description", "runbook_url");
    assertThat(rule.severity()).isIn("critical", "warning", "info", "none");
    var url = rule.annotations().getOrDefault("runbook_url", "");
    assertThat(url).startsWith(BASE);
    var file = TOP.resolve(url);
    assertThat(file).exists();
    assertThat(Files.readString(file).lines().findFirst().orElseThrow())
        .as("the title names the alert")
        .containsPattern("^# (.*, )?" + rule.name() + "(,|$)");
  }

  @ParameterizedTest
  @MethodSource("runbooks")
  void everyRunbookIsShortAndItsLinksAndCommandsExist(Path file) throws IOException {
    var text = Files.readString(file);

    assertThat(text.lines().count()).as("read at three in the morning").isLessThan(45);
    for (var link = LINK.matcher(text); link.find(); ) {
      assertThat(file.resolveSibling(link.group(1)).normalize()).exists();
    }
    for (var command = COMMAND.matcher(text); command.find(); ) {
      assertThat(Cli.misspelt(command.group(1).strip().split(" +"))).as(command.group()).isEmpty();
    }
    var alerts = new TreeSet<>(alertRules().stream().map(AlertRule::name).toList());
    for (var page = PAGE.matcher(text); page.find(); ) {
      assertThat(alerts).contains(page.group());
    }
    if (!file.endsWith("README.md")) {
      assertThat(text)
          .contains("**It means:**", "\n## Look\n", "\n## Mend\n", "\n## Whom to wake\n");
      assertThat(Files.readString(RUNBOOKS.resolve("README.md")))
          .contains("(" + file.getFileName() + ")");
    }
  }

  @ParameterizedTest
  @MethodSource("runbooks")
  void theDaemonShowsThemAsTheyAre(Path file) {
    assertThat(Path.of("src/main/resources/runbooks").resolve(file.getFileName()))
        .as("cp docs/runbooks/*.md monitor/src/main/resources/runbooks/")
        .hasSameTextualContentAs(file);
  }

  @Test
  void onlyFewPages() throws IOException {
    assertThat(alertRules().stream().filter(rule -> rule.severity().equals("critical")))
        .hasSizeLessThanOrEqualTo(12);
  }
}
