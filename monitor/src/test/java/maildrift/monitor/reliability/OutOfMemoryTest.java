package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.alerts.notify.http.LoopbackHttp;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** C10 of the catalogue: the daemon is given too little memory while something is owed. */
@Tag("reliability")
class OutOfMemoryTest {
  private static final int DOMAINS = 10;

  /** In mebibytes; too little to start, too little to work, and perhaps enough. */
  private static final List<Integer> HEAPS =
      Figures.isFull() ? List.of(6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 28) : List.of(10);

  /** What has not ended by then lives, and is killed. */
  private static final Duration LIVES = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  @Timeout(1_800)
  void aDaemonWithoutMemoryEndsAndOwesWhatItOwed() throws Exception {
    Figures.measure(
        Figures.Case.of(
            "C10",
            "`maildrift run` (H2) with %s MiB of heap, each time with notifications owed to a receiver that answers 503; then with enough"
                .formatted(HEAPS.stream().map(String::valueOf).collect(Collectors.joining(", "))),
            "where memory runs out it ends by itself, with a code other than 0; nothing is lost, and nothing is told under two ids",
            OutOfMemoryTest.class),
        this::starve);
  }

  private String starve() throws Exception {
    var isAway = new AtomicBoolean(true);
    try (var world =
        new SmallWorld(
            folder,
            DOMAINS,
            List.of("hook"),
            _ -> LoopbackHttp.Answer.status(isAway.get() ? 503 : 204))) {
      try (var daemon = world.start().ready()) {
        DaemonKillTest.awaitFirstLook(daemon, DOMAINS);
        IntStream.range(0, DOMAINS).forEach(world::drift);
        await()
            .atMost(DaemonProcess.PATIENCE)
            .until(() -> daemon.get("/api/v1/receivers").body().contains("\"pending\":" + DOMAINS));
      }
      var ended = new ArrayList<String>();
      for (var heap : HEAPS) {
        starve(world, heap, ended);
      }
      assertThat(ended).as("of %s", HEAPS).isNotEmpty();
      isAway.set(false);
      try (var daemon = world.start().ready()) {
        await()
            .atMost(DaemonProcess.PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(firing(world))
                        .containsAll(
                            IntStream.range(0, DOMAINS).mapToObj(SmallWorld::domain).toList()));
        daemon.terminate();
        assertThat(daemon.end()).isZero();
      }
      var ids = new HashMap<String, String>();
      world.told().stream()
          .filter(SmallWorld.Told::firing)
          .forEach(
              told -> assertThat(ids.putIfAbsent(told.domain(), told.id())).isIn(null, told.id()));
      return "ran out of memory with %s, went on with the others; %d of %d told, each under one id"
          .formatted(String.join(", ", ended), ids.size(), DOMAINS);
    }
  }

  private static void starve(SmallWorld world, int heap, List<String> ended) throws Exception {
    var terms =
        new DaemonProcess.Terms(
            List.of(),
            List.of("-XX:+UseSerialGC", "-Xmx%dm".formatted(heap), "-XX:+ExitOnOutOfMemoryError"));
    try (var daemon = DaemonProcess.start(world.folder, world.config, terms)) {
      var end = daemon.endWithin(LIVES);
      end.ifPresent(
          code -> {
            assertThat(code).as(daemon.log()).isNotZero();
            assertThat(daemon.log()).contains("OutOfMemoryError");
            ended.add("%d MiB (code %d)".formatted(heap, code));
          });
    }
  }

  private static Set<String> firing(SmallWorld world) {
    return world.told().stream()
        .filter(SmallWorld.Told::firing)
        .map(SmallWorld.Told::domain)
        .collect(Collectors.toSet());
  }
}
