package maildrift.monitor.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.store.Stores;
import maildrift.monitor.web.Backend;
import maildrift.monitor.wiring.App;
import maildrift.monitor.wiring.Loading;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.tls.TrustAnchors;

/** The whole daemon on its real store, as {@code maildrift run} builds it. */
final class Daemon implements AutoCloseable {
  private final App app;

  /**
   * Starts it.
   *
   * @param root trusted besides the system's
   */
  Daemon(Path folder, String configuration, Path root) throws IOException, StoreUnusable {
    this(folder, configuration, root, Clock.systemUTC());
  }

  /** By a clock that the test moves. */
  Daemon(Path folder, String configuration, Path root, Clock clock)
      throws IOException, StoreUnusable {
    var file = folder.resolve("maildrift.yml");
    Nsd.write(file, configuration);
    var loader = Loading.loader();
    var loaded =
        switch (loader.load(file)) {
          case ConfigLoader.Loaded valid -> valid;
          case ConfigLoader.Rejected rejected ->
              throw new IllegalArgumentException(rejected.problems().toString());
        };
    app =
        new App(
            loaded.config(),
            Optional.of(file),
            loaded.files(),
            loader,
            Stores.open(loaded.config().store().url(), folder, clock),
            ProbeCatalog.of(TrustAnchors.systemAnd(root)),
            clock);
    app.start();
  }

  Backend app() {
    return app.backend();
  }

  int port() {
    return app.port();
  }

  @Override
  public void close() {
    app.close();
  }
}
