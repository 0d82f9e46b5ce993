package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Random;
import maildrift.monitor.reliability.Figures;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the barrier has let through is in the file at that moment: a copy of it, as a process that
 * is killed would leave it, has it. The file reuses freed space at once, as a daemon's does after a
 * while.
 */
@Tag("reliability")
final class H2BarrierTest {
  private static final int COMMITS = Figures.size("maildrift.barrier.commits", 40, 2_000);

  @TempDir Path directory = Path.of(".");

  @Test
  void whatIsPastTheBarrierIsFoundInTheFile() throws Exception {
    Figures.measure(
        Figures.Case.of(
            "C1-barrier",
            "the H2 file is copied the moment a commit counts as durable, and opened elsewhere; freed space is reused at once, as after hours",
            "the commit is there",
            H2BarrierTest.class),
        () -> {
          assertThat(missing(COMMITS, H2Barrier::force, "barrier")).isZero();
          return "%,d commits, 0 missing".formatted(COMMITS);
        });
  }

  /** Or nobody needs the barrier any more. */
  @Test
  void h2sOwnCheckpointIsNotEnough() throws Exception {
    assertThat(missing(40, H2BarrierTest::checkpoint, "checkpoint")).isPositive();
  }

  private static void checkpoint(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("checkpoint sync");
    }
  }

  private interface Barrier {
    void pass(Connection connection) throws SQLException;
  }

  private int missing(int commits, Barrier barrier, String name) throws Exception {
    var random = new Random(20261128);
    var missing = 0;
    try (var connection = open(name);
        var statement = connection.createStatement()) {
      statement.execute("set retention_time 0");
      statement.execute("create table counter (amount bigint)");
      statement.execute("insert into counter values (0)");
      statement.execute("create table content (id int primary key, text varchar)");
      connection.setAutoCommit(false);
      for (var i = 1; i <= commits; i++) {
        statement.execute(
            "merge into content key (id) values (%d, '%s')"
                .formatted(i % 20, "x".repeat(random.nextInt(20_000))));
        statement.execute("update counter set amount = " + i);
        connection.commit();
        barrier.pass(connection);
        missing += amount(copy(name, i)) == i ? 0 : 1;
      }
      statement.execute("shutdown immediately");
    }
    return missing;
  }

  private Connection open(String name) throws SQLException {
    return DriverManager.getConnection("jdbc:h2:async:" + directory.resolve(name), "sa", "");
  }

  private String copy(String name, int number) throws IOException {
    var copy = "copy-of-%s-%d".formatted(name, number);
    Files.copy(directory.resolve(name + ".mv.db"), directory.resolve(copy + ".mv.db"));
    return copy;
  }

  private long amount(String copy) throws SQLException, IOException {
    try (var connection = open(copy);
        var statement = connection.createStatement()) {
      try (var rows = statement.executeQuery("select amount from counter")) {
        rows.next();
        return rows.getLong(1);
      }
    } finally {
      Files.delete(directory.resolve(copy + ".mv.db"));
    }
  }
}
