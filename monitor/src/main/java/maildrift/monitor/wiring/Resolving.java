package maildrift.monitor.wiring;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import maildrift.monitor.check.Doors;
import maildrift.monitor.check.Look;
import maildrift.probes.Deadline;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.RecordType;

/**
 * Whether the resolvers as a whole can look. They can while they answer anything at all; when
 * nothing has been answered for long, the root is asked as a control question before they are
 * blamed.
 */
final class Resolving {
  private final Clock clock;
  private volatile Instant answered;

  Resolving(Clock clock) {
    this.clock = clock;
    this.answered = clock.instant();
  }

  /** Something was answered, by whatever server. */
  void answered() {
    answered = clock.instant();
  }

  /** When something was last answered. */
  Instant since() {
    return answered;
  }

  boolean unusable(Duration after) {
    return !answered.plus(after).isAfter(clock.instant());
  }

  /** Asks the control question when it looks bad; blocks for as long as a question takes. */
  void control(Doors doors, Duration after) {
    if (unusable(after.minus(after.dividedBy(4)))) {
      var door = doors.open(Look.SECOND_OPINION, Deadline.after(Duration.ofSeconds(5)));
      var answer = door.dns().ask(DnsName.ROOT, RecordType.NS);
      if (!(answer instanceof Answer.Unanswered)) {
        answered();
      }
    }
  }
}
