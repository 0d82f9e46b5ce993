package maildrift.monitor.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.Severity;
import tools.jackson.databind.JsonNode;

/**
 * The frameworks that ship, from {@code frameworks.json}.
 *
 * @param all in the order in which they are shown
 * @param events areas or rules that tell of a change or of what an operator declared, not of a
 *     record's quality: they stay out of the score
 */
public record Frameworks(List<Framework> all, Set<String> events) {

  public Frameworks {
    all = List.copyOf(all);
    events = Set.copyOf(events);
  }

  /** Reads the table. */
  public static Frameworks shipped() {
    try (InputStream in =
        Objects.requireNonNull(Frameworks.class.getResourceAsStream("frameworks.json"))) {
      var root = CheckJson.mapper().readTree(in);
      return new Frameworks(
          list(root.path("frameworks"), Frameworks::framework),
          new HashSet<>(list(root.path("events"), JsonNode::asString)));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  boolean isEvent(String rule) {
    return events.contains(rule) || events.contains(rule.substring(0, rule.indexOf('.') + 1) + "*");
  }

  private static Framework framework(JsonNode node) {
    return new Framework(
        node.path("id").asString(),
        node.path("name").asString(),
        node.path("source").asString(),
        list(node.path("demands"), Frameworks::demand));
  }

  private static Framework.Demand demand(JsonNode node) {
    return new Framework.Demand(
        node.path("id").asString(),
        node.path("title").asString(),
        list(node.path("rules"), JsonNode::asString),
        Severity.valueOf(node.path("from").asString("warning").toUpperCase(Locale.ROOT)),
        list(
            node.path("facts"),
            fact ->
                new Framework.Fact(
                    fact.path("probe").asString(),
                    fact.path("name").asString(),
                    new HashSet<>(list(fact.path("in"), JsonNode::asString)))),
        list(
            node.path("needs"),
            need ->
                new Framework.Needed(
                    need.path("probe").asString(),
                    need.path("name").asString(),
                    need.path("otherwise").asString())),
        Optional.of(node.path("invisible").asString("")).filter(why -> !why.isEmpty()));
  }

  private static <T> List<T> list(JsonNode array, Function<JsonNode, T> reader) {
    var all = new ArrayList<T>();
    array.forEach(node -> all.add(reader.apply(node)));
    return all;
  }
}
