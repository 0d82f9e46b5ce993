package maildrift.monitor.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * {@code history}, and {@code change_pending}, where on H2 its lines wait to be moved into the
 * history's own file. Both have the same columns.
 */
final class ChangeTable {
  private final String table;
  private final String upsert;

  private ChangeTable(Dialect dialect, String table) {
    this.table = table;
    upsert =
        dialect.upsert(
            table,
            List.of("id"),
            List.of("changed_at", "domain", "tenant", "record", "old_value", "new_value", "kind"));
  }

  static ChangeTable history(Dialect dialect) {
    return new ChangeTable(dialect, "history");
  }

  static ChangeTable pending(Dialect dialect) {
    return new ChangeTable(dialect, "change_pending");
  }

  void put(Handle handle, Collection<Write.Changed> changes) {
    Rows.batch(
        handle,
        upsert,
        changes,
        (batch, changed) -> {
          var change = changed.change();
          batch
              .bind("id", changed.id())
              .bind("changed_at", Rows.time(change.at()))
              .bind("domain", change.domain())
              .bind("tenant", change.tenant())
              .bind("record", change.record())
              .bind("old_value", change.before().orElse(null))
              .bind("new_value", change.after().orElse(null))
              .bind("kind", change.kind());
        });
  }

  void drop(Handle handle, Collection<Write.Changed> changes) {
    Rows.batch(
        handle,
        "delete from " + table + " where id = :id",
        changes,
        (batch, changed) -> batch.bind("id", changed.id()));
  }

  /** Any {@code limit} of them. */
  List<Write.Changed> some(Handle handle, int limit) {
    return handle
        .createQuery("select * from " + table + " limit :limit")
        .bind("limit", limit)
        .map((row, _) -> changed(row))
        .list();
  }

  long count(Handle handle) {
    return handle.createQuery("select count(*) from " + table).mapTo(Long.class).one();
  }

  List<Change> newest(Handle handle, int offset, int limit) {
    return handle
        .createQuery(
            """
            select * from history
            order by changed_at desc, domain, record limit :limit offset :offset
            """)
        .bind("limit", limit)
        .bind("offset", offset)
        .map((row, _) -> changed(row).change())
        .list();
  }

  List<Change> newest(
      Handle handle, String domain, Collection<String> shared, int offset, int limit) {
    // Each half by its own index, and no more of either than can be shown.
    var half =
        """
        (select * from history where %s
        order by changed_at desc, domain, record limit :most)
        """;
    var both =
        half.formatted("domain = :domain")
            + (shared.isEmpty()
                ? ""
                : " union all " + half.formatted("domain = :owner and record in (<shared>)"));
    var query =
        handle
            .createQuery(
                """
                select * from (%s) line
                order by changed_at desc, domain, record limit :limit offset :offset
                """
                    .formatted(both))
            .bind("domain", domain)
            .bind("most", (long) offset + limit)
            .bind("limit", limit)
            .bind("offset", offset);
    if (!shared.isEmpty()) {
      query.bind("owner", Change.SHARED).bindList("shared", shared);
    }
    return query.map((row, _) -> changed(row).change()).list();
  }

  /** At most {@code limit} rows, so that nobody waits for a long transaction. */
  int expire(Handle handle, Instant before, int limit) {
    var ids =
        handle
            .createQuery("select id from history where changed_at < :before limit :limit")
            .bind("before", Rows.time(before))
            .bind("limit", limit)
            .mapTo(String.class)
            .list();
    Rows.batch(
        handle, "delete from history where id = :id", ids, (batch, id) -> batch.bind("id", id));
    return ids.size();
  }

  private static Write.Changed changed(ResultSet row) throws SQLException {
    return new Write.Changed(
        row.getString("id"),
        new Change(
            Rows.time(row, "changed_at"),
            row.getString("domain"),
            row.getString("tenant"),
            row.getString("record"),
            Rows.maybeText(row, "old_value"),
            Rows.maybeText(row, "new_value"),
            row.getString("kind")));
  }
}
