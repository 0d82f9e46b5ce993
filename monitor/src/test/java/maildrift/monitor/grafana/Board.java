package maildrift.monitor.grafana;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A dashboard: its variables, and panels that flow from left to right in rows with a title. */
final class Board {
  private static final int COLUMNS = 24;

  /** Old enough for Grafana 9, which newer ones bring up to date by themselves. */
  private static final int SCHEMA = 39;

  private final ObjectNode json = JsonNodeFactory.instance.objectNode();
  private final ArrayNode variables;
  private final ArrayNode annotations;
  private final ArrayNode panels;
  private final String uid;
  private int x;
  private int y;
  private int tallest;

  Board(String uid, String title, String description) {
    this.uid = uid;
    json.put("uid", uid).put("title", "maildrift / " + title).put("description", description);
    json.putArray("tags").add("maildrift").add("mail").add("dns");
    json.put("schemaVersion", SCHEMA).put("version", 1).put("editable", true);
    json.put("refresh", "30s").put("timezone", "browser").put("graphTooltip", 1);
    json.putObject("time").put("from", "now-24h").put("to", "now");
    var links = json.putArray("links");
    links
        .addObject()
        .put("title", "Dashboards")
        .put("type", "dashboards")
        .put("asDropdown", true)
        .put("includeVars", true)
        .put("keepTime", true)
        .put("targetBlank", false)
        .put("icon", "external link")
        .putArray("tags")
        .add("maildrift");
    outward(links, "maildrift", Panel.MAILDRIFT + "/");
    outward(links, "Runbooks", Panel.MAILDRIFT + "/runbooks/README");
    variables = json.putObject("templating").putArray("list");
    annotations = json.putObject("annotations").putArray("list");
    panels = json.putArray("panels");
    var datasource = variables.addObject().put("name", "datasource").put("label", "Data source");
    datasource.put("type", "datasource").put("query", "prometheus").put("refresh", 1);
    datasource.putObject("current");
    var page = variables.addObject().put("name", "maildrift").put("label", "maildrift's page");
    page.put("description", "Where links lead: http.external_url of maildrift.");
    page.put("type", "textbox").put("query", "http://127.0.0.1:8425");
    page.putObject("current")
        .put("text", "http://127.0.0.1:8425")
        .put("value", "http://127.0.0.1:8425");
  }

  private static void outward(ArrayNode links, String title, String url) {
    links
        .addObject()
        .put("title", title)
        .put("type", "link")
        .put("url", url)
        .put("targetBlank", true)
        .put("icon", "external link")
        .putArray("tags");
  }

  String uid() {
    return uid;
  }

  /**
   * Which maildrift, where there are several. Two that watch the same domains say everything twice;
   * then one is to be chosen.
   */
  Board instances() {
    many("instance", "Instance", "maildrift_build_info", "instance");
    ((ObjectNode) variables.get(variables.size() - 1))
        .put("description", "Where several maildrift watch the same domains, choose one.");
    return this;
  }

  /** Several can be chosen, all by default. */
  Board many(String name, String label, String metric, String of) {
    var variable = variable(name, label, metric, of);
    variable.put("includeAll", true).put("multi", true).put("allValue", ".*");
    variable.putObject("current").put("text", "All").put("value", "$__all");
    return this;
  }

  /** One is chosen. */
  Board one(String name, String label, String metric, String of) {
    var variable = variable(name, label, metric, of);
    variable.put("includeAll", false).put("multi", false);
    variable.putObject("current");
    return this;
  }

  private ObjectNode variable(String name, String label, String metric, String of) {
    var variable = variables.addObject().put("name", name).put("label", label).put("type", "query");
    variable.set("datasource", Panel.datasource());
    variable
        .putObject("query")
        .put("query", "label_values(%s, %s)".formatted(metric, of))
        .put("refId", name);
    return variable.put("refresh", 2).put("sort", 1);
  }

  /** Marks at the times that the values are. */
  Board marks(String name, String expression, String title, String text) {
    var annotation = annotations.addObject().put("name", name).put("enable", true);
    annotation.set("datasource", Panel.datasource());
    annotation
        .put("expr", expression)
        .put("step", "60s")
        .put("titleFormat", title)
        .put("textFormat", text)
        .put("useValueForTime", true)
        .put("iconColor", "blue");
    return this;
  }

  /**
   * Marks where watched records changed. Each change is asked for while it is new only, and not all
   * of a wave: a fleet has tens of thousands of records, and a day more than a thousand minutes.
   */
  Board changes(String matchers, String title, String text) {
    return marks(
        "Changes",
        "topk(100, maildrift_record_changed_timestamp_seconds{%s} > time() - 900) * 1000"
            .formatted(matchers),
        title,
        text);
  }

  Board row(String title) {
    lineFeed();
    var row = panels.addObject().put("id", 1_000_000 + Math.floorMod(title.hashCode(), 1_000_000));
    row.put("type", "row").put("title", title).put("collapsed", false);
    row.putObject("gridPos").put("h", 1).put("w", COLUMNS).put("x", 0).put("y", y);
    row.putArray("panels");
    y++;
    return this;
  }

  Board panel(Panel panel) {
    if (x + panel.width > COLUMNS) {
      lineFeed();
    }
    panels.add(panel.at(x, y));
    x += panel.width;
    tallest = Math.max(tallest, panel.height);
    return this;
  }

  private void lineFeed() {
    y += tallest;
    x = 0;
    tallest = 0;
  }

  /** As Grafana reads it. */
  String print() {
    return json.toPrettyString().replace("\r\n", "\n") + "\n";
  }
}
