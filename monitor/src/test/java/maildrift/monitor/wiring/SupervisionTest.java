package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import maildrift.monitor.schedule.Scheduler;
import maildrift.monitor.service.Told;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SupervisionTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Told told = new Told();
  private final Map<String, String> incurable = new HashMap<>();
  private final CountDownLatch answers = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicInteger looking = new AtomicInteger();
  private final FailingStore hanging = new FailingStore();
  private final Scheduler scheduler = new Scheduler(vertx, HOUR, 8, new Random(1), this::turn);

  private void turn(String name) {
    looking.incrementAndGet();
    try {
      answers.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Supervision supervision() {
    return new Supervision(
        told.manager(),
        scheduler,
        hanging.store(),
        () -> incurable,
        () -> "watches 1 domain",
        Clock.systemUTC());
  }

  @AfterEach
  void close() {
    answers.countDown();
    goOn.countDown();
    hanging.heal();
    scheduler.close();
    vertx.close().await();
  }

  private void awaitFed(Supervision supervision) {
    var before = told.watchdogs();
    await()
        .untilAsserted(
            () -> {
              supervision.look();
              assertThat(told.watchdogs()).isGreaterThan(before);
            });
  }

  /** Long enough for signs that would come. */
  private void assertStarves(Supervision supervision) {
    await()
        .untilAsserted(
            () -> {
              supervision.look();
              assertThat(told.last()).startsWith("STATUS=not well");
            });
    var before = told.watchdogs();
    supervision.look();
    assertThat(told.watchdogs()).isEqualTo(before);
  }

  @Test
  void looksThatWaitForDeadResolversDoNotStarveTheWatchdog() {
    var supervision = supervision();
    scheduler.set(Set.of("a.test"), HOUR);
    await().until(() -> looking.get() == 1);

    awaitFed(supervision);
    awaitFed(supervision);

    assertThat(answers.getCount()).as("the look still waits").isOne();
    assertThat(told.last()).isEqualTo("WATCHDOG=1\nSTATUS=watches 1 domain");
  }

  @Test
  void anEventLoopThatStandsStillStarvesIt() {
    var supervision = supervision();
    awaitFed(supervision);
    vertx.runOnContext(
        _ -> {
          try {
            goOn.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });

    assertStarves(supervision);
    assertThat(told.last()).contains("schedule: has not moved");

    goOn.countDown();
    awaitFed(supervision);
  }

  @Test
  void aStoreThatHangsStarvesIt() {
    var supervision = supervision();
    awaitFed(supervision);
    hanging.hang();
    assertStarves(supervision);
    assertThat(told.last()).isEqualTo("STATUS=not well: store: has not moved");

    hanging.heal();
    awaitFed(supervision);
  }

  @Test
  void aPartThatOnlyARestartBringsBackStarvesIt() {
    var supervision = supervision();
    awaitFed(supervision);
    incurable.put("alerts", "the desk has ended");

    assertStarves(supervision);
    assertThat(told.last()).isEqualTo("STATUS=not well: alerts: the desk has ended");
  }
}
