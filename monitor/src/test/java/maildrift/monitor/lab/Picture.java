package maildrift.monitor.lab;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A dashboard drawn from a Prometheus' data as Grafana would draw it, as far as a person must see
 * it to judge it: places, titles, colours, units, legends, words for values, links. Grafana itself
 * cannot be had where the tests run.
 */
final class Picture {
  private static final int WIDTH = 1536;
  private static final int ROW = 38;
  private static final int GAP = 8;
  private static final List<String> CLASSIC =
      List.of("green", "yellow", "blue", "orange", "red", "purple", "#37872D", "#FADE2A");

  private final JsonNode dashboard;
  private final Prometheus prometheus;
  private final Map<String, String> chosen;
  private final Instant to;
  private final Duration back;
  private final boolean dark;

  Picture(
      JsonNode dashboard,
      Prometheus prometheus,
      Map<String, String> chosen,
      Instant to,
      Duration back,
      boolean dark) {
    this.dashboard = dashboard;
    this.prometheus = prometheus;
    this.chosen = chosen;
    this.to = to;
    this.back = back;
    this.dark = dark;
  }

  /** A series of points, or one point where a query is about now. */
  private record Series(JsonNode labels, String legend, List<double[]> points) {
    double last() {
      return points.isEmpty() ? Double.NaN : points.getLast()[1];
    }
  }

  String html() {
    var out = new StringBuilder();
    var height = 90;
    for (var panel : dashboard.path("panels")) {
      var at = panel.path("gridPos");
      height = Math.max(height, 90 + (at.path("y").asInt() + at.path("h").asInt()) * ROW);
    }
    out.append(
        """
        <!doctype html><meta charset="utf-8"><style>
        body{margin:0;width:%dpx;height:%dpx;position:relative;background:%s;color:%s;font:13px/1.4 Inter,Roboto,Helvetica,Arial,sans-serif}
        .p{position:absolute;background:%s;border:1px solid %s;border-radius:2px;box-sizing:border-box;overflow:hidden}
        .t{font-weight:500;font-size:14px;padding:6px 8px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
        .t i{font-style:normal;opacity:.6;font-size:11px;margin-left:6px}
        .r{position:absolute;font-weight:500;font-size:15px}
        .b{position:absolute;left:8px;right:8px;bottom:6px;top:32px;overflow:hidden}
        .big{display:flex;flex-direction:column;align-items:center;justify-content:center;height:100%%;font-weight:500;text-align:center}
        table{border-collapse:collapse;width:100%%}td,th{text-align:left;padding:4px 6px;border-bottom:1px solid %s;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;max-width:420px}
        th{color:%s;font-weight:500}a{color:%s;text-decoration:none}.l{font-size:11px;line-height:16px}.l span{margin-right:12px;white-space:nowrap}
        .v{display:inline-block;margin-right:8px;padding:3px 8px;background:%s;border:1px solid %s}
        </style><body>
        """
            .formatted(
                WIDTH,
                height,
                dark ? "#111217" : "#f4f5f5",
                dark ? "#ccccdc" : "#24292e",
                paper(),
                line(),
                line(),
                color("blue"),
                color("blue"),
                paper(),
                line()));
    out.append("<div style='position:absolute;left:8px;top:8px;font-size:18px'>")
        .append(safe(dashboard.path("title").asString()))
        .append("</div><div style='position:absolute;left:8px;top:44px'>");
    for (var variable : dashboard.at("/templating/list")) {
      out.append("<span class=v>")
          .append(safe(variable.path("label").asString()))
          .append(" <b>")
          .append(
              safe(
                  variable.path("includeAll").asBoolean()
                      ? "All"
                      : chosen.getOrDefault(
                          variable.path("name").asString(),
                          variable.path("query").asString("Prometheus"))))
          .append("</b></span>");
    }
    out.append("</div>");
    for (var panel : dashboard.path("panels")) {
      panel(out, panel);
    }
    return out.append("</body>").toString();
  }

  private void panel(StringBuilder out, JsonNode panel) {
    var at = panel.path("gridPos");
    var cell = WIDTH / 24.0;
    var width = (int) (at.path("w").asInt() * cell) - GAP;
    var height = at.path("h").asInt() * ROW - GAP;
    var place =
        "left:%dpx;top:%dpx;width:%dpx;height:%dpx"
            .formatted(
                (int) (at.path("x").asInt() * cell) + GAP / 2,
                86 + at.path("y").asInt() * ROW,
                width,
                height);
    var title = expanded(panel.path("title").asString());
    if (panel.path("type").asString().equals("row")) {
      out.append("<div class=r style='%s'>⌄ %s</div>".formatted(place, safe(title)));
      return;
    }
    var links = panel.path("links").size() > 0 ? " ↗" : "";
    var body = new StringBuilder();
    var filled = "";
    switch (panel.path("type").asString()) {
      case "stat" -> filled = stat(body, panel, width, height);
      case "timeseries" -> lines(body, panel, width - 16, height - 40);
      case "state-timeline" -> states(body, panel, width - 16, height - 40);
      case "bargauge" -> bars(body, panel);
      case "table" -> table(body, panel);
      default -> throw new IllegalArgumentException(panel.path("type").asString());
    }
    out.append("<div class=p style='%s%s'>".formatted(place, filled))
        .append("<div class=t>%s<i>i%s</i></div>".formatted(safe(title), links))
        .append("<div class=b>")
        .append(body)
        .append("</div></div>\n");
  }

  private List<Series> series(JsonNode panel) {
    var found = new ArrayList<Series>();
    for (var target : panel.path("targets")) {
      var expression = target(target).expanded(chosen);
      var legend = target.path("legendFormat").asString();
      if (target.path("instant").asBoolean()) {
        for (var one : prometheus.query(expression)) {
          found.add(
              new Series(
                  one.path("metric"),
                  legend(legend, one.path("metric")),
                  List.of(point(one.path("value")))));
        }
      } else {
        var step = Math.max(1, back.toSeconds() / 600);
        var path =
            "query_range?query=%s&start=%d&end=%d&step=%d"
                .formatted(
                    Web.encoded(expression),
                    to.minus(back).getEpochSecond(),
                    to.getEpochSecond(),
                    step);
        for (var one : prometheus.get(path).path("result")) {
          found.add(
              new Series(
                  one.path("metric"),
                  legend(legend, one.path("metric")),
                  one.path("values").valueStream().map(Picture::point).toList()));
        }
      }
    }
    return found;
  }

  private static Dashboard.Target target(JsonNode target) {
    return new Dashboard.Target(
        "", target.path("expr").asString(), target.path("legendFormat").asString());
  }

  private static double[] point(JsonNode value) {
    var text = value.path(1).asString();
    var number =
        switch (text) {
          case "+Inf" -> Double.POSITIVE_INFINITY;
          case "-Inf" -> Double.NEGATIVE_INFINITY;
          default -> Double.parseDouble(text);
        };
    return new double[] {value.path(0).asDouble(), number};
  }

  private static String legend(String format, JsonNode labels) {
    var text = format;
    for (var label : labels.properties()) {
      text = text.replace("{{" + label.getKey() + "}}", label.getValue().asString());
    }
    return text;
  }

  private String expanded(String text) {
    return new Dashboard.Target("", text, "").expanded(chosen);
  }

  private String stat(StringBuilder body, JsonNode panel, int width, int height) {
    var series = series(panel);
    var defaults = panel.at("/fieldConfig/defaults");
    var options = panel.path("options");
    var filled = "";
    body.append(
        "<div class=big style='flex-direction:row;justify-content:space-evenly;position:static'>");
    if (series.isEmpty()) {
      body.append(safe(nothing(panel)));
    }
    for (var one : series) {
      var color = valueColor(defaults, one.last());
      var loud = options.path("colorMode").asString().startsWith("background");
      if (loud) {
        filled = ";background:%s;color:#fff".formatted(color);
      }
      if (options.path("graphMode").asString().equals("area") && series.size() == 1) {
        body.append(
            "<svg style='position:absolute;left:0;bottom:0;opacity:.35' width=%d height=%d>%s</svg>"
                .formatted(
                    width - 16,
                    height / 3,
                    path(
                        one,
                        extent(List.of(one)),
                        width - 16,
                        height / 3,
                        loud ? "#fff" : color,
                        true,
                        0)));
      }
      var names = options.path("textMode").asString().equals("name");
      var text = names ? one.legend() : words(defaults, one.last());
      var size =
          Math.min(height / 3, (int) (1.5 * width / series.size() / Math.max(2, text.length())));
      body.append(
          "<div style='position:relative'><div style='font-size:%dpx;line-height:1.1;color:%s'>%s</div>%s</div>"
              .formatted(
                  Math.max(14, size),
                  loud ? "#fff" : color,
                  safe(text),
                  options.path("textMode").asString().equals("value_and_name")
                      ? "<div style='font-size:12px'>%s</div>".formatted(safe(one.legend()))
                      : ""));
    }
    body.append("</div>");
    return filled;
  }

  private static String nothing(JsonNode panel) {
    return panel.at("/fieldConfig/defaults/noValue").asString("No data");
  }

  /** Lowest and highest. */
  private double[] extent(List<Series> series) {
    var low = 0.0;
    var high = Double.NEGATIVE_INFINITY;
    for (var one : series) {
      for (var point : one.points()) {
        if (Double.isFinite(point[1])) {
          low = Math.min(low, point[1]);
          high = Math.max(high, point[1]);
        }
      }
    }
    return new double[] {low, high <= low ? low + 1 : high * 1.05};
  }

  private String path(
      Series series, double[] extent, int width, int height, String color, boolean fill, int left) {
    var line = new StringBuilder();
    var before = Double.NaN;
    var x = 0.0;
    var first = Double.NaN;
    for (var point : series.points()) {
      x = left + x(point[0], width - left);
      var y = height - (point[1] - extent[0]) / (extent[1] - extent[0]) * height;
      line.append(
          Double.isNaN(before)
              ? "M%.1f %.1f".formatted(x, y)
              : "L%.1f %.1fL%.1f %.1f".formatted(x, before, x, y));
      first = Double.isNaN(first) ? x : first;
      before = y;
    }
    if (line.isEmpty()) {
      return "";
    }
    var area =
        fill
            // Solid first: what lies behind belongs to another series.
            ? "<path d='%1$sL%2$.1f %3$dL%4$.1f %3$dZ' fill='%5$s'/><path d='%1$sL%2$.1f %3$dL%4$.1f %3$dZ' fill='%6$s' fill-opacity='.4'/>"
                .formatted(line, x, height, first, left == 0 ? "none" : paper(), color)
            : "";
    return area
        + "<path d='%s' fill='none' stroke='%s' stroke-width='1.8'/>".formatted(line, color);
  }

  private double x(double time, int width) {
    var start = to.minus(back).getEpochSecond();
    return (time - start) / back.toSeconds() * width;
  }

  private void lines(StringBuilder body, JsonNode panel, int width, int height) {
    var defaults = panel.at("/fieldConfig/defaults");
    var series = series(panel);
    if (series.isEmpty()) {
      body.append("<div class=big>%s</div>".formatted(safe(nothing(panel))));
      return;
    }
    series.sort(Comparator.comparing(Series::legend));
    var beside = panel.at("/options/legend/placement").asString().equals("right");
    var graph = height - (beside ? 20 : 40);
    var wide = width;
    width -= beside ? 110 : 0;
    var stacked = defaults.at("/custom/stacking/mode").asString().equals("normal");
    var shown = stacked ? stack(series) : series;
    var extent = extent(shown);
    if (defaults.has("max")) {
      extent[1] = Math.max(extent[1], defaults.path("max").asDouble());
    }
    body.append("<svg width=%d height=%d style='display:block'>".formatted(width, graph + 20));
    for (var i = 0; i <= 4; i++) {
      var y = graph - i * graph / 4;
      body.append(
          "<line x1=72 x2=%d y1=%d y2=%d stroke='%s'/><text x=66 y=%d font-size=11 text-anchor=end fill='currentColor'>%s</text>"
              .formatted(
                  width,
                  y,
                  y,
                  line(),
                  y + 9 > graph ? y : y + 9,
                  safe(
                      unit(
                          defaults.path("unit").asString(),
                          extent[0] + i * (extent[1] - extent[0]) / 4))));
    }
    if (defaults.at("/custom").has("thresholdsStyle")) {
      var limit = defaults.at("/thresholds/steps/1/value").asDouble();
      if (limit <= extent[1]) {
        var y = graph - (limit - extent[0]) / (extent[1] - extent[0]) * graph;
        body.append(
            "<line x1=72 x2=%d y1=%.0f y2=%.0f stroke='%s' stroke-dasharray='6 4'/>"
                .formatted(width, y, y, color("red")));
      }
    }
    for (var i = shown.size() - 1; i >= 0; i--) {
      body.append(
          path(shown.get(i), extent, width, graph, seriesColor(panel, series, i), stacked, 72));
    }
    marks(body, width, graph);
    body.append(
        "</svg><div class=l style='%s'>"
            .formatted(
                beside ? "position:absolute;top:0;width:100px;left:" + (wide - 100) + "px" : ""));
    for (var i = 0; i < series.size(); i++) {
      body.append(
          "<span><b style='color:%s'>━</b> %s</span> "
              .formatted(seriesColor(panel, series, i), safe(series.get(i).legend())));
    }
    body.append("</div>");
  }

  private void marks(StringBuilder body, int width, int height) {
    for (var mark : dashboard.at("/annotations/list")) {
      for (var one : prometheus.query(expanded(mark.path("expr").asString()))) {
        var time = point(one.path("value"))[1] / 1000;
        var x = 72 + x(time, width - 72);
        if (x > 72) {
          body.append(
              "<line x1=%.0f x2=%.0f y1=0 y2=%d stroke='%s' stroke-dasharray='3 3'/>"
                  .formatted(x, x, height, color("blue")));
        }
      }
    }
  }

  private static List<Series> stack(List<Series> series) {
    var sums = new LinkedHashMap<Double, Double>();
    var stacked = new ArrayList<Series>();
    for (var one : series) {
      var points = new ArrayList<double[]>();
      for (var point : one.points()) {
        points.add(new double[] {point[0], sums.merge(point[0], point[1], Double::sum)});
      }
      stacked.add(new Series(one.labels(), one.legend(), points));
    }
    return stacked;
  }

  private String seriesColor(JsonNode panel, List<Series> series, int index) {
    for (var override : panel.at("/fieldConfig/overrides")) {
      if (override.at("/matcher/options").asString().equals(series.get(index).legend())) {
        return color(override.at("/properties/0/value/fixedColor").asString());
      }
    }
    return color(CLASSIC.get(index % CLASSIC.size()));
  }

  private void states(StringBuilder body, JsonNode panel, int width, int height) {
    var defaults = panel.at("/fieldConfig/defaults");
    var series = series(panel);
    if (series.isEmpty()) {
      body.append("<div class=big>%s</div>".formatted(safe(nothing(panel))));
      return;
    }
    var left = 280;
    var tall = Math.min(30, (height - 24) / series.size());
    body.append("<svg width=%d height=%d style='display:block'>".formatted(width, height - 20));
    for (var i = 0; i < series.size(); i++) {
      var y = i * tall;
      body.append(
          "<text x=%d y=%d font-size=12 text-anchor=end fill='currentColor'>%s</text>"
              .formatted(left - 8, y + tall * 2 / 3, safe(series.get(i).legend())));
      var step = (width - left) / (double) Math.max(1, back.toSeconds());
      for (var point : series.get(i).points()) {
        body.append(
            "<rect x='%.1f' y=%d width='%.2f' height=%d fill='%s'/>"
                .formatted(
                    left + x(point[0], width - left),
                    y + 2,
                    step + .4,
                    tall - 4,
                    valueColor(defaults, point[1])));
      }
    }
    body.append("</svg><div class=l>");
    defaults
        .at("/mappings/0/options")
        .properties()
        .forEach(
            value ->
                body.append(
                    "<span><b style='color:%s'>■</b> %s</span>"
                        .formatted(
                            color(value.getValue().path("color").asString()),
                            safe(value.getValue().path("text").asString()))));
    body.append("</div>");
  }

  private void bars(StringBuilder body, JsonNode panel) {
    var defaults = panel.at("/fieldConfig/defaults");
    var series = series(panel);
    series.sort(Comparator.comparingDouble(Series::last).reversed());
    if (series.isEmpty()) {
      body.append("<div class=big>No data</div>");
    }
    var high =
        defaults.path("max").asDouble(series.stream().mapToDouble(Series::last).max().orElse(1));
    for (var one : series) {
      body.append(
          "<div style='display:flex;align-items:center;margin:3px 0'><div style='width:40%%;overflow:hidden;text-overflow:ellipsis'>%s</div><div style='flex:1;background:%s'><div style='width:%.0f%%;height:16px;background:%s'></div></div><b style='width:50px;text-align:right;color:%s'>%s</b></div>"
              .formatted(
                  safe(one.legend()),
                  line(),
                  Math.min(100, 100 * one.last() / high),
                  valueColor(defaults, one.last()),
                  valueColor(defaults, one.last()),
                  safe(words(defaults, one.last()))));
    }
  }

  /** A row of a table: what all its queries say of the same labels. */
  private record Row(Map<String, String> labels, Map<String, Double> numbers) {}

  private void table(StringBuilder body, JsonNode panel) {
    var organize = panel.at("/transformations/1/options");
    var rows = new LinkedHashMap<String, Row>();
    var letter = 'A';
    for (var target : panel.path("targets")) {
      var field = panel.path("targets").size() == 1 ? "Value" : "Value #" + letter++;
      for (var one : prometheus.query(target(target).expanded(chosen))) {
        var key = one.path("metric").toString();
        var row =
            rows.computeIfAbsent(key, _ -> new Row(new LinkedHashMap<>(), new LinkedHashMap<>()));
        one.path("metric")
            .properties()
            .forEach(label -> row.labels().put(label.getKey(), label.getValue().asString()));
        row.numbers().put(field, point(one.path("value"))[1]);
      }
    }
    var columns = new ArrayList<String>();
    organize.path("indexByName").properties().forEach(column -> columns.add(column.getKey()));
    var others = new TreeSet<String>();
    for (var row : rows.values()) {
      others.addAll(row.labels().keySet());
      others.addAll(row.numbers().keySet());
    }
    others.removeAll(columns);
    columns.addAll(others);
    columns.removeIf(column -> organize.path("excludeByName").has(column));
    body.append("<table><tr>");
    columns.forEach(column -> body.append("<th>%s</th>".formatted(safe(named(organize, column)))));
    body.append("</tr>");
    var sort = panel.at("/options/sortBy/0");
    var sorted = new ArrayList<>(rows.values());
    columns.stream()
        .filter(column -> named(organize, column).equals(sort.path("displayName").asString()))
        .findFirst()
        .ifPresent(
            column -> {
              Comparator<Row> order =
                  Comparator.<Row>comparingDouble(row -> row.numbers().getOrDefault(column, 0.0))
                      .thenComparing(row -> row.labels().getOrDefault(column, ""));
              sorted.sort(sort.path("desc").asBoolean() ? order.reversed() : order);
            });
    for (var row : sorted.stream().limit(12).toList()) {
      body.append("<tr>");
      for (var column : columns) {
        cell(
            body,
            panel,
            named(organize, column),
            Optional.ofNullable(row.labels().get(column)),
            Optional.ofNullable(row.numbers().get(column)));
      }
      body.append("</tr>");
    }
    body.append("</table>");
    if (rows.isEmpty()) {
      body.append("<div class=big>%s</div>".formatted(safe(nothing(panel))));
    }
  }

  private static String named(JsonNode organize, String column) {
    return organize.path("renameByName").path(column).asString(column);
  }

  private void cell(
      StringBuilder body,
      JsonNode panel,
      String column,
      Optional<String> text,
      Optional<Double> number) {
    var properties =
        panel
            .at("/fieldConfig/overrides")
            .valueStream()
            .filter(override -> override.at("/matcher/options").asString().equals(column))
            .flatMap(override -> override.path("properties").valueStream())
            .collect(
                Collectors.groupingBy(
                    property -> property.path("id").asString(),
                    Collectors.mapping(property -> property.path("value"), Collectors.toList())));
    var color = "inherit";
    var shown = text.orElse("");
    if (number.isPresent()) {
      var value = number.get();
      shown =
          unit(
              properties.containsKey("unit")
                  ? properties.get("unit").getFirst().asString()
                  : "short",
              value);
      if (properties.containsKey("thresholds")) {
        color = color(step(properties.get("thresholds").getFirst(), value));
      }
      for (var mapping : properties.getOrDefault("mappings", List.of())) {
        var options = mapping.path(0).path("options");
        var result =
            options.has("from") && value >= options.path("from").asDouble()
                ? options.path("result")
                : options.path(whole(value));
        if (result.has("text")) {
          shown = result.path("text").asString();
          color = color(result.path("color").asString());
        }
      }
    }
    var link = properties.containsKey("links");
    body.append(
        "<td style='color:%s'>%s</td>"
            .formatted(color, link ? "<a>%s</a>".formatted(safe(shown)) : safe(shown)));
  }

  private String words(JsonNode defaults, double value) {
    var mapping = defaults.at("/mappings/0/options").path(whole(value));
    return mapping.isMissingNode()
        ? unit(defaults.path("unit").asString(), value)
        : mapping.path("text").asString();
  }

  private String valueColor(JsonNode defaults, double value) {
    var mapping = defaults.at("/mappings/0/options").path(whole(value));
    if (!mapping.isMissingNode()) {
      return color(mapping.path("color").asString());
    }
    return color(
        defaults.at("/color/mode").asString().equals("fixed")
            ? defaults.at("/color/fixedColor").asString()
            : step(defaults.path("thresholds"), value));
  }

  private static String whole(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : "none";
  }

  private static String step(JsonNode thresholds, double value) {
    var color = "text";
    for (var step : thresholds.path("steps")) {
      if (step.path("value").isNull() || value >= step.path("value").asDouble()) {
        color = step.path("color").asString();
      }
    }
    return color;
  }

  private String unit(String unit, double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    return switch (unit) {
      case "s" -> seconds(value);
      case "ops" -> number(value) + " ops/s";
      case "bytes" -> number(value / (1 << 20)) + " MiB";
      case "percentunit" -> number(value * 100) + "%";
      case "dateTimeFromNow" -> seconds(to.toEpochMilli() / 1e3 - value / 1000) + " ago";
      case "none", "locale" -> number(value);
      default -> shortened(value);
    };
  }

  private static String seconds(double value) {
    var size = Math.abs(value);
    if (size < 1) {
      return number(value * 1000) + " ms";
    }
    if (size < 60) {
      return number(value) + " s";
    }
    if (size < 3600) {
      return number(value / 60) + " mins";
    }
    return size < 86_400 ? number(value / 3600) + " hours" : number(value / 86_400) + " days";
  }

  /** As Grafana's {@code short} has it: three digits. */
  private static String shortened(double value) {
    var size = Math.abs(value);
    if (size < 1000) {
      return number(value);
    }
    return size < 1e6
        ? String.format(Locale.ROOT, "%.2f K", value / 1e3)
        : String.format(Locale.ROOT, "%.2f M", value / 1e6);
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,d", (long) value)
        : String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.2f" : "%.1f", value);
  }

  private String paper() {
    return dark ? "#181b1f" : "#ffffff";
  }

  private String line() {
    return dark ? "#2c3235" : "#e4e7e7";
  }

  /** Grafana's names, which mean other shades in the dark. */
  private String color(String name) {
    return switch (name) {
      case "red" -> dark ? "#F2495C" : "#E02F44";
      case "orange" -> dark ? "#FF9830" : "#FF780A";
      case "yellow" -> dark ? "#FADE2A" : "#E0B400";
      case "green" -> dark ? "#73BF69" : "#56A64B";
      case "blue" -> dark ? "#5794F2" : "#3274D9";
      case "purple" -> dark ? "#B877D9" : "#A352CC";
      case "text" -> dark ? "#ccccdc" : "#24292e";
      default -> name;
    };
  }

  private static String safe(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
