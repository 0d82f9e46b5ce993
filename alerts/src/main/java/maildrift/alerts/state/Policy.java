package maildrift.alerts.state;

import java.time.Duration;

/**
 * What it takes for one problem to become an alert, and for the alert to end.
 *
 * @param confirmations looks in a row that must agree before it fires, the first included
 * @param confirmAfter how long the next of them waits
 * @param holdFor {@code for}: and for so long they must agree
 * @param keepFiringFor how long looks must agree that it is gone before it is resolved
 */
public record Policy(
    int confirmations, Duration confirmAfter, Duration holdFor, Duration keepFiringFor) {
  public static final Policy DEFAULT =
      new Policy(2, Duration.ofSeconds(30), Duration.ZERO, Duration.ZERO);

  public Policy {
    if (confirmations < 1) {
      throw new IllegalArgumentException("confirmations are at least 1, were " + confirmations);
    }
    if (confirmAfter.isNegative() || holdFor.isNegative() || keepFiringFor.isNegative()) {
      throw new IllegalArgumentException("a policy waits, it does not go back in time");
    }
  }

  /** Whether the first look is enough. */
  boolean isAtOnce() {
    return confirmations == 1 && holdFor.isZero();
  }
}
