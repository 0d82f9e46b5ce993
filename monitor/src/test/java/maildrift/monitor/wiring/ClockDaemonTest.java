package maildrift.monitor.wiring;

import static maildrift.monitor.wiring.Daemon.ONLY_MX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import maildrift.monitor.reliability.Figures;
import maildrift.monitor.store.MemoryStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A clock that is set: nothing doubles or hangs by it. */
@Tag("reliability")
class ClockDaemonTest {
  @TempDir Path folder = Path.of(".");

  @Test
  void whatAlreadyFiresIsNotToldAgainByAClockThatLeaps() throws Exception {
    var names = IntStream.range(0, 20).mapToObj("d%02d.test"::formatted).toArray(String[]::new);
    try (var world = new Daemon.World(folder).asleep().with(names)) {
      var clock = new TestClock();
      try (var daemon = world.start(new MemoryStore(), clock, domains(names))) {
        for (var name : names) {
          world.drift(name);
        }
        daemon.look(names);
        await().atMost(Daemon.LONG).until(() -> daemon.toldItems().size() >= names.length);
        var steps = List.of(1, -1, -1, 1);
        for (var step : steps) {
          clock.advance(Duration.ofHours(step));
          daemon.look(names);
          // Every second the desk decides by the clock as it is.
          await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
        }
        var told = daemon.toldItems();

        assertThat(told).hasSize(names.length).doesNotHaveDuplicates();
        for (var name : names) {
          world.restore(name);
        }
        daemon.look(names);
        await().atMost(Daemon.LONG).until(() -> daemon.toldItems().size() >= 2 * names.length);
        assertThat(daemon.toldItems()).hasSize(2 * names.length).doesNotHaveDuplicates();
        Figures.record(
            "C13-clock",
            "20 alerts fire; the clock is set by +1 h, -1 h, -1 h and +1 h, with looks after each",
            "no notification is doubled, none is missing, and each end is told",
            "%d beginnings and %d ends told, 0 doubled".formatted(told.size(), names.length),
            true,
            "./verify --reliability -Dtest=ClockDaemonTest");
      }
    }
  }

  private static String domains(String... names) {
    return "domains: ["
        + String.join(
            ", ", List.of(names).stream().map(n -> "{name: %s, %s}".formatted(n, ONLY_MX)).toList())
        + "]";
  }
}
