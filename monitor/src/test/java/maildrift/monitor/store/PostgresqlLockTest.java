package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Uninterruptibles;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two daemons on one PostgreSQL store would tell everything twice. */
@Timeout(60)
final class PostgresqlLockTest {
  private static final String HOLDER =
      "select pid from pg_locks where locktype = 'advisory' and database ="
          + " (select oid from pg_database where datname = current_database())";
  private static final String END_IT =
      "select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' and database ="
          + " (select oid from pg_database where datname = current_database())";

  @TempDir Path directory = Path.of(".");

  @BeforeAll
  static void startServer() {
    TestPostgres.require();
  }

  private StateStore open(String url) throws StoreUnusable {
    return Stores.open(url, directory, Clock.systemUTC());
  }

  private static String ask(String url, String question) throws SQLException {
    try (var connection = DriverManager.getConnection(url);
        var rows = connection.createStatement().executeQuery(question)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  private static void run(String url, String command) throws SQLException {
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute(command);
    }
  }

  @Test
  void aSecondOneIsRefusedAndHearsWhoHasTheStore() throws Exception {
    var url = TestPostgres.newDatabase();
    var first = open(url);

    assertThatThrownBy(() -> open(url))
        .isInstanceOf(StoreInUse.class)
        .hasMessageContaining(" is in use by another maildrift (maildrift ")
        .hasMessageContaining(":" + directory.toString().substring(0, 4))
        .hasMessageContaining(" at 127.0.0.1, connected since 20")
        .hasMessageEndingWith(
            "); end that one first, give each its own store.url, or set store.standby: true so that this one waits and takes over");

    first.close();
    open(url).close();
    await().untilAsserted(() -> assertThat(ask(url, HOLDER)).isEmpty());
  }

  @Test
  void eachSchemaHasItsOwn() throws Exception {
    var url = TestPostgres.newDatabase();
    run(url, "create schema other");
    try (var first = open(url);
        var second = open(url + "&currentSchema=other")) {
      first.commit(Batch.builder().state(StoreContract.state("a.test", "1")).build());
      assertThat(second.state("a.test")).isEmpty();
    }
  }

  @Test
  void whoseConnectionIsLostTakesItAgain() throws Exception {
    var url = TestPostgres.newDatabase();
    try (var store = open(url)) {
      var before = ask(url, HOLDER);
      assertThat(ask(url, END_IT)).isEqualTo("1");
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> !Set.of("", before).contains(ask(url, HOLDER)));
      assertThatThrownBy(() -> open(url)).isInstanceOf(StoreInUse.class);
      store
          .submit(Batch.builder().state(StoreContract.state("a.test", "1")).build())
          .get(20, TimeUnit.SECONDS);
      assertThat(store.state("a.test")).isPresent();
    }
  }

  @Test
  void whoFindsThatAnotherOneHasItWritesNothingMoreAndSaysSo() throws Exception {
    var url = TestPostgres.newDatabase();
    try (var store = open(url)) {
      var taken = new CompletableFuture<String>();
      store.whenTaken(taken::complete);
      try (var other = afterItsEnd(url, taken)) {
        assertThat(taken.get(20, TimeUnit.SECONDS))
            .contains(" was taken by another maildrift (maildrift ");
        assertThatThrownBy(() -> store.state("a.test"))
            .isInstanceOf(StoreFailure.class)
            .hasMessageContaining("was taken by another maildrift");
        var late = store.submit(Batch.builder().state(StoreContract.state("a.test", "1")).build());
        other.commit(Batch.builder().state(StoreContract.state("b.test", "1")).build());
        // Whoever waits for it would wait for ever: a daemon that starts, for one.
        assertThatThrownBy(() -> late.get(20, TimeUnit.SECONDS))
            .hasMessageContaining("was taken by another maildrift");
        assertThat(other.state("a.test")).isEmpty();
      }
    }
  }

  @Test
  void whatWasBegunBeforeAnotherOneTookItIsThereAndNothingAfterwards() throws Exception {
    var url = TestPostgres.newDatabase();
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    Points points =
        point -> {
          if (point == Points.Point.BEFORE_COMMIT) {
            begun.countDown();
            Uninterruptibles.awaitUninterruptibly(goOn);
          }
        };
    try (var store = Stores.open(url, directory, Clock.systemUTC(), points)) {
      var taken = new CompletableFuture<String>();
      store.whenTaken(taken::complete);
      var early = store.submit(Batch.builder().state(StoreContract.state("a.test", "1")).build());
      begun.await();
      var taking =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return afterItsEnd(url, taken);
                } catch (SQLException | StoreUnusable failed) {
                  throw new IllegalStateException(failed);
                }
              });
      await()
          .until(
              () ->
                  !ask(
                          url,
                          "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")
                      .isEmpty());
      assertThat(taking).isNotDone();
      goOn.countDown();
      try (var other = taking.get(20, TimeUnit.SECONDS)) {
        early.get(20, TimeUnit.SECONDS);
        assertThat(other.state("a.test")).isPresent();
        var late = store.submit(Batch.builder().state(StoreContract.state("b.test", "1")).build());
        assertThatThrownBy(() -> late.get(20, TimeUnit.SECONDS))
            .hasMessageContaining("was taken by another maildrift");
        assertThat(other.state("b.test")).isEmpty();
      }
    }
  }

  /** As it looks to one that has not noticed yet that its lock is gone. */
  @Test
  void theStoreItselfSaysThatAnotherOneHasIt() throws Exception {
    var url = TestPostgres.newDatabase();
    try (var store = open(url)) {
      var taken = new CompletableFuture<String>();
      store.whenTaken(taken::complete);
      run(
          url,
          "update store_owner set token = 'x', who = 'maildrift other', since = '2026-11-29 01:02:03Z'");
      var now = Instant.parse("2026-11-29T01:03:00Z");
      assertThatThrownBy(() -> store.outbox().claim("oncall", 10, now, Duration.ofMinutes(1)))
          .isInstanceOf(StoreFailure.class)
          .hasMessageContaining(
              " was taken by another maildrift (maildrift other, since 2026-11-29T01:02:03Z) while ");
      assertThat(taken.get(20, TimeUnit.SECONDS)).contains("(maildrift other, since 2026-");
    }
  }

  @Test
  void whoGetsItBackAfterAnotherOneHadItGoesOnNoMore() throws Exception {
    var url = TestPostgres.newDatabase();
    try (var store = open(url)) {
      var taken = new CompletableFuture<String>();
      store.whenTaken(taken::complete);
      run(url, "update store_owner set token = 'x', who = 'maildrift other'; " + END_IT);
      assertThat(taken.get(20, TimeUnit.SECONDS))
          .contains(" was taken by another maildrift (maildrift other, since 20");
      assertThatThrownBy(() -> store.state("a.test")).isInstanceOf(StoreFailure.class);
      // And it keeps nobody away, though it lives.
      await().ignoreExceptionsInstanceOf(StoreInUse.class).untilAsserted(() -> open(url).close());
    }
  }

  @Test
  void aSchemaThatIsNotThereIsNoOtherMaildrift() throws Exception {
    var url = TestPostgres.newDatabase() + "&currentSchema=nope";
    assertThatThrownBy(() -> open(url))
        .isInstanceOf(StoreUnusable.class)
        .isNotInstanceOf(StoreInUse.class)
        .hasMessageEndingWith(
            ": postgres may use no schema of the search path nope; create it, grant usage on it, or set currentSchema in store.url");
  }

  /** Whoever is first after its end has the lock; so it is ended until that is another one. */
  private StateStore afterItsEnd(String url, CompletableFuture<String> taken)
      throws SQLException, StoreUnusable {
    while (true) {
      ask(url, END_IT);
      try {
        return open(url);
      } catch (StoreInUse _) {
        assertThat(taken).isNotDone();
      }
    }
  }

  @Test
  void whoCouldNotOpenTheStoreLeavesItToOthersAndToItself() throws Exception {
    var url = TestPostgres.newDatabase();
    open(url).close();
    run(url, "alter table owed rename to owing");
    assertThatThrownBy(() -> open(url))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("owed");
    run(url, "alter table owing rename to owed");
    open(url).close();
  }

  @Test
  void theServerSoonGivesUpWhoDoesNotAnswerAnyMore() throws Exception {
    var url = TestPostgres.newDatabase();
    try (var lock = PostgresqlLock.take(Login.of(url), "node")) {
      assertThat(lock.barred()).isEmpty();
      try (var connection = PostgresqlLock.connect(Login.of(url), "maildrift test");
          var rows =
              connection
                  .createStatement()
                  .executeQuery(
                      "select current_setting('tcp_keepalives_idle')::int + current_setting('tcp_keepalives_interval')::int"
                          + " * current_setting('tcp_keepalives_count')::int, current_setting('tcp_user_timeout')")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(25);
        assertThat(rows.getString(2)).isEqualTo("25000");
      }
    }
  }

  /** What a URL with several hosts leads to while the server fails over. */
  @Test
  void onAReplicaThereIsNothingToTakeUntilItIsTheServer() throws Exception {
    try (var replica = TestPostgres.replica(directory.resolve("replica"))) {
      var url = replica.getJdbcUrl("postgres", "postgres");
      assertThatThrownBy(() -> open(url))
          .isInstanceOf(StoreUnusable.class)
          .isNotInstanceOf(StoreInUse.class)
          .hasMessageContaining(
              "the server is a replica, which can only be read; with several hosts in the URL, targetServerType=primary finds the other one");
      assertThat(ask(url, "select pg_promote()")).isEqualTo("t");
      open(url).close();
    }
  }

  @Test
  void itIsOpenedAsTheUserOfTheConfiguration() throws Exception {
    var url = TestPostgres.newDatabase();
    run(
        url,
        "create role watcher login password 'secret'; grant create on schema public to watcher");
    var plain = url.replaceAll("[?&]user=[^&]*", "");
    try (var store =
        Stores.open(
            new Login(plain, Optional.of("watcher"), Optional.of("secret")),
            directory,
            Clock.systemUTC())) {
      store.commit(Batch.builder().state(StoreContract.state("a.test", "1")).build());
      assertThat(ask(url, "select tableowner from pg_tables where tablename = 'domain_state'"))
          .isEqualTo("watcher");
    }
    assertThat(new Login("jdbc:postgresql://a@h/d?user=u", Optional.empty(), Optional.of("secret")))
        .hasToString("Login[url=jdbc:postgresql://h/d]");
  }
}
