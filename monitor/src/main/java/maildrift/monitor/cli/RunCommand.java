package maildrift.monitor.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.HostPort;
import maildrift.monitor.config.HttpConfig;
import maildrift.monitor.config.WebConfig;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.store.Stores;
import maildrift.monitor.wiring.App;
import maildrift.monitor.wiring.Loading;
import maildrift.monitor.wiring.Signals;
import maildrift.probes.ProbeCatalog;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "run",
    description = {
      "The daemon.",
      "SIGHUP, POST /-/reload or a change of the files reloads the configuration; "
          + "SIGTERM ends it within 15 s. Resolvers, deadlines and the probes of a domain are in "
          + "the configuration (dns.resolvers, dns.timeout, skip)."
    },
    footer = {"", "Example: maildrift run --config maildrift.yml"})
final class RunCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The configuration.")
  @Nullable Path config;

  // Resolvers, deadlines and probes are the configuration's to say: it may change while the daemon
  // runs, and an option that a reload undoes would lie.
  @Option(
      names = "--ca-file",
      paramLabel = "PEM",
      description = "Trust these certificate authorities besides the system's.")
  @Nullable Path caFile;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say more on stderr.")
  boolean verbose;

  @Override
  public Integer call() throws InterruptedException {
    if (config == null) {
      throw new Failure("--config is missing");
    }
    Logging.set(verbose);
    var loader = Loading.loader();
    var result = loader.load(config);
    result
        .warnings()
        .forEach(warning -> System.err.println("warning: " + Terminal.safe(warning.toString())));
    return switch (result) {
      case ConfigLoader.Rejected rejected -> {
        rejected
            .problems()
            .forEach(problem -> System.err.println(Terminal.safe(problem.toString())));
        yield Exit.USAGE;
      }
      case ConfigLoader.Loaded loaded -> run(loaded, loader, config);
    };
  }

  private int run(ConfigLoader.Loaded loaded, ConfigLoader loader, Path file)
      throws InterruptedException {
    var clock = Clock.systemUTC();
    var ended = new CountDownLatch(1);
    try {
      var store = Stores.open(loaded.config().store().url(), Path.of(""), clock);
      try (var app =
          new App(
              loaded.config(),
              Optional.of(file),
              loaded.files(),
              loader,
              store,
              ProbeCatalog.of(Outside.anchors(Optional.ofNullable(caFile))),
              clock)) {
        Signals.on("TERM", ended::countDown);
        Signals.on("INT", ended::countDown);
        Signals.on("HUP", app::reload);
        var port = app.start();
        System.err.println(
            "maildrift %s watches %d domains; page and API at %s"
                .formatted(
                    Version.TEXT, app.domains().size(), address(loaded.config().http(), port)));
        ended.await();
      }
    } catch (StoreUnusable | IllegalStateException problem) {
      throw new Failure(String.valueOf(problem.getMessage()));
    }
    return Exit.OK;
  }

  /** Where the page is; the port is the one that was bound. */
  static String address(HttpConfig http, int port) {
    var tls = http.web().flatMap(WebConfig::tls).isPresent();
    return (tls ? "https://" : "http://") + new HostPort(http.listen().host(), port);
  }
}
