package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import maildrift.alerts.outbox.Owed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file on the disk. */
final class H2StoreTest extends StoreContract {
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
  void readersThatAreInterruptedDoNotHarmTheStore() throws Exception {
    try (var store = reopen("interrupted")) {
      var batch = Batch.builder();
      IntStream.range(0, 5_000)
          .mapToObj(i -> state("d%04d.test".formatted(i), "x".repeat(10_000)))
          .forEach(batch::state);
      store.commit(batch.build());
      var stop = new AtomicBoolean();
      var readers =
          IntStream.range(0, 4)
              .mapToObj(_ -> Thread.ofVirtual().start(() -> readInterrupted(store, stop)))
              .toList();
      for (var i = 0; i < 50; i++) {
        store.commit(Batch.builder().state(state("w%04d.test".formatted(i), "1")).build());
        readers.forEach(Thread::interrupt);
      }
      stop.set(true);
      for (var reader : readers) {
        reader.join();
      }

      assertThat(store.health().writable()).isTrue();
      assertThat(all(store::eachState)).hasSize(5_050);
    }
  }

  private static void readInterrupted(StateStore store, AtomicBoolean stop) {
    while (!stop.get()) {
      try {
        store.eachState(_ -> {});
      } catch (StoreFailure _) {
        // The pool does not wait for a connection in an interrupted thread. That is all right.
      }
    }
  }
}
