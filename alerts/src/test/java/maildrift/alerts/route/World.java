package maildrift.alerts.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maildrift.alerts.Alert;
import maildrift.alerts.Alert.Phase;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.outbox.Owed;
import maildrift.alerts.state.AlertBook;
import maildrift.alerts.state.AlertTerms;
import maildrift.alerts.state.Problem;

/** A small world: domains with problems, a clock that jumps, and what each receiver was told. */
final class World {
  static final Instant START = Instant.parse("2026-11-21T17:00:00Z");
  static final String NETBLOCKS = "de._netblocks.mimecast.test TXT";

  final Map<String, Alert> book = new LinkedHashMap<>();
  final Map<String, GroupState> states = new TreeMap<>();
  final List<Owed> owed = new ArrayList<>();
  final Map<String, Acknowledgement> taken = new TreeMap<>();
  final List<String> told = new ArrayList<>();
  private Routing routing;
  private Mutes mutes = Mutes.NONE;
  Dispatcher dispatcher;
  Instant now = START;

  World(Routing routing) {
    this.routing = routing;
    this.dispatcher = fresh();
  }

  private Dispatcher fresh() {
    return new Dispatcher(
        routing,
        mutes,
        Links.to("https://maildrift.test"),
        AlertTerms.DEFAULT.flapWindow(),
        owed.size(),
        () -> "m" + owed.size());
  }

  void breaks(String domain, String rule, String severity) {
    breaks(domain, rule, severity, NETBLOCKS);
  }

  void breaks(String domain, String rule, String severity, String cause) {
    look(domain, rule, List.of(problem(domain, rule, severity, cause, "")), 1);
  }

  /** One look of the two that it takes. */
  void looks(String domain, String rule, String severity, String diff) {
    look(domain, rule, List.of(problem(domain, rule, severity, NETBLOCKS, diff)), 2);
  }

  /** It is stored, and nobody decides what that means. */
  void crashes(String domain, String rule, String severity) {
    var present = Optional.ofNullable(book.get(fingerprint(domain, rule)));
    AlertBook.step(
            present.stream().toList(),
            List.of(problem(domain, rule, severity, NETBLOCKS, "")),
            _ -> false,
            now,
            AlertTerms.DEFAULT.confirmations(1))
        .alerts()
        .forEach(alert -> book.put(alert.fingerprint(), alert));
  }

  void mends(String domain, String rule) {
    look(domain, rule, List.of(), 1);
  }

  private void look(String domain, String rule, List<Problem> seen, int confirmations) {
    var present = Optional.ofNullable(book.get(fingerprint(domain, rule)));
    apply(
        AlertBook.step(
            present.stream().toList(),
            seen,
            _ -> false,
            now,
            AlertTerms.DEFAULT.confirmations(confirmations)));
  }

  void apply(AlertBook.Step step) {
    step.alerts().forEach(alert -> book.put(alert.fingerprint(), alert));
    take(dispatcher.onTransitions(step.transitions(), now));
  }

  static String fingerprint(String domain, String rule) {
    return Alert.fingerprint(
        Labels.of(Map.of("alertname", rule, "domain", domain, "subject", domain)));
  }

  Alert alert(String domain, String rule) {
    return Optional.ofNullable(book.get(fingerprint(domain, rule))).orElseThrow();
  }

  /** Whether there was something to take. */
  boolean acknowledges(String by, String domain, String rule) {
    var done = dispatcher.acknowledge(fingerprint(domain, rule), by, "on it", now).isPresent();
    take(dispatcher.due(now));
    return done;
  }

  boolean givesBack(String by, String domain, String rule) {
    var done = dispatcher.unacknowledge(fingerprint(domain, rule), by, now).isPresent();
    take(dispatcher.due(now));
    return done;
  }

  void mutes(Mutes value) {
    mutes = value;
    dispatcher.mutes(value, now);
  }

  void routing(Routing value) {
    routing = value;
    dispatcher.routing(value, now);
  }

  /** All that is left is what was stored. */
  void restart() {
    dispatcher = fresh();
    dispatcher.restore(book.values(), states.values(), taken.values(), now);
  }

  /** Wakes the dispatcher exactly when it asked to be. */
  void passes(Duration time) {
    var end = now.plus(time);
    take(dispatcher.due(now));
    for (var next = dispatcher.nextDue();
        next.isPresent() && !next.get().isAfter(end);
        next = dispatcher.nextDue()) {
      now = next.get().isAfter(now) ? next.get() : now;
      take(dispatcher.due(now));
    }
    now = end;
  }

  private void take(Dispatch dispatch) {
    dispatch.states().forEach(state -> states.put(state.key(), state));
    dispatch.removedStates().forEach(states::remove);
    dispatch.acknowledged().forEach(one -> taken.put(one.fingerprint(), one));
    dispatch.unacknowledged().forEach(taken::remove);
    dispatch
        .forgotten()
        .forEach(
            alert -> {
              assertThat(alert.phase()).isEqualTo(Phase.RESOLVED);
              book.remove(alert.fingerprint(), alert);
            });
    for (var one : dispatch.owed()) {
      owed.add(one);
      var notification = Notification.parse(one.body());
      var text = new StringBuilder(one.receiver() + " " + notification.reason() + ":");
      if (notification.items().size() < 10) {
        notification.items().stream()
            .map(item -> (item.isFiring() ? " +" : " -") + item.labels().get("domain"))
            .forEach(text::append);
      }
      told.add(text.toString());
    }
  }

  Notification notification(String reason) {
    return owed.stream()
        .map(one -> Notification.parse(one.body()))
        .filter(one -> one.reason().equals(reason))
        .findFirst()
        .orElseThrow();
  }

  Notification last() {
    return Notification.parse(owed.getLast().body());
  }

  private static Problem problem(
      String domain, String rule, String severity, String cause, String diff) {
    return Problem.of(
        Map.of(
            "alertname", rule,
            "domain", domain,
            "subject", domain,
            "tenant", "contoso",
            "cause", cause,
            "severity", severity),
        Map.of("summary", rule + " at " + domain, "diff", diff));
  }
}
