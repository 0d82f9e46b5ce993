package maildrift.monitor.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import maildrift.monitor.config.Secret;
import maildrift.monitor.config.StoreConfig;
import maildrift.monitor.service.ServiceManager;
import maildrift.monitor.store.Login;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreFailure;
import maildrift.monitor.store.StoreInUse;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.store.Stores;
import maildrift.monitor.web.WebServer;
import maildrift.monitor.wiring.Signals;
import org.slf4j.event.Level;

/** Opens the daemon's store, or waits beside the daemon that has it, to take over from it. */
final class Standby {
  private static final long PACE_SECONDS = 2;

  private final StoreConfig settings;
  private final Clock clock;
  private String said = "";

  Standby(StoreConfig settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Empty where it was ended before it could take over.
   *
   * @throws StoreUnusable also where another one has the store and this one is not to stand by
   */
  Optional<StateStore> open(WebServer web, ServiceManager manager, CountDownLatch ended)
      throws StoreUnusable, InterruptedException {
    try {
      return Optional.of(open());
    } catch (StoreInUse other) {
      if (!settings.standby()) {
        throw other;
      }
      tell(other.fact());
    }
    Signals.on("TERM", () -> RunCommand.end(ended, 143));
    Signals.on("INT", () -> RunCommand.end(ended, 130));
    web.standBy(said);
    manager.ready(said);
    while (!ended.await(PACE_SECONDS, TimeUnit.SECONDS)) {
      manager.alive(said);
      try {
        var store = open();
        Logging.tell(Level.INFO, "takes over");
        return Optional.of(store);
      } catch (StoreInUse other) {
        tell(other.fact());
      } catch (StoreUnusable | StoreFailure away) {
        // The database may be away for a while; that ends no standby.
        tell(String.valueOf(away.getMessage()));
      }
      web.standBy(said);
    }
    return Optional.empty();
  }

  private StateStore open() throws StoreUnusable {
    return Stores.open(
        new Login(settings.url(), settings.username(), settings.password().map(Secret::reveal)),
        Path.of(""),
        clock);
  }

  private void tell(String why) {
    var what = "stands by: " + why;
    if (!what.equals(said)) {
      said = what;
      Logging.tell(Level.INFO, what);
    }
  }
}
