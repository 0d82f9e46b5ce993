package maildrift.monitor.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.Collectors;
import maildrift.monitor.config.Durations;
import tools.jackson.databind.JsonNode;

/** The answer to {@code alert route}, for people. */
final class RouteText {
  private RouteText() {}

  static void print(JsonNode answer) {
    var labels = new ArrayList<String>();
    answer
        .path("labels")
        .properties()
        .forEach(label -> labels.add(label.getKey() + "=" + label.getValue().asString("")));
    line("an alert with %s".formatted(String.join(", ", labels)));
    var number = 0;
    var taken = answer.path("routes").iterator();
    for (var route : answer.path("considered")) {
      number++;
      var name = route.path("route").asString("");
      if (!route.path("reached").asBoolean(false)) {
        line("%d  %s: not reached".formatted(number, name));
      } else if (!route.path("matches").asBoolean(false)) {
        line(
            "%d  %s: no, %s is not so: it is \"%s\""
                .formatted(
                    number,
                    name,
                    route.path("failed").asString(""),
                    route.path("value").asString("")));
      } else {
        taken(number, taken.next());
      }
    }
    if (answer.path("routes").isEmpty()) {
      line("no route matches: nobody would hear of it");
    }
    for (var why : answer.path("muted")) {
      line(
          "not told now: %s%s"
              .formatted(
                  why.path("because").asString(""),
                  why.has("until")
                      ? " until " + Arguments.instant(why.path("until").asString(""))
                      : ""));
    }
  }

  private static void taken(int number, JsonNode route) {
    line(
        "%d  %s: yes%s"
            .formatted(
                number,
                route.path("route").asString(""),
                route.path("continue").asBoolean(false) ? ", and it continues" : ""));
    line("   tells      " + receivers(route.path("receivers")));
    line("   group      " + route.path("groupKey").asString(""));
    line(
        "   times      group_wait %s, group_interval %s, repeat_interval %s"
            .formatted(
                length(route.path("groupWait")),
                length(route.path("groupInterval")),
                length(route.path("repeatInterval"))));
    var hours = route.path("hours");
    if (!hours.path("active").isEmpty() || !hours.path("mute").isEmpty()) {
      line("   hours      " + hours(hours));
    }
    for (var escalation : route.path("escalate")) {
      line(
          "   escalates  after %s to %s"
              .formatted(
                  length(escalation.path("after")), receivers(escalation.path("receivers"))));
    }
  }

  private static String hours(JsonNode hours) {
    var parts = new ArrayList<String>();
    if (!hours.path("active").isEmpty()) {
      parts.add("within " + names(hours.path("active")));
    }
    if (!hours.path("mute").isEmpty()) {
      parts.add("not within " + names(hours.path("mute")));
    }
    var isOpen = hours.path("open").asBoolean(false);
    var next = hours.path("nextChange").asString("");
    return "%s: %s now%s"
        .formatted(
            String.join(", ", parts),
            isOpen ? "open" : "closed",
            next.isEmpty() ? "" : (isOpen ? ", closes " : ", opens ") + Arguments.instant(next));
  }

  /** Whoever is limited to tenants is not told to whom. */
  private static String receivers(JsonNode names) {
    return names.isEmpty() ? "somebody; this login is not shown whom" : names(names);
  }

  private static String names(JsonNode names) {
    return names.valueStream().map(name -> name.asString("")).collect(Collectors.joining(", "));
  }

  private static String length(JsonNode seconds) {
    return Durations.text(Duration.ofSeconds(seconds.asLong(0)));
  }

  private static void line(String text) {
    System.out.println(Terminal.safe(text));
  }
}
