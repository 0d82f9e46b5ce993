package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import maildrift.alerts.Alert;
import maildrift.monitor.store.KillReceiver.Delivery;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * C1 and C2 of the catalogue: processes that are killed while they store and deliver lose nothing.
 * {@code -Dmaildrift.kill.runs=20} for more runs, {@code -Dmaildrift.kill.seed=N} for other
 * moments.
 */
@Tag("kill")
final class KillTest {
  private static final int RUNS = Integer.getInteger("maildrift.kill.runs", 5);
  private static final long SEED = Long.getLong("maildrift.kill.seed", System.nanoTime());
  private static final int NOTIFICATIONS = 500;
  private static final int KILLS = 3;
  private static final int IN_FLIGHT = 4;

  /** From the first to the last notification of an undisturbed process, roughly. */
  private static final int BUSY_MILLIS = 1_500;

  @TempDir Path directory = Path.of(".");

  /** A started child, and what it has said. */
  private static final class Running {
    private final Process process;
    private final CountDownLatch started = new CountDownLatch(1);
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final List<String> others = new ArrayList<>();
    private final Thread listener;

    Running(Process process) {
      this.process = process;
      listener = Thread.ofVirtual().start(this::listen);
    }

    private void listen() {
      try (BufferedReader said = process.inputReader()) {
        said.lines().forEach(this::hear);
      } catch (java.io.UncheckedIOException | IOException _) {
        // It was killed.
      } finally {
        started.countDown();
      }
    }

    private void hear(String line) {
      if (line.startsWith("acked ")) {
        var n = Long.parseLong(line.substring(6));
        acknowledged.accumulateAndGet(n, Math::max);
      } else if (line.startsWith("started ")) {
        next.set(Long.parseLong(line.substring(8)));
        started.countDown();
      } else {
        others.add(line);
      }
    }

    int end() throws InterruptedException {
      assertThat(process.waitFor(180, TimeUnit.SECONDS)).as("the process ends").isTrue();
      listener.join();
      return process.exitValue();
    }
  }

  private static Running start(Path home, KillReceiver receiver, Object... more)
      throws IOException {
    var arguments = new ArrayList<String>(List.of(home.toString(), receiver.url()));
    for (var one : more) {
      arguments.add(String.valueOf(one));
    }
    return new Running(Child.start(KillChild.class, arguments.toArray(String[]::new)));
  }

  @Test
  @Timeout(3_600)
  void processesThatAreKilledAtRandomMomentsLoseNothing() throws Exception {
    var random = new Random(SEED);
    var kills = 0;
    var duplicates = 0;
    for (var run = 0; run < RUNS; run++) {
      var home = Files.createDirectory(directory.resolve("run" + run));
      try (var receiver = new KillReceiver(home.resolve("received"))) {
        var acknowledged = 0L;
        for (var kill = 0; kill < KILLS; kill++) {
          var child = start(home, receiver, NOTIFICATIONS, IN_FLIGHT);
          assertThat(child.started.await(120, TimeUnit.SECONDS)).isTrue();
          assertThat(child.next.get())
              .as("what was acknowledged before the kill is there after it")
              .isGreaterThan(acknowledged);
          child.process.waitFor(random.nextInt(BUSY_MILLIS), TimeUnit.MILLISECONDS);
          child.process.destroyForcibly();
          var code = child.end();
          kills += code == 0 ? 0 : 1;
          acknowledged = Math.max(acknowledged, child.acknowledged.get());
        }
        var last = start(home, receiver, NOTIFICATIONS, IN_FLIGHT);
        assertThat(last.end()).as(() -> "seed " + SEED + ": " + last.others).isZero();
        assertThat(last.next.get()).isGreaterThan(acknowledged);
        duplicates += assertNothingIsLost(receiver.deliveries(), NOTIFICATIONS);
      }
      assertAllIsResolved(home);
    }

    var most = IN_FLIGHT * KillChild.RECEIVERS.size();
    System.out.printf(
        "kill test: %d runs, %d kills, %d notifications, half of them resolved: 0 lost, %d"
            + " delivered again (each with its id; at most %d a kill are allowed), seed %d%n",
        RUNS, kills, RUNS * NOTIFICATIONS, duplicates, most, SEED);
    assertThat(duplicates).isLessThanOrEqualTo(most * kills);
    assertThat(kills).isPositive();
  }

  /** Returns how many were delivered again. */
  private static int assertNothingIsLost(List<Delivery> deliveries, int notifications) {
    var ids = new HashMap<Long, String>();
    var lastOfGroup = new HashMap<String, Long>();
    for (var delivery : deliveries) {
      var known = ids.putIfAbsent(delivery.number(), delivery.id());
      if (known == null) {
        var group = group(delivery.number());
        assertThat(delivery.number())
            .as("in order within " + group)
            .isGreaterThan(lastOfGroup.getOrDefault(group, 0L));
        lastOfGroup.put(group, delivery.number());
      } else {
        assertThat(delivery.id()).as("the id of a repeated delivery").isEqualTo(known);
      }
    }
    assertThat(ids.keySet())
        .isEqualTo(LongStream.rangeClosed(1, notifications).boxed().collect(Collectors.toSet()));
    assertThat(new HashSet<>(ids.values())).hasSize(notifications);
    return deliveries.size() - notifications;
  }

  private static String group(long number) {
    var alert = (number - 1) / 2;
    return alert % KillChild.RECEIVERS.size() + "/" + alert % KillChild.GROUPS;
  }

  private static void assertAllIsResolved(Path home) throws StoreUnusable {
    try (var store = Stores.open("jdbc:h2:file:./kill", home, Clock.systemUTC())) {
      assertThat(StoreContract.<DomainAlert>all(store::eachAlert))
          .hasSize(NOTIFICATIONS / 2)
          .allMatch(kept -> kept.alert().phase() == Alert.Phase.RESOLVED);
      assertThat(store.outbox().backlog()).isEmpty();
      assertThat(store.lastSequence()).isEqualTo(NOTIFICATIONS);
    }
  }

  /** With one in flight to each of two receivers. */
  @ParameterizedTest
  @Timeout(600)
  @CsvSource({
    "BEFORE_COMMIT, 1, 0",
    "BEFORE_COMMIT, 4, 2",
    "AFTER_COMMIT,  1, 0",
    "AFTER_COMMIT,  4, 2",
    "AFTER_BARRIER, 1, 0",
    "AFTER_BARRIER, 4, 2",
    "BEFORE_SEND,   1, 1",
    "AFTER_SEND,    1, 2",
    "AFTER_SEND,    9, 2"
  })
  void aProcessThatEndsAtANamedPointLosesNothing(String point, int passing, int duplicatesAtMost)
      throws Exception {
    var notifications = 20;
    try (var receiver = new KillReceiver(directory.resolve("received"))) {
      var halted = start(directory, receiver, notifications, 1, point, passing);
      assertThat(halted.end()).as(() -> "it ends at the point: " + halted.others).isEqualTo(137);
      var again = start(directory, receiver, notifications, 1);
      assertThat(again.end()).as(() -> "it goes on: " + again.others).isZero();

      var duplicates = assertNothingIsLost(receiver.deliveries(), notifications);
      assertThat(duplicates).isLessThanOrEqualTo(duplicatesAtMost);
      if (point.equals("AFTER_SEND")) {
        assertThat(duplicates).as("delivered, not marked").isPositive();
      }
      assertThat(again.next.get()).isGreaterThan(halted.acknowledged.get());
    }
  }

  @Test
  void theReceiversCheckWouldSeeALoss() {
    var all =
        LongStream.rangeClosed(1, 20)
            .mapToObj(n -> new Delivery("id" + n, n))
            .collect(Collectors.toCollection(ArrayList::new));
    assertThat(assertNothingIsLost(all, 20)).isZero();
    all.add(new Delivery("id7", 7));
    assertThat(assertNothingIsLost(all, 20)).isEqualTo(1);
    for (var bad :
        Map.of(
                "lost", all.subList(0, 19),
                "another id", with(all, new Delivery("other", 7)))
            .entrySet()) {
      assertThat(fails(bad.getValue())).as(bad.getKey()).isTrue();
    }
  }

  private static List<Delivery> with(List<Delivery> all, Delivery more) {
    var longer = new ArrayList<>(all);
    longer.add(more);
    return longer;
  }

  private static boolean fails(List<Delivery> deliveries) {
    try {
      assertNothingIsLost(deliveries, 20);
      return false;
    } catch (AssertionError _) {
      return true;
    }
  }
}
