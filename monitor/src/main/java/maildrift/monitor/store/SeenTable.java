package maildrift.monitor.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/** {@code seen_record}: what every watched record looked like last. */
final class SeenTable {
  private final String upsert;

  SeenTable(Dialect dialect) {
    upsert =
        dialect.upsert(
            "seen_record", List.of("domain", "record"), List.of("content", "changed_at"));
  }

  void put(Handle handle, Collection<SeenRecord> records) {
    Rows.batch(
        handle,
        upsert,
        records,
        (batch, record) ->
            batch
                .bind("domain", record.domain())
                .bind("record", record.record())
                .bind("content", record.value())
                .bind("changed_at", Rows.time(record.changedAt())));
  }

  void drop(Handle handle, Collection<Write.DropSeen> drops) {
    Rows.batch(
        handle,
        "delete from seen_record where domain = :domain and record = :record",
        drops,
        (batch, drop) -> batch.bind("domain", drop.domain()).bind("record", drop.name()));
  }

  void forget(Handle handle, Collection<String> domains) {
    Rows.batch(
        handle,
        "delete from seen_record where domain = :domain",
        domains,
        (batch, domain) -> batch.bind("domain", domain));
  }

  void each(Handle handle, Consumer<SeenRecord> consumer) {
    Rows.each(
        handle, "select * from seen_record order by domain, record", SeenTable::record, consumer);
  }

  List<SeenRecord> of(Handle handle, String domain) {
    return handle
        .createQuery("select * from seen_record where domain = :domain order by record")
        .bind("domain", domain)
        .map((row, _) -> record(row))
        .list();
  }

  private static SeenRecord record(ResultSet row) throws SQLException {
    return new SeenRecord(
        row.getString("domain"),
        row.getString("record"),
        row.getString("content"),
        Rows.time(row, "changed_at"));
  }
}
