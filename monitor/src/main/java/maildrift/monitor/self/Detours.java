package maildrift.monitor.self;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.route.Grouping;
import maildrift.alerts.route.Route;
import maildrift.alerts.route.Routing;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.Rule;

/**
 * The ways of alerts about maildrift itself that the configured routes would lead to where nobody
 * hears them. Pure.
 *
 * <p>An alert about a receiver takes the routes that it would take anyhow, but not to that
 * receiver; where nobody else on them is well, it goes to all others, well or not: who was told of
 * it is not left out when he falls ill himself. Where there is no other, the routes stand: the
 * receiver hears of it when it is back.
 */
public final class Detours {
  /** The label of alerts about a receiver: its name. */
  public static final String ABOUT = "receiver";

  private Detours() {}

  /**
   * The configured routes with the detours before them.
   *
   * @param unwell receivers that are not to be relied on now
   */
  public static Routing around(Routing configured, Set<String> unwell, Grouping grouping) {
    var routes = new ArrayList<Route>();
    for (var receiver : configured.sendResolved().keySet().stream().sorted().toList()) {
      for (var rule : WatchRules.aboutReceivers()) {
        var instead = instead(configured, receiver, rule, unwell);
        if (!instead.isEmpty()) {
          routes.add(
              new Route(
                  List.of(Matcher.equal("alertname", rule.id()), Matcher.equal(ABOUT, receiver)),
                  instead,
                  false,
                  grouping));
        }
      }
    }
    routes.addAll(configured.routes());
    return new Routing(routes, configured.sendResolved(), configured.inhibitRules());
  }

  private static List<String> instead(
      Routing configured, String receiver, Rule rule, Set<String> unwell) {
    var labels =
        Labels.of(
            Map.of(
                "alertname",
                rule.id(),
                "subject",
                receiver,
                "cause",
                receiver,
                "severity",
                rule.severity().word(),
                ABOUT,
                receiver));
    var told = new LinkedHashSet<String>();
    configured.taken(labels).forEach(route -> told.addAll(route.receivers()));
    told.remove(receiver);
    if (!unwell.containsAll(told)) {
      return List.copyOf(told);
    }
    configured.sendResolved().keySet().stream()
        .filter(other -> !other.equals(receiver))
        .sorted()
        .forEach(told::add);
    return List.copyOf(told);
  }
}
