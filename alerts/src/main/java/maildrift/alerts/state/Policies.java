package maildrift.alerts.state;

import java.util.Map;
import maildrift.alerts.Severity;

/**
 * How alerts come to fire: what is written for a rule goes before what is written for its severity,
 * and that before what holds for all.
 */
public record Policies(
    Policy all, Map<Severity, PolicyChange> bySeverity, Map<String, PolicyChange> byRule) {
  public static final Policies DEFAULT = new Policies(Policy.DEFAULT, Map.of(), Map.of());

  public Policies {
    bySeverity = Map.copyOf(bySeverity);
    byRule = Map.copyOf(byRule);
  }

  /** The same exceptions from something else. */
  public Policies all(Policy value) {
    return new Policies(value, bySeverity, byRule);
  }

  Policy of(String rule, Severity severity) {
    return rule(rule).on(severity(severity).on(all));
  }

  /** Whether it is told although its severity is mild, or not told although it is grave. */
  boolean isTold(String rule, Severity severity, boolean byDefault) {
    return rule(rule).told().or(() -> severity(severity).told()).orElse(byDefault);
  }

  private PolicyChange rule(String rule) {
    return byRule.getOrDefault(rule, PolicyChange.NONE);
  }

  private PolicyChange severity(Severity severity) {
    return bySeverity.getOrDefault(severity, PolicyChange.NONE);
  }
}
