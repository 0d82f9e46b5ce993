package maildrift.monitor.self;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether maildrift lives, for dead-man's switches. A beat is not made by a timer alone: each part
 * that must move has to show that it does, and none may be unwell. What stands still stops beating.
 */
public final class Pulse {
  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);

  /** Beats come every few seconds; without one for so long, it is silent. */
  private static final Duration SILENT_AFTER = Duration.ofMinutes(1);

  private final Supplier<Map<String, String>> unwell;
  private final Map<String, Proof> proofs;
  private final LongSupplier nanos;
  private volatile long beatNanos;
  private volatile boolean hasBeaten;
  private volatile boolean endedSilence;
  private volatile boolean ended;
  private Map<String, String> silent = Map.of();

  /** Something that happens only where its part moves; it may wait for it, and throws if not. */
  @FunctionalInterface
  public interface Proof {
    void show() throws Exception;
  }

  /** Nothing to complain of: every daemon starts once. */
  private static final Set<String> STARTING = Set.of("start");

  /**
   * @param unwell what is known to stand still: part to reason
   * @param nanos a clock that nobody sets
   */
  public Pulse(
      Supplier<Map<String, String>> unwell, Map<String, Proof> proofs, LongSupplier nanos) {
    this.unwell = unwell;
    this.proofs = new LinkedHashMap<>(proofs);
    this.nanos = nanos;
  }

  /** Beats if everything moves; whether it did. Blocks for as long as the proofs take. */
  public synchronized boolean beat() {
    var reasons = new LinkedHashMap<>(unwell.get());
    if (reasons.isEmpty()) {
      proofs.forEach((part, proof) -> why(proof).ifPresent(why -> reasons.put(part, why)));
    }
    if (!reasons.keySet().equals(silent.keySet())) {
      if (reasons.isEmpty()) {
        LOG.info("everything moves again; dead-man's switches are told so");
      } else if (!reasons.keySet().equals(STARTING)) {
        LOG.error("dead-man's switches are told nothing: {}", reasons);
      }
    }
    silent = Map.copyOf(reasons);
    if (ended || !reasons.isEmpty()) {
      return false;
    }
    endedSilence = isSilent();
    beatNanos = nanos.getAsLong();
    hasBeaten = true;
    return true;
  }

  /**
   * Whether the last beat came after a silence, which may have begun while it was at its proofs.
   */
  public boolean endedSilence() {
    return endedSilence;
  }

  private static Optional<String> why(Proof proof) {
    try {
      proof.show();
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    } catch (Exception e) {
      return Optional.of(String.valueOf(e));
    }
  }

  /** Whether it has not beaten for a while, or was ended. */
  public boolean isSilent() {
    return ended || !hasBeaten || nanos.getAsLong() - beatNanos > SILENT_AFTER.toNanos();
  }

  /** The daemon is shut down on purpose: nobody is told that it lives from now on. */
  public void end() {
    ended = true;
  }
}
