package maildrift.monitor.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every other maildrift away from a store on PostgreSQL: an advisory lock of the session of a
 * connection that nothing else uses. The server gives it up when that connection ends, however the
 * process ended.
 *
 * <p>A connection that is lost is no reason to end, since the server may be away for long. Until
 * the lock is taken again {@link #barred} says why the store must not be touched. Whoever finds
 * then that another one has it, or had it meanwhile, must end: what it remembers is of before.
 *
 * <p>Between the loss of a connection and the moment that is noticed, the lock keeps nobody away.
 * So whoever has it writes a token into {@code store_owner}, and each transaction that writes asks
 * for its own first ({@link #checkIsOurs}). The next one waits for those that are under way.
 */
final class PostgresqlLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresqlLock.class);

  /** How often is it asked whether the connection lives, or the server is back. */
  private static final Duration PACE = Duration.ofSeconds(1);

  private static final int PATIENCE_SECONDS = 5;

  /**
   * When the server gives up a connection whose other end does not answer, since the machine lost
   * its power or the network is cut. By default that takes two hours, during which nobody could
   * take over. Much later than {@link #PATIENCE_SECONDS}: this end must have seen it first.
   */
  static final String GIVE_UP =
      """
      select count(set_config(name, value, false))
      from (values ('tcp_keepalives_idle', '10'), ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '3'),
        ('tcp_user_timeout', '25000')) wanted (name, value)
      where exists (select from pg_settings known where known.name = wanted.name)
      """;

  /** What each connection begins with. */
  static final String SETTINGS =
      GIVE_UP
          + """
          ;
          select set_config('synchronous_commit', 'on', false)
          where current_setting('synchronous_commit') = 'off'
          """;

  private static final String LOST =
      "the connection that keeps others away is lost; it is being made again";

  /** Tells our advisory locks from those of others: "mdft". */
  private static final int SPACE = 0x6d646674;

  /** The state of SQL in which a server that is to be written can only be read. */
  static final String READ_ONLY = "25006";

  private static final int LONGEST_NAME = 63;

  /** Less than the connection's own patience. */
  private static final String CLAIM_PATIENCE = "set lock_timeout = '8s'";

  private static final String IS_OURS =
      "select true from store_owner where token = :token for share";
  private static final String OWNER =
      "select token, who || ', since ' || to_char(since at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from store_owner";

  private final Login login;
  private final String name;
  private final String token = UUID.randomUUID().toString();
  private final CompletableFuture<String> taken = new CompletableFuture<>();
  private final ReentrantLock turn = new ReentrantLock();
  private final Thread watching;
  private Session session;
  private boolean claimed;
  private volatile Optional<String> barred = Optional.empty();
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile boolean closed;

  /** Of whoever has the lock. */
  private record Holder(int pid, String name, String address, Optional<Instant> since) {
    String shown() {
      return (name.isBlank() ? "a session without a name" : name)
          + (address.isBlank() ? "" : " at " + address)
          + since.map(at -> ", connected since " + at.truncatedTo(ChronoUnit.SECONDS)).orElse("");
    }
  }

  /**
   * A connection that has the lock.
   *
   * @param pid of the server's process
   */
  private record Session(Connection connection, int pid, Optional<Instant> since) {
    boolean is(Holder holder) {
      return pid == holder.pid() && since.isPresent() && since.equals(holder.since());
    }
  }

  private PostgresqlLock(Login login, String name, Session session) {
    this.login = login;
    this.name = name;
    this.session = session;
    watching = Thread.ofVirtual().name("store-lock").start(this::watch);
  }

  /**
   * @param node who takes it, as others are told
   * @throws StoreInUse when another one has it
   */
  static PostgresqlLock take(Login login, String node) throws SQLException, StoreUnusable {
    var name = ("maildrift " + node).replaceAll("[^ -~]", "?");
    var shown = name.substring(0, Math.min(LONGEST_NAME, name.length()));
    var connection = connect(login, shown);
    try {
      checkIsWritable(connection);
      var schemaless = schemaless(connection);
      if (schemaless.isPresent()) {
        throw new StoreUnusable("the store %s: %s".formatted(login.shown(), schemaless.get()));
      }
      if (tryLock(connection)) {
        return new PostgresqlLock(login, shown, session(connection));
      }
      throw new StoreInUse(
          "the store %s is in use by another maildrift (%s)"
              .formatted(
                  login.shown(),
                  holder(connection).map(Holder::shown).orElse("which has just ended")),
          "end that one first, give each its own store.url, or set store.standby: true so that this one waits and takes over");
    } catch (SQLException | StoreUnusable failed) {
      end(connection);
      throw failed;
    }
  }

  /** Why the store must not be touched now. */
  Optional<String> barred() {
    return barred;
  }

  /** Runs once when another one has taken the lock meanwhile; with who it is. */
  void whenTaken(Consumer<String> told) {
    var _ = taken.thenAccept(told);
  }

  /**
   * Says in the store whose it is from now on, which ends what another one still writes.
   *
   * @return whether the store is one that can say so, which it is once its schema is up to date
   */
  boolean claim() throws SQLException {
    turn.lock();
    try {
      if (!claimed && hasOwner(session.connection())) {
        try (var statement = session.connection().createStatement();
            var claim =
                session
                    .connection()
                    .prepareStatement(
                        """
                        insert into store_owner (one, token, who, since) values (true, ?, ?, now())
                        on conflict (one) do update set token = excluded.token, who = excluded.who, since = excluded.since
                        """)) {
          statement.execute(CLAIM_PATIENCE);
          claim.setString(1, token);
          claim.setString(2, name);
          claim.executeUpdate();
        }
        claimed = true;
      }
      return claimed;
    } finally {
      turn.unlock();
    }
  }

  private static boolean hasOwner(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("select to_regclass('store_owner') is not null")) {
      return rows.next() && rows.getBoolean(1);
    }
  }

  /**
   * At the beginning of a transaction that writes. Until it ends no other one takes the store.
   *
   * @throws StoreFailure when another one has taken it
   */
  void checkIsOurs(Handle transaction) {
    var isOurs =
        transaction
            .createQuery(IS_OURS)
            .bind("token", token)
            .mapTo(Boolean.class)
            .findOne()
            .isPresent();
    if (!isOurs) {
      var other =
          transaction
              .createQuery(OWNER)
              .map((row, _) -> row.getString(2))
              .findOne()
              .orElse("nobody knows which");
      throw new StoreFailure(takenBy(other));
    }
  }

  /** Who has claimed the store since this one did. */
  private Optional<String> successor(Connection connection) throws SQLException {
    if (!claimed) {
      return Optional.empty();
    }
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(OWNER)) {
      if (!rows.next()) {
        return Optional.of("nobody knows which");
      }
      return token.equals(rows.getString(1)) ? Optional.empty() : Optional.of(rows.getString(2));
    }
  }

  static Connection connect(Login login, String name) throws SQLException {
    var settings = new Properties();
    settings.setProperty("connectTimeout", "" + PATIENCE_SECONDS);
    settings.setProperty("loginTimeout", "" + PATIENCE_SECONDS);
    settings.setProperty("socketTimeout", "" + 2 * PATIENCE_SECONDS);
    settings.setProperty("tcpKeepAlive", "true");
    settings.setProperty("ApplicationName", name);
    var connection = login.connect(settings);
    try (var statement = connection.createStatement()) {
      statement.execute(SETTINGS);
      return connection;
    } catch (SQLException failed) {
      end(connection);
      throw failed;
    }
  }

  /** A replica has locks of its own, which keep nobody away from the server that it follows. */
  private static void checkIsWritable(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("select pg_is_in_recovery()")) {
      if (rows.next() && rows.getBoolean(1)) {
        throw new SQLException(
            "the server is a replica, which can only be read; with several hosts in the URL, targetServerType=primary finds the other one",
            READ_ONLY);
      }
    }
  }

  /** Without a schema there is nothing to lock, which is not the same as locked. */
  private static Optional<String> schemaless(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select current_user, current_setting('search_path') where current_schema() is null")) {
      return rows.next()
          ? Optional.of(
              "%s may use no schema of the search path %s; create it, grant usage on it, or set currentSchema in store.url"
                  .formatted(rows.getString(1), rows.getString(2)))
          : Optional.empty();
    }
  }

  private static boolean tryLock(Connection connection) throws SQLException {
    try (var query =
        connection.prepareStatement("select pg_try_advisory_lock(?, hashtext(current_schema()))")) {
      query.setInt(1, SPACE);
      try (var rows = query.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  private static Session session(Connection connection) throws SQLException {
    try (var query =
            connection.prepareStatement(
                "select pid, backend_start from pg_stat_activity where pid = pg_backend_pid()");
        var rows = query.executeQuery()) {
      return rows.next()
          ? new Session(connection, rows.getInt(1), instant(rows.getTimestamp(2)))
          : new Session(connection, -1, Optional.empty());
    }
  }

  private static Optional<Holder> holder(Connection connection) throws SQLException {
    try (var query =
        connection.prepareStatement(
            """
            select a.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), ''), a.backend_start
            from pg_locks l join pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'advisory' and l.granted and l.objsubid = 2
              and l.database = (select oid from pg_database where datname = current_database())
              and l.classid::bigint = ?
              and l.objid::bigint = hashtext(current_schema())::bigint & 4294967295
            """)) {
      query.setInt(1, SPACE);
      try (var rows = query.executeQuery()) {
        return rows.next()
            ? Optional.of(
                new Holder(
                    rows.getInt(1),
                    rows.getString(2),
                    rows.getString(3),
                    instant(rows.getTimestamp(4))))
            : Optional.empty();
      }
    }
  }

  private static Optional<Instant> instant(java.sql.@Nullable Timestamp time) {
    return Optional.ofNullable(time).map(java.sql.Timestamp::toInstant);
  }

  private void watch() {
    while (!closed && !told.get()) {
      try {
        Thread.sleep(PACE);
      } catch (InterruptedException _) {
        return;
      }
      turn.lock();
      try {
        if (!closed && !told.get()) {
          look();
        }
      } catch (SQLException away) {
        var why = Optional.of(LOST + " (" + GroupCommit.reason(away) + ")");
        if (!barred.equals(why)) {
          LOG.warn("the store {}: {}", login.shown(), why.get());
          LOG.debug("in full", away);
        }
        barred = why;
      } finally {
        turn.unlock();
      }
    }
  }

  private void look() throws SQLException {
    if (barred.isEmpty()) {
      if (session.connection().isValid(PATIENCE_SECONDS)) {
        return;
      }
      barred = Optional.of(LOST);
      LOG.warn("the store {}: {}", login.shown(), barred.get());
      end(session.connection());
    }
    var next = connect(login, name);
    var isOurs = false;
    try {
      checkIsWritable(next);
      var schemaless = schemaless(next);
      if (schemaless.isPresent()) {
        throw new SQLException(schemaless.get());
      }
      var isFree = tryLock(next);
      var successor = isFree ? successor(next) : Optional.<String>empty();
      successor.ifPresent(this::takenBy);
      isOurs = isFree && successor.isEmpty();
      if (isOurs) {
        session = session(next);
        barred = Optional.empty();
        LOG.info("the store {}: others are kept away again", login.shown());
      } else if (!isFree) {
        holder(next).ifPresent(holder -> heldBy(next, holder));
      }
    } finally {
      if (!isOurs) {
        end(next);
      }
    }
  }

  private void heldBy(Connection connection, Holder holder) {
    if (session.is(holder)) {
      // The server has not noticed yet that our connection is gone.
      try (var query = connection.prepareStatement("select pg_terminate_backend(?)")) {
        query.setInt(1, holder.pid());
        query.execute();
      } catch (SQLException failed) {
        LOG.debug("an old session of ours cannot be ended", failed);
      }
      return;
    }
    takenBy(holder.shown());
  }

  private String takenBy(String other) {
    var why =
        "the store %s was taken by another maildrift (%s) while the connection that keeps others away was lost"
            .formatted(login.shown(), other);
    barred = Optional.of(why);
    if (told.compareAndSet(false, true)) {
      LOG.error("{}", why);
      var _ = taken.completeAsync(() -> why);
    }
    return why;
  }

  private static void end(Connection connection) {
    try {
      connection.close();
    } catch (SQLException failed) {
      LOG.debug("a connection did not end well", failed);
    }
  }

  @Override
  public void close() {
    closed = true;
    watching.interrupt();
    turn.lock();
    try {
      end(session.connection());
    } finally {
      turn.unlock();
    }
  }
}
