package maildrift.monitor.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PostgreSQL for the tests of this module. Where it cannot start, tests are skipped with the
 * reason; in CI that is a failure.
 */
public final class TestPostgres {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private sealed interface Server {
    record Running(EmbeddedPostgres postgres) implements Server {}

    record Failed(Exception why) implements Server {}
  }

  private static final Server SERVER = start();

  private TestPostgres() {}

  private static Server start() {
    try {
      var postgres = EmbeddedPostgres.builder().setServerConfig("max_connections", "200").start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(postgres)));
      return new Server.Running(postgres);
    } catch (IOException | RuntimeException failed) {
      return new Server.Failed(failed);
    }
  }

  private static void close(EmbeddedPostgres postgres) {
    try {
      postgres.close();
    } catch (IOException _) {
      // The process ends anyhow.
    }
  }

  public static void require() {
    if (SERVER instanceof Server.Failed(var why)) {
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException("PostgreSQL cannot start, and in CI it must", why);
      }
      assumeTrue(false, "PostgreSQL cannot start here: " + why);
    }
  }

  /** A server that follows another one, which is away. */
  static EmbeddedPostgres replica(Path data) throws IOException {
    var builder = EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false);
    builder.start().close();
    Files.createFile(data.resolve("standby.signal"));
    return builder.start();
  }

  /** The URL of an empty database. */
  public static String newDatabase() throws SQLException {
    var postgres =
        switch (SERVER) {
          case Server.Running(var running) -> running;
          case Server.Failed(var why) -> throw new IllegalStateException(why);
        };
    var name = "maildrift_" + DATABASES.incrementAndGet();
    try (var connection = postgres.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("create database " + name);
    }
    return postgres.getJdbcUrl("postgres", name);
  }
}
