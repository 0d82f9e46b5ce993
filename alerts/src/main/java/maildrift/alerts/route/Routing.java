package maildrift.alerts.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maildrift.alerts.Labels;
import maildrift.alerts.mute.InhibitRule;

/**
 * All routes and receivers; a value, replaced by a reload.
 *
 * @param routes the first that matches wins, unless it goes on
 * @param sendResolved the receivers by name, and whether they hear of what has ended
 * @param inhibitRules which alerts are not told while graver ones fire
 */
public record Routing(
    List<Route> routes, Map<String, Boolean> sendResolved, List<InhibitRule> inhibitRules) {
  public static final Routing NONE = new Routing(List.of(), Map.of());

  public Routing {
    routes = List.copyOf(routes);
    inhibitRules = List.copyOf(inhibitRules);
    sendResolved = Map.copyOf(sendResolved);
    for (var route : routes) {
      for (var receiver : route.receivers()) {
        if (!sendResolved.containsKey(receiver)) {
          throw new IllegalArgumentException("no receiver is named \"" + receiver + "\"");
        }
      }
    }
  }

  /** Without inhibition. */
  public Routing(List<Route> routes, Map<String, Boolean> sendResolved) {
    this(routes, sendResolved, List.of());
  }

  /** The same with these inhibitions. */
  public Routing inhibited(List<InhibitRule> rules) {
    return new Routing(routes, sendResolved, rules);
  }

  /** Every alert to every receiver: what receivers without routes mean. */
  public static Routing toAll(Map<String, Boolean> sendResolved, Grouping grouping) {
    return new Routing(
        List.of(
            new Route(
                List.of(), sendResolved.keySet().stream().sorted().toList(), false, grouping)),
        sendResolved);
  }

  /** The routes that an alert with these labels takes. */
  public List<Route> taken(Labels labels) {
    var taken = new ArrayList<Route>();
    for (var route : routes) {
      if (route.matches(labels)) {
        taken.add(route);
        if (!route.goesOn()) {
          break;
        }
      }
    }
    return List.copyOf(taken);
  }

  /** The groups that it belongs to, by {@link GroupState#key}. */
  Map<String, Place> places(Labels labels) {
    var places = new LinkedHashMap<String, Place>();
    for (var route : taken(labels)) {
      var groupLabels = route.grouping().of(labels);
      var groupKey = route.key(groupLabels);
      for (var receiver : route.receivers()) {
        places.putIfAbsent(
            GroupState.key(receiver, groupKey),
            new Place(receiver, groupKey, groupLabels, route.grouping()));
      }
    }
    return places;
  }

  /** A group that an alert belongs to. */
  record Place(String receiver, String groupKey, Labels labels, Grouping grouping) {}
}
