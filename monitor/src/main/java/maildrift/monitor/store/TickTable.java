package maildrift.monitor.store;

import java.util.Collection;
import java.util.List;
import maildrift.monitor.checklist.Tick;
import org.jdbi.v3.core.Handle;

/** {@code tick}. */
final class TickTable {
  private final String upsert;

  TickTable(Dialect dialect) {
    upsert =
        dialect.upsert(
            "tick",
            List.of("domain", "checklist", "step"),
            List.of("migration", "ticked_by", "ticked_at", "note"));
  }

  void put(Handle handle, Collection<Tick> ticks) {
    Rows.batch(
        handle,
        upsert,
        ticks,
        (batch, tick) ->
            batch
                .bind("domain", tick.domain())
                .bind("checklist", tick.checklist())
                .bind("step", tick.step())
                .bind("migration", Rows.time(tick.migration()))
                .bind("ticked_by", tick.by())
                .bind("ticked_at", Rows.time(tick.at()))
                .bind("note", tick.note()));
  }

  void drop(Handle handle, Collection<Write.DropTick> ticks) {
    Rows.batch(
        handle,
        "delete from tick where domain = :domain and checklist = :checklist and step = :step",
        ticks,
        (batch, tick) ->
            batch
                .bind("domain", tick.domain())
                .bind("checklist", tick.checklist())
                .bind("step", tick.step()));
  }

  /** All of these domains. */
  void forget(Handle handle, Collection<String> domains) {
    Rows.batch(
        handle,
        "delete from tick where domain = :domain",
        domains,
        (batch, domain) -> batch.bind("domain", domain));
  }

  List<Tick> all(Handle handle) {
    return handle
        .createQuery("select * from tick")
        .map(
            (row, _) ->
                new Tick(
                    row.getString("domain"),
                    row.getString("checklist"),
                    row.getString("step"),
                    Rows.maybeTime(row, "migration"),
                    row.getString("ticked_by"),
                    Rows.time(row, "ticked_at"),
                    row.getString("note")))
        .list();
  }
}
