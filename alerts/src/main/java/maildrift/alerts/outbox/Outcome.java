package maildrift.alerts.outbox;

import java.time.Instant;
import java.util.Optional;

/** What became of one attempt to deliver. What follows from it is decided by {@link Deliveries}. */
public sealed interface Outcome {

  /**
   * The receiver has it.
   *
   * @param rest what those must be told who did not take it while others did
   */
  record Delivered(Optional<Rest> rest) implements Outcome {
    /** All have it. */
    public Delivered() {
      this(Optional.empty());
    }
  }

  /**
   * What did not reach everybody, given up but kept for a person to send again.
   *
   * @param body for those alone who do not have it
   */
  record Rest(String body, String why) {}

  /**
   * Not now. It is tried again until it arrives.
   *
   * @param notBefore when the receiver asked not to be bothered sooner
   */
  record TryLater(Failure failure, String why, Optional<Instant> notBefore) implements Outcome {
    public TryLater(Failure failure, String why) {
      this(failure, why, Optional.empty());
    }
  }

  /**
   * The receiver says no to this very content. It is tried again for some days, since people repair
   * receivers, and then given up.
   */
  record Refused(Failure failure, String why) implements Outcome {}

  /** The receiver wants no more notifications, this or others; what is owed to it stays owed. */
  record Gone(String why) implements Outcome {}
}
