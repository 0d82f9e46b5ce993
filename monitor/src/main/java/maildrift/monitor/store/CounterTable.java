package maildrift.monitor.store;

import org.jdbi.v3.core.Handle;

/** {@code counter}: numbers that only grow. */
final class CounterTable {
  /** The highest sequence ever owed, which outlives the notification itself. */
  static final String SEQUENCE = "sequence";

  /** How many batches were committed. */
  static final String COMMITS = "commits";

  private CounterTable() {}

  static long read(Handle handle, String name) {
    return handle
        .createQuery("select amount from counter where name = :name")
        .bind("name", name)
        .mapTo(Long.class)
        .one();
  }

  static void raise(Handle handle, String name, long amount) {
    handle
        .createUpdate("update counter set amount = :amount where name = :name and amount < :amount")
        .bind("name", name)
        .bind("amount", amount)
        .execute();
  }
}
