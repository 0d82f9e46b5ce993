package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import maildrift.alerts.notify.http.LoopbackHttp;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** C9 of the catalogue: the daemon is asked to end while receivers leave it hanging. */
@Tag("reliability")
class TerminationTest {
  private static final int RECEIVERS = 25;
  private static final int DOMAINS = 8;
  private static final int IN_FLIGHT = 100;
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(15);

  @TempDir Path folder;

  @Test
  @Timeout(600)
  void whatIsInFlightIsOwedStill() throws Exception {
    Figures.judge(
        Figures.Case.of(
            "C9",
            "SIGTERM to `maildrift run` with %d deliveries in flight to %d receivers that do not answer and as many more owed; then again, and a second SIGTERM"
                .formatted(IN_FLIGHT, RECEIVERS),
            "ends within 15 s with code 0; a second signal ends it at once with 143; 0 lost, same ids",
            TerminationTest.class),
        this::terminate);
  }

  private Figures.Result terminate() throws Exception {
    var hangs = new AtomicBoolean(true);
    var receivers = IntStream.range(0, RECEIVERS).mapToObj(i -> "r" + i).toList();
    try (var world =
        new SmallWorld(
            folder,
            DOMAINS,
            receivers,
            _ -> hangs.get() ? new LoopbackHttp.Answer.Hang() : LoopbackHttp.Answer.status(204))) {
      var gently = Duration.ZERO;
      try (var daemon = world.start().ready()) {
        DaemonKillTest.awaitFirstLook(daemon, DOMAINS);
        IntStream.range(0, DOMAINS).forEach(world::drift);
        awaitInFlight(world);
        gently = ended(daemon, 1, 0);
      }
      var forced = Duration.ZERO;
      try (var daemon = world.start().ready()) {
        var before = world.hook.got().size();
        await().atMost(DaemonProcess.PATIENCE).until(() -> world.hook.got().size() > before);
        forced = ended(daemon, 2, 143);
      }
      hangs.set(false);
      try (var daemon = world.start().ready()) {
        await()
            .atMost(DaemonProcess.PATIENCE)
            .untilAsserted(() -> assertThat(ids(world)).hasSize(RECEIVERS * DOMAINS));
        assertThat(ended(daemon, 1, 0)).isLessThan(DaemonProcess.PATIENCE);
      }
      return new Figures.Result(
          "%d of %d told, each under one id; ended after %.1f s with code 0, after the second signal %.1f s with 143"
              .formatted(
                  ids(world).size(),
                  RECEIVERS * DOMAINS,
                  gently.toMillis() / 1e3,
                  forced.toMillis() / 1e3),
          gently.compareTo(ENDS_WITHIN) < 0 && forced.compareTo(ENDS_WITHIN) < 0);
    }
  }

  private static void awaitInFlight(SmallWorld world) {
    await()
        .atMost(DaemonProcess.PATIENCE)
        .untilAsserted(() -> assertThat(world.hook.got()).hasSize(IN_FLIGHT));
  }

  private static Duration ended(DaemonProcess daemon, int signals, int code) throws Exception {
    var start = System.nanoTime();
    for (var signal = 0; signal < signals; signal++) {
      daemon.terminate();
      // The same signal twice at once would count as one.
      Thread.sleep(signal + 1 < signals ? 500 : 0);
    }
    assertThat(daemon.end()).as(daemon.log()).isEqualTo(code);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** By receiver and domain; a repeated one must have its id. */
  private static Map<String, String> ids(SmallWorld world) {
    var ids = new HashMap<String, String>();
    for (var told : world.told()) {
      var before = ids.putIfAbsent(told.receiver() + " " + told.domain(), told.id());
      assertThat(before).isIn(null, told.id());
    }
    return ids;
  }
}
