package maildrift.monitor.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.HostPort;
import maildrift.monitor.config.HttpConfig;
import maildrift.monitor.config.Overrides;
import maildrift.monitor.config.WebConfig;
import maildrift.monitor.store.StoreFailure;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.store.Stores;
import maildrift.monitor.web.FrontDoor;
import maildrift.monitor.web.WebServer;
import maildrift.monitor.wiring.App;
import maildrift.monitor.wiring.Loading;
import maildrift.monitor.wiring.Signals;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "run",
    description = {
      "The daemon.",
      "SIGHUP, POST /-/reload or a change of the files reloads the configuration; "
          + "SIGTERM ends it within 15 s, a second one at once. --dns, --timeout, --only and --skip say what they say over "
          + "the configuration, and over each one that a reload brings."
    },
    footer = {"", "Example: maildrift run --config maildrift.yml"})
final class RunCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The configuration.")
  @Nullable Path config;

  @Option(
      names = "--dns",
      split = ",",
      paramLabel = "HOST[:PORT]",
      description =
          "Ask these resolvers instead of dns.resolvers, and nothing else: dns.confirm_with and the "
              + "authoritative servers are not asked for a second opinion.")
  List<String> dns = List.of();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description =
          "Instead of dns.timeout: one question's whole deadline, retries and TCP included.")
  @Nullable String timeout;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PROBE",
      description = "Run only these probes, for every domain.")
  List<String> only = List.of();

  @Option(
      names = "--skip",
      split = ",",
      paramLabel = "PROBE",
      description = "Leave these probes out, for every domain, besides those that a domain skips.")
  List<String> skip = List.of();

  @Option(
      names = "--ca-file",
      paramLabel = "PEM",
      description = "Trust these certificate authorities of mail hosts besides the system's.")
  @Nullable Path caFile;

  @Option(
      names = {"-v", "--verbose"},
      description = "Log more on stderr: every look, too.")
  boolean verbose;

  @Override
  public Integer call() throws InterruptedException {
    if (config == null) {
      throw new Failure("--config is missing");
    }
    Logging.set(verbose);
    var loader = Loading.loader().overriding(overrides());
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

  private Overrides overrides() {
    return new Overrides(
        Arguments.servers("--dns", dns),
        Optional.ofNullable(timeout).map(text -> Arguments.duration("--timeout", text)),
        new ProbeChoice(only, skip).skipped());
  }

  /** Those of {@code --only}. What they look at besides, as dane does at mail hosts, they may. */
  private List<Probe<?>> probes() {
    var choice = new ProbeChoice(only, List.of());
    return ProbeCatalog.of(Outside.anchors(Optional.ofNullable(caFile))).stream()
        .<Probe<?>>map(probe -> probe)
        .filter(probe -> choice.wants(probe.name()))
        .toList();
  }

  private int run(ConfigLoader.Loaded loaded, ConfigLoader loader, Path file)
      throws InterruptedException {
    var clock = Clock.systemUTC();
    var ended = new CountDownLatch(1);
    try (var door = FrontDoor.open(loaded.config().http())) {
      var store = Stores.open(loaded.config().store().url(), Path.of(""), clock);
      try (var app =
          new App(
              loaded.config(),
              Optional.of(file),
              loaded.files(),
              loader,
              store,
              probes(),
              clock,
              door)) {
        Signals.on("TERM", () -> end(ended, 143));
        Signals.on("INT", () -> end(ended, 130));
        Signals.on("HUP", app::reload);
        var port = app.start();
        System.err.println(
            "maildrift %s watches %d domains; page and API at %s"
                .formatted(
                    Version.TEXT, app.domains().size(), address(loaded.config().http(), port)));
        ended.await();
      }
    } catch (WebServer.CannotServe | StoreUnusable | StoreFailure | IllegalStateException problem) {
      throw new Failure(String.valueOf(problem.getMessage()));
    }
    return Exit.OK;
  }

  /**
   * The first signal asks it to end. Who sends another does not want to wait; what was acknowledged
   * is on the disk already.
   */
  private static void end(CountDownLatch ended, int code) {
    if (ended.getCount() == 0) {
      Runtime.getRuntime().halt(code);
    }
    ended.countDown();
  }

  /** Where the page is; the port is the one that was bound. */
  static String address(HttpConfig http, int port) {
    var tls = http.web().flatMap(WebConfig::tls).isPresent();
    return (tls ? "https://" : "http://") + new HostPort(http.listen().host(), port);
  }
}
