package maildrift.alerts.outbox;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What fails again and again: worth a line when it begins, when the reason changes, and its end.
 */
public final class Trouble {
  private final AtomicReference<Optional<String>> reason = new AtomicReference<>(Optional.empty());

  /** Whether this has not been said before. */
  public boolean isNew(Throwable failure) {
    var now = Optional.of(failure.toString());
    return !reason.getAndSet(now).equals(now);
  }

  /** It works; whether there was any. */
  public boolean end() {
    return reason.getAndSet(Optional.empty()).isPresent();
  }
}
