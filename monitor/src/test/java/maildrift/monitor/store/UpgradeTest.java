package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.List;
import maildrift.monitor.reliability.Figures;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C12 of the catalogue: what the first schema held is there in the present one, and kept as it was.
 */
@Tag("reliability")
final class UpgradeTest {
  private static final String URL = "jdbc:h2:file:./maildrift";

  @TempDir Path directory = Path.of(".");

  /** As the first maildrift would have left it, with something that is owed. */
  private void writeFirstSchema() throws Exception {
    var url = "jdbc:h2:file:" + directory.resolve("maildrift");
    Flyway.configure()
        .dataSource(url, "sa", "")
        .locations("classpath:db/state/common")
        .table("flyway_state")
        .target("1")
        .load()
        .migrate();
    try (var connection = DriverManager.getConnection(url, "sa", "");
        var statement = connection.createStatement()) {
      statement.execute(
          """
          insert into owed (id, receiver, group_key, sequence, body, created_at, attempts, next_attempt)
          values ('msg_1', 'oncall', 'g', 1, '{}', now(), 0, now())
          """);
      statement.execute(
          "insert into domain_state (domain, content, verdict) values ('a.test', X'00', 'pass')");
    }
  }

  private Path kept() {
    return directory.resolve("before-upgrade-from-1/maildrift.mv.db.zip");
  }

  @Test
  void whatTheFirstSchemaHeldIsThereAndKeptAsItWas() throws Exception {
    Figures.measure(
        Figures.Case.of(
            "C12",
            "an H2 store of the first schema, with something owed, is opened by this version",
            "it is brought up to date with all it held, and kept as it was before; the copy opens and can be restored",
            UpgradeTest.class),
        () -> {
          writeFirstSchema();
          try (var store = Stores.open(URL, directory, Clock.systemUTC())) {
            assertThat(store.outbox().backlog()).containsOnlyKeys("oncall");
          }
          assertThat(kept()).exists();
          assertThat(BackupProof.opens(kept())).isTrue();
          assertThat(Stores.putBack(URL, directory, List.of(kept()))).hasSize(2);
          try (var store = Stores.open(URL, directory, Clock.systemUTC())) {
            assertThat(store.outbox().backlog()).containsOnlyKeys("oncall");
          }
          return "brought up to date, kept, restored and brought up to date again: nothing missing";
        });
  }

  @Test
  void aStoreThatIsUpToDateIsNotKeptOnceMore() throws Exception {
    Stores.open(URL, directory, Clock.systemUTC()).close();
    Stores.open(URL, directory, Clock.systemUTC()).close();

    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> "" + file.getFileName()))
          .noneMatch(name -> name.contains("before"));
    }
  }

  @Test
  void aStoreInUseIsNotRestoredAndAnotherStoresBackupNeither() throws Exception {
    writeFirstSchema();
    try (var _ = Stores.open(URL, directory, Clock.systemUTC())) {
      assertThatThrownBy(() -> Stores.putBack(URL, directory, List.of(kept())))
          .isInstanceOf(StoreUnusable.class)
          .hasMessageContaining("is in use by another maildrift");
    }
    var other = Files.copy(kept(), directory.resolve("other.mv.db.zip"));
    assertThatThrownBy(() -> Stores.putBack(URL, directory, List.of(other)))
        .isInstanceOf(StoreUnusable.class)
        .hasMessageContaining("they are named maildrift.mv.db.zip");
  }
}
