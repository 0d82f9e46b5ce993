package maildrift.alerts.route;

import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;

/**
 * Who hears of alerts with such labels.
 *
 * @param matchers all must match; none: it matches all
 * @param receivers their names
 * @param goesOn {@code continue: true}: the routes after it are asked too
 * @param grouping of this route, the general one where the route says nothing
 */
public record Route(
    List<Matcher> matchers, List<String> receivers, boolean goesOn, Grouping grouping) {
  public Route {
    matchers = List.copyOf(matchers);
    receivers = List.copyOf(receivers);
  }

  public boolean matches(Labels labels) {
    return matchers.stream().allMatch(matcher -> matcher.matches(labels));
  }

  /** By what it matches, not by its place: another order of routes is not another group. */
  String key(Labels groupLabels) {
    return "{}/%s:%s"
        .formatted(
            matchers.stream().map(Matcher::toString).sorted().collect(braces()),
            groupLabels.map().entrySet().stream()
                .map(label -> label.getKey() + "=" + Matcher.quoted(label.getValue()))
                .collect(braces()));
  }

  private static Collector<CharSequence, ?, String> braces() {
    return Collectors.joining(", ", "{", "}");
  }
}
