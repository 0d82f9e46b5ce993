package maildrift.monitor.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A Grafana dashboard as Grafana reads it, as far as it depends on metrics. */
final class Dashboard {
  static final Path FOLDER = Path.of("../grafana/dashboards").toAbsolutePath().normalize();

  private final JsonNode json;

  Dashboard(Path file) {
    json = Web.parse(Nsd.read(file));
  }

  /** One query of a panel. */
  record Target(String panel, String expression, String legend) {
    /** With variables replaced by what "All" means. */
    String expanded(List<String> variables) {
      var expanded = expression;
      for (var variable : variables) {
        expanded = expanded.replace("$" + variable, ".*").replace("${" + variable + "}", ".*");
      }
      return expanded;
    }

    /** The labels that the legend shows. */
    List<String> legendLabels() {
      var labels = new TreeSet<String>();
      var rest = legend;
      while (rest.contains("{{") && rest.indexOf("}}") > rest.indexOf("{{")) {
        labels.add(rest.substring(rest.indexOf("{{") + 2, rest.indexOf("}}")).strip());
        rest = rest.substring(rest.indexOf("}}") + 2);
      }
      return List.copyOf(labels);
    }
  }

  List<Target> targets() {
    return panels(json)
        .flatMap(
            panel ->
                panel
                    .path("targets")
                    .valueStream()
                    .map(
                        target ->
                            new Target(
                                panel.path("title").asString(),
                                target.path("expr").asString(),
                                target.path("legendFormat").asString(""))))
        .toList();
  }

  private static Stream<JsonNode> panels(JsonNode parent) {
    return parent
        .path("panels")
        .valueStream()
        .flatMap(panel -> Stream.concat(Stream.of(panel), panels(panel)));
  }

  /** Names of the variables that are chosen at the top. */
  List<String> variables() {
    return json.at("/templating/list")
        .valueStream()
        .map(variable -> variable.path("name").asString())
        .toList();
  }

  /** What fills the variables, e.g. {@code label_values(metric, label)}. */
  List<String> variableQueries() {
    return json.at("/templating/list")
        .valueStream()
        .filter(variable -> variable.path("type").asString().equals("query"))
        .map(variable -> variable.at("/query/query").asString())
        .toList();
  }

  /** Everything in it as text. */
  String text() {
    return json.toString();
  }
}
