package maildrift.monitor.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** {@code absence}. */
final class AbsenceTable {
  private final String upsert;

  AbsenceTable(Dialect dialect) {
    upsert = dialect.upsert("absence", List.of("began_at"), List.of("ended_at"));
  }

  void put(Handle handle, Collection<Absence> absences) {
    Rows.batch(
        handle,
        upsert,
        absences,
        (batch, absence) ->
            batch
                .bind("began_at", Rows.time(absence.from()))
                .bind("ended_at", Rows.time(absence.to())));
  }

  List<Absence> all(Handle handle) {
    return handle
        .createQuery("select * from absence order by began_at")
        .map((row, _) -> new Absence(Rows.time(row, "began_at"), Rows.time(row, "ended_at")))
        .list();
  }

  int expire(Handle handle, Instant before) {
    return handle.execute("delete from absence where ended_at < ?", Rows.time(before));
  }
}
