package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** How fast; {@code -Dmaildrift.bench=true}. States of 2 kB that do not compress. */
@EnabledIfSystemProperty(named = "maildrift.bench", matches = "true")
final class StoreRateTest {
  private static final int ROWS = 20_000;

  @TempDir Path directory = Path.of(".");

  @Test
  void theRateOfDurableRows() throws Exception {
    var content = new byte[2_000];
    new Random(1).nextBytes(content);
    try (var store = Stores.open("jdbc:h2:file:./rate", directory, Clock.systemUTC())) {
      for (var rows : new int[] {1_000, 1, 10, 100, 1_000}) {
        var start = System.nanoTime();
        CompletableFuture.allOf(
                IntStream.range(0, ROWS / rows)
                    .mapToObj(i -> store.submit(batch(i * rows, rows, content)))
                    .toArray(CompletableFuture<?>[]::new))
            .join();
        System.out.printf("%,5d rows a batch: %,7.0f rows/s%n", rows, rate(start));
      }
      var checked = new HashMap<String, Instant>();
      IntStream.range(0, ROWS).forEach(i -> checked.put(name(i), StoreContract.NOW));
      var start = System.nanoTime();
      store.markChecked(checked).join();
      System.out.printf("marked as checked: %,7.0f rows/s%n", rate(start));
      start = System.nanoTime();
      assertThat(StoreContract.<StateRow>all(store::eachState)).hasSize(ROWS);
      System.out.printf("loaded:            %,7.0f rows/s%n", rate(start));
    }
  }

  private static Batch batch(int first, int rows, byte[] content) {
    var batch = Batch.builder();
    IntStream.range(first, first + rows)
        .forEach(
            i ->
                batch.state(
                    new StateRow(name(i), content, "pass", StoreContract.NOW, Optional.empty())));
    return batch.build();
  }

  private static String name(int number) {
    return "domain-%05d.example.test".formatted(number);
  }

  private static double rate(long start) {
    return ROWS * 1e9 / (System.nanoTime() - start);
  }
}
