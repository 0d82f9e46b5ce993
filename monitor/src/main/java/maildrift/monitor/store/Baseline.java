package maildrift.monitor.store;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an operator accepted as right.
 *
 * @param records record name to value
 * @param acceptedBy the operator's name
 */
public record Baseline(
    String domain, SortedMap<String, String> records, Instant acceptedAt, String acceptedBy) {
  public Baseline {
    records = Collections.unmodifiableSortedMap(new TreeMap<>(records));
    acceptedAt = Micros.of(acceptedAt);
  }

  public static Baseline of(
      String domain, Map<String, String> records, Instant acceptedAt, String acceptedBy) {
    return new Baseline(domain, new TreeMap<>(records), acceptedAt, acceptedBy);
  }
}
