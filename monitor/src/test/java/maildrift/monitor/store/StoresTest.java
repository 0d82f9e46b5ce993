package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be opened, and what is said about it. */
final class StoresTest {
  @TempDir Path directory = Path.of(".");

  private StateStore open(String url) throws StoreUnusable {
    return Stores.open(url, directory, Clock.systemUTC());
  }

  private StateStore open() throws StoreUnusable {
    return open("jdbc:h2:file:./maildrift");
  }

  private AbstractThrowableAssert<?, ?> assertUnusable(String url) {
    return assertThatThrownBy(() -> open(url).close()).isInstanceOf(StoreUnusable.class);
  }

  private Path file() {
    return directory.resolve("maildrift.mv.db");
  }

  private void fill() throws StoreUnusable {
    try (var store = open()) {
      var batch = Batch.builder();
      IntStream.range(0, 200)
          .mapToObj(i -> StoreContract.state("d%03d.test".formatted(i), "x".repeat(2_000)))
          .forEach(batch::state);
      store.commit(batch.build());
    }
  }

  @Test
  void otherUrlsAreRefusedWithoutShowingWhatTheyHold() {
    assertUnusable("jdbc:mysql://user:secret@db.test/x")
        .hasMessage(
            "store.url must begin with jdbc:h2:file: or jdbc:postgresql:, was 'jdbc:mysql:…'");
    assertUnusable("jdbc:h2:file:./x;AUTO_SERVER=TRUE")
        .hasMessage(
            "store.url takes a path and no options after ';' (./x;AUTO_SERVER=TRUE): maildrift"
                + " sets H2's itself");
    assertUnusable("jdbc:h2:file:").hasMessage("store.url names no file: jdbc:h2:file:");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamedWithTheCure() throws Exception {
    var inTheWay = Files.writeString(directory.resolve("inTheWay"), "a file");

    assertUnusable("jdbc:h2:file:./inTheWay/maildrift")
        .hasMessageContaining("the store's directory " + inTheWay + " cannot be made")
        .hasMessageContaining("set store.url to another place");
  }

  /** Not even root may write there. */
  @Test
  void aDirectoryWhereNothingCanBeWrittenIsNamedWithTheCure() {
    assertUnusable("jdbc:h2:file:/proc/self/maildrift")
        .hasMessageContaining("/proc/self")
        .hasMessageContaining("set store.url");
  }

  @Test
  void aSecondStoreOnTheSameFileIsRefused() throws Exception {
    try (var _ = open()) {
      assertUnusable("jdbc:h2:file:./maildrift")
          .hasMessage(
              "the store %s is in use by another maildrift (it holds %s); end that one first, or"
                  + " give each its own store.url",
              file(), directory.resolve("maildrift.lock"));
    }
    open().close();
  }

  @Test
  void aSecondProcessOnTheSameFileIsRefusedInLessThanFiveSeconds() throws Exception {
    try (var _ = open()) {
      var child = Child.start(OpenAndExit.class, directory.toString());
      assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();

      var said =
          new String(
              child.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      assertThat(said).contains("is in use by another maildrift").contains(file().toString());
      assertThat(child.exitValue()).isEqualTo(2);
      var millis = said.lines().filter(line -> line.startsWith("millis ")).findFirst();
      assertThat(millis.map(line -> Long.parseLong(line.substring(7))).orElseThrow())
          .isLessThan(5_000);
    }
  }

  /** A child's main. */
  static final class OpenAndExit {
    private OpenAndExit() {}

    public static void main(String[] arguments) {
      var start = System.nanoTime();
      try {
        Stores.open("jdbc:h2:file:./maildrift", Path.of(arguments[0]), Clock.systemUTC()).close();
      } catch (StoreUnusable unusable) {
        System.out.println(unusable.getMessage());
        System.out.println("millis " + Duration.ofNanos(System.nanoTime() - start).toMillis());
        System.exit(2);
      }
      System.exit(0);
    }
  }

  @Test
  void anEmptyFileIsNotTakenForANewStore() throws Exception {
    Files.createFile(file());

    assertUnusable("jdbc:h2:file:./maildrift")
        .hasMessage(
            "the store %s is damaged: it has only 0 octets. It was left as it is; restore the last"
                + " backup in its place (maildrift restore), or move it away to begin with an"
                + " empty store",
            file());
    assertThat(file()).hasSize(0);
  }

  @Test
  void aStoreThatIsGoneBesideItsHistoryIsNotMadeAnew() throws Exception {
    fill();
    Files.delete(file());

    assertUnusable("jdbc:h2:file:./maildrift")
        .hasMessageContaining("is missing although its history")
        .hasMessageContaining("restore the last backup");
    assertThat(file()).doesNotExist();
  }

  @Test
  void aDatabaseOfSomebodyElseIsLeftAlone() throws Exception {
    try (var connection =
            DriverManager.getConnection(
                "jdbc:h2:file:" + directory.resolve("maildrift"), "sa", "");
        var statement = connection.createStatement()) {
      statement.execute("create table theirs (x int)");
    }
    assertUnusable("jdbc:h2:file:./maildrift")
        .hasMessageContaining("is a database but not one of maildrift's (it has other tables)");
  }

  @Test
  void ourTablesWithoutTheRecordOfTheirSchemaAreAStoreThatIsDamaged() throws Exception {
    fill();
    try (var connection =
            DriverManager.getConnection(
                "jdbc:h2:file:" + directory.resolve("maildrift"), "sa", "");
        var statement = connection.createStatement()) {
      statement.execute("alter table \"flyway_state\" rename to \"flyway_stat\"");
      statement.execute("shutdown");
    }
    assertUnusable("jdbc:h2:file:./maildrift")
        .hasMessageContaining("is damaged: the record of its schema is missing")
        .hasMessageContaining("restore the last backup");
  }

  @Test
  void aStoreOfANewerMaildriftIsRefused() throws Exception {
    fill();
    try (var connection =
            DriverManager.getConnection(
                "jdbc:h2:file:" + directory.resolve("maildrift"), "sa", "");
        var statement = connection.createStatement()) {
      statement.execute(
          """
          insert into "flyway_state" select 99, '99', 'from the future', 'SQL', 'V99__x.sql',
            "checksum", "installed_by", "installed_on", 1, true from "flyway_state" limit 1
          """);
      // Our setting that connections come and go is kept in the file.
      statement.execute("shutdown");
    }
    assertUnusable("jdbc:h2:file:./maildrift")
        .hasMessage(
            "the store %s was written by a newer maildrift (its schema is at version 99); use that"
                + " one",
            file());
  }

  @Test
  void aFirstStartThatWasKilledHalfWayIsNoObstacle() throws Exception {
    Files.writeString(directory.resolve("maildrift-new.mv.db"), "half");

    open().close();

    assertThat(directory.resolve("maildrift-new.mv.db")).doesNotExist();
  }

  @Test
  void aBrokenHistoryCostsNoAlert() throws Exception {
    fill();
    var history = directory.resolve("maildrift-history.mv.db");
    Files.writeString(history, "broken");

    try (var store = open()) {
      store.commit(
          Batch.builder()
              .change(StoreContract.change("d000.test", "spf", StoreContract.NOW))
              .build());
      assertThat(store.state("d000.test")).isPresent();
      assertThat(store.health().writable()).isTrue();
      assertThat(store.health().reasons())
          .singleElement()
          .asString()
          .contains(history.toString())
          .contains("damaged");
      assertThatThrownBy(() -> store.history().read(0, 1)).isInstanceOf(StoreFailure.class);
    }
    assertThat(history).hasContent("broken");
    Files.delete(history);
    try (var store = open()) {
      // It waited.
      org.awaitility.Awaitility.await().until(() -> store.history().read(0, 10).size() == 1);
    }
  }

  /**
   * C7 of the catalogue: cut and flipped files. A store that opens has its rows, or says that it is
   * damaged while they are read; it is never empty.
   */
  @Test
  @Timeout(300)
  void aDamagedFileIsNeverAnEmptyStore() throws Exception {
    fill();
    var whole = Files.copy(file(), directory.resolve("whole"));
    var random = new Random(20261121);
    var size = Files.size(whole);
    var refused = 0;
    for (var i = 0; i < 20; i++) {
      Files.copy(whole, file(), StandardCopyOption.REPLACE_EXISTING);
      damage(random, size, i % 2 == 0);
      if (isRefused()) {
        refused++;
      }
    }
    System.out.printf("damaged files: 20 tried, %d refused, the others whole%n", refused);
  }

  /** One bit in the name of a table is enough. */
  @Test
  void aTableThatIsGoneIsDamageWithPathAndCure() throws Exception {
    fill();
    try (var connection =
            DriverManager.getConnection(
                "jdbc:h2:file:" + directory.resolve("maildrift"), "sa", "");
        var statement = connection.createStatement()) {
      statement.execute("alter table alert_group rename to alert_grouq");
      statement.execute("shutdown");
    }
    try (var store = open()) {
      assertThatThrownBy(() -> store.eachGroup(_ -> {}))
          .isInstanceOf(StoreFailure.class)
          .hasMessageContaining(file() + " is damaged")
          .hasMessageContaining("restore the last backup");
    }
  }

  private void damage(Random random, long size, boolean cut) throws IOException {
    try (var file = new RandomAccessFile(file().toFile(), "rw")) {
      if (cut) {
        file.setLength(random.nextLong(size));
      } else {
        var at = random.nextLong(size);
        file.seek(at);
        var octet = file.read();
        file.seek(at);
        file.write(octet ^ (1 << random.nextInt(8)));
      }
    }
  }

  private boolean isRefused() {
    try (var store = open()) {
      var rows = StoreContract.<StateRow>all(store::eachState).size();
      // H2 keeps no checksum of what is in a page: a bit that hits a row may cost that row.
      assertThat(rows).isBetween(199, 200);
      return false;
    } catch (StoreUnusable | StoreFailure unusable) {
      assertThat(unusable.getMessage()).contains(file().toString()).contains("restore");
      assertThat(file()).exists();
      return true;
    }
  }

  @Test
  void aServerThatIsNotThereIsNamedWithoutItsPassword() {
    assertUnusable("jdbc:postgresql://127.0.0.1:1/maildrift?user=maildrift&password=hunter2")
        .hasMessageContaining("the store jdbc:postgresql://127.0.0.1:1/maildrift cannot be opened")
        .hasMessageContaining("see that the server runs")
        .hasMessageNotContaining("hunter2");
  }
}
