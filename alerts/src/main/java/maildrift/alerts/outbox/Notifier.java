package maildrift.alerts.outbox;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import maildrift.alerts.Notification;

/**
 * One configured receiver, ready to be told. Called on virtual threads, several at a time; blocks
 * at most as long as its own deadline, and no longer when it is interrupted. Two that are equal are
 * interchangeable.
 */
public interface Notifier {

  /** Tries once. */
  Outcome send(Owed owed);

  /** How often it must hear what still fires because it forgets; empty: never. */
  default Optional<Duration> refreshEvery() {
    return Optional.empty();
  }

  /**
   * Says again what fires. Nothing is owed: the next time makes up for a failure.
   *
   * @param firing what fires at the moment, asked right before anything is said: what ended
   *     meanwhile must not be called firing after the receiver was told of its end
   */
  default Outcome refresh(Supplier<List<Notification.Item>> firing) {
    return new Outcome.Delivered();
  }
}
