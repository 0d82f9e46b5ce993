package maildrift.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

  /** When a name's next turn is, between two instants of {@link System#nanoTime}. */
  private record Place(long from, long to) {
    static Place of(Scheduler scheduler, String name) {
      var before = System.nanoTime();
      var in = scheduler.next(name).join().orElseThrow().toNanos();
      return new Place(before + in, System.nanoTime() + in);
    }

    boolean mayBe(Place other) {
      var ticks = Duration.ofMillis(150).toNanos();
      return from - ticks <= other.to && other.from - ticks <= to;
    }
  }

  @Test
  void whoeverIsAskedForSoonerKeepsItsPlaceInTheRound() {
    var names = IntStream.range(0, 60).mapToObj(i -> "d" + i).collect(Collectors.toSet());
    try (var scheduler = new Scheduler(vertx, HOUR, 8, new Random(1), turns::add)) {
      scheduler.set(names, HOUR);
      await().atMost(LONG).until(() -> turns.size() == names.size());
      await().atMost(LONG).until(() -> names.stream().allMatch(name -> isLater(scheduler, name)));
      var places = new HashMap<String, Place>();
      names.forEach(name -> places.put(name, Place.of(scheduler, name)));

      names.forEach(name -> scheduler.sooner(name, Duration.ZERO));
      // Further than their regular turn: no turn of its own.
      names.forEach(name -> scheduler.sooner(name, HOUR.multipliedBy(2)));

      await().atMost(LONG).until(() -> turns.size() == 2 * names.size());
      await().atMost(LONG).until(() -> names.stream().allMatch(name -> isLater(scheduler, name)));
      places.forEach(
          (name, before) -> assertThat(Place.of(scheduler, name)).matches(before::mayBe, name));
    }
  }

  private static boolean isLater(Scheduler scheduler, String name) {
    return scheduler.next(name).join().orElseThrow().compareTo(HOUR.dividedBy(2)) > 0;
  }

  @Test
  void aTurnThatIsAskedForLaterPostponesNoRegularOne() {
    var often = Duration.ofMillis(100);
    try (var scheduler = new Scheduler(vertx, often, 8, new Random(1), turns::add)) {
      scheduler.set(Set.of("a"), often);
      scheduler.soon("a", HOUR);

      await().atMost(LONG).until(() -> turnsOf("a") >= 4);
    }
  }

  @Test
  void whoIsOverdueStaysSoWhenAnotherTurnIsAskedFor() {
    var go = new CountDownLatch(1);
    try (var scheduler =
        new Scheduler(
            vertx,
            HOUR,
            1,
            new Random(1),
            name -> {
              turns.add(name);
              try {
                go.await();
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            })) {
      scheduler.set(Set.of("a", "b"), HOUR);
      await().atMost(LONG).until(() -> scheduler.lagSeconds() > 0.2);
      for (var name : Set.of("a", "b")) {
        scheduler.soon(name, HOUR);
        scheduler.next(name).join();
      }
      var lag = scheduler.lagSeconds();

      await().atMost(LONG).until(() -> scheduler.lagSeconds() > lag + 0.2);
      go.countDown();
    }
  }
}
