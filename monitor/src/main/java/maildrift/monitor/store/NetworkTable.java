package maildrift.monitor.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import maildrift.probes.network.Cidr;
import org.jdbi.v3.core.Handle;

/** {@code network}: what netblock sources publish and once published. */
final class NetworkTable {
  private final String upsert;

  NetworkTable(Dialect dialect) {
    upsert =
        dialect.upsert(
            "network",
            List.of("source", "network"),
            List.of("first_seen", "last_seen", "withdrawn_at"));
  }

  void put(Handle handle, Collection<PublishedNetwork> networks) {
    Rows.batch(
        handle,
        upsert,
        networks,
        (batch, published) ->
            batch
                .bind("source", published.source())
                .bind("network", published.network().toString())
                .bind("first_seen", Rows.time(published.firstSeen()))
                .bind("last_seen", Rows.time(published.lastSeen()))
                .bind("withdrawn_at", Rows.time(published.withdrawnAt())));
  }

  int expire(Handle handle, Instant before) {
    return handle.execute("delete from network where withdrawn_at < ?", Rows.time(before));
  }

  void each(Handle handle, Consumer<PublishedNetwork> consumer) {
    Rows.each(
        handle, "select * from network order by source, network", NetworkTable::network, consumer);
  }

  void eachWithdrawn(Handle handle, Consumer<PublishedNetwork> consumer) {
    Rows.each(
        handle,
        "select * from network where withdrawn_at is not null",
        NetworkTable::network,
        consumer);
  }

  private static PublishedNetwork network(ResultSet row) throws SQLException {
    return new PublishedNetwork(
        row.getString("source"),
        Cidr.parse(row.getString("network")),
        Rows.time(row, "first_seen"),
        Rows.time(row, "last_seen"),
        Rows.maybeTime(row, "withdrawn_at"));
  }
}
