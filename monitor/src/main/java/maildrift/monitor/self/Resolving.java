package maildrift.monitor.self;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import maildrift.monitor.check.OutsideDoors;

/**
 * Whether the resolvers as a whole can look. They can while they answer anything at all; {@link
 * OwnNetwork} asks when they seem not to.
 */
public final class Resolving implements OutsideDoors.Heard {
  private final Presence presence;
  private final Clock clock;
  private volatile Instant answered;
  private volatile boolean everAnswered;
  private volatile boolean silent;

  public Resolving(Presence presence, Clock clock) {
    this.presence = presence;
    this.clock = clock;
    this.answered = clock.instant();
  }

  /** The resolvers answered something. */
  @Override
  public void answered() {
    answered = clock.instant();
    everAnswered = true;
  }

  /** Something was asked of them, and none of it was answered. */
  @Override
  public void unanswered() {
    silent = true;
  }

  /** Whether that has happened since it was last forgotten. */
  boolean wasSilent() {
    return silent;
  }

  void forgetSilence() {
    silent = false;
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
    return presence.between(answered, clock.instant()).compareTo(after) >= 0;
  }

  /**
   * No domain may be blamed for what it does not show: the resolvers are unusable, or were not
   * heard of yet.
   */
  public boolean blind(Duration after) {
    return !everAnswered || unusable(after);
  }
}
