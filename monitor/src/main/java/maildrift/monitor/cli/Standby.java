package maildrift.monitor.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.Secret;
import maildrift.monitor.config.StoreConfig;
import maildrift.monitor.metrics.Metrics;
import maildrift.monitor.service.ServiceManager;
import maildrift.monitor.store.Login;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreAway;
import maildrift.monitor.store.StoreFailure;
import maildrift.monitor.store.StoreInUse;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.store.Stores;
import maildrift.monitor.web.WebServer;
import maildrift.monitor.wiring.Signals;
import org.slf4j.event.Level;

/**
 * Opens the daemon's store, or waits beside the daemon that has it, to take over from it. What the
 * configuration says of the store counts as it was at the start; of all else the last good one
 * counts when it takes over.
 */
final class Standby {
  private static final long PACE_SECONDS = 2;

  private final ConfigLoader loader;
  private final Path file;
  private final StoreConfig settings;
  private final WebServer web;
  private final ServiceManager manager;
  private final Clock clock;

  /** Held while the configuration is read, so that the last one read is the one that stays. */
  private final ReentrantLock reading = new ReentrantLock();

  private volatile ConfigLoader.Loaded loaded;
  private String said = "";

  Standby(
      ConfigLoader.Loaded first,
      ConfigLoader loader,
      Path file,
      WebServer web,
      ServiceManager manager,
      Clock clock) {
    this.loader = loader;
    this.file = file;
    this.web = web;
    this.manager = manager;
    this.settings = first.config().store();
    this.clock = clock;
    loaded = first;
  }

  /** What to put in force. */
  ConfigLoader.Loaded loaded() {
    return loaded;
  }

  /** Reads the configuration; one that cannot be used leaves the one before. */
  void reload() {
    reading.lock();
    manager.reloading();
    try {
      var result = loader.load(file);
      RunCommand.complain(result);
      if (result instanceof ConfigLoader.Loaded next) {
        if (!settings.opensAs(next.config().store())) {
          Logging.tell(
              Level.WARN,
              "what store.url, username, password and standby say counts after a restart");
        }
        var _ = web.serve(next.config().http());
        loaded = next;
      }
    } catch (WebServer.CannotServe problem) {
      Logging.tell(Level.ERROR, "configuration not reloaded: " + problem.getMessage());
    } finally {
      manager.reloaded();
      reading.unlock();
    }
  }

  /**
   * Empty where it was ended before it could take over.
   *
   * @throws StoreUnusable also where another one has the store and this one is not to stand by
   */
  Optional<StateStore> open(CountDownLatch ended) throws StoreUnusable, InterruptedException {
    try {
      return Optional.of(open());
    } catch (StoreInUse | StoreAway notYet) {
      if (!settings.standby()) {
        throw notYet;
      }
      tell(notYet);
    }
    Signals.on("TERM", () -> RunCommand.end(ended, 143));
    Signals.on("INT", () -> RunCommand.end(ended, 130));
    manager.standsBy(said);
    while (!ended.await(PACE_SECONDS, TimeUnit.SECONDS)) {
      manager.alive(said);
      try {
        var store = open();
        if (ended.getCount() == 0) {
          store.close();
          return Optional.empty();
        }
        Logging.tell(Level.INFO, "takes over");
        web.takesOver();
        // It may have waited for weeks.
        reload();
        return Optional.of(store);
      } catch (StoreUnusable | StoreFailure notYet) {
        // The database may be away for a while; that ends no standby.
        tell(notYet);
      }
    }
    return Optional.empty();
  }

  private StateStore open() throws StoreUnusable {
    return Stores.open(
        new Login(settings.url(), settings.username(), settings.password().map(Secret::reveal)),
        Path.of(""),
        clock);
  }

  /** Why is for the log: anybody may ask the web server, and who has the store is not his. */
  private void tell(Exception notYet) {
    var isInUse = notYet instanceof StoreInUse;
    web.standBy(
        isInUse ? "another maildrift has the store" : "the store cannot be opened",
        Metrics.standby(Version.TEXT));
    var why = notYet instanceof StoreInUse other ? other.fact() : notYet.getMessage();
    var what = "stands by: " + why;
    if (!what.equals(said)) {
      said = what;
      Logging.tell(Level.INFO, what);
    }
  }
}
