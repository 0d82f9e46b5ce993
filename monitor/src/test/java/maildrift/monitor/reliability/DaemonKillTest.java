package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import maildrift.monitor.reliability.SmallWorld.Told;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole daemon is killed while records drift and are mended. */
@Tag("reliability")
class DaemonKillTest {
  private static final long SEED = Long.getLong("maildrift.kill.seed", System.nanoTime());
  private static final int ROUNDS = Figures.size("maildrift.kill.rounds", 1, 12);
  private static final int DOMAINS_A_ROUND = 10;
  private static final int KILLS_A_PHASE = Figures.size("maildrift.kill.phase", 1, 2);
  private static final int IN_FLIGHT = 4;

  @TempDir Path folder;

  @Test
  @Timeout(3_600)
  void aDaemonThatIsKilledTellsEveryAlertAndEveryEnd() throws Exception {
    Figures.measure(
        Figures.Case.of(
            "C1-daemon",
            "kill -9 of the whole daemon (`maildrift run`, H2) at random moments while the MX records of %d domains at a time drift and are mended"
                .formatted(DOMAINS_A_ROUND),
            "each drift is told as firing and then as resolved, once; at most %d delivered again a kill, with the same id"
                .formatted(IN_FLIGHT),
            DaemonKillTest.class),
        this::kill);
  }

  private String kill() throws Exception {
    var random = new Random(SEED);
    var kills = 0;
    try (var world = new SmallWorld(folder, ROUNDS * DOMAINS_A_ROUND)) {
      var daemon = world.start().ready();
      try {
        awaitFirstLook(daemon, ROUNDS * DOMAINS_A_ROUND);
        for (var round = 0; round < ROUNDS; round++) {
          var ours =
              IntStream.range(round * DOMAINS_A_ROUND, (round + 1) * DOMAINS_A_ROUND)
                  .boxed()
                  .toList();
          for (var firing : List.of(true, false)) {
            ours.forEach(firing ? world::drift : world::restore);
            for (var kill = 0; kill < KILLS_A_PHASE; kill++) {
              Thread.sleep(random.nextInt(2_500));
              daemon.kill();
              kills++;
              daemon = world.start().ready();
            }
            awaitTold(world, ours, firing);
          }
        }
        daemon.terminate();
        assertThat(daemon.end()).isZero();
      } finally {
        daemon.close();
      }
      var again = assertToldOnce(world.told(), ROUNDS * DOMAINS_A_ROUND);
      assertThat(again).as("seed " + SEED).isLessThanOrEqualTo(kills * IN_FLIGHT);
      return "%d kills, %d drifts: %d firing and %d resolved told in order, 0 lost, %d delivered again with their ids"
          .formatted(
              kills,
              ROUNDS * DOMAINS_A_ROUND,
              ROUNDS * DOMAINS_A_ROUND,
              ROUNDS * DOMAINS_A_ROUND,
              again);
    }
  }

  /** Its baseline is what the first look saw. */
  static void awaitFirstLook(DaemonProcess daemon, int domains) {
    await()
        .atMost(DaemonProcess.PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                daemon
                        .get("/metrics")
                        .body()
                        .lines()
                        .filter(
                            line ->
                                line.startsWith("maildrift_probe_observed{")
                                    && line.contains("probe=\"mx\"")
                                    && line.endsWith(" 1"))
                        .count()
                    == domains);
  }

  private static void awaitTold(SmallWorld world, List<Integer> domains, boolean firing) {
    await()
        .atMost(DaemonProcess.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(world.told())
                    .filteredOn(told -> told.firing() == firing)
                    .extracting(Told::domain)
                    .containsAll(domains.stream().map(SmallWorld::domain).toList()));
  }

  /** Each domain firing and then resolved; returns how many came again. */
  static int assertToldOnce(List<Told> all, int domains) {
    var byId = new HashMap<String, Told>();
    var inOrder = new HashMap<String, List<Boolean>>();
    for (var told : all) {
      var before = byId.putIfAbsent(told.id(), told);
      if (before == null) {
        inOrder.computeIfAbsent(told.domain(), _ -> new ArrayList<>()).add(told.firing());
      } else {
        assertThat(told).as("the same id says the same").isEqualTo(before);
      }
    }
    assertThat(inOrder).hasSize(domains);
    assertThat(inOrder)
        .allSatisfy((domain, firing) -> assertThat(firing).as(domain).containsExactly(true, false));
    return all.size() - byId.size();
  }
}
