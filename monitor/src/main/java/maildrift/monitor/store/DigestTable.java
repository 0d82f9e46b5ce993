package maildrift.monitor.store;

import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** {@code digest}. */
final class DigestTable {
  private final String upsert;

  DigestTable(Dialect dialect) {
    upsert = dialect.upsert("digest", List.of("tenant"), List.of("due_at", "made_at", "figures"));
  }

  void put(Handle handle, Collection<DigestMark> marks) {
    Rows.batch(
        handle,
        upsert,
        marks,
        (batch, mark) ->
            batch
                .bind("tenant", mark.tenant())
                .bind("due_at", Rows.time(mark.due()))
                .bind("made_at", Rows.time(mark.madeAt()))
                .bind("figures", mark.figures()));
  }

  List<DigestMark> all(Handle handle) {
    return handle
        .createQuery("select * from digest")
        .map(
            (row, _) ->
                new DigestMark(
                    row.getString("tenant"),
                    Rows.time(row, "due_at"),
                    Rows.time(row, "made_at"),
                    row.getString("figures")))
        .list();
  }
}
