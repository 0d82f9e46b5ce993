package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.stream.IntStream;
import maildrift.alerts.outbox.Owed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file on the disk. */
final class H2StoreTest extends StoreContract {
  private static final Change CHANGE = change("a.test", "spf", NOW);

  @TempDir Path directory = Path.of(".");

  @Override
  StateStore open() throws StoreUnusable {
    return reopen("maildrift");
  }

  private StateStore reopen(String name) throws StoreUnusable {
    return Stores.open("jdbc:h2:file:./data/" + name, directory, Clock.systemUTC());
  }

  @Test
  void allIsThereAfterARestart() throws Exception {
    var owed = Owed.fresh("id-1", "oncall", "group", 3, "{}", NOW);
    try (var first = reopen("again")) {
      first.commit(
          Batch.builder()
              .state(state("a.test", "1"))
              .baseline(Baseline.of("a.test", Map.of("spf", "x"), NOW, "alice"))
              .change(change("a.test", "spf", NOW))
              .owe(owed)
              .build());
      assertThat(first.outbox().claim("oncall", 1, NOW, LEASE)).containsExactly(owed);
    }
    try (var second = reopen("again")) {
      assertThat(second.state("a.test")).contains(state("a.test", "1"));
      assertThat(second.baseline("a.test")).isPresent();
      assertThat(second.lastSequence()).isEqualTo(3);
      assertThat(second.history().read(0, 10)).containsExactly(change("a.test", "spf", NOW));
      // The worker that had claimed it is no more.
      assertThat(second.outbox().claim("oncall", 1, NOW, LEASE)).containsExactly(owed);
    }
  }

  @Test
  void aRelativePathStartsAtTheWorkingDirectoryAndTheHistoryHasItsOwnFile() {
    assertThat(directory.resolve("data/maildrift.mv.db")).isRegularFile();
    assertThat(directory.resolve("data/maildrift-history.mv.db")).isRegularFile();
  }

  /** On H2's default file system the first interrupt closes the file for everybody. */
  @Test
  void aReaderThatIsInterruptedDoesNotHarmTheStore() throws Exception {
    var batch = Batch.builder();
    IntStream.range(0, 2_000)
        .mapToObj(i -> state("d%04d.test".formatted(i), "x".repeat(10_000)))
        .forEach(batch::state);
    try (var warm = reopen("interrupted")) {
      warm.commit(batch.build());
    }
    try (var cold = reopen("interrupted")) {
      cold.eachState(_ -> Thread.currentThread().interrupt());
      assertThat(Thread.interrupted()).isTrue();

      cold.commit(Batch.builder().state(state("after.test", "1")).build());
      assertThat(all(cold::eachState)).hasSize(2_001);
    }
  }

  @Test
  void aBackupTakenInUseIsAStoreThatOpens() throws Exception {
    var backup = directory.resolve("backup");
    try (var store = reopen("original")) {
      store.commit(Batch.builder().state(state("a.test", "1")).change(CHANGE).build());
      await().until(() -> store.history().read(0, 1).size() == 1);

      assertThat(store.backup(backup))
          .containsExactly(
              backup.resolve("original.mv.db.zip"), backup.resolve("original-history.mv.db.zip"));
      assertThat(store.backup(backup)).hasSize(2);
      store.commit(Batch.builder().state(state("later.test", "1")).build());
    }
    Stores.restore(backup.resolve("original.mv.db.zip"), directory.resolve("restored"));
    Stores.restore(backup.resolve("original-history.mv.db.zip"), directory.resolve("restored"));

    try (var restored =
        Stores.open("jdbc:h2:file:./restored/original", directory, Clock.systemUTC())) {
      assertThat(all(restored::eachState)).containsExactly(state("a.test", "1"));
      assertThat(restored.history().read(0, 10)).containsExactly(CHANGE);
    }
    assertThatThrownBy(
            () ->
                Stores.restore(backup.resolve("original.mv.db.zip"), directory.resolve("restored")))
        .isInstanceOf(StoreUnusable.class)
        .hasMessageContaining("move it away");
  }
}
