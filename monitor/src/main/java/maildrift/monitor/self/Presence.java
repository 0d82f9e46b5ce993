package maildrift.monitor.self;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import maildrift.monitor.store.Absence;

/**
 * When maildrift was there to look. A time in which it did not run, was suspended or stood still,
 * and one that a clock leapt over, is no time in which it could not see: ages that lead to an alert
 * are counted without it.
 *
 * <p>{@link #tick} is called every few seconds; a tick that comes much too late was preceded by an
 * absence.
 */
public final class Presence {
  /** Ticks come every few seconds; a pause of the machine that is shorter does not matter. */
  private static final Duration LATE = Duration.ofSeconds(30);

  /** No single tick counts for more time awake than this. */
  private static final long MOST_NANOS = Duration.ofSeconds(10).toNanos();

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final boolean isNeverAway;
  private final List<Absence> absences = new ArrayList<>();
  private final List<Absence> unsaved = new ArrayList<>();
  private Instant tickedAt;
  private long tickedNanos;
  private long awake;

  /**
   * @param nanos a clock that nobody sets
   */
  public Presence(InstantSource clock, LongSupplier nanos) {
    this(clock, nanos, false);
  }

  private Presence(InstantSource clock, LongSupplier nanos, boolean isNeverAway) {
    this.clock = clock;
    this.nanos = nanos;
    this.isNeverAway = isNeverAway;
    this.tickedAt = clock.instant();
    this.tickedNanos = nanos.getAsLong();
  }

  /** Of the system. */
  public static Presence of(InstantSource clock) {
    return new Presence(clock, System::nanoTime);
  }

  /** For a clock that leaps on purpose: what it leaps over counts as lived through. */
  public static Presence always(InstantSource clock) {
    return new Presence(clock, () -> clock.instant().toEpochMilli() * 1_000_000, true);
  }

  /**
   * Takes up what was before a restart.
   *
   * @param alive when it was last there before; empty: never
   */
  public synchronized void restore(List<Absence> kept, Optional<Instant> alive) {
    absences.addAll(kept);
    alive
        .filter(at -> at.plus(LATE).isBefore(tickedAt))
        .ifPresent(at -> add(new Absence(at, tickedAt)));
  }

  /** It is there. */
  public synchronized void tick() {
    var now = clock.instant();
    var gone = nanos.getAsLong() - tickedNanos;
    var before = tickedAt;
    awake += isNeverAway ? Math.max(0, gone) : Math.clamp(gone, 0, MOST_NANOS);
    tickedNanos += gone;
    tickedAt = now;
    if (before.plus(LATE).isBefore(now)) {
      add(new Absence(before, now));
    }
  }

  private void add(Absence absence) {
    if (!isNeverAway) {
      absences.add(absence);
      unsaved.add(absence);
    }
  }

  /** The absences that nobody has taken to keep them yet. */
  public synchronized List<Absence> takeNew() {
    var taken = List.copyOf(unsaved);
    unsaved.clear();
    return taken;
  }

  /** One that could not be kept is to be taken again. */
  public synchronized void putBack(Absence absence) {
    unsaved.add(absence);
  }

  /** How long it has been there since the start. */
  public synchronized Duration awake() {
    return Duration.ofNanos(awake);
  }

  /** How much of the time between the two it was there; never less than nothing. */
  public synchronized Duration between(Instant from, Instant to) {
    if (tickedAt.plus(LATE).isBefore(clock.instant())) {
      // Asked right after it woke, before the tick that would have noticed.
      tick();
    }
    var there = Duration.between(from, to);
    for (var absence : absences) {
      var begin = absence.from().isAfter(from) ? absence.from() : from;
      var end = absence.to().isBefore(to) ? absence.to() : to;
      if (end.isAfter(begin)) {
        there = there.minus(Duration.between(begin, end));
      }
    }
    return there.isNegative() ? Duration.ZERO : there;
  }

  /** Forgets what nobody counts any more. */
  public synchronized void forget(Instant before) {
    absences.removeIf(absence -> absence.to().isBefore(before));
  }
}
