package maildrift.monitor.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.monitor.checklist.Step;
import maildrift.monitor.config.BuiltInChecklists;
import maildrift.monitor.config.ConfigSchema;
import maildrift.monitor.statements.Statement;
import maildrift.monitor.statements.StatementTable;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.Rule;
import maildrift.probes.profile.Profile;
import maildrift.probes.profile.ProfileCatalog;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Keeps docs/statements.md true: what it names exists, and every statement is there. */
class StatementsTest {
  private static final Path PAGE = Path.of("..", "docs", "statements.md");
  private static final StatementTable TABLE = StatementTable.shipped();
  private static final JsonNode SCHEMA = JsonMapper.shared().readTree(ConfigSchema.text());

  /** What a profile's data may be about. */
  private static final Set<String> FACTS =
      Set.of(
          "mx",
          "spf",
          "dkim",
          "netblocks",
          "networks",
          "feeds",
          "records",
          "forwarding",
          "smarthosts",
          "tls_level",
          "ttl",
          "client_hosts",
          "deviations");

  @Test
  void everyNumberOfEveryDocumentIsThereOnce() {
    var wanted =
        TABLE.documents().stream()
            .flatMap(
                document ->
                    IntStream.rangeClosed(1, document.statements())
                        .mapToObj(number -> document.number() + "." + number))
            .toList();

    assertThat(wanted).hasSize(132);
    assertThat(TABLE.documents().stream().map(StatementTable.Document::statements))
        .containsExactly(23, 35, 17, 31, 26);
    assertThat(TABLE.all().stream().map(Statement::id)).containsExactlyElementsOf(wanted);
  }

  @Test
  void somethingBecameOfEach() {
    assertThat(TABLE.all())
        .allSatisfy(
            statement -> {
              assertThat(statement.says()).as(statement.id()).isNotBlank();
              assertThat(statement.isEmpty()).as(statement.id()).isFalse();
            });
  }

  @Test
  void everyRuleThatIsNamedExists() {
    var rules = WatchRules.all().stream().map(Rule::id).collect(Collectors.toSet());

    assertThat(TABLE.all().stream().flatMap(statement -> statement.rules().stream()))
        .isSubsetOf(rules);
  }

  @Test
  void everyKeyThatIsNamedStandsInTheSchema() {
    var unknown =
        TABLE.all().stream()
            .flatMap(statement -> statement.keys().stream())
            .filter(key -> !hasKey(SCHEMA, List.of(key.split("\\.", -1))))
            .toList();

    assertThat(unknown).isEmpty();
  }

  /** Lists, names that the operator chooses and alternatives are passed through. */
  private static boolean hasKey(JsonNode schema, List<String> path) {
    if (path.isEmpty()) {
      return true;
    }
    var reference = schema.path("$ref").asString("");
    if (!reference.isEmpty()) {
      return hasKey(
          SCHEMA.path("$defs").path(reference.substring(reference.lastIndexOf('/') + 1)), path);
    }
    var next = schema.path("properties").path(path.getFirst());
    if (!next.isMissingNode()) {
      return hasKey(next, path.subList(1, path.size()));
    }
    var through = new ArrayList<JsonNode>();
    schema.path("anyOf").forEach(through::add);
    through.add(schema.path("items"));
    through.add(schema.path("additionalProperties"));
    return through.stream().filter(JsonNode::isObject).anyMatch(node -> hasKey(node, path));
  }

  @Test
  void everyProfileThatIsNamedExistsAndCarriesTheFact() throws IOException {
    var profiles =
        ProfileCatalog.builtIn().all().stream().map(Profile::name).collect(Collectors.toSet());
    for (var statement : TABLE.all()) {
      for (var named : statement.profiles()) {
        var parts = named.split("\\.", 2);

        assertThat(profiles).as(statement.id()).contains(parts[0]);
        assertThat(FACTS).as(statement.id()).contains(parts[1]);
        assertThat(carries(parts[0], parts[1]))
            .as("%s: %s says nothing of %s".formatted(statement.id(), parts[0], parts[1]))
            .isTrue();
      }
    }
  }

  /** By itself, or in one of its regions and variants. */
  private static boolean carries(String profile, String fact) throws IOException {
    try (var file = Profile.class.getResourceAsStream("/profiles/%s.yaml".formatted(profile))) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(fact + ":") || line.startsWith("    " + fact + ":"))
          .anyMatch(line -> !line.endsWith(": []"));
    }
  }

  @Test
  void theTableAndTheChecklistsTellTheSame() {
    var ofTable = new TreeSet<String>();
    for (var statement : TABLE.all()) {
      statement.steps().forEach(step -> ofTable.add(step + " " + statement.id()));
    }
    var ofChecklists = new TreeSet<String>();
    for (var checklist : BuiltInChecklists.catalog().all()) {
      for (var step : checklist.steps()) {
        step.statements()
            .forEach(
                statement ->
                    ofChecklists.add(checklist.name() + "/" + step.id() + " " + statement));
      }
    }

    assertThat(ofTable).isEqualTo(ofChecklists);
  }

  @Test
  void noStatementIsLeftToAPersonThatARuleShows() {
    for (var statement : TABLE.all()) {
      var steps = statement.steps().stream().map(StatementsTest::step).toList();
      var seen = steps.stream().flatMap(step -> step.see().rules().stream()).toList();
      if (statement.rules().isEmpty()) {
        // Where its steps watch something, that does not show this: then the table says why.
        if (!seen.isEmpty() || steps.stream().allMatch(Step::person)) {
          assertThat(statement.unseen()).as(statement.id() + " says why").isNotBlank();
        }
      } else if (!steps.isEmpty()) {
        assertThat(seen).as(statement.id()).containsAnyElementsOf(statement.rules());
      }
    }
  }

  private static Step step(String named) {
    var parts = named.split("/", 2);
    return BuiltInChecklists.catalog()
        .named(parts[0])
        .flatMap(checklist -> checklist.step(parts[1]))
        .orElseThrow(() -> new AssertionError("there is no step " + named));
  }

  @Test
  void thePageIsPrintedFromTheTable() throws IOException {
    var page = TABLE.markdown();
    if (Boolean.getBoolean("statements.write")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }

    assertThat(lines(Files.readString(PAGE)))
        .as(
            "docs/statements.md is out of date; write it anew with"
                + " mvn -pl monitor -am test -Dtest=StatementsTest -Dstatements.write=true"
                + " -Dsurefire.failIfNoSpecifiedTests=false")
        .isEqualTo(lines(page));
  }

  private static Collection<String> lines(String text) {
    return Arrays.asList(text.split("\n", -1));
  }
}
