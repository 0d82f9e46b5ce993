package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import maildrift.monitor.reliability.Figures;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** C6 of the catalogue, on a small file system in memory; needs the right to mount one. */
@Tag("reliability")
@Timeout(1_800)
final class FullDiskTest {
  private static final int RUNS = Figures.size("maildrift.disk.runs", 1, 10);

  @TempDir Path disk = Path.of(".");

  @BeforeEach
  void mount() throws Exception {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()),
        "a small file system cannot be mounted here");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", disk.toString());
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException _) {
      return false;
    }
  }

  private static Batch noise(String domain, Random random) {
    var content = new byte[20_000];
    random.nextBytes(content);
    return Batch.builder()
        .state(new StateRow(domain, content, "pass", StoreContract.NOW, Optional.empty()))
        .build();
  }

  @Test
  void aFullDiskIsToldCostsNothingAndEndsWhenThereIsRoom() throws Exception {
    Figures.measure(
        Figures.Case.of(
            "C6",
            "the disk (tmpfs of 4 MiB) fills up while 50 batches are written to H2, and has room again",
            "unwritable is said with the reason, what was stored is read on, all is written when there is room, the store opens afterwards with every row",
            FullDiskTest.class),
        () -> {
          for (var run = 0; run < RUNS; run++) {
            fullOnce();
            try (var files = Files.list(disk)) {
              for (var file : files.toList()) {
                Files.delete(file);
              }
            }
          }
          return "%d of %d runs: said, nothing lost, 0 damaged".formatted(RUNS, RUNS);
        });
  }

  private void fullOnce() throws Exception {
    var random = new Random(1);
    var filler = disk.resolve("filler");
    try (var store = Stores.open("jdbc:h2:file:./store", disk, Clock.systemUTC())) {
      store.commit(noise("before.test", random));
      fill(filler);
      var pending =
          java.util.stream.IntStream.range(0, 50)
              .mapToObj(i -> store.submit(noise("d%02d.test".formatted(i), random)))
              .toList();
      await().until(() -> !store.health().writable());
      assertThat(store.health().reasons()).containsExactly("No space left on device");
      // H2 closes the database when it panics; a read may meet that moment, and only that.
      await().ignoreExceptions().until(() -> store.state("before.test").isPresent());

      Files.delete(filler);
      await().atMost(Duration.ofSeconds(60)).until(() -> store.health().writable());
      for (var one : pending) {
        one.get(60, TimeUnit.SECONDS);
      }
    }
    try (var store = Stores.open("jdbc:h2:file:./store", disk, Clock.systemUTC())) {
      assertThat(StoreContract.<StateRow>all(store::eachState)).hasSize(51);
    }
  }

  private static void fill(Path filler) {
    try (var out = Files.newOutputStream(filler)) {
      var block = new byte[4096];
      while (true) {
        out.write(block);
      }
    } catch (IOException _) {
      // Full, as it should be.
    }
  }
}
