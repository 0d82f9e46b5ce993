package maildrift.monitor.store;

import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** {@code receiver_gone}. */
final class GoneTable {
  private final String upsert;

  GoneTable(Dialect dialect) {
    upsert =
        dialect.upsert("receiver_gone", List.of("receiver"), List.of("mark", "why", "gone_at"));
  }

  void put(Handle handle, Collection<GoneReceiver> receivers) {
    Rows.batch(
        handle,
        upsert,
        receivers,
        (batch, gone) ->
            batch
                .bind("receiver", gone.receiver())
                .bind("mark", gone.mark())
                .bind("why", Texts.storable(gone.why()))
                .bind("gone_at", Rows.time(gone.at())));
  }

  void drop(Handle handle, Collection<String> receivers) {
    Rows.batch(
        handle,
        "delete from receiver_gone where receiver = :receiver",
        receivers,
        (batch, receiver) -> batch.bind("receiver", receiver));
  }

  List<GoneReceiver> all(Handle handle) {
    return handle
        .createQuery("select * from receiver_gone order by receiver")
        .map(
            (row, _) ->
                new GoneReceiver(
                    row.getString("receiver"),
                    row.getString("mark"),
                    row.getString("why"),
                    Rows.time(row, "gone_at")))
        .list();
  }
}
