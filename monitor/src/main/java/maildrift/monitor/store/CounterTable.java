package maildrift.monitor.store;

import org.jdbi.v3.core.Handle;

/** {@code counter}: numbers, most of which only grow. */
final class CounterTable {
  /** The highest sequence ever owed, which outlives the notification itself. */
  static final String SEQUENCE = "sequence";

  /** How many batches were committed. */
  static final String COMMITS = "commits";

  /** When maildrift was last there, in milliseconds since 1970. */
  static final String ALIVE = "alive";

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

  static void set(Handle handle, String name, long amount) {
    handle
        .createUpdate("update counter set amount = :amount where name = :name")
        .bind("name", name)
        .bind("amount", amount)
        .execute();
  }
}
