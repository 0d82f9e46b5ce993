package maildrift.monitor.store;

import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A real server. */
final class PostgresqlStoreTest extends StoreContract {
  @TempDir Path directory = Path.of(".");

  @BeforeAll
  static void startServer() {
    TestPostgres.require();
  }

  @Override
  StateStore open() throws Exception {
    return Stores.open(TestPostgres.newDatabase(), directory, Clock.systemUTC());
  }
}
