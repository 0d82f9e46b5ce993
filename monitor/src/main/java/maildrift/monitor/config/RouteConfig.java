package maildrift.monitor.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Alerts that all matchers match go to all receivers.
 *
 * @param matchers empty: every alert
 * @param continues later routes are tried too
 * @param groupBy where it differs from {@code alerts.group_by}; likewise the times
 */
public record RouteConfig(
    List<Matcher> matchers,
    List<String> receivers,
    boolean continues,
    Optional<List<String>> groupBy,
    Optional<Duration> groupWait,
    Optional<Duration> groupInterval,
    Optional<Duration> repeatInterval) {

  public RouteConfig {
    matchers = List.copyOf(matchers);
    receivers = List.copyOf(receivers);
    groupBy = groupBy.map(List::copyOf);
  }

  /** One condition on a label; a label that an alert lacks has an empty value. */
  public record Matcher(String label, Operator operator, String value) {

    @Override
    public String toString() {
      return label + operator.sign() + '"' + value + '"';
    }
  }

  /** Regular expressions match the whole value. */
  public enum Operator {
    EQUAL("="),
    NOT_EQUAL("!="),
    REGEX("=~"),
    NOT_REGEX("!~");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }
  }
}
