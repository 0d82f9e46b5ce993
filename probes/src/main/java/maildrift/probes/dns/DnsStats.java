package maildrift.probes.dns;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the door has done since it was opened. Counters only grow; reading them is cheap and not a
 * snapshot.
 */
public final class DnsStats {
  private final LongAdder queries = new LongAdder();
  private final LongAdder cacheHits = new LongAdder();
  private final Map<Answer.Failure, LongAdder> failures = new EnumMap<>(Answer.Failure.class);

  DnsStats() {
    for (var failure : Answer.Failure.values()) {
      failures.put(failure, new LongAdder());
    }
  }

  /** Messages sent to servers, repeats and TCP included. */
  public long queries() {
    return queries.sum();
  }

  /** Questions that needed no query of their own: answered by the cache or by one under way. */
  public long cacheHits() {
    return cacheHits.sum();
  }

  /**
   * Failed attempts by reason. An attempt that failed may have been made good by TCP or by another
   * server, so this counts trouble, not unanswered questions.
   */
  public long failures(Answer.Failure reason) {
    var count = failures.get(reason);
    return count == null ? 0 : count.sum();
  }

  /** All of them, for export; the values are live. */
  public Map<Answer.Failure, LongAdder> failures() {
    return Collections.unmodifiableMap(failures);
  }

  void sent() {
    queries.increment();
  }

  void hit() {
    cacheHits.increment();
  }

  void failed(Answer.Failure reason) {
    var count = failures.get(reason);
    if (count != null) {
      count.increment();
    }
  }
}
