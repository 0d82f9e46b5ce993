package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** C4 of the catalogue: the server goes away and comes back. */
@Timeout(300)
final class PostgresqlOutageTest {
  @TempDir Path directory = Path.of(".");

  @BeforeAll
  static void startServer() {
    TestPostgres.require();
  }

  private EmbeddedPostgres start(int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setPort(port)
        .setDataDirectory(directory.resolve("data"))
        .setCleanDataDirectory(false)
        .start();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void whatCameWhileTheServerWasAwayIsStoredWhenItIsBack() throws Exception {
    var port = freePort();
    var first = start(port);
    var url = first.getJdbcUrl("postgres", "postgres");
    try (var store = Stores.open(url, directory, Clock.systemUTC())) {
      store.commit(Batch.builder().state(StoreContract.state("before.test", "1")).build());

      first.close();
      var pending =
          store.submit(Batch.builder().state(StoreContract.state("during.test", "1")).build());
      await().atMost(Duration.ofSeconds(60)).until(() -> !store.health().writable());
      assertThat(pending).isNotDone();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> store.health().reasons().toString().contains(" refused"));
      assertThatThrownBy(() -> store.state("before.test"))
          .isInstanceOf(StoreFailure.class)
          .hasMessageContaining("the store jdbc:postgresql://");

      try (var _ = start(port)) {
        pending.get(120, TimeUnit.SECONDS);
        assertThat(StoreContract.<StateRow>all(store::eachState))
            .extracting(StateRow::domain)
            .containsExactly("before.test", "during.test");
        assertThat(store.health().writable()).isTrue();
      }
    }
  }
}
