package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.Set;
import maildrift.alerts.state.Transition;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.Vocabulary;
import maildrift.monitor.event.Events;
import maildrift.monitor.schedule.Scheduler;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.watch.Published;
import maildrift.monitor.watch.Watch;
import maildrift.monitor.web.FrontDoor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PopulationTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

  private final ConfigLoader loader = new ConfigLoader(Vocabulary.with(Set.of()));
  private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
  @TempDir Path folder;

  @Test
  void whoWaitsForAReloadDoesNotBringBackWhatWasBeforeIt() throws Exception {
    try (var door = FrontDoor.shut()) {
      var inForce = new InForce(config("old.test"));
      var store = new MemoryStore();
      var watch =
          new Watch(
              new CheckRunner(
                  List.of(),
                  (_, _) -> {
                    throw new AssertionError("nobody looks");
                  },
                  (_, _) -> {},
                  clock),
              store,
              new StateTable(),
              new Published(),
              new Deaf(),
              () -> false,
              clock,
              Wiring.terms(inForce.config()));
      var scheduler = new Scheduler(door.vertx(), Duration.ofHours(1), 1, new Random(1), _ -> {});
      var population =
          new Population(
              inForce,
              new Fleet(loader),
              store,
              watch,
              scheduler,
              new TickBook(store),
              new Happenings(new Events(NOW), clock));
      population.populate();
      Thread other;
      inForce.lock.lock();
      try {
        other = Thread.ofPlatform().start(population::populate);
        await().until(inForce.lock::hasQueuedThreads);
        inForce.replace(config("new.test"));
        population.populate();
      } finally {
        inForce.lock.unlock();
      }
      other.join();

      assertThat(watch.names()).containsExactly("new.test");
      scheduler.close();
    }
  }

  private MonitorConfig config(String domain) throws IOException {
    var file = folder.resolve("maildrift.yml");
    Files.writeString(file, "domains: [%s]\n".formatted(domain));
    return ((ConfigLoader.Loaded) loader.load(file)).config();
  }

  private static final class Deaf implements Watch.Listener {
    @Override
    public void looked(DomainState state) {}

    @Override
    public void changed(List<Transition> transitions) {}

    @Override
    public void confirm(String domain, Duration in) {}

    @Override
    public void sooner(String domain, Duration within) {}
  }
}
