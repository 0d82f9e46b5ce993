package maildrift.alerts.route;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.alerts.Labels;
import maildrift.alerts.mute.Hours;
import maildrift.alerts.mute.InhibitRule;
import maildrift.alerts.mute.Mutes.Why;

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
      for (var receiver : route.everybody()) {
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
        places.merge(
            GroupState.key(receiver, groupKey),
            new Place(
                receiver,
                groupKey,
                groupLabels,
                route.grouping(),
                List.of(route.hours()),
                Optional.empty()),
            Place::also);
      }
    }
    return places;
  }

  boolean escalates() {
    return routes.stream().anyMatch(route -> !route.escalations().isEmpty());
  }

  /** Why an alert with these labels is told nowhere now, though routes lead somewhere. */
  Optional<Why.OutsideHours> outsideHours(Labels labels, Instant at) {
    if (routes.stream().allMatch(route -> route.hours().equals(Hours.ALWAYS))) {
      return Optional.empty();
    }
    var whys = taken(labels).stream().map(route -> route.hours().why(at)).toList();
    return whys.stream().anyMatch(Optional::isEmpty)
        ? Optional.empty()
        : whys.stream()
            .flatMap(Optional::stream)
            .min(Comparator.comparing(why -> why.ends().orElse(Instant.MAX)));
  }

  /** The groups that it belongs to as well once nobody has acknowledged it for long enough. */
  List<Rise> rises(Labels labels) {
    var rises = new ArrayList<Rise>();
    if (!escalates()) {
      return rises;
    }
    for (var route : taken(labels)) {
      var groupLabels = route.grouping().of(labels);
      for (var escalation : route.escalations()) {
        for (var receiver : escalation.receivers()) {
          rises.add(
              new Rise(
                  route.receivers(),
                  new Place(
                      receiver,
                      route.escalationKey(groupLabels),
                      groupLabels,
                      route.grouping().atOnce(),
                      List.of(route.hours()),
                      Optional.of(escalation.after()))));
        }
      }
    }
    return rises;
  }

  /**
   * A group that an alert belongs to.
   *
   * @param hours it is told within any of these
   * @param escalatedAfter present where it is told because nobody acknowledged it for so long
   */
  record Place(
      String receiver,
      String groupKey,
      Labels labels,
      Grouping grouping,
      List<Hours> hours,
      Optional<Duration> escalatedAfter) {
    Place {
      hours = List.copyOf(hours);
    }

    /** Of a group that was told before; where its route is now will be seen. */
    static Place of(GroupState state) {
      return new Place(
          state.receiver(),
          state.groupKey(),
          state.labels(),
          Grouping.DEFAULT,
          List.of(Hours.ALWAYS),
          Optional.empty());
    }

    String key() {
      return GroupState.key(receiver, groupKey);
    }

    /** Two routes that lead to one group, each at its hours. */
    private Place also(Place other) {
      return hours.containsAll(other.hours)
          ? this
          : new Place(
              receiver,
              groupKey,
              labels,
              grouping,
              Stream.concat(hours.stream(), other.hours.stream()).toList(),
              escalatedAfter);
    }

    boolean isOpen(Instant at) {
      return hours.stream().anyMatch(each -> each.isOpen(at));
    }

    /** Why it is not told now; that of the hours that begin first. */
    Optional<Why.OutsideHours> why(Instant at) {
      return isOpen(at)
          ? Optional.empty()
          : hours.stream()
              .flatMap(each -> each.why(at).stream())
              .min(Comparator.comparing(why -> why.ends().orElse(Instant.MAX)));
    }
  }

  /**
   * A step up.
   *
   * @param from the receivers that are told before
   * @param place where it leads
   */
  record Rise(List<String> from, Place place) {
    Duration after() {
      return place.escalatedAfter().orElseThrow();
    }
  }
}
