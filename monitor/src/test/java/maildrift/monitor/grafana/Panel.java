package maildrift.monitor.grafana;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One panel of a dashboard. Its id comes from its title, so that it stays when others come and go.
 */
final class Panel {
  /** What maildrift's page has to say, where the operator told the dashboard that it is. */
  static final String MAILDRIFT = "${maildrift}";

  /** The dashboard of the domain that a cell names, for the same time and maildrift. */
  static final String DOMAIN =
      "/d/maildrift-domain?var-domain=${__value.raw}&${datasource:queryparam}&${instance:queryparam}&${maildrift:queryparam}&${__url_time_range}";

  /** Of things that are counted: to the last one, where {@code short} says 1.23 K. */
  static final String COUNT = "locale";

  /** For tiles that are filled, where there is nothing to be told; legible in light and dark. */
  static final String QUIET = "#6e7077";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ObjectNode json = JSON.objectNode();
  private final ObjectNode defaults;
  private final ObjectNode options;
  private final ArrayNode overrides;
  private final boolean instant;
  int width;
  int height;

  private Panel(
      String type, String title, String description, boolean instant, int width, int height) {
    this.instant = instant;
    this.width = width;
    this.height = height;
    json.put("id", 1 + Math.floorMod(title.hashCode(), 1_000_000));
    json.put("type", type).put("title", title).put("description", description);
    json.set("datasource", datasource());
    json.putObject("gridPos");
    json.putArray("targets");
    var config = json.putObject("fieldConfig");
    defaults = config.putObject("defaults");
    overrides = config.putArray("overrides");
    options = json.putObject("options");
  }

  static ObjectNode datasource() {
    return JSON.objectNode().put("type", "prometheus").put("uid", "${datasource}");
  }

  /**
   * A number of now. Not the last one of a range with its course behind it: while maildrift is away
   * that would stay green for a day.
   */
  static Panel stat(String title, String description) {
    var panel = new Panel("stat", title, description, true, 3, 4);
    panel.lastValue();
    panel
        .options
        .put("colorMode", "value")
        .put("graphMode", "none")
        .put("textMode", "auto")
        .put("justifyMode", "auto")
        .put("orientation", "auto");
    return panel.unit(COUNT).color("text");
  }

  /** Lines over time. */
  static Panel lines(String title, String description) {
    var panel = new Panel("timeseries", title, description, false, 12, 8);
    panel.defaults.putObject("color").put("mode", "palette-classic");
    panel
        .defaults
        .putObject("custom")
        .put("drawStyle", "line")
        .put("lineInterpolation", "stepAfter")
        .put("lineWidth", 2)
        .put("fillOpacity", 10)
        .put("showPoints", "never")
        .put("spanNulls", false)
        .put("axisSoftMin", 0)
        .putObject("stacking")
        .put("mode", "none")
        .put("group", "A");
    panel
        .options
        .putObject("legend")
        .put("showLegend", true)
        .put("displayMode", "list")
        .put("placement", "bottom")
        .putArray("calcs");
    panel.options.putObject("tooltip").put("mode", "multi").put("sort", "desc");
    return panel.unit("short");
  }

  /** States over time, one line each. */
  static Panel timeline(String title, String description) {
    var panel = new Panel("state-timeline", title, description, false, 24, 6);
    panel.defaults.putObject("color").put("mode", "thresholds");
    panel.defaults.putObject("custom").put("lineWidth", 0).put("fillOpacity", 80);
    panel
        .options
        .put("mergeValues", true)
        .put("showValue", "never")
        .put("alignValue", "left")
        .put("rowHeight", 0.8)
        .putObject("legend")
        .put("showLegend", true)
        .put("displayMode", "list")
        .put("placement", "bottom");
    panel.options.putObject("tooltip").put("mode", "single").put("sort", "none");
    return panel.thresholds("green");
  }

  /** Bars that compare numbers of now. */
  static Panel bars(String title, String description) {
    var panel = new Panel("bargauge", title, description, true, 8, 8);
    panel.lastValue();
    panel
        .options
        .put("orientation", "horizontal")
        .put("displayMode", "basic")
        .put("showUnfilled", true)
        .put("valueMode", "color");
    panel.defaults.put("min", 0);
    return panel.unit(COUNT).color("blue");
  }

  /** Rows of now; the queries' labels are the columns, so they must be aggregated to those. */
  static Panel table(String title, String description) {
    var panel = new Panel("table", title, description, true, 12, 8);
    panel.defaults.putObject("color").put("mode", "thresholds");
    panel
        .defaults
        .putObject("custom")
        .put("align", "auto")
        .put("filterable", true)
        .putObject("cellOptions")
        .put("type", "auto");
    panel.options.put("showHeader", true).put("cellHeight", "sm").putArray("sortBy");
    var changes = panel.json.putArray("transformations");
    changes.addObject().put("id", "merge").putObject("options");
    var organize = changes.addObject().put("id", "organize").putObject("options");
    organize.putObject("excludeByName").put("Time", true);
    organize.putObject("indexByName");
    organize.putObject("renameByName");
    return panel.unit(COUNT).thresholds("text");
  }

  private void lastValue() {
    var reduce = options.putObject("reduceOptions");
    reduce.putArray("calcs").add("lastNotNull");
    reduce.put("fields", "").put("values", false);
  }

  Panel size(int columns, int rows) {
    width = columns;
    height = rows;
    return this;
  }

  Panel query(String expression) {
    return query(expression, "");
  }

  Panel query(String expression, String legend) {
    var targets = (ArrayNode) json.path("targets");
    var target =
        targets.addObject().put("refId", String.valueOf((char) ('A' + targets.size() - 1)));
    target.set("datasource", datasource());
    target.put("editorMode", "code").put("expr", expression).put("legendFormat", legend);
    target.put("instant", instant).put("range", !instant);
    if (json.path("type").asString().equals("table")) {
      target.put("format", "table");
    }
    return this;
  }

  Panel unit(String unit) {
    defaults.put("unit", unit);
    return this;
  }

  Panel decimals(int decimals) {
    defaults.put("decimals", decimals);
    return this;
  }

  Panel max(double max) {
    defaults.put("max", max);
    return this;
  }

  Panel noValue(String text) {
    defaults.put("noValue", text);
    return this;
  }

  Panel color(String fixed) {
    defaults.putObject("color").put("mode", "fixed").put("fixedColor", fixed);
    return this;
  }

  /** Colours by value: that of everything below the first step, then pairs of step and colour. */
  Panel thresholds(String base, Object... steps) {
    defaults.putObject("color").put("mode", "thresholds");
    defaults.set("thresholds", steps(base, steps));
    return this;
  }

  private static ObjectNode steps(String base, Object... steps) {
    var thresholds = JSON.objectNode().put("mode", "absolute");
    var list = thresholds.putArray("steps");
    list.addObject().put("color", base).putNull("value");
    for (var i = 0; i < steps.length; i += 2) {
      list.addObject()
          .put("color", steps[i + 1].toString())
          .put("value", ((Number) steps[i]).doubleValue());
    }
    return thresholds;
  }

  /** A line at a limit, where values are compared with it. */
  Panel limit(double at) {
    ((ObjectNode) defaults.path("custom")).putObject("thresholdsStyle").put("mode", "dashed");
    defaults.set("thresholds", steps("transparent", at, "red"));
    return this;
  }

  /** A value in words. */
  Panel map(int value, String text, String color) {
    if (!defaults.has("mappings")) {
      defaults.putArray("mappings").addObject().put("type", "value").putObject("options");
    }
    var mappings = (ObjectNode) defaults.at("/mappings/0/options");
    mappings
        .putObject(Integer.toString(value))
        .put("text", text)
        .put("color", color)
        .put("index", mappings.size() - 1);
    return this;
  }

  /** The series of this name always in this colour. */
  Panel paint(String name, String color) {
    override(name, "color").putObject("value").put("mode", "fixed").put("fixedColor", color);
    return this;
  }

  Panel stacked() {
    var custom = (ObjectNode) defaults.path("custom");
    custom.put("fillOpacity", 40).putObject("stacking").put("mode", "normal").put("group", "A");
    return this;
  }

  /** Lines between the points, for what changes smoothly. */
  Panel smooth() {
    ((ObjectNode) defaults.path("custom")).put("lineInterpolation", "linear");
    return this;
  }

  /** A stat that says the legend of its series in place of their values. */
  Panel saysNames() {
    options.put("textMode", "name");
    return this;
  }

  Panel saysBoth() {
    options.put("textMode", "value_and_name");
    return this;
  }

  /** Filled with the colour, for what is looked at from afar. */
  Panel loud() {
    options.put("colorMode", "background_solid");
    return this;
  }

  /** Columns in this order. */
  Panel columns(String... names) {
    var index = (ObjectNode) json.at("/transformations/1/options/indexByName");
    for (var i = 0; i < names.length; i++) {
      index.put(names[i], i);
    }
    return this;
  }

  /**
   * The value of a query as a column; {@code Value} if there is one query, else {@code Value #A}.
   */
  Panel column(String field, String title, String unit, Object... steps) {
    ((ObjectNode) json.at("/transformations/1/options/renameByName")).put(field, title);
    override(title, "unit").put("value", unit);
    if (steps.length > 0) {
      override(title, "thresholds").set("value", steps("text", steps));
      override(title, "custom.cellOptions").putObject("value").put("type", "color-text");
    }
    return this;
  }

  /** Values of a column from here on are no values, but this. */
  Panel beyond(String column, double from, String text) {
    var mapping = override(column, "mappings").putArray("value").addObject().put("type", "range");
    var range = mapping.putObject("options").put("from", from).put("to", 1e15);
    range.putObject("result").put("text", text).put("color", "red").put("index", 0);
    return this;
  }

  Panel sorted(String column, boolean descending) {
    ((ArrayNode) options.path("sortBy"))
        .addObject()
        .put("displayName", column)
        .put("desc", descending);
    return this;
  }

  /** Values of a column lead somewhere. */
  Panel columnLink(String column, String title, String url) {
    override(column, "links").putArray("value").add(anchor(title, url));
    return this;
  }

  /** Values of a column in words: value, word and colour, again and again. */
  Panel words(String column, Object... words) {
    var mapping = override(column, "mappings").putArray("value").addObject().put("type", "value");
    var options = mapping.putObject("options");
    for (var i = 0; i < words.length; i += 3) {
      options
          .putObject(words[i].toString())
          .put("text", words[i + 1].toString())
          .put("color", words[i + 2].toString())
          .put("index", i / 3);
    }
    override(column, "custom.cellOptions").putObject("value").put("type", "color-text");
    return this;
  }

  /** What the query counts is how bad it is, as {@link #severity} says it; the worst first. */
  Panel worstFirst() {
    return column("Value", "severity", COUNT)
        .words("severity", 3, "critical", "red", 2, "warning", "orange", 1, "info", "blue")
        .sorted("severity", true);
  }

  /** How bad the rows of a series with a label {@code severity} are, by these labels. */
  static String severity(String by, String metric, String matchers) {
    return "max by (%1$s) (%2$s{%3$sseverity=\"critical\"} * 3 or %2$s{%3$sseverity=\"warning\"} * 2 or %2$s{%3$sseverity!~\"critical|warning\"})"
        .formatted(by, metric, matchers);
  }

  /** The legend beside the lines, where there are many. */
  Panel legendBeside() {
    ((ObjectNode) options.path("legend")).put("placement", "right");
    return this;
  }

  /** Links of the panel's corner. */
  Panel link(String title, String url) {
    if (!json.has("links")) {
      json.putArray("links");
    }
    ((ArrayNode) json.path("links")).add(anchor(title, url));
    return this;
  }

  Panel runbook(String name) {
    return link("Runbook " + name, MAILDRIFT + "/runbooks/" + name);
  }

  private static ObjectNode anchor(String title, String url) {
    return JSON.objectNode().put("title", title).put("url", url).put("targetBlank", true);
  }

  private ObjectNode override(String field, String property) {
    for (var known : overrides) {
      if (known.at("/matcher/options").asString().equals(field)) {
        return ((ArrayNode) known.path("properties")).addObject().put("id", property);
      }
    }
    var override = overrides.addObject();
    override.putObject("matcher").put("id", "byName").put("options", field);
    return override.putArray("properties").addObject().put("id", property);
  }

  /** At its place. */
  ObjectNode at(int x, int y) {
    ((ObjectNode) json.path("gridPos")).put("h", height).put("w", width).put("x", x).put("y", y);
    return json;
  }
}
