package maildrift.monitor.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import maildrift.alerts.outbox.Outbox;
import maildrift.alerts.outbox.OutboxContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The outbox on a server. */
final class PostgresqlOutboxTest extends OutboxContract {
  private final Deque<StateStore> opened = new ArrayDeque<>();

  @BeforeAll
  static void startServer() {
    TestPostgres.require();
  }

  @Override
  protected Outbox outbox() {
    try {
      var store = Stores.open(TestPostgres.newDatabase(), Path.of(""), Clock.systemUTC());
      opened.push(store);
      return store.outbox();
    } catch (StoreUnusable | SQLException unusable) {
      throw new IllegalStateException(unusable);
    }
  }

  @AfterEach
  void close() {
    opened.forEach(StateStore::close);
  }
}
