package maildrift.probes.spf;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Reads each text once: thousands of domains include the same few records of their providers.
 * Thread-safe; bounded in number and size, starting afresh when full.
 */
final class RememberingParser implements Function<String, SpfRecord> {
  private static final int MOST_RECORDS = 4096;
  private static final int LONGEST_RECORD = 2048;

  private final Map<String, SpfRecord> known = new ConcurrentHashMap<>();

  @Override
  public SpfRecord apply(String text) {
    var found = known.get(text);
    if (found != null) {
      return found;
    }
    var record = SpfRecord.parse(text);
    if (text.length() <= LONGEST_RECORD) {
      if (known.size() >= MOST_RECORDS) {
        known.clear();
      }
      known.put(text, record);
    }
    return record;
  }
}
