package maildrift.alerts.route;

import java.time.Duration;
import java.util.List;
import maildrift.alerts.Labels;

/**
 * Which alerts are told together, and how often; the words and meanings are Alertmanager's.
 *
 * @param by label names; {@code ...} stands for all labels
 * @param groupWait group_wait: from the first alert until the group is told, so that others join
 * @param groupInterval group_interval: until a group that changed is told again
 * @param repeatInterval repeat_interval: until a group that fires unchanged is told again
 */
public record Grouping(
    List<String> by, Duration groupWait, Duration groupInterval, Duration repeatInterval) {
  public static final String ALL = "...";

  public static final Grouping DEFAULT =
      new Grouping(
          List.of("cause"), Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(12));

  public Grouping {
    by = List.copyOf(by);
    if (by.contains(ALL) && by.size() > 1) {
      throw new IllegalArgumentException("group_by: [...] stands for all labels and stands alone");
    }
    if (groupWait.isNegative()) {
      throw new IllegalArgumentException("group_wait must not be negative, was " + groupWait);
    }
    if (!groupInterval.isPositive()) {
      throw new IllegalArgumentException("group_interval must be positive, was " + groupInterval);
    }
    if (!repeatInterval.isPositive()) {
      throw new IllegalArgumentException("repeat_interval must be positive, was " + repeatInterval);
    }
  }

  /** The same, told without waiting for others: it has waited already. */
  Grouping atOnce() {
    return new Grouping(by, Duration.ZERO, groupInterval, repeatInterval);
  }

  /** The labels that make its group. */
  public Labels of(Labels labels) {
    return by.contains(ALL) ? labels : labels.only(by);
  }
}
