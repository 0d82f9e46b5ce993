package maildrift.alerts.state;

import java.time.Duration;
import java.util.Set;
import maildrift.alerts.Severity;

/**
 * What it takes to become an alert.
 *
 * @param confirmations looks in a row that must agree, the first included
 * @param minimum problems that are milder never become alerts: they stay findings, on the page and
 *     in the metrics
 * @param flapWindow an alert that fires again so soon after it was resolved is flapping
 * @param news rules whose problems people are waiting for, however mild they are
 */
public record AlertTerms(
    int confirmations, Severity minimum, Duration flapWindow, Set<String> news) {
  public static final AlertTerms DEFAULT =
      new AlertTerms(2, Severity.WARNING, Duration.ofHours(2), Set.of());

  /** Clean looks that a flapping alert needs for each time it came back. */
  private static final int CLEAN_LOOKS_A_FLAP = 4;

  private static final int MOST_CLEAN_LOOKS = 12;

  public AlertTerms {
    news = Set.copyOf(news);
    if (confirmations < 1) {
      throw new IllegalArgumentException(
          "schedule.confirmations must be at least 1, was " + confirmations);
    }
    if (flapWindow.isNegative()) {
      throw new IllegalArgumentException("a window is not negative, was " + flapWindow);
    }
  }

  public AlertTerms confirmations(int value) {
    return new AlertTerms(value, minimum, flapWindow, news);
  }

  public AlertTerms news(Set<String> value) {
    return new AlertTerms(confirmations, minimum, flapWindow, value);
  }

  /** Whether a problem is worth telling of. */
  boolean isTold(Problem problem) {
    return Severity.of(problem.labels()).atLeast(minimum)
        || news.contains(problem.labels().get("alertname"));
  }

  /** One clean look resolves, unless the alert keeps coming back. */
  int cleanLooks(int flaps) {
    return flaps == 0 ? 1 : Math.min(CLEAN_LOOKS_A_FLAP * flaps, MOST_CLEAN_LOOKS);
  }
}
