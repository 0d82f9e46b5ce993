package maildrift.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether an alert comes and goes too often to be told each time; as Icinga's flap detection, with
 * two differences. It judges as soon as there are a few looks instead of waiting for twenty: an
 * alert that is back at the very next look would have been told nine times until then. And looks
 * that show nothing new are not written down one by one: they are counted from the time that has
 * passed, but for while it flaps, when only looks that were made count.
 *
 * @param looks what the last of them saw, the newest last: {@code 1} it was there, {@code 0} it was
 *     not
 * @param lookedAt when the newest of them was
 * @param bout present while it flaps
 */
public record Flaps(String looks, Instant lookedAt, Optional<Bout> bout) {
  /** The changes between so many looks are judged. */
  public static final int WINDOW = 20;

  /** A younger history is judged as if there had been so many more looks, all the same. */
  private static final int LEAST = 4;

  /** It came, it went, it is back: less is no flapping. */
  private static final int LEAST_CHANGES = 3;

  /** It flaps from this share of changes on. */
  private static final double ENTER = 0.5;

  /** And no more from this share down. */
  private static final double LEAVE = 0.25;

  /** Looks in a row that must agree, whatever the share is. */
  private static final int STEADY = 4;

  /** The newest change counts for this much, the oldest in the window for 0.8. */
  private static final double NEWEST_WEIGHT = 1.2;

  private static final double LESS_EACH = 0.02;

  /**
   * A time of coming and going.
   *
   * @param changes how often it changed
   * @param within in about which time
   * @param since when that was noticed
   */
  public record Bout(int changes, Duration within, Instant since) {}

  public Flaps {
    if (looks.isEmpty()
        || looks.length() > WINDOW + 1
        || !looks.chars().allMatch(look -> look == '0' || look == '1')) {
      throw new IllegalArgumentException("looks are at most 21 of 0 and 1, were " + looks);
    }
  }

  /**
   * The history of an alert that goes away for the first time.
   *
   * @param startsAt when it came
   * @param apart how far regular looks are from each other
   */
  public static Flaps gone(Instant startsAt, Instant now, Duration apart) {
    return new Flaps("01", startsAt, Optional.empty()).looked(false, now, apart);
  }

  /** Whether the newest look saw it. */
  public boolean isThere() {
    return looks.endsWith("1");
  }

  /** Whether a look that sees the same as the last one has to be remembered. */
  public boolean counts(boolean there, Instant now, Duration apart) {
    // Looks that somebody asked for between two regular ones prove no steadiness.
    var tooSoon = !now.isBefore(lookedAt) && now.isBefore(lookedAt.plus(apart.dividedBy(2)));
    return there != isThere() || (bout.isPresent() && !tooSoon);
  }

  /** With what a look saw. */
  public Flaps looked(boolean there, Instant now, Duration apart) {
    var seen = bout.isPresent() ? looks : looks + last().repeat(since(now, apart));
    var all = seen + (there ? "1" : "0");
    var kept = all.substring(Math.max(0, all.length() - WINDOW - 1));
    return new Flaps(kept, now, bout).judged(now, apart);
  }

  private String last() {
    return looks.substring(looks.length() - 1);
  }

  /** Regular looks that must have been since the newest one, this one left out. */
  private int since(Instant now, Duration apart) {
    var passed = Duration.between(lookedAt, now);
    return passed.isNegative()
        ? 0
        : Math.clamp(Math.round((double) passed.toMillis() / apart.toMillis()) - 1, 0, WINDOW);
  }

  private Flaps judged(Instant now, Duration apart) {
    var share = share();
    if (bout.isPresent()) {
      return share <= LEAVE && isSteady() ? calmed() : this;
    }
    var changes = changes();
    return changes >= LEAST_CHANGES && share >= ENTER && isThere()
        ? new Flaps(
            looks,
            lookedAt,
            Optional.of(
                new Bout(changes, apart.multipliedBy(looks.length() - 1 - firstChange()), now)))
        : this;
  }

  /** The same history, judged anew from here on. */
  public Flaps calmed() {
    return new Flaps(looks, lookedAt, Optional.empty());
  }

  /** How many looks saw something else than the one before. */
  private int changes() {
    var changes = 0;
    for (var at = 1; at < looks.length(); at++) {
      if (isChange(at)) {
        changes++;
      }
    }
    return changes;
  }

  private int firstChange() {
    var at = 1;
    while (at < looks.length() && !isChange(at)) {
      at++;
    }
    return at;
  }

  private boolean isChange(int at) {
    return looks.charAt(at) != looks.charAt(at - 1);
  }

  /** The weighted share of looks that were changes, between 0 and 1.2. */
  private double share() {
    var sum = 0.0;
    var weight = NEWEST_WEIGHT;
    for (var at = looks.length() - 1; at > 0; at--) {
      if (isChange(at)) {
        sum += weight;
      }
      weight -= LESS_EACH;
    }
    return sum / Math.max(LEAST, looks.length() - 1);
  }

  private boolean isSteady() {
    return looks.length() > STEADY && looks.endsWith(last().repeat(STEADY));
  }
}
