package maildrift.alerts.route;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Hours;

/**
 * Who hears of alerts with such labels.
 *
 * @param matchers all must match; none: it matches all
 * @param receivers their names
 * @param goesOn {@code continue: true}: the routes after it are asked too
 * @param grouping of this route, the general one where the route says nothing
 * @param hours when it tells
 * @param escalations who hears of it, too, when nobody has acknowledged it for some time
 */
public record Route(
    List<Matcher> matchers,
    List<String> receivers,
    boolean goesOn,
    Grouping grouping,
    Hours hours,
    List<Escalation> escalations) {
  public Route {
    matchers = List.copyOf(matchers);
    receivers = List.copyOf(receivers);
    escalations = List.copyOf(escalations);
    var told = new HashSet<>(receivers);
    for (var escalation : escalations) {
      for (var receiver : escalation.receivers()) {
        if (!told.add(receiver)) {
          throw new IllegalArgumentException(
              "escalate: \"" + receiver + "\" hears of it before; a receiver is told once a route");
        }
      }
    }
  }

  /** One that tells at any time, and nobody else. */
  public Route(List<Matcher> matchers, List<String> receivers, boolean goesOn, Grouping grouping) {
    this(matchers, receivers, goesOn, grouping, Hours.ALWAYS, List.of());
  }

  public Route hours(Hours value) {
    return new Route(matchers, receivers, goesOn, grouping, value, escalations);
  }

  public Route escalations(List<Escalation> value) {
    return new Route(matchers, receivers, goesOn, grouping, hours, value);
  }

  /**
   * Who hears of an alert that nobody takes.
   *
   * @param after so long after the route's receivers were told, or the acknowledgement ended
   */
  public record Escalation(Duration after, List<String> receivers) {
    public Escalation {
      receivers = List.copyOf(receivers);
      if (!after.isPositive()) {
        throw new IllegalArgumentException("escalate: after must be positive, was " + after);
      }
    }
  }

  /** All that hear of it sooner or later. */
  List<String> everybody() {
    return Stream.concat(
            receivers.stream(),
            escalations.stream().flatMap(escalation -> escalation.receivers().stream()))
        .toList();
  }

  public boolean matches(Labels labels) {
    return refusing(labels).isEmpty();
  }

  /** The first matcher that these labels do not match. */
  public Optional<Matcher> refusing(Labels labels) {
    return matchers.stream().filter(matcher -> !matcher.matches(labels)).findFirst();
  }

  /** By what it matches, not by its place: another order of routes is not another group. */
  public String key(Labels groupLabels) {
    return key("", groupLabels);
  }

  /** The group of those who hear of it later, apart from the others. */
  String escalationKey(Labels groupLabels) {
    return key("/escalation", groupLabels);
  }

  private String key(String part, Labels groupLabels) {
    return "{}/%s%s:%s"
        .formatted(
            matchers.stream().map(Matcher::toString).sorted().collect(braces()),
            part,
            groupLabels.map().entrySet().stream()
                .map(label -> label.getKey() + "=" + Matcher.quoted(label.getValue()))
                .collect(braces()));
  }

  private static Collector<CharSequence, ?, String> braces() {
    return Collectors.joining(", ", "{", "}");
  }
}
