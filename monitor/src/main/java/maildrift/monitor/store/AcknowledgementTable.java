package maildrift.monitor.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import maildrift.alerts.ack.Acknowledgement;
import org.jdbi.v3.core.Handle;

/** {@code acknowledgement}: who has taken which alert. */
final class AcknowledgementTable {
  private final String upsert;

  AcknowledgementTable(Dialect dialect) {
    upsert =
        dialect.upsert(
            "acknowledgement",
            List.of("fingerprint"),
            List.of(
                "taken_by", "taken_at", "note", "severity", "content", "ended_at", "ended_why"));
  }

  void put(Handle handle, Collection<Acknowledgement> taken) {
    Rows.batch(
        handle,
        upsert,
        taken,
        (batch, one) ->
            batch
                .bind("fingerprint", one.fingerprint())
                .bind("taken_by", one.by())
                .bind("taken_at", Rows.time(one.at()))
                .bind("note", one.comment())
                .bind("severity", one.severity())
                .bind("content", one.content())
                .bind("ended_at", Rows.time(one.ended().map(Acknowledgement.Ended::at)))
                .bind("ended_why", one.ended().map(Acknowledgement.Ended::why).orElse(null)));
  }

  void drop(Handle handle, Collection<String> fingerprints) {
    Rows.batch(
        handle,
        "delete from acknowledgement where fingerprint = :fingerprint",
        fingerprints,
        (batch, fingerprint) -> batch.bind("fingerprint", fingerprint));
  }

  List<Acknowledgement> all(Handle handle) {
    return handle
        .createQuery("select * from acknowledgement order by fingerprint")
        .map((row, _) -> acknowledgement(row))
        .list();
  }

  private static Acknowledgement acknowledgement(ResultSet row) throws SQLException {
    var why = Optional.ofNullable(row.getString("ended_why")).orElse("");
    return new Acknowledgement(
        row.getString("fingerprint"),
        row.getString("taken_by"),
        Rows.time(row, "taken_at"),
        row.getString("note"),
        row.getString("severity"),
        row.getString("content"),
        Rows.maybeTime(row, "ended_at").map(at -> new Acknowledgement.Ended(at, why)));
  }
}
