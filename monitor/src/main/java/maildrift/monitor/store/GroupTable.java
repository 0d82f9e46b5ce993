package maildrift.monitor.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import maildrift.alerts.Labels;
import maildrift.alerts.route.GroupState;
import org.jdbi.v3.core.Handle;

/** {@code alert_group}: what every group's receiver has been told. */
final class GroupTable {
  private final String upsert;

  GroupTable(Dialect dialect) {
    upsert =
        dialect.upsert(
            "alert_group",
            List.of("group_id"),
            List.of("receiver", "group_key", "labels", "told", "told_at", "thread"));
  }

  void put(Handle handle, Collection<GroupState> groups) {
    Rows.batch(
        handle,
        upsert,
        groups,
        (batch, group) ->
            batch
                .bind("group_id", group.key())
                .bind("receiver", group.receiver())
                .bind("group_key", group.groupKey())
                .bind("labels", Rows.json(group.labels().map()))
                .bind("told", Rows.json(group.told()))
                .bind("told_at", Rows.time(group.toldAt()))
                .bind("thread", group.thread()));
  }

  void drop(Handle handle, Collection<String> keys) {
    Rows.batch(
        handle,
        "delete from alert_group where group_id = :key",
        keys,
        (batch, key) -> batch.bind("key", key));
  }

  void each(Handle handle, Consumer<GroupState> consumer) {
    Rows.each(handle, "select * from alert_group order by group_id", GroupTable::group, consumer);
  }

  private static GroupState group(ResultSet row) throws SQLException {
    return new GroupState(
        row.getString("group_id"),
        row.getString("receiver"),
        row.getString("group_key"),
        new Labels(Rows.texts(row, "labels")),
        Rows.texts(row, "told"),
        Rows.time(row, "told_at"),
        row.getString("thread"));
  }
}
