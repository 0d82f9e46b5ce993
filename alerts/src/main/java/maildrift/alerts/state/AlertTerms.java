package maildrift.alerts.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Severity;

/**
 * What it takes to become an alert.
 *
 * @param policies looks that must agree, and for how long
 * @param minimum problems that are milder never become alerts, unless a policy says so: they stay
 *     findings, on the page and in the metrics
 * @param flapWindow an alert that fires again so soon after it was resolved is slower to resolve
 * @param apart how far regular looks are from each other
 * @param news rules whose problems people are waiting for, however mild they are
 */
public record AlertTerms(
    Policies policies, Severity minimum, Duration flapWindow, Duration apart, Set<String> news) {
  public static final AlertTerms DEFAULT =
      new AlertTerms(
          Policies.DEFAULT, Severity.WARNING, Duration.ofHours(2), Duration.ofMinutes(5), Set.of());

  /** Clean looks that an alert needs for each time it came back. */
  private static final int CLEAN_LOOKS_A_FLAP = 4;

  private static final int MOST_CLEAN_LOOKS = 12;

  public AlertTerms {
    news = Set.copyOf(news);
    if (flapWindow.isNegative()) {
      throw new IllegalArgumentException("a window is not negative, was " + flapWindow);
    }
    if (apart.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException("looks are apart, were " + apart);
    }
  }

  public AlertTerms policies(Policies value) {
    return new AlertTerms(value, minimum, flapWindow, apart, news);
  }

  /** So many looks must agree, whatever it is about. */
  public AlertTerms confirmations(int value) {
    var all = policies.all();
    return policies(
        policies.all(new Policy(value, all.confirmAfter(), all.holdFor(), all.keepFiringFor())));
  }

  public AlertTerms minimum(Severity value) {
    return new AlertTerms(policies, value, flapWindow, apart, news);
  }

  public AlertTerms apart(Duration value) {
    return new AlertTerms(policies, minimum, flapWindow, value, news);
  }

  public AlertTerms news(Set<String> value) {
    return new AlertTerms(policies, minimum, flapWindow, apart, value);
  }

  /** What an alert with these labels waits for. */
  public Policy policy(Labels labels) {
    return policies.of(labels.get("alertname"), Severity.of(labels));
  }

  /**
   * For how long looks will have agreed on the alert's next phase if one at that time does. Between
   * two looks no more counts than they should be apart, twice over: a computer that slept, or a
   * clock that was set, has seen nothing meanwhile.
   */
  public Duration held(Alert alert, Instant now) {
    var course = alert.course();
    if (course.heldAt().isEmpty()) {
      return Duration.ZERO;
    }
    var passed = Duration.between(course.heldAt().get(), now);
    var most = apart.multipliedBy(2);
    return course
        .held()
        .plus(passed.isNegative() ? Duration.ZERO : passed.compareTo(most) > 0 ? most : passed);
  }

  /** Whether one look more, if it agrees and nothing contradicts it, makes a pending alert fire. */
  public boolean isLastLook(Alert pending, Instant now) {
    var policy = policy(pending.labels());
    return pending.looks() + 1 >= policy.confirmations()
        && held(pending, now).compareTo(policy.holdFor()) >= 0;
  }

  /** Whether people are waiting for an alert with these labels. */
  boolean isNews(Labels labels) {
    return news.contains(labels.get("alertname"));
  }

  /** Whether a problem is worth telling of. */
  boolean isTold(Problem problem) {
    var rule = problem.labels().get("alertname");
    var severity = Severity.of(problem.labels());
    return policies.isTold(rule, severity, severity.atLeast(minimum) || news.contains(rule));
  }

  /** One clean look resolves, unless the alert keeps coming back. */
  int cleanLooks(int flaps) {
    return flaps == 0 ? 1 : Math.min(CLEAN_LOOKS_A_FLAP * flaps, MOST_CLEAN_LOOKS);
  }
}
