package maildrift.monitor.wiring;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a list that names fewer domains than before is believed. A source that broke gives an
 * empty list, or the half of one, more often than a fleet is given up in one go, and a domain that
 * is wrongly gone is watched by nobody and forgets what was accepted of it.
 */
final class Shrinkage {
  /** So many times in a row the same is said until it is believed. */
  static final int TIMES = 3;

  private final boolean allowEmpty;
  private final Duration apart;
  private Set<String> doubted = Set.of();
  private Instant countedAt = Instant.MIN;
  private int times;

  /**
   * @param refreshInterval lists that come sooner one after the other, as files do while somebody
   *     writes them, count as one
   */
  Shrinkage(boolean allowEmpty, Duration refreshInterval) {
    this.allowEmpty = allowEmpty;
    apart = refreshInterval.dividedBy(2); // No timer is exact.
  }

  /** The list is the one that is in force: whatever was doubted before was not meant. */
  void settled() {
    times = 0;
  }

  /**
   * Why the list is not used; empty: it is.
   *
   * @param suspicion why it may not be the whole list, though it loses few; empty: it looks whole
   */
  Optional<String> doubt(
      Set<String> before, Set<String> now, Optional<String> suspicion, Instant at) {
    var gone =
        before.stream().filter(name -> !now.contains(name)).collect(Collectors.toUnmodifiableSet());
    if (gone.isEmpty()
        || (!now.isEmpty() && suspicion.isEmpty() && gone.size() * 2 <= before.size())) {
      settled();
      return Optional.empty();
    }
    if (now.isEmpty() && !allowEmpty) {
      return Optional.of(
          "the list is empty and had %d domains; they stay until allow_empty is set, or until the source is taken out of the configuration"
              .formatted(before.size()));
    }
    if (times == 0 || !gone.equals(doubted)) {
      times = 1;
      doubted = gone;
      countedAt = at;
    } else if (!at.isBefore(countedAt.plus(apart))) {
      times++;
      countedAt = at;
    }
    if (times >= TIMES) {
      times = 0;
      return Optional.empty();
    }
    return Optional.of(
        "%d of its %d domains are gone%s; that is believed when it is said %d times in a row, and was said %d"
            .formatted(
                gone.size(),
                before.size(),
                suspicion.map(why -> ", and " + why).orElse(""),
                TIMES,
                times));
  }
}
