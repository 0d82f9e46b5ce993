package maildrift.monitor.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/** {@code baseline}: what operators accepted. */
final class BaselineTable {
  private final String upsert;

  BaselineTable(Dialect dialect) {
    upsert =
        dialect.upsert(
            "baseline", List.of("domain"), List.of("records", "accepted_at", "accepted_by"));
  }

  void put(Handle handle, Collection<Baseline> baselines) {
    Rows.batch(
        handle,
        upsert,
        baselines,
        (batch, baseline) ->
            batch
                .bind("domain", baseline.domain())
                .bind("records", Rows.json(baseline.records()))
                .bind("accepted_at", Rows.time(baseline.acceptedAt()))
                .bind("accepted_by", Texts.storable(baseline.acceptedBy())));
  }

  void drop(Handle handle, Collection<String> domains) {
    Rows.batch(
        handle,
        "delete from baseline where domain = :domain",
        domains,
        (batch, domain) -> batch.bind("domain", domain));
  }

  void each(Handle handle, Consumer<Baseline> consumer) {
    Rows.each(handle, "select * from baseline order by domain", BaselineTable::baseline, consumer);
  }

  Optional<Baseline> find(Handle handle, String domain) {
    return handle
        .createQuery("select * from baseline where domain = :domain")
        .bind("domain", domain)
        .map((row, _) -> baseline(row))
        .findOne();
  }

  private static Baseline baseline(ResultSet row) throws SQLException {
    return new Baseline(
        row.getString("domain"),
        Rows.texts(row, "records"),
        Rows.time(row, "accepted_at"),
        row.getString("accepted_by"));
  }
}
