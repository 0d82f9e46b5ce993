package maildrift.monitor.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.InhibitRule;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.alertmanager.AlertmanagerReceiver;
import maildrift.alerts.notify.mail.MailReceiver;
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
 * @param own how maildrift watches over itself
 * @param digests what tenants read once a week
 */
public record AlertsConfig(
    Grouping grouping,
    Map<String, Receiver> receivers,
    List<Route> routes,
    List<InhibitRule> inhibitRules,
    Policies policies,
    OwnAlertsConfig own,
    DigestConfig.All digests) {
  /** The alertname that Prometheus' own rules use for an alert that always fires. */
  public static final String WATCHDOG = Mutes.WATCHDOG;

  public static final AlertsConfig DEFAULT =
      new AlertsConfig(
          Grouping.DEFAULT,
          Map.of(),
          List.of(),
          InhibitDefaults.RULES,
          Policies.DEFAULT,
          OwnAlertsConfig.DEFAULT,
          DigestConfig.All.NONE);

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

  /**
   * Who hears the alert that always fires: by the routes that ask for it, or all Alertmanagers.
   * Other routes do not lead it to anybody.
   */
  public List<Route> watchdogRoutes() {
    if (!own.watchdog()) {
      return List.of();
    }
    var asked = routes.stream().filter(AlertsConfig::asksForWatchdog).toList();
    if (!asked.isEmpty()) {
      return asked;
    }
    var alertmanagers =
        receivers.entrySet().stream()
            .filter(receiver -> receiver.getValue() instanceof AlertmanagerReceiver)
            .map(Map.Entry::getKey)
            .toList();
    return alertmanagers.isEmpty()
        ? List.of()
        : List.of(
            new Route(
                List.of(Matcher.equal("alertname", WATCHDOG)), alertmanagers, false, grouping));
  }

  private static boolean asksForWatchdog(Route route) {
    return route.matchers().contains(Matcher.equal("alertname", WATCHDOG));
  }

  /** To whom the digest of a tenant goes, and from whom: its receiver may have a sender for it. */
  public Optional<DigestConfig> digest(String tenant) {
    return digests
        .of(tenant)
        .map(
            digest ->
                digest.from().isEmpty()
                        && receivers.get(digest.receiver()) instanceof MailReceiver mail
                    ? digest.from(Optional.ofNullable(mail.senders().get(tenant)))
                    : digest);
  }

  /** Receivers without any route hear of everything. */
  public Routing routing() {
    var sendResolved = new LinkedHashMap<String, Boolean>();
    receivers.forEach((name, receiver) -> sendResolved.put(name, receiver.sendResolved()));
    var routing =
        routes.isEmpty()
            ? Routing.toAll(sendResolved, grouping)
            : new Routing(routes, sendResolved);
    var watchdog = watchdogRoutes();
    if (!watchdog.isEmpty()) {
      // First, since a route that matches everything does not mean this one.
      routing =
          new Routing(
              Stream.concat(
                      watchdog.stream(),
                      routing.routes().stream().filter(route -> !asksForWatchdog(route)))
                  .toList(),
              sendResolved);
    }
    return routing.inhibited(inhibitRules);
  }
}
