package maildrift.monitor.store;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import maildrift.alerts.outbox.Outbox;
import maildrift.alerts.outbox.OutboxContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The outbox in a file. */
final class H2OutboxTest extends OutboxContract {
  @TempDir Path directory = Path.of(".");
  private final Deque<StateStore> opened = new ArrayDeque<>();

  @Override
  protected Outbox outbox() {
    try {
      var store =
          Stores.open("jdbc:h2:file:./outbox" + opened.size(), directory, Clock.systemUTC());
      opened.push(store);
      return store.outbox();
    } catch (StoreUnusable unusable) {
      throw new IllegalStateException(unusable);
    }
  }

  @AfterEach
  void close() {
    opened.forEach(StateStore::close);
  }
}
