package maildrift.monitor.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import maildrift.alerts.outbox.DeadLetter;
import maildrift.alerts.outbox.Merging;
import maildrift.alerts.outbox.Outbox.Backlog;
import maildrift.alerts.outbox.Owed;
import org.jdbi.v3.core.Handle;

/** {@code owed}: the outbox. */
final class OwedTable {
  private static final int MAX_ERROR = 1_000;

  /** A body may be megabytes. */
  private static final int FEW_BODIES = 4;

  private final String insertNew;

  OwedTable(Dialect dialect) {
    insertNew =
        dialect.insertNew(
            "owed",
            "id",
            List.of(
                "receiver",
                "group_key",
                "sequence",
                "body",
                "created_at",
                "attempts",
                "next_attempt",
                "last_error"));
  }

  void owe(Handle handle, Collection<Owed> notifications) {
    if (notifications.isEmpty()) {
      return;
    }
    Rows.batch(
        handle,
        insertNew,
        notifications,
        (batch, owed) ->
            batch
                .bind("id", owed.id())
                .bind("receiver", owed.receiver())
                .bind("group_key", owed.groupKey())
                .bind("sequence", owed.sequence())
                .bind("body", Texts.storable(owed.body()))
                .bind("created_at", Rows.time(owed.createdAt()))
                .bind("attempts", owed.attempts())
                .bind("next_attempt", Rows.time(owed.nextAttempt()))
                .bind("last_error", owed.lastError().map(OwedTable::error).orElse(null)));
    CounterTable.raise(
        handle,
        CounterTable.SEQUENCE,
        notifications.stream().mapToLong(Owed::sequence).max().orElse(0));
  }

  /** In the place of others; an id that is there already is among them. */
  void replace(Handle handle, Collection<Write.Replace> replacements) {
    for (var one : replacements) {
      if (one.free().filter(now -> !areFree(handle, one.ids(), now)).isEmpty()) {
        delivered(handle, one.ids());
        owe(handle, one.by());
        one.claim().ifPresent(claim -> claim(handle, one.by(), claim.worker(), claim.until()));
      }
    }
  }

  /** Whether they are all there, and nobody is sending one; nobody begins to before the commit. */
  private static boolean areFree(Handle handle, List<String> ids, Instant now) {
    var free =
        handle
            .createQuery(
                """
                select id from owed
                where id in (<ids>) and (claimed_until is null or claimed_until <= :now)
                for update
                """)
            .bindList("ids", ids)
            .bind("now", Rows.time(now))
            .mapTo(String.class)
            .list();
    return free.size() == ids.size();
  }

  void delivered(Handle handle, Collection<String> ids) {
    Rows.batch(handle, "delete from owed where id = :id", ids, (batch, id) -> batch.bind("id", id));
  }

  void failed(Handle handle, Collection<Write.Failed> failures) {
    Rows.batch(
        handle,
        """
        update owed set attempts = attempts + 1, next_attempt = :at, last_error = :error,
          claimed_by = null, claimed_until = null
        where id = :id
        """,
        failures,
        (batch, failure) ->
            batch
                .bind("id", failure.id())
                .bind("at", Rows.time(failure.notBefore()))
                .bind("error", error(failure.error())));
  }

  void dead(Handle handle, Collection<Write.Dead> deaths) {
    Rows.batch(
        handle,
        """
        update owed set attempts = attempts + 1, dead_at = :at, last_error = :error,
          claimed_by = null, claimed_until = null
        where id = :id
        """,
        deaths,
        (batch, death) ->
            batch
                .bind("id", death.id())
                .bind("at", Rows.time(death.at()))
                .bind("error", error(death.error())));
  }

  /**
   * Takes the due heads of the groups. Safe for several workers and several daemons: a row that
   * another is claiming is passed over, and so is what comes after it in its group.
   */
  List<Owed> claim(
      Handle handle,
      String receiver,
      int limit,
      Instant now,
      Duration lease,
      String worker,
      Set<String> except) {
    var due = new ArrayList<Owed>();
    try (var query =
        handle.createQuery(
            """
            select * from owed o
            where receiver = :receiver and dead_at is null and next_attempt <= :now
              and (claimed_until is null or claimed_until <= :now)
              and not exists (
                select 1 from owed e
                where e.receiver = o.receiver and e.group_key = o.group_key
                  and e.sequence < o.sequence and e.dead_at is null)
            order by sequence
            limit :limit
            for update skip locked
            """)) {
      query
          .bind("receiver", receiver)
          .bind("now", Rows.time(now))
          .bind("limit", limit + except.size())
          .map((row, _) -> owed(row))
          .forEach(due::add);
    }
    due.removeIf(owed -> except.contains(owed.id()));
    var taken = due.subList(0, Math.min(limit, due.size()));
    claim(handle, taken, worker, now.plus(lease));
    return List.copyOf(taken);
  }

  private static void claim(Handle handle, Collection<Owed> taken, String worker, Instant until) {
    Rows.batch(
        handle,
        "update owed set claimed_by = :worker, claimed_until = :until where id = :id",
        taken,
        (batch, owed) ->
            batch.bind("worker", worker).bind("until", Rows.time(until)).bind("id", owed.id()));
  }

  /** The claimed one and what waits behind it in its group, as far as it can be merged. */
  Merging merging(Handle handle, Owed claimed) {
    var merging = new Merging(claimed);
    try (var behind =
        handle
            .createQuery(
                """
                    select * from owed
                    where receiver = :receiver and group_key = :group and sequence > :sequence
                      and dead_at is null
                    order by sequence
                    """)
            .bind("receiver", claimed.receiver())
            .bind("group", claimed.groupKey())
            .bind("sequence", claimed.sequence())
            .setFetchSize(FEW_BODIES)
            .map((row, _) -> owed(row))
            .iterator()) {
      while (behind.hasNext() && merging.add(behind.next())) {
        // One after the other: a day's worth of bodies does not belong into memory.
      }
    }
    return merging;
  }

  void eachWaiting(Handle handle, String receiver, int limit, Consumer<Owed> reader) {
    try (var rows =
        handle
            .createQuery(
                """
                select * from owed where receiver = :receiver and dead_at is null
                order by sequence limit :n
                """)
            .bind("receiver", receiver)
            .bind("n", limit)
            .setFetchSize(FEW_BODIES)
            .map((row, _) -> owed(row))
            .iterator()) {
      rows.forEachRemaining(reader);
    }
  }

  Map<String, Long> deadCounts(Handle handle) {
    var counts = new TreeMap<String, Long>();
    Rows.each(
        handle,
        "select receiver, count(*) as dead from owed where dead_at is not null group by receiver",
        row -> Map.entry(row.getString("receiver"), row.getLong("dead")),
        entry -> counts.put(entry.getKey(), entry.getValue()));
    return counts;
  }

  void release(Handle handle, String id) {
    handle.execute("update owed set claimed_by = null, claimed_until = null where id = ?", id);
  }

  /** Claims of a daemon that is no more. */
  int releaseAllOf(Handle handle, String worker) {
    return handle.execute(
        "update owed set claimed_by = null, claimed_until = null where claimed_by = ?", worker);
  }

  void hurry(Handle handle, String receiver, Instant now) {
    handle
        .createUpdate(
            """
            update owed set next_attempt = :now
            where receiver = :receiver and next_attempt > :now and dead_at is null
            """)
        .bind("receiver", receiver)
        .bind("now", Rows.time(now))
        .execute();
  }

  Optional<Instant> nextAttempt(Handle handle, String receiver) {
    return handle
        .createQuery(
            """
            select min(next_attempt) as soonest from owed o
            where receiver = :receiver and dead_at is null and claimed_until is null
              and not exists (
                select 1 from owed e
                where e.receiver = o.receiver and e.group_key = o.group_key
                  and e.sequence < o.sequence and e.dead_at is null)
            """)
        .bind("receiver", receiver)
        .map((row, _) -> Rows.maybeTime(row, "soonest"))
        .one();
  }

  Map<String, Backlog> backlog(Handle handle) {
    var backlog = new TreeMap<String, Backlog>();
    Rows.each(
        handle,
        """
        select receiver, count(*) as pending, min(created_at) as oldest from owed
        where dead_at is null group by receiver
        """,
        row ->
            Map.entry(
                row.getString("receiver"),
                new Backlog(row.getLong("pending"), Rows.time(row, "oldest"))),
        entry -> backlog.put(entry.getKey(), entry.getValue()));
    return backlog;
  }

  /** Those that were given up, the newest first. */
  void eachDead(Handle handle, int limit, Consumer<DeadLetter> reader) {
    try (var rows =
        handle
            .createQuery(
                "select * from owed where dead_at is not null order by dead_at desc limit :n")
            .bind("n", limit)
            .setFetchSize(FEW_BODIES)
            .map((row, _) -> new DeadLetter(owed(row), Rows.time(row, "dead_at")))
            .iterator()) {
      rows.forEachRemaining(reader);
    }
  }

  int expire(Handle handle, Instant before) {
    return handle.execute("delete from owed where dead_at < ?", Rows.time(before));
  }

  private static String error(String error) {
    return Texts.storable(
        error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR) + "…");
  }

  private static Owed owed(ResultSet row) throws SQLException {
    return new Owed(
        row.getString("id"),
        row.getString("receiver"),
        row.getString("group_key"),
        row.getLong("sequence"),
        row.getString("body"),
        Rows.time(row, "created_at"),
        row.getInt("attempts"),
        Rows.time(row, "next_attempt"),
        Rows.maybeText(row, "last_error"));
  }
}
