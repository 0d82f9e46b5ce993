package maildrift.monitor.statements;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import maildrift.monitor.json.CheckJson;
import tools.jackson.databind.JsonNode;

/**
 * All statements, from {@code statements.json}.
 *
 * @param documents in the order of their numbers, from 0
 */
public record StatementTable(List<Document> documents, List<Statement> all) {

  public StatementTable {
    documents = List.copyOf(documents);
    all = List.copyOf(all);
  }

  /** A document that maildrift came from. */
  public record Document(int number, String title, int statements) {}

  /** Reads the table. */
  public static StatementTable shipped() {
    try (InputStream in =
        Objects.requireNonNull(StatementTable.class.getResourceAsStream("statements.json"))) {
      var root = CheckJson.mapper().readTree(in);
      var documents = new ArrayList<Document>();
      root.path("documents")
          .forEach(
              node ->
                  documents.add(
                      new Document(
                          node.path("number").asInt(),
                          node.path("title").asString(),
                          node.path("statements").asInt())));
      var all = new ArrayList<Statement>();
      root.path("statements")
          .forEach(
              node ->
                  all.add(
                      new Statement(
                          node.path("id").asString(),
                          node.path("says").asString(),
                          words(node, "rules"),
                          words(node, "steps"),
                          words(node, "keys"),
                          words(node, "profiles"),
                          node.path("unseen").asString(""))));
      return new StatementTable(documents, all);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static List<String> words(JsonNode node, String key) {
    var words = new ArrayList<String>();
    node.path(key).forEach(word -> words.add(word.asString()));
    return words;
  }

  /** The page {@code docs/statements.md}. */
  public String markdown() {
    var out = new StringBuilder();
    out.append(
        """
        # What became of each statement

        maildrift began with five documents on how mail domains and gateways are to be set up. Together they make %d
        statements. Each is shown by rules, tracked by a step of a checklist, held against what you declare, part of a
        provider's profile, or it says here why no monitor can see it. Where a row has a reason besides, only a part is
        visible.

        Rules: `maildrift rules --explain RULE`. Checklists: `maildrift checklist NAME`. Keys: `maildrift config schema`.
        Profiles: `maildrift profiles NAME`. This page is printed from `statements.json`; a test holds it against rules,
        checklists, schema and profiles.
        """
            .formatted(all.size()));
    for (var document : documents) {
      out.append("\n## ")
          .append(document.number())
          .append(" ")
          .append(document.title())
          .append("\n\n");
      out.append("| no. | statement | rules | checklist | declared as | profile | not visible |\n");
      out.append("| --- | --- | --- | --- | --- | --- | --- |\n");
      all.stream()
          .filter(statement -> statement.document() == document.number())
          .forEach(
              statement ->
                  out.append(
                      "| %s | %s | %s | %s | %s | %s | %s |\n"
                          .formatted(
                              statement.id(),
                              statement.says(),
                              code(statement.rules()),
                              code(statement.steps()),
                              code(statement.keys()),
                              code(statement.profiles()),
                              statement.unseen())));
    }
    return out.toString();
  }

  private static String code(List<String> words) {
    return words.stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
  }
}
