package maildrift.monitor.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** {@code silence}. */
final class SilenceTable {
  private final String upsert;

  SilenceTable(Dialect dialect) {
    upsert = dialect.upsert("silence", List.of("id"), List.of("ends_at", "definition"));
  }

  void put(Handle handle, Collection<KeptSilence> silences) {
    Rows.batch(
        handle,
        upsert,
        silences,
        (batch, silence) ->
            batch
                .bind("id", silence.id())
                .bind("ends_at", Rows.time(silence.endsAt()))
                .bind("definition", Texts.storable(silence.definition())));
  }

  void drop(Handle handle, Collection<String> ids) {
    Rows.batch(
        handle, "delete from silence where id = :id", ids, (batch, id) -> batch.bind("id", id));
  }

  int expire(Handle handle, Instant before) {
    return handle.execute("delete from silence where ends_at < ?", Rows.time(before));
  }

  List<KeptSilence> all(Handle handle) {
    return handle
        .createQuery("select * from silence order by id")
        .map(
            (row, _) ->
                new KeptSilence(
                    row.getString("id"), Rows.time(row, "ends_at"), row.getString("definition")))
        .list();
  }
}
