package maildrift.monitor.web;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Hours;
import maildrift.alerts.mute.InhibitRule;
import maildrift.alerts.mute.TimeInterval;
import maildrift.alerts.route.Route;
import maildrift.alerts.route.Routing;
import maildrift.monitor.config.Durations;
import maildrift.monitor.json.CheckJson;

/**
 * Routes, inhibition and hours as an Alertmanager would be configured for them, so that {@code
 * amtool config routes test} finds who hears of what. Of receivers there are the names alone. Texts
 * are quoted as in JSON, which YAML reads.
 */
final class AlertmanagerConfig {
  /**
   * For who may not see the routes. It holds none, so that {@code amtool} refuses to say who hears
   * of an alert, where any other would be a wrong answer.
   */
  static final String HIDDEN =
      """
      # Routes and receivers are the whole daemon's: this login, limited to tenants, does not see them.
      # Which way its own alerts go, /api/v1/routes says.
      """;

  private static final String NOBODY = "nobody";

  private final StringBuilder yaml = new StringBuilder();

  private AlertmanagerConfig() {}

  static String of(Routing routing) {
    var config = new AlertmanagerConfig();
    config.routes(routing);
    config.receivers(routing);
    config.inhibition(routing.inhibitRules());
    config.hours(routing.routes());
    return config.yaml.toString();
  }

  private void line(String key, String value) {
    line(key + ": " + value);
  }

  private void line(String text) {
    yaml.append(text).append('\n');
  }

  /** Without a route that matches, maildrift tells nobody; Alertmanager must be told so. */
  private void routes(Routing routing) {
    line("# maildrift's routes in Alertmanager's words; escalations it has none for.");
    line("route:");
    line("  receiver", quoted(nobody(routing)));
    if (!routing.routes().isEmpty()) {
      line("  routes:");
    }
    for (var route : routing.routes()) {
      if (route.receivers().isEmpty()) {
        route(route, nobody(routing), route.goesOn());
      }
      for (var receiver : route.receivers()) {
        var isLast = receiver.equals(route.receivers().getLast());
        route(route, receiver, route.goesOn() || !isLast);
      }
    }
  }

  /** A route of Alertmanager has one receiver; one with several becomes several. */
  private void route(Route route, String receiver, boolean goesOn) {
    var grouping = route.grouping();
    line("  - receiver", quoted(receiver));
    matchers("    matchers", route.matchers());
    line("    group_by", quoted(grouping.by()));
    line("    group_wait", Durations.text(grouping.groupWait()));
    line("    group_interval", Durations.text(grouping.groupInterval()));
    line("    repeat_interval", Durations.text(grouping.repeatInterval()));
    names("    active_time_intervals", route.hours().active());
    names("    mute_time_intervals", route.hours().mute());
    line("    continue", "" + goesOn);
  }

  private void matchers(String key, List<Matcher> matchers) {
    line(key, quoted(matchers.stream().map(Matcher::toString).toList()));
  }

  private void names(String key, List<Hours.Named> named) {
    if (!named.isEmpty()) {
      line(key, quoted(named.stream().map(Hours.Named::name).toList()));
    }
  }

  private static String nobody(Routing routing) {
    var name = NOBODY;
    while (routing.sendResolved().containsKey(name)) {
      name += "-";
    }
    return name;
  }

  private void receivers(Routing routing) {
    line("receivers:");
    line("- name", quoted(nobody(routing)));
    new TreeSet<>(routing.sendResolved().keySet()).forEach(name -> line("- name", quoted(name)));
  }

  private void inhibition(List<InhibitRule> rules) {
    if (!rules.isEmpty()) {
      line("inhibit_rules:");
    }
    for (var rule : rules) {
      matchers("- source_matchers", rule.source());
      matchers("  target_matchers", rule.target());
      line("  equal", quoted(rule.equal()));
    }
  }

  private void hours(List<Route> routes) {
    var all = new LinkedHashMap<String, List<TimeInterval>>();
    routes.stream()
        .map(Route::hours)
        .flatMap(hours -> Stream.concat(hours.active().stream(), hours.mute().stream()))
        .forEach(named -> all.putIfAbsent(named.name(), named.intervals()));
    if (!all.isEmpty()) {
      line("time_intervals:");
    }
    all.forEach(
        (name, intervals) -> {
          line("- name", quoted(name));
          line("  time_intervals:");
          intervals.forEach(this::interval);
        });
  }

  private void interval(TimeInterval interval) {
    line("  - location", quoted(interval.location().getId()));
    if (!interval.times().isEmpty()) {
      line("    times:");
      interval
          .times()
          .forEach(
              times ->
                  line(
                      "    - {start_time: %s, end_time: %s}"
                          .formatted(quoted(clock(times.start())), quoted(clock(times.end())))));
    }
    list("weekdays", interval.weekdays().stream().sorted().map(AlertmanagerConfig::word));
    list("days_of_month", interval.daysOfMonth().stream().map(d -> d.first() + ":" + d.last()));
    list("months", interval.months().stream().sorted().map(AlertmanagerConfig::word));
    list("years", interval.years().stream().map(years -> years.first() + ":" + years.last()));
  }

  private void list(String key, Stream<String> values) {
    var all = values.toList();
    if (!all.isEmpty()) {
      line("    " + key, quoted(all));
    }
  }

  private static String word(Enum<?> day) {
    return day.name().toLowerCase(Locale.ROOT);
  }

  private static String clock(int minutes) {
    return "%02d:%02d".formatted(minutes / 60, minutes % 60);
  }

  private static String quoted(Collection<String> texts) {
    return texts.stream()
        .map(AlertmanagerConfig::quoted)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String quoted(String text) {
    return CheckJson.mapper().writeValueAsString(text);
  }
}
