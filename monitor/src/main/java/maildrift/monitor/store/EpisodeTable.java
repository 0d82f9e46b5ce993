package maildrift.monitor.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import maildrift.alerts.Labels;
import org.jdbi.v3.core.Handle;

/** {@code alert_episode}. */
final class EpisodeTable {
  private final String upsert;

  EpisodeTable(Dialect dialect) {
    upsert =
        dialect.upsert(
            "alert_episode",
            List.of("fingerprint", "started_at"),
            List.of("ended_at", "tenant", "labels", "summary", "resolution"));
  }

  void put(Handle handle, Collection<Episode> episodes) {
    Rows.batch(
        handle,
        upsert,
        episodes,
        (batch, episode) ->
            batch
                .bind("fingerprint", episode.fingerprint())
                .bind("started_at", Rows.time(episode.startedAt()))
                .bind("ended_at", Rows.time(episode.endedAt()))
                .bind("tenant", episode.tenant())
                .bind("labels", Rows.json(episode.labels().map()))
                .bind("summary", episode.summary())
                .bind("resolution", episode.resolution()));
  }

  /** Those that fire, or ended since; the newest first, at most so many. */
  List<Episode> of(Handle handle, String tenant, Instant since, int limit) {
    return handle
        .createQuery(
            """
            select * from alert_episode
            where tenant = :tenant and (ended_at is null or ended_at >= :since)
            order by started_at desc, fingerprint limit :limit
            """)
        .bind("tenant", tenant)
        .bind("since", Rows.time(since))
        .bind("limit", limit)
        .map((row, _) -> episode(row))
        .list();
  }

  int expire(Handle handle, Instant before) {
    return handle
        .createUpdate("delete from alert_episode where ended_at < :before")
        .bind("before", Rows.time(before))
        .execute();
  }

  private static Episode episode(ResultSet row) throws SQLException {
    return new Episode(
        row.getString("fingerprint"),
        Rows.time(row, "started_at"),
        Rows.maybeTime(row, "ended_at"),
        new Labels(Rows.texts(row, "labels")),
        row.getString("summary"),
        row.getString("resolution"));
  }
}
