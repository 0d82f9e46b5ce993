package maildrift.monitor.wiring;

import java.util.Optional;
import java.util.Set;

/**
 * Whether a list that names fewer domains than before is believed. A source that broke gives an
 * empty list, or the half of one, more often than a fleet is given up in one go, and a domain that
 * is wrongly gone is watched by nobody.
 */
final class Shrinkage {
  /** So many times in a row the same is said until it is believed. */
  static final int TIMES = 3;

  /** Of fewer domains half may go at any time. */
  private static final int SMALL = 10;

  private final boolean allowEmpty;
  private Set<String> doubted = Set.of();
  private int times;

  Shrinkage(boolean allowEmpty) {
    this.allowEmpty = allowEmpty;
  }

  /** The list is the one that is in force: whatever was doubted before was not meant. */
  void settled() {
    times = 0;
  }

  /** Why the list is not used; empty: it is. */
  Optional<String> doubt(Set<String> before, Set<String> now) {
    var gone = before.stream().filter(name -> !now.contains(name)).count();
    if (gone == 0 || (!now.isEmpty() && (before.size() < SMALL || gone * 2 <= before.size()))) {
      settled();
      return Optional.empty();
    }
    if (now.isEmpty() && !allowEmpty) {
      return Optional.of(
          "the list is empty and had %d domains; they stay until allow_empty is set, or until the source is taken out of the configuration"
              .formatted(before.size()));
    }
    times = now.equals(doubted) ? times + 1 : 1;
    doubted = Set.copyOf(now);
    if (times >= TIMES) {
      times = 0;
      return Optional.empty();
    }
    return Optional.of(
        "%d of its %d domains are gone; that is believed when it is said %d times in a row, and was said %d"
            .formatted(gone, before.size(), TIMES, times));
  }
}
