package maildrift.monitor.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.HostPort;
import maildrift.monitor.config.HttpConfig;
import maildrift.monitor.config.Overrides;
import maildrift.monitor.config.WebConfig;
import maildrift.monitor.service.ServiceManager;
import maildrift.monitor.store.StoreFailure;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.web.FrontDoor;
import maildrift.monitor.web.WebServer;
import maildrift.monitor.wiring.App;
import maildrift.monitor.wiring.Loading;
import maildrift.monitor.wiring.Signals;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
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
      description = "As --log-level debug --log-looks info.")
  boolean verbose;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "How much is logged on stderr: ${COMPLETION-CANDIDATES}. Default: info.")
  Logging.@Nullable Amount logLevel;

  @Option(
      names = "--log-looks",
      paramLabel = "LEVEL",
      description =
          "How much of what looks at domains find is logged besides, by the logger maildrift.looks: info a line a"
              + " look, debug a line a probe. Default: off.")
  Logging.@Nullable Amount logLooks;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "text, or json: one object a line. Default: text.")
  Logging.@Nullable Format logFormat;

  @Option(
      names = "--print-config",
      description =
          "Print the configuration that would be in force and end: files, environment and command line together, with"
              + " defaults and without secrets.")
  boolean printConfig;

  @Override
  public Integer call() throws InterruptedException {
    if (config == null) {
      throw new Failure("--config is missing");
    }
    Logging.set(
        verbose
            ? Logging.Amount.DEBUG
            : Logging.said(logLevel, "MAILDRIFT_LOG_LEVEL", Logging.Amount.INFO),
        Logging.said(
            logLooks, "MAILDRIFT_LOG_LOOKS", verbose ? Logging.Amount.INFO : Logging.Amount.OFF),
        Logging.said(logFormat, "MAILDRIFT_LOG_FORMAT", Logging.Format.TEXT));
    var loader = Loading.loader().overriding(overrides());
    if (printConfig) {
      return print(Loading.besideTheDaemon().overriding(overrides()).show(config));
    }
    var manager = ServiceManager.of(System.getenv(), ProcessHandle.current().pid());
    manager.starting();
    return run(loader.load(config), loader, config, manager);
  }

  private static int print(ConfigLoader.Shown shown) {
    shown.yaml().ifPresent(System.out::print);
    complain(shown.result());
    return shown.yaml().isPresent() ? Exit.OK : Exit.USAGE;
  }

  private int run(
      ConfigLoader.Result result, ConfigLoader loader, Path file, ServiceManager manager)
      throws InterruptedException {
    complain(result);
    return switch (result) {
      case ConfigLoader.Rejected rejected -> {
        manager.failed("the configuration has %d problems".formatted(rejected.problems().size()));
        yield Exit.USAGE;
      }
      case ConfigLoader.Loaded loaded -> run(loaded, loader, file, manager);
    };
  }

  static void complain(ConfigLoader.Result result) {
    result.warnings().forEach(warning -> Logging.tell(Level.WARN, "warning: " + warning));
    if (result instanceof ConfigLoader.Rejected rejected) {
      rejected.problems().forEach(problem -> Logging.tell(Level.ERROR, problem.toString()));
    }
  }

  private Overrides overrides() {
    return new Overrides(
        Arguments.servers("--dns", dns),
        Optional.ofNullable(timeout).map(text -> Arguments.questionTimeout("--timeout", text)),
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

  private int run(ConfigLoader.Loaded first, ConfigLoader loader, Path file, ServiceManager manager)
      throws InterruptedException {
    var clock = Clock.systemUTC();
    var ended = new CountDownLatch(1);
    try (var door = FrontDoor.open(first.config().http())) {
      manager.stage("opens the store");
      var standby = new Standby(first, loader, file, door.web(), manager, clock);
      Signals.on("HUP", standby::reload);
      var store = standby.open(ended);
      if (store.isEmpty()) {
        return Exit.OK;
      }
      var taken = new CompletableFuture<String>();
      store
          .get()
          .whenTaken(
              why -> {
                taken.complete(why);
                ended.countDown();
              });
      var loaded = standby.loaded();
      try (var app =
          new App(
              loaded.config(),
              Optional.of(file),
              loaded.files(),
              loader,
              store.get(),
              probes(),
              clock,
              door)) {
        Signals.on("TERM", () -> end(ended, 143));
        Signals.on("INT", () -> end(ended, 130));
        Signals.on("HUP", app::reload);
        app.supervisedBy(manager);
        var port = app.start();
        var watched = app.backend().domains().size();
        Logging.tell(
            Level.INFO,
            "maildrift %s watches %d domain%s; page and API at %s"
                .formatted(
                    Version.TEXT,
                    watched,
                    watched == 1 ? "" : "s",
                    address(loaded.config().http(), port)));
        ended.await();
      }
      if (taken.isDone()) {
        manager.unwell(taken.join());
        throw new Failure(taken.join());
      }
    } catch (WebServer.CannotServe | StoreUnusable | StoreFailure | IllegalStateException problem) {
      manager.failed(String.valueOf(problem.getMessage()));
      throw new Failure(String.valueOf(problem.getMessage()));
    }
    return Exit.OK;
  }

  /**
   * The first signal asks it to end. Who sends another does not want to wait; what was acknowledged
   * is on the disk already.
   */
  static void end(CountDownLatch ended, int code) {
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
