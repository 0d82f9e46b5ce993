package maildrift.monitor.self;

import java.util.Map;
import maildrift.alerts.state.Problem;
import maildrift.probes.Rule;

/** How a symptom says what is wrong. */
final class OwnProblem {
  private OwnProblem() {}

  /**
   * A problem of maildrift itself, whose cause is its subject.
   *
   * @param subject who it is about: {@code resolvers}, a receiver's name
   */
  static Problem of(Rule rule, String subject, String summary, String description, String remedy) {
    return Problem.of(
        Map.of(
            "alertname",
            rule.id(),
            "subject",
            subject,
            "cause",
            subject,
            "severity",
            rule.severity().word()),
        Map.of("summary", summary, "description", description, "remedy", remedy));
  }
}
