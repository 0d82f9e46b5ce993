package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import maildrift.alerts.Alert;
import maildrift.monitor.reliability.Figures;
import maildrift.monitor.store.KillReceiver.Delivery;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * C1 to C3 of the catalogue: processes that are killed while they store and deliver lose nothing.
 * {@code -Dmaildrift.kill.runs=20} for more runs, {@code -Dmaildrift.kill.seed=N} for other
 * moments.
 */
@Tag("kill")
@Tag("reliability")
final class KillTest {
  private static final int RUNS = Figures.size("maildrift.kill.runs", 5, 200);
  private static final int POSTGRESQL_RUNS = Figures.size("maildrift.kill.postgresql", 1, 20);
  private static final long SEED = Long.getLong("maildrift.kill.seed", System.nanoTime());
  private static final int NOTIFICATIONS = 500;
  private static final int KILLS = 3;
  private static final int IN_FLIGHT = 4;

  /** Two hundred runs one after the other take an hour. */
  private static final int AT_ONCE = Figures.isFull() ? 2 : 1;

  private static final int MOST_AGAIN = IN_FLIGHT * KillChild.RECEIVERS.size();
  private static final String H2 = "jdbc:h2:file:./kill";

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
    return start(H2, home, receiver, more);
  }

  private static Running start(String url, Path home, KillReceiver receiver, Object... more)
      throws IOException {
    var arguments = new ArrayList<String>(List.of(url, home.toString(), receiver.url()));
    for (var one : more) {
      arguments.add(String.valueOf(one));
    }
    return new Running(Child.start(KillChild.class, arguments.toArray(String[]::new)));
  }

  @Test
  @Timeout(7_200)
  void processesThatAreKilledAtRandomMomentsLoseNothing() throws Exception {
    Figures.measure(
        Figures.Case.of(
            "C1",
            "kill -9 at random moments of a process that stores and delivers %d notifications, H2"
                .formatted(NOTIFICATIONS),
            "0 lost, in order within a group; at most %d delivered again a kill, those in flight, with the same id"
                .formatted(MOST_AGAIN),
            KillTest.class),
        () -> killed(RUNS, _ -> H2));
  }

  /** One daemon, which is started again: what it had claimed is its own. */
  @Test
  @Timeout(3_600)
  void onPostgresqlTheyLoseNothingEither() throws Exception {
    TestPostgres.require();
    Figures.measure(
        Figures.Case.of(
            "C3",
            "kill -9 as in C1, on PostgreSQL (one daemon, which is started again)",
            "as C1",
            KillTest.class),
        () -> killed(POSTGRESQL_RUNS, _ -> TestPostgres.newDatabase()));
  }

  private interface Urls {
    String of(int run) throws SQLException;
  }

  /** What came of one run. */
  private record Outcome(int kills, int again) {}

  /** Returns what came of it. */
  private String killed(int runs, Urls urls) throws Exception {
    var outcomes = new ArrayList<Outcome>();
    try (var workers = Executors.newFixedThreadPool(AT_ONCE)) {
      var all =
          IntStream.range(0, runs)
              .mapToObj(run -> workers.submit(() -> killed(run, urls.of(run))))
              .toList();
      for (var one : all) {
        outcomes.add(one.get());
      }
    }
    var kills = outcomes.stream().mapToInt(Outcome::kills).sum();
    assertThat(kills).isPositive();
    return "%,d runs, %,d kills, %,d notifications, half of them resolved: 0 lost, %,d delivered again with their ids, at most %d in a run of %d kills"
        .formatted(
            runs,
            kills,
            runs * NOTIFICATIONS,
            outcomes.stream().mapToInt(Outcome::again).sum(),
            outcomes.stream().mapToInt(Outcome::again).max().orElse(0),
            KILLS);
  }

  private Outcome killed(int run, String url) throws Exception {
    var random = new Random(SEED + run);
    var kills = 0;
    var again = 0;
    var home = Files.createDirectory(directory.resolve("run" + run));
    try (var receiver = new KillReceiver(home.resolve("received"))) {
      var acknowledged = 0L;
      for (var kill = 0; kill < KILLS; kill++) {
        var child = start(url, home, receiver, NOTIFICATIONS, IN_FLIGHT);
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
      var last = start(url, home, receiver, NOTIFICATIONS, IN_FLIGHT);
      assertThat(last.end()).as(() -> "seed " + SEED + ": " + last.others).isZero();
      assertThat(last.next.get()).isGreaterThan(acknowledged);
      again = assertNothingIsLost(receiver.deliveries(), NOTIFICATIONS);
      assertThat(again).as("seed " + SEED).isLessThanOrEqualTo(MOST_AGAIN * KILLS);
    }
    assertAllIsResolved(url, home);
    delete(home);
    return new Outcome(kills, again);
  }

  /** Two hundred stores would fill a temporary folder. */
  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
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

  private static void assertAllIsResolved(String url, Path home) throws StoreUnusable {
    try (var store = Stores.open(url, home, Clock.systemUTC())) {
      assertThat(StoreContract.<DomainAlert>all(store::eachAlert))
          .hasSize(NOTIFICATIONS / 2)
          .allMatch(kept -> kept.alert().phase() == Alert.Phase.RESOLVED);
      assertThat(store.outbox().backlog()).isEmpty();
      assertThat(store.lastSequence()).isEqualTo(NOTIFICATIONS);
    }
  }

  /** Where a process ends itself, at which passing, and how much may be delivered again. */
  private record Halt(String point, int passing, int duplicatesAtMost) {}

  /** With one in flight to each of two receivers. */
  @Test
  @Timeout(3_600)
  void processesThatEndAtNamedPointsLoseNothing() throws Exception {
    var halts = new ArrayList<Halt>();
    for (var passing : Figures.isFull() ? List.of(1, 2, 3, 4, 6, 8) : List.of(1, 4)) {
      // Commits are merged: there are not always more of them.
      halts.add(new Halt("BEFORE_COMMIT", Math.min(passing, 4), passing == 1 ? 0 : 2));
      halts.add(new Halt("AFTER_COMMIT", Math.min(passing, 4), passing == 1 ? 0 : 2));
      halts.add(new Halt("AFTER_BARRIER", Math.min(passing, 4), passing == 1 ? 0 : 2));
      halts.add(new Halt("BEFORE_SEND", passing, 1));
      halts.add(new Halt("AFTER_SEND", passing, 2));
    }
    Figures.measure(
        Figures.Case.of(
            "C2",
            "the process ends itself, as kill -9 does, before and after the commit, after the barrier, before a send and after it"
                + " before it is marked; 20 notifications",
            "0 lost at every point; delivered again only what was sent and not marked, with the same id",
            KillTest.class),
        () -> {
          var duplicates = 0;
          for (var i = 0; i < halts.size(); i++) {
            duplicates +=
                halted(Files.createDirectory(directory.resolve("halt" + i)), halts.get(i));
          }
          return "%d processes at 5 points: 0 of %d notifications lost, %d delivered again"
              .formatted(halts.size(), halts.size() * 20, duplicates);
        });
  }

  private static int halted(Path home, Halt halt) throws Exception {
    var notifications = 20;
    try (var receiver = new KillReceiver(home.resolve("received"))) {
      var halted = start(home, receiver, notifications, 1, halt.point(), halt.passing());
      assertThat(halted.end()).as(() -> halt + ": " + halted.others).isEqualTo(137);
      var again = start(home, receiver, notifications, 1);
      assertThat(again.end()).as(() -> halt + " goes on: " + again.others).isZero();

      var duplicates = assertNothingIsLost(receiver.deliveries(), notifications);
      assertThat(duplicates).as(halt.toString()).isLessThanOrEqualTo(halt.duplicatesAtMost());
      if (halt.point().equals("AFTER_SEND")) {
        assertThat(duplicates).as("delivered, not marked").isPositive();
      }
      assertThat(again.next.get()).isGreaterThan(halted.acknowledged.get());
      return duplicates;
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
