package maildrift.monitor.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One open database: its connections, its schema, its dialect. */
final class Database implements AutoCloseable {
  /** What is kept in a database, and where its migrations are. */
  enum Schema {
    STATE("db/state"),
    HISTORY("db/history");

    private final String location;

    Schema(String location) {
      this.location = location;
    }

    /** By any of these a file is known as ours. */
    private Set<String> tables() {
      return switch (this) {
        case STATE -> Set.of("domain_state", "alert", "owed", "counter");
        case HISTORY -> Set.of("history");
      };
    }

    private List<String> locations(Dialect dialect) {
      var common = "classpath:" + location + "/common";
      return switch (dialect) {
        case H2 -> List.of(common);
        case POSTGRESQL ->
            this == STATE
                ? List.of(common, "classpath:" + location + "/postgresql")
                : List.of(common);
      };
    }

    private String table() {
      return "flyway_" + name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final int CONNECTIONS = 8;
  private static final long PATIENCE_MILLIS = 10_000;
  private static final Set<String> AWAY =
      Set.of("08", "53", "57P", "55P03", PostgresqlLock.READ_ONLY);

  private final Dialect dialect;
  private final String name;
  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final Function<String, String> damage;
  private final Optional<PostgresqlLock> lock;

  private Database(
      Dialect dialect,
      String name,
      HikariConfig config,
      Function<String, String> damage,
      Optional<PostgresqlLock> lock) {
    this.lock = lock;
    this.dialect = dialect;
    this.name = name;
    this.damage = damage;
    config.setPoolName(name);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(PATIENCE_MILLIS);
    config.setInitializationFailTimeout(-1);
    pool = new HikariDataSource(config);
    jdbi = Jdbi.create(pool);
  }

  /** Opens the file, or makes it when there is none. The caller holds the lock. */
  static Database h2(H2File place, Schema schema) throws StoreUnusable {
    if (!place.exists()) {
      var unfinished = place.sibling("-new");
      unfinished.removeUnfinished();
      try {
        migrate(schema, Dialect.H2, unfinished.url(true), "sa", "", unfinished.file().toString());
      } finally {
        shutdown(unfinished.url(true));
      }
      unfinished.becomes(place);
    }
    place.checkFile();
    try (var connection = DriverManager.getConnection(place.url(false), "sa", "")) {
      checkIsOurs(place, schema, connection);
      keepBeforeUpgrade(place, schema, connection);
      migrate(schema, Dialect.H2, place.url(false), "sa", "", place.file().toString());
    } catch (SQLException failed) {
      throw place.unusable(failed);
    } catch (StoreUnusable unusable) {
      shutdown(place.url(false));
      throw unusable;
    }
    var config = new HikariConfig();
    config.setJdbcUrl(place.url(false));
    config.setUsername("sa");
    config.setPassword("");
    return new Database(
        Dialect.H2, place.file().toString(), config, place::damage, Optional.empty());
  }

  private static void checkIsOurs(H2File place, Schema schema, Connection connection)
      throws SQLException, StoreUnusable {
    var found = new HashSet<String>();
    try (var tables = connection.getMetaData().getTables(null, "PUBLIC", "%", null)) {
      while (tables.next()) {
        found.add(tables.getString("TABLE_NAME").toLowerCase(Locale.ROOT));
      }
    }
    if (found.contains(schema.table())) {
      return;
    }
    if (found.isEmpty()) {
      throw place.damaged("it holds no tables");
    }
    // One flipped bit renames a table, and not all of ours.
    throw found.stream().anyMatch(schema.tables()::contains)
        ? place.damaged("the record of its schema is missing")
        : place.foreign("it has other tables");
  }

  /**
   * What an older maildrift wrote is kept as it was, as a backup. An upgrade that was killed half
   * way finds it there and leaves it alone.
   */
  private static void keepBeforeUpgrade(H2File place, Schema schema, Connection connection)
      throws SQLException, StoreUnusable {
    try {
      var info = flyway(schema, Dialect.H2, place.url(false), "sa", "").info();
      var current = info.current();
      if (current == null || info.pending().length == 0) {
        return;
      }
      var kept = place.beforeUpgrade(String.valueOf(current.getVersion()));
      if (!Files.exists(kept)) {
        var unfinished = kept.resolveSibling("new-" + kept.getFileName());
        Files.createDirectories(kept.toAbsolutePath().getParent());
        Files.deleteIfExists(unfinished);
        try (var statement = connection.prepareStatement("backup to ?")) {
          statement.setString(1, unfinished.toString());
          statement.execute();
        }
        Files.move(unfinished, kept, StandardCopyOption.ATOMIC_MOVE);
      }
      LOG.info(
          "the store {} is brought up to date; as it was it is kept in {}", place.file(), kept);
    } catch (IOException failed) {
      throw new StoreUnusable(
          "the store %s needs an upgrade and cannot be kept as it is: %s; make room beside it"
              .formatted(place.file(), H2File.why(failed)),
          failed);
    } catch (FlywayException failed) {
      throw Damage.isBehind(failed)
          ? place.damaged(GroupCommit.reason(failed))
          : notOurSchema(place.file().toString(), failed);
    }
  }

  /**
   * The schema's part of a PostgreSQL database.
   *
   * @param node who keeps others away from it
   */
  static Database postgresql(Login login, String node, Schema... schemas) throws StoreUnusable {
    var name = login.shown();
    PostgresqlLock lock;
    try {
      // Before the schema is touched: an older maildrift may be at work with it.
      lock = PostgresqlLock.take(login, node);
    } catch (SQLException failed) {
      throw unusable(
          "the store %s cannot be opened: %s; see that the server runs, that the database exists and that user and password are right"
              .formatted(name, GroupCommit.reason(failed)),
          failed);
    }
    try {
      return postgresql(login, name, lock, schemas);
    } catch (StoreUnusable | RuntimeException failed) {
      lock.close();
      throw failed;
    }
  }

  private static boolean claim(PostgresqlLock lock, String name) throws StoreUnusable {
    try {
      return lock.claim();
    } catch (SQLException failed) {
      throw unusable(
          "the store %s cannot be taken: %s; another maildrift may still be writing, which the server ends within half a minute"
              .formatted(name, GroupCommit.reason(failed)),
          failed);
    }
  }

  private static Database postgresql(
      Login login, String name, PostgresqlLock lock, Schema... schemas) throws StoreUnusable {
    var url = login.url();
    claim(lock, name);
    for (var schema : schemas) {
      migrate(
          schema,
          Dialect.POSTGRESQL,
          url,
          login.username().orElse(""),
          login.password().orElse(""),
          name);
    }
    if (!claim(lock, name)) {
      throw new StoreUnusable(
          "the store %s has no table store_owner although its schema is up to date; restore it from a backup"
              .formatted(name));
    }
    var config = new HikariConfig();
    config.setJdbcUrl(url);
    login.username().ifPresent(config::setUsername);
    login.password().ifPresent(config::setPassword);
    config.addDataSourceProperty("connectTimeout", "5");
    config.addDataSourceProperty("socketTimeout", "60");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    config.addDataSourceProperty("ApplicationName", "maildrift");
    // A commit is our barrier; a server that has it off for others has it on for us.
    config.setConnectionInitSql(PostgresqlLock.SETTINGS);
    return new Database(
        Dialect.POSTGRESQL,
        name,
        config,
        reason -> "the store %s cannot be used: %s".formatted(name, reason),
        Optional.of(lock));
  }

  private static void migrate(
      Schema schema, Dialect dialect, String url, String user, String password, String name)
      throws StoreUnusable {
    try {
      var flyway = flyway(schema, dialect, url, user, password);
      var ahead =
          Arrays.stream(flyway.info().applied())
              .filter(migration -> migration.getState() == MigrationState.FUTURE_SUCCESS)
              .toList();
      if (!ahead.isEmpty()) {
        throw new StoreUnusable(
            "the store %s was written by a newer maildrift (its schema is at version %s); use that one"
                .formatted(name, ahead.getLast().getVersion()));
      }
      flyway.migrate();
    } catch (FlywayException failed) {
      throw notOurSchema(name, failed);
    }
  }

  private static Flyway flyway(
      Schema schema, Dialect dialect, String url, String user, String password) {
    return Flyway.configure()
        .dataSource(url, user, password)
        .locations(schema.locations(dialect).toArray(String[]::new))
        .table(schema.table())
        // On PostgreSQL the history's tables join those of the state.
        .baselineOnMigrate(dialect == Dialect.POSTGRESQL && schema == Schema.HISTORY)
        .baselineVersion("0")
        .cleanDisabled(true)
        .load();
  }

  private static StoreUnusable notOurSchema(String name, FlywayException failed) {
    return unusable(
        "the store %s has a schema that this maildrift cannot use: %s; see that nobody else uses it, or set store.url"
            .formatted(name, GroupCommit.reason(failed)),
        failed);
  }

  Dialect dialect() {
    return dialect;
  }

  /** The file or the URL, without secrets. */
  String name() {
    return name;
  }

  /**
   * In one transaction that writes, and that fails where another maildrift has taken the store.
   *
   * @throws StoreFailure that names the store
   */
  <T> T write(Function<Handle, T> work) {
    return inTransaction(
        handle -> {
          checkIsOurs(handle);
          return work.apply(handle);
        });
  }

  /** First in every transaction that writes. */
  void checkIsOurs(Handle transaction) {
    lock.ifPresent(held -> held.checkIsOurs(transaction));
  }

  /**
   * In one transaction.
   *
   * @throws StoreFailure that names the store
   */
  <T> T inTransaction(Function<Handle, T> work) {
    checkIsOurs();
    try {
      return jdbi.inTransaction(work::apply);
    } catch (JdbiException failed) {
      throw failure(failed);
    }
  }

  void useTransaction(Consumer<Handle> work) {
    inTransaction(
        handle -> {
          work.accept(handle);
          return true;
        });
  }

  /** Outside of any transaction, for what has none. */
  void use(Consumer<Handle> work) {
    checkIsOurs();
    try {
      jdbi.useHandle(work::accept);
    } catch (JdbiException failed) {
      throw failure(failed);
    }
  }

  private void checkIsOurs() {
    lock.flatMap(PostgresqlLock::barred)
        .ifPresent(
            why -> {
              throw new StoreFailure("the store " + name + ": " + why);
            });
  }

  /** Runs once when another maildrift has taken the store, which then is closed to this one. */
  void whenTaken(Consumer<String> told) {
    lock.ifPresent(held -> held.whenTaken(told));
  }

  private StoreFailure failure(JdbiException failed) {
    var reason = GroupCommit.reason(failed);
    if (dialect == Dialect.H2 && !isOfTheData(failed)) {
      // After a panic (disk full) H2 has shut the file; only new connections open it again.
      Optional.ofNullable(pool.getHikariPoolMXBean())
          .ifPresent(HikariPoolMXBean::softEvictConnections);
    }
    return new StoreFailure(
        Damage.isBehind(failed) ? damage.apply(reason) : "the store " + name + ": " + reason,
        failed);
  }

  static StoreUnusable unusable(String message, Exception failed) {
    return isAway(failed) ? new StoreAway(message, failed) : new StoreUnusable(message, failed);
  }

  /**
   * Whether the server, and not what it was asked, is why it failed: the connection, its shortage
   * of resources, an end that somebody asked for, a row that another one holds, a failover.
   */
  static boolean isAway(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        var state = String.valueOf(sql.getSQLState());
        return AWAY.stream().anyMatch(state::startsWith);
      }
    }
    return false;
  }

  /**
   * Whether what failed is what was to be written: it does not fit, breaks a constraint, or exceeds
   * one of PostgreSQL's limits. Trying again brings nothing.
   */
  static boolean isOfTheData(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        var state = String.valueOf(sql.getSQLState());
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
      }
    }
    return false;
  }

  /** The pool first: while it lives, it opens an H2 file again that was just shut. */
  @Override
  public void close() {
    pool.close();
    if (dialect == Dialect.H2) {
      shutdown(pool.getJdbcUrl());
    }
    lock.ifPresent(PostgresqlLock::close);
  }

  /** H2 keeps a file open when its last connection is closed; this ends that. */
  private static void shutdown(String url) {
    try (var connection = DriverManager.getConnection(url, "sa", "");
        var statement = connection.createStatement()) {
      statement.execute("shutdown");
    } catch (SQLException _) {
      // It is shut already, or cannot be; what was acknowledged is on the disk.
    }
  }
}
