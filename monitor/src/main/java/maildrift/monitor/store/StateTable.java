package maildrift.monitor.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/**
 * {@code domain_state}: the latest of every domain; and {@code domain_look}: when that was. A state
 * is written to both, an unchanged one to the second only.
 */
final class StateTable {
  private static final String BOTH =
      """
      select s.domain, content, verdict, checked_at, next_check_at
      from domain_state s join domain_look l on l.domain = s.domain
      """;

  private static final int PAGE = 1_000;

  private final String upsertState;
  private final String upsertLook;

  StateTable(Dialect dialect) {
    upsertState = dialect.upsert("domain_state", List.of("domain"), List.of("content", "verdict"));
    upsertLook =
        dialect.upsert("domain_look", List.of("domain"), List.of("checked_at", "next_check_at"));
  }

  void put(Handle handle, Collection<StateRow> rows) {
    Rows.batch(
        handle,
        upsertState,
        rows,
        (batch, row) ->
            batch
                .bind("domain", row.domain())
                .bind("content", row.content())
                .bind("verdict", row.verdict()));
    Rows.batch(
        handle,
        upsertLook,
        rows,
        (batch, row) ->
            batch
                .bind("domain", row.domain())
                .bind("checked_at", Rows.time(row.checkedAt()))
                .bind("next_check_at", Rows.time(row.nextCheckAt())));
  }

  void checked(Handle handle, Collection<Write.Checked> looks) {
    Rows.batch(
        handle,
        "update domain_look set checked_at = :at where domain = :domain",
        looks,
        (batch, look) -> batch.bind("domain", look.domain()).bind("at", Rows.time(look.at())));
  }

  void drop(Handle handle, Collection<String> domains) {
    Rows.batch(
        handle,
        "delete from domain_state where domain = :domain",
        domains,
        (batch, domain) -> batch.bind("domain", domain));
    Rows.batch(
        handle,
        "delete from domain_look where domain = :domain",
        domains,
        (batch, domain) -> batch.bind("domain", domain));
  }

  /** Page by page, because H2 holds a whole result in memory. */
  void each(Handle handle, Consumer<StateRow> consumer) {
    for (var page = after(handle, ""); !page.isEmpty(); ) {
      page.forEach(consumer);
      page = page.size() < PAGE ? List.of() : after(handle, page.getLast().domain());
    }
  }

  private static List<StateRow> after(Handle handle, String domain) {
    return handle
        .createQuery(BOTH + " where s.domain > :domain order by s.domain limit :limit")
        .bind("domain", domain)
        .bind("limit", PAGE)
        .map((row, _) -> row(row))
        .list();
  }

  Optional<StateRow> find(Handle handle, String domain) {
    return handle
        .createQuery(BOTH + " where s.domain = :domain")
        .bind("domain", domain)
        .map((row, _) -> row(row))
        .findOne();
  }

  private static StateRow row(ResultSet row) throws SQLException {
    return new StateRow(
        row.getString("domain"),
        row.getBytes("content"),
        row.getString("verdict"),
        Rows.time(row, "checked_at"),
        Rows.maybeTime(row, "next_check_at"));
  }
}
