package maildrift.monitor.lab;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    /** With variables replaced by what is chosen. */
    String expanded(Map<String, String> chosen) {
      var expanded = expression.replace("$__rate_interval", "30s");
      for (var variable : chosen.entrySet()) {
        expanded =
            expanded
                .replace("${" + variable.getKey() + "}", variable.getValue())
                .replace("$" + variable.getKey(), variable.getValue());
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
    return Stream.concat(queries(), marks()).toList();
  }

  private Stream<Target> marks() {
    return json.at("/annotations/list")
        .valueStream()
        .map(
            mark ->
                new Target(
                    mark.path("name").asString(),
                    mark.path("expr").asString(),
                    mark.path("titleFormat").asString() + mark.path("textFormat").asString()));
  }

  private Stream<Target> queries() {
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
                                target.path("legendFormat").asString(""))));
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

  /** All of what can be chosen, and of what must be one {@code one}. */
  Map<String, String> chosen(String one) {
    var chosen = new HashMap<String, String>();
    json.at("/templating/list")
        .valueStream()
        .filter(variable -> variable.path("type").asString().equals("query"))
        .forEach(
            variable ->
                chosen.put(
                    variable.path("name").asString(), variable.path("allValue").asString(one)));
    return chosen;
  }

  /** What fills the variables, e.g. {@code label_values(metric, label)}. */
  List<String> variableQueries() {
    return json.at("/templating/list")
        .valueStream()
        .filter(variable -> variable.path("type").asString().equals("query"))
        .map(variable -> variable.at("/query/query").asString())
        .toList();
  }

  JsonNode json() {
    return json;
  }

  /** Everything in it as text. */
  String text() {
    return json.toString();
  }
}
