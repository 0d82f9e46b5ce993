package maildrift.monitor.store;

import java.time.Instant;

/**
 * A silence, in the caller's serialisation.
 *
 * @param endsAt when it ends; it is kept for {@code store.keep} after that
 */
public record KeptSilence(String id, Instant endsAt, String definition) {
  public KeptSilence {
    endsAt = Micros.of(endsAt);
  }
}
