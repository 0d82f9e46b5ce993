package maildrift.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Vertx vertx = Vertx.vertx();
  private final Queue<String> turns = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private long turnsOf(String name) {
    return turns.stream().filter(name::equals).count();
  }

  @Test
  void eachNameHasItsTurnsAndAFailureStopsNobody() {
    try (var scheduler =
        new Scheduler(
            vertx,
            Duration.ofMillis(100),
            8,
            new Random(1),
            name -> {
              turns.add(name);
              throw new IllegalStateException("a bug");
            })) {
      scheduler.set(Set.of("a", "b"), Duration.ofMillis(100));

      await().atMost(LONG).until(() -> turnsOf("a") >= 3 && turnsOf("b") >= 3);
      assertThat(scheduler.lagSeconds()).isLessThan(60);
    }
  }

  @Test
  void aNameThatIsTakenOutHasNoTurnsAnyMoreAndSoonBringsOneForward() {
    try (var scheduler = new Scheduler(vertx, HOUR, 8, new Random(1), turns::add)) {
      scheduler.set(Set.of("a", "b"), HOUR);
      await().atMost(LONG).until(() -> turns.size() == 2);
      scheduler.set(Set.of("b"), HOUR);
      scheduler.soon("a", Duration.ZERO);
      scheduler.soon("b", Duration.ZERO);

      await().atMost(LONG).until(() -> turnsOf("b") == 2);
      assertThat(turnsOf("a")).isOne();
      assertThat(scheduler.next("a").join()).isEmpty();
      assertThat(scheduler.next("b").join()).isPresent();
    }
  }

  @Test
  void aNameHasOneTurnAtATimeAndNoMoreThanAllowedRunTogether() {
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var go = new CountDownLatch(1);
    try (var scheduler =
        new Scheduler(
            vertx,
            Duration.ofMillis(50),
            2,
            new Random(1),
            name -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              turns.add(name);
              try {
                go.await();
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
              running.decrementAndGet();
            })) {
      scheduler.set(Set.of("a", "b", "c"), Duration.ofMillis(50));
      await().atMost(LONG).until(() -> running.get() == 2);
      await().atMost(LONG).until(() -> scheduler.lagSeconds() > 0.2);
      assertThat(turns).doesNotHaveDuplicates().hasSize(2);

      go.countDown();
      await().atMost(LONG).until(() -> turns.containsAll(Set.of("a", "b", "c")));
      assertThat(most.get()).isEqualTo(2);
    }
  }
}
