package maildrift.monitor.store;

import java.util.Collection;
import java.util.List;

/** What changed when. Written by {@link Batch.Builder#change}. */
public interface History {
  /** The newest first: {@code limit} lines after skipping {@code offset}, of all domains. */
  List<Change> read(int offset, int limit);

  /** The same of one domain alone. */
  default List<Change> read(String domain, int offset, int limit) {
    return read(domain, List.of(), offset, limit);
  }

  /**
   * The same of one domain and of what it depends on.
   *
   * @param shared records that are no domain's, by name
   */
  List<Change> read(String domain, Collection<String> shared, int offset, int limit);
}
