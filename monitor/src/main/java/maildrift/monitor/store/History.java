package maildrift.monitor.store;

import java.util.List;

/** What changed when. Written by {@link Batch.Builder#change}. */
public interface History {
  /** The newest first: {@code limit} lines after skipping {@code offset}, of all domains. */
  List<Change> read(int offset, int limit);

  /** The same of one domain. */
  List<Change> read(String domain, int offset, int limit);
}
