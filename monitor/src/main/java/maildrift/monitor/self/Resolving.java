package maildrift.monitor.self;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import maildrift.monitor.check.Doors;
import maildrift.monitor.check.Look;
import maildrift.probes.Deadline;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.RecordType;

/**
 * Whether the resolvers as a whole can look. They can while they answer anything at all; when
 * nothing has been answered for long, names that no cache can know are asked as control questions
 * before they are blamed.
 */
public final class Resolving {
  private final Clock clock;
  private final Random random = new Random();
  private volatile Instant answered;
  private volatile boolean everAnswered;

  public Resolving(Clock clock) {
    this.clock = clock;
    this.answered = clock.instant();
  }

  /** The resolvers answered something. */
  public void answered() {
    answered = clock.instant();
    everAnswered = true;
  }

  /** Goes on from before a restart: they had not answered since then. */
  public void silentSince(Instant since) {
    if (!everAnswered && since.isBefore(answered)) {
      answered = since;
    }
  }

  /** When something was last answered. */
  public Instant since() {
    return answered;
  }

  /**
   * Whether anything was answered since the start; before that nothing is concluded from silence
   * ending.
   */
  public boolean everAnswered() {
    return everAnswered;
  }

  /** They have answered nothing for so long. */
  public boolean unusable(Duration after) {
    return !answered.plus(after).isAfter(clock.instant());
  }

  /**
   * No domain may be blamed for what it does not show: the resolvers are unusable, or were not
   * heard of yet.
   */
  public boolean blind(Duration after) {
    return !everAnswered || unusable(after);
  }

  /**
   * Asks the control questions when it looks bad; blocks for as long as a question takes.
   *
   * @param domain one that is managed; a random name below it and one below the root are asked,
   *     where NXDOMAIN is an answer
   */
  public void control(Doors doors, Duration after, Optional<DnsName> domain) {
    if (unusable(after.minus(after.dividedBy(4)))) {
      var door = doors.open(Look.REGULAR, Deadline.after(Duration.ofSeconds(5)));
      var questions = new ArrayList<>(List.of(new Question(fresh(DnsName.ROOT), RecordType.A)));
      domain.ifPresent(name -> questions.add(new Question(fresh(name), RecordType.A)));
      if (door.dns().ask(questions).stream()
          .anyMatch(answer -> !(answer instanceof Answer.Unanswered))) {
        answered();
      }
    }
  }

  private DnsName fresh(DnsName below) {
    return below.child("maildrift-" + HexFormat.of().toHexDigits(random.nextInt()));
  }
}
