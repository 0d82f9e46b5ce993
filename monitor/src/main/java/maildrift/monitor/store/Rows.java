package maildrift.monitor.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** How our values are written into columns and read back, the same for every table. */
final class Rows {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};
  private static final int FETCH = 1_000;

  private Rows() {}

  /** Reads one row. */
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** One statement for many rows; nothing where there are none. */
  static <T> void batch(
      Handle handle, String sql, Collection<T> rows, BiConsumer<PreparedBatch, T> binder) {
    if (rows.isEmpty()) {
      return;
    }
    try (var batch = handle.prepareBatch(sql)) {
      for (var row : rows) {
        binder.accept(batch, row);
        batch.add();
      }
      batch.execute();
    }
  }

  /** All rows, without holding them all. */
  static <T> void each(Handle handle, String sql, Reader<T> reader, Consumer<T> consumer) {
    try (var query = handle.createQuery(sql)) {
      query.setFetchSize(FETCH).map((row, _) -> reader.read(row)).forEach(consumer);
    }
  }

  static @Nullable OffsetDateTime time(Optional<Instant> time) {
    return time.map(Rows::time).orElse(null);
  }

  static OffsetDateTime time(Instant time) {
    return Micros.of(time).atOffset(ZoneOffset.UTC);
  }

  static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static Optional<Instant> maybeTime(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  static Optional<String> maybeText(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  static String json(Map<String, String> texts) {
    return Texts.storable(JSON.writeValueAsString(texts));
  }

  static SortedMap<String, String> texts(ResultSet row, String column) throws SQLException {
    return JSON.readValue(row.getString(column), TEXTS);
  }
}
