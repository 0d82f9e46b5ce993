package maildrift.monitor.service;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Whether every part has moved since the watchdog was last told that all do. A part moves when its
 * count is another; nothing is told by a timer alone.
 */
public final class KeepAlive {
  private final Map<String, LongSupplier> moves;
  private final Map<String, Long> told = new HashMap<>();

  /**
   * @param moves part to a count that grows only where the part does its work
   */
  public KeepAlive(Map<String, LongSupplier> moves) {
    this.moves = Map.copyOf(moves);
    moves.forEach((part, count) -> told.put(part, count.getAsLong()));
  }

  /** The parts that have not moved since this was last empty; when it is, that counts as told. */
  public Set<String> still() {
    var now =
        moves.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, part -> part.getValue().getAsLong()));
    var still =
        now.entrySet().stream()
            .filter(part -> part.getValue().equals(told.get(part.getKey())))
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    if (still.isEmpty()) {
      told.putAll(now);
    }
    return still;
  }
}
