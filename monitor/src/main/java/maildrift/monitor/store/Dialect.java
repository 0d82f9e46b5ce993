package maildrift.monitor.store;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;

/** The little in which the two databases differ. */
enum Dialect {
  H2 {
    @Override
    String upsert(String table, List<String> keys, List<String> others) {
      return "merge into %s (%s) key (%s) values (%s)"
          .formatted(
              table,
              String.join(", ", all(keys, others)),
              String.join(", ", keys),
              places(all(keys, others)));
    }

    @Override
    String insertNew(String table, String key, List<String> others) {
      return """
      merge into %1$s t using (select cast(:%2$s as varchar) as %2$s) n on t.%2$s = n.%2$s
      when not matched then insert (%3$s) values (%4$s)
      """
          .formatted(
              table,
              key,
              String.join(", ", all(List.of(key), others)),
              places(all(List.of(key), others)));
    }

    // H2's commit reaches the disk up to half a second later, and without a sync.
    @Override
    void barrier(Handle handle) {
      try {
        H2Barrier.force(handle.getConnection());
      } catch (SQLException failed) {
        throw new ConnectionException(failed);
      }
    }
  },

  POSTGRESQL {
    @Override
    String upsert(String table, List<String> keys, List<String> others) {
      return "insert into %s (%s) values (%s) on conflict (%s) do update set %s"
          .formatted(
              table,
              String.join(", ", all(keys, others)),
              places(all(keys, others)),
              String.join(", ", keys),
              others.stream()
                  .map(column -> column + " = excluded." + column)
                  .collect(Collectors.joining(", ")));
    }

    @Override
    String insertNew(String table, String key, List<String> others) {
      return "insert into %s (%s) values (%s) on conflict (%s) do nothing"
          .formatted(
              table,
              String.join(", ", all(List.of(key), others)),
              places(all(List.of(key), others)),
              key);
    }

    @Override
    void barrier(Handle handle) {
      // synchronous_commit is on: the commit was the barrier.
    }
  };

  /** Inserts the row or replaces it; the parameters are named as the columns. */
  abstract String upsert(String table, List<String> keys, List<String> others);

  /** Inserts the row unless there is one. */
  abstract String insertNew(String table, String key, List<String> others);

  /** Returns when all that was committed before will survive a power failure. */
  abstract void barrier(Handle handle);

  private static List<String> all(List<String> keys, List<String> others) {
    return Stream.concat(keys.stream(), others.stream()).toList();
  }

  private static String places(List<String> columns) {
    return columns.stream().map(column -> ":" + column).collect(Collectors.joining(", "));
  }
}
