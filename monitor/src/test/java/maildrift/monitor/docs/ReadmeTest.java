package maildrift.monitor.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.route.Reason;
import maildrift.monitor.cli.Cli;
import maildrift.monitor.cli.RuleTable;
import maildrift.monitor.metrics.Names;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import org.junit.jupiter.api.Test;

/**
 * Keeps README, docs and CONTRIBUTING true. When a table differs, the failure shows the one to
 * paste.
 */
class ReadmeTest {
  private static final Path TOP = Path.of("..");

  private static String readme() throws IOException {
    return text("README.md");
  }

  private static String text(String file) throws IOException {
    return Files.readString(TOP.resolve(file));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace('\n', ' ');
  }

  @Test
  void theRulesTableIsTheCatalogue() throws IOException {
    var table = RuleTable.markdown(WatchRules.all());

    assertThat(readme()).as("paste this table into README.md:\n" + table).contains(table);
  }

  @Test
  void theMetricsTableIsWhatTheDaemonExports() throws IOException {
    var table =
        Arrays.stream(Names.values())
            .map(
                name ->
                    "| `%s` | %s | %s |"
                        .formatted(
                            name.series(), String.join(", ", name.labels()), cell(name.help())))
            .collect(
                Collectors.joining(
                    "\n", "| series | labels | meaning |\n| --- | --- | --- |\n", "\n"));

    assertThat(text("docs/metrics.md"))
        .as("paste this table into docs/metrics.md:\n" + table)
        .contains(table);
  }

  @Test
  void everyReasonForAMessageIsExplained() throws IOException {
    var text = text("docs/alerts.md");
    var table = text.substring(text.indexOf("| reason | what happened |"));
    var explained = table.substring(0, table.indexOf("\n\n"));

    assertThat(Reason.values())
        .allSatisfy(reason -> assertThat(explained).contains("`" + reason.word() + "`"));
  }

  @Test
  void everyRuleHasItsPage() {
    assertThat(WatchRules.all())
        .allSatisfy(
            rule -> {
              assertThat(rule.why()).as(rule.id() + " why").isNotBlank();
              assertThat(rule.remedy()).as(rule.id() + " remedy").isNotBlank();
              assertThat(rule.reference()).as(rule.id() + " reference").isNotBlank();
              assertThat(rule.example()).as(rule.id() + " example").isNotBlank();
            });
    assertThat(WatchRules.all().stream().map(rule -> rule.id())).doesNotHaveDuplicates();
  }

  @Test
  void everyCommandOfTheReadmeExists() throws IOException {
    var text = readme();
    var section = text.substring(text.indexOf("## Command line"), text.indexOf("## Rules"));
    var commands =
        section
            .lines()
            .filter(line -> line.startsWith("maildrift "))
            .flatMap(
                line ->
                    Arrays.stream(
                        line.substring("maildrift ".length()).split(" {2,}", 2)[0].split(",", -1)))
            .map(part -> part.strip().split(" ", 2)[0])
            .distinct()
            .toList();

    assertThat(commands).containsExactlyInAnyOrderElementsOf(Cli.commands());
  }

  @Test
  void theRecipeForAProbeNamesWhatIsThere() throws IOException {
    var recipe = Files.readString(TOP.resolve("CONTRIBUTING.md"));
    for (Probe<?> probe : ProbeCatalog.all()) {
      var type = probe.getClass().getName().replace('.', '/');

      assertThat(TOP.resolve("probes/src/main/java/" + type + ".java")).exists();
      assertThat(TOP.resolve("probes/src/test/java/" + type + "Test.java")).exists();
      assertThat(probe.getClass().getSimpleName()).endsWith("Probe");
    }
    assertThat(recipe).contains("probes/src/main/java/maildrift/probes/NAME/NameProbe.java");
  }

  @Test
  void everyPathOfTheRecipesExists() throws IOException {
    var recipe = Files.readString(TOP.resolve("CONTRIBUTING.md"));
    var paths =
        Arrays.stream(recipe.split("`", -1))
            .filter(word -> word.contains("/src/") && !word.contains("NAME"))
            .toList();

    assertThat(paths).hasSizeGreaterThanOrEqualTo(4);
    assertThat(paths).allSatisfy(path -> assertThat(TOP.resolve(path)).exists());
  }

  @Test
  void theFilesThatTheReadmeNamesExist() throws IOException {
    var text = readme();
    for (var path :
        List.of(
            "deploy/prometheus/maildrift.rules.yml",
            "docs/runbooks/README.md",
            "deploy/systemd/maildrift.service",
            "deploy/docker",
            "grafana",
            "CONTRIBUTING.md")) {
      assertThat(text).contains(path);
      assertThat(TOP.resolve(path)).exists();
    }
  }

  @Test
  void theFiguresAreThereWithTheirCommands() throws IOException {
    assertThat(text("docs/figures.md"))
        .contains("maildrift bench dns", "maildrift bench check", "KillTest");
  }

  @Test
  void everyLinkOfTheDocumentsLeadsToAFile() throws IOException {
    var link = Pattern.compile("]\\((?!https?:|#|/)([^)#]+)");
    try (var documents = Files.list(TOP.resolve("docs"))) {
      var all =
          Stream.concat(
                  Stream.of("README.md", "CONTRIBUTING.md", "deploy/README.md").map(TOP::resolve),
                  documents.filter(file -> file.toString().endsWith(".md")))
              .toList();

      assertThat(all).hasSizeGreaterThan(8);
      for (var document : all) {
        var links = link.matcher(Files.readString(document)).results().map(one -> one.group(1));
        assertThat(links)
            .allSatisfy(
                target ->
                    assertThat(document.resolveSibling(target))
                        .as("%s links to %s", document, target)
                        .exists());
      }
    }
  }
}
