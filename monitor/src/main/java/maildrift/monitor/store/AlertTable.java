package maildrift.monitor.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import maildrift.alerts.Alert;
import maildrift.alerts.Course;
import maildrift.alerts.Labels;
import org.jdbi.v3.core.Handle;

/** {@code alert}: every alert that somebody was or may be told of. */
final class AlertTable {
  private final String upsert;

  AlertTable(Dialect dialect) {
    upsert =
        dialect.upsert(
            "alert",
            List.of("fingerprint"),
            List.of(
                "domain",
                "labels",
                "annotations",
                "phase",
                "looks",
                "flaps",
                "starts_at",
                "updated_at",
                "ends_at",
                "course"));
  }

  void put(Handle handle, Collection<DomainAlert> alerts) {
    Rows.batch(
        handle,
        upsert,
        alerts,
        (batch, kept) -> {
          var alert = kept.alert();
          batch
              .bind("fingerprint", alert.fingerprint())
              .bind("domain", kept.domain())
              .bind("labels", Rows.json(alert.labels().map()))
              .bind("annotations", Rows.json(alert.annotations()))
              .bind("phase", alert.phase().name())
              .bind("looks", alert.looks())
              .bind("flaps", alert.flaps())
              .bind("starts_at", Rows.time(alert.startsAt()))
              .bind("updated_at", Rows.time(alert.updatedAt()))
              .bind("ends_at", Rows.time(alert.endsAt()))
              .bind("course", Rows.json(alert.course().texts()));
        });
  }

  void drop(Handle handle, Collection<String> fingerprints) {
    Rows.batch(
        handle,
        "delete from alert where fingerprint = :fingerprint",
        fingerprints,
        (batch, fingerprint) -> batch.bind("fingerprint", fingerprint));
  }

  /** Not one that has come back since. */
  void forget(Handle handle, Collection<Write.ForgetAlert> over) {
    Rows.batch(
        handle,
        "delete from alert where fingerprint = :fingerprint and phase = 'RESOLVED' and ends_at = :end",
        over,
        (batch, alert) ->
            batch.bind("fingerprint", alert.fingerprint()).bind("end", Rows.time(alert.endedAt())));
  }

  void each(Handle handle, Consumer<DomainAlert> consumer) {
    Rows.each(handle, "select * from alert order by fingerprint", AlertTable::alert, consumer);
  }

  private static DomainAlert alert(ResultSet row) throws SQLException {
    return new DomainAlert(
        row.getString("domain"),
        new Alert(
            new Labels(Rows.texts(row, "labels")),
            Rows.texts(row, "annotations"),
            Alert.Phase.valueOf(row.getString("phase")),
            row.getInt("looks"),
            row.getInt("flaps"),
            Rows.time(row, "starts_at"),
            Rows.time(row, "updated_at"),
            Rows.maybeTime(row, "ends_at"),
            Course.of(Rows.texts(row, "course"))));
  }
}
