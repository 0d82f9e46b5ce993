package maildrift.monitor.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maildrift.alerts.mute.InhibitRule;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.route.Grouping;
import maildrift.alerts.route.Route;
import maildrift.alerts.route.Routing;
import maildrift.alerts.state.Policies;

/**
 * Who hears of what, together with what, and when. The words mean what they mean in Alertmanager.
 *
 * @param grouping where a route says nothing else
 * @param receivers by name, in the order written
 * @param routes the first that matches wins, unless it continues
 * @param inhibitRules which alerts are not told while graver ones fire, the built-in ones included
 * @param policies how alerts come to fire, where that is otherwise than the schedule says
 */
public record AlertsConfig(
    Grouping grouping,
    Map<String, Receiver> receivers,
    List<Route> routes,
    List<InhibitRule> inhibitRules,
    Policies policies) {
  public static final AlertsConfig DEFAULT =
      new AlertsConfig(
          Grouping.DEFAULT, Map.of(), List.of(), InhibitDefaults.RULES, Policies.DEFAULT);

  public AlertsConfig {
    receivers = Collections.unmodifiableMap(new LinkedHashMap<>(receivers));
    routes = List.copyOf(routes);
    inhibitRules = List.copyOf(inhibitRules);
  }

  /** All receivers, ready to be told. */
  public Map<String, Notifier> notifiers(Tools tools) {
    var notifiers = new LinkedHashMap<String, Notifier>();
    receivers.forEach((name, receiver) -> notifiers.put(name, receiver.open(tools)));
    return notifiers;
  }

  /** Receivers without any route hear of everything. */
  public Routing routing() {
    var sendResolved = new LinkedHashMap<String, Boolean>();
    receivers.forEach((name, receiver) -> sendResolved.put(name, receiver.sendResolved()));
    var routing =
        routes.isEmpty()
            ? Routing.toAll(sendResolved, grouping)
            : new Routing(routes, sendResolved);
    return routing.inhibited(inhibitRules);
  }
}
