package maildrift.alerts.state;

import java.time.Duration;
import java.util.Optional;

/**
 * What an operator wants otherwise, for a severity or a rule; what is empty stays as it is.
 *
 * @param told whether such problems become alerts at all
 */
public record PolicyChange(
    Optional<Boolean> told,
    Optional<Integer> confirmations,
    Optional<Duration> confirmAfter,
    Optional<Duration> holdFor,
    Optional<Duration> keepFiringFor) {
  public static final PolicyChange NONE =
      new PolicyChange(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  Policy on(Policy policy) {
    return equals(NONE)
        ? policy
        : new Policy(
            confirmations.orElse(policy.confirmations()),
            confirmAfter.orElse(policy.confirmAfter()),
            holdFor.orElse(policy.holdFor()),
            keepFiringFor.orElse(policy.keepFiringFor()));
  }
}
