package maildrift.monitor.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.route.Route;

/**
 * Which alerts a query asks for: {@code filter}, {@code active}, {@code silenced}, {@code
 * inhibited}, {@code unprocessed} and {@code receiver} as Alertmanager has them, and beside them a
 * {@code state} and the labels that people filter by.
 */
final class AlertQuery {
  static final List<String> LABELS =
      List.of("domain", "tenant", "cause", "alertname", "severity", "subject");

  /** Whether those are in the answer; {@code true} where nothing is said. */
  private static final List<String> SWITCHES =
      List.of("active", "silenced", "inhibited", "muted", "unprocessed");

  private static final List<String> STATES =
      List.of(
          "pending",
          "firing",
          "resolved",
          "suppressed",
          "flapping",
          "acknowledged",
          "active",
          "unprocessed");
  private static final List<String> SEVERITIES = List.of("info", "warning", "critical");

  static final List<String> PARAMETERS =
      Stream.of(LABELS, SWITCHES, List.of("filter", "receiver", "state"))
          .flatMap(List::stream)
          .toList();

  private final Backend backend;
  private final Optional<String> state;
  private final List<Matcher> matchers = new ArrayList<>();
  private final List<String> leftOut;
  private final Optional<Matcher> receiver;

  AlertQuery(Backend backend, WebServer.Request request) {
    this.backend = backend;
    state = request.query("state");
    state.ifPresent(word -> Parameters.among("state", word, STATES));
    request.query("severity").ifPresent(word -> Parameters.among("severity", word, SEVERITIES));
    for (var label : LABELS) {
      request.query(label).ifPresent(value -> matchers.add(Matcher.equal(label, value)));
    }
    matchers.addAll(Parameters.matchers(request));
    leftOut = SWITCHES.stream().filter(name -> !Parameters.flag(request, name, true)).toList();
    receiver = request.query("receiver").map(written -> Parameters.expression("receiver", written));
  }

  /** Of those that are pending or fire, unless a state is asked for. */
  boolean asksFor(Alert alert) {
    return state.map(word -> is(alert, word)).orElse(alert.phase() != Alert.Phase.RESOLVED)
        && matchers.stream().allMatch(matcher -> matcher.matches(alert.labels()))
        && leftOut.stream().noneMatch(word -> is(alert, word))
        && receiver.map(wanted -> goesTo(wanted, alert)).orElse(true);
  }

  private boolean is(Alert alert, String word) {
    return switch (word) {
      case "suppressed" -> !backend.muted(alert).isEmpty();
      case "flapping" -> alert.isFlapping();
      case "acknowledged" ->
          backend.acknowledgement(alert).filter(Acknowledgement::holds).isPresent();
      case "active" -> alert.phase() == Alert.Phase.FIRING && backend.muted(alert).isEmpty();
      case "unprocessed" -> alert.phase() == Alert.Phase.PENDING;
      case "silenced" -> isMuted(alert, Mutes.Why.Silenced.class::isInstance);
      case "inhibited" -> isMuted(alert, Mutes.Why.Inhibited.class::isInstance);
      case "muted" ->
          isMuted(
              alert,
              why ->
                  why instanceof Mutes.Why.InMaintenance || why instanceof Mutes.Why.OutsideHours);
      default -> alert.phase().word().equals(word);
    };
  }

  private boolean isMuted(Alert alert, Predicate<Mutes.Why> by) {
    return backend.muted(alert).stream().anyMatch(by);
  }

  private boolean goesTo(Matcher wanted, Alert alert) {
    return receivers(backend, alert).stream()
        .anyMatch(name -> wanted.matches(Labels.of(Map.of("receiver", name))));
  }

  /** Who hears of it by the routes in force, told yet or not. */
  static List<String> receivers(Backend backend, Alert alert) {
    return backend.routing().taken(alert.labels()).stream()
        .map(Route::receivers)
        .flatMap(List::stream)
        .distinct()
        .toList();
  }
}
