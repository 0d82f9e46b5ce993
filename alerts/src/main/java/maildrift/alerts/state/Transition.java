package maildrift.alerts.state;

import maildrift.alerts.Alert;

/**
 * One alert changed. Whoever applies all transitions (put the alert, or remove a dropped one) has
 * the whole state; what has none is as it was.
 */
public sealed interface Transition {

  /** The alert as it is now; of a dropped one, as it was. */
  Alert alert();

  /** Seen, not yet confirmed; every further look that is still not enough says so again. */
  record Pending(Alert alert) implements Transition {}

  /** Confirmed: it fires from now on. */
  record Firing(Alert alert) implements Transition {}

  /** It fires on, but its labels, its texts or its count of clean looks are others. */
  record Changed(Alert before, Alert alert) implements Transition {}

  /** A clean look: it fires no more. It stays in the book until the dispatcher forgets it. */
  record Resolved(Alert alert) implements Transition {

    /** Whether it has fired until now. Else it was over before, and a doubt of that is gone. */
    public boolean isEnd() {
      return alert.endsAt().filter(alert.updatedAt()::equals).isPresent();
    }
  }

  /** It was pending and is gone; nobody was told, nobody will be. */
  record Dropped(Alert alert) implements Transition {}
}
