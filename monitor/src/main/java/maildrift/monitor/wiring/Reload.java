package maildrift.monitor.wiring;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.outbox.Notifier;
import maildrift.monitor.config.ConfigFiles;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.Problem;
import maildrift.monitor.metrics.Metrics;
import maildrift.monitor.metrics.Names;
import maildrift.monitor.service.ServiceManager;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.StoreFailure;
import maildrift.monitor.web.WebServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts another configuration in force, as a whole or not at all. What may be wrong with it is found
 * first: it is read, its receivers are made, and HTTP listens as it says, else all stays as it is.
 * Then it {@link InForce counts}, and its parts are {@link Steps taken over} one after the other.
 * That can fail only with the store, and is then tried again until all of it is in force. All under
 * the lock of {@link InForce}, so that one reload waits for another.
 */
final class Reload {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

  private final InForce inForce;
  private final Optional<Path> file;
  private final ConfigLoader loader;
  private final Supplier<ServiceManager> manager;
  private final OpenDoors doors;
  private final WebServer web;
  private final Tools tools;
  private final Happenings happenings;
  private final StateTable table;
  private final Clock clock;
  private final Steps steps;
  private volatile ConfigFiles files;
  private volatile boolean isApplied = true;
  private volatile Outcome outcome = Outcome.IN_FORCE;
  private volatile List<Problem> problems = List.of();
  private volatile Instant loadedAt;
  private volatile int port;

  /** What became of the file that was last read. */
  private enum Outcome {
    IN_FORCE(""),
    WAITS("; the last reload is not all in force yet, because the store fails; it is tried again"),
    REFUSED("; the last reload was refused, the log says why");

    private final String words;

    Outcome(String words) {
      this.words = words;
    }
  }

  /**
   * What puts a configuration in force, part by part; may be done again, and fails only with the
   * store.
   */
  @FunctionalInterface
  interface Steps {
    void take(MonitorConfig next, Map<String, Notifier> notifiers);
  }

  Reload(
      InForce inForce,
      Optional<Path> file,
      ConfigLoader loader,
      Supplier<ServiceManager> manager,
      OpenDoors doors,
      WebServer web,
      Tools tools,
      Happenings happenings,
      StateTable table,
      Clock clock,
      Steps steps,
      ConfigFiles files) {
    this.inForce = inForce;
    this.file = file;
    this.loader = loader;
    this.manager = manager;
    this.doors = doors;
    this.web = web;
    this.tools = tools;
    this.happenings = happenings;
    this.table = table;
    this.clock = clock;
    this.steps = steps;
    this.files = files;
    this.loadedAt = clock.instant();
  }

  /**
   * Listens on HTTP as configured.
   *
   * @return the port
   */
  int listen() {
    try {
      port = web.serve(inForce.config().http());
      return port;
    } catch (WebServer.CannotServe failure) {
      throw new IllegalStateException(failure.getMessage(), failure);
    }
  }

  /** The port that HTTP listens on. */
  int port() {
    return port;
  }

  /** For whoever asks the service manager, which knows of signals and not of their outcome. */
  String status() {
    return outcome.words;
  }

  /**
   * The same for whoever asks over HTTP: where the first problem is. Anybody may ask, so that what
   * it is stays in the log.
   */
  Optional<String> warning() {
    return switch (outcome) {
      case IN_FORCE -> Optional.empty();
      case WAITS ->
          Optional.of("not all of it is in force yet, because the store fails; it is tried again");
      case REFUSED ->
          Optional.of(
              "the last reload was refused, the configuration before stays in force"
                  + problems.stream().findFirst().map(first -> "; see " + place(first)).orElse(""));
    };
  }

  private static String place(Problem problem) {
    return "%s:%d:%d".formatted(problem.file(), problem.line(), problem.column());
  }

  /** Puts the first configuration in force. */
  void first() {
    inForce.lock.lock();
    try {
      steps.take(inForce.config(), inForce.config().alerts().notifiers(tools));
    } finally {
      inForce.lock.unlock();
    }
  }

  void meters(Metrics metrics) {
    metrics.gauge(Names.RELOAD_SUCCESSFUL, () -> outcome == Outcome.IN_FORCE ? 1 : 0);
    metrics.gauge(Names.RELOAD_TIME, () -> loadedAt.getEpochSecond());
  }

  /** Reads files that have changed; called now and then. */
  void changedFiles() {
    applyAgain();
    if (file.isPresent() && files.changed()) {
      LOG.info("the configuration changed on disk");
      reload();
    }
  }

  private void applyAgain() {
    if (isApplied) {
      return;
    }
    inForce.lock.lock();
    try {
      if (!isApplied) {
        var problems = applied(inForce.config(), inForce.config().alerts().notifiers(tools));
        LOG.info("the configuration was tried again: {} problems", problems.size());
      }
    } finally {
      inForce.lock.unlock();
    }
  }

  /** What is wrong with the configuration; empty: it is in force. */
  List<Problem> reload() {
    problems = file.map(this::reload).orElse(List.of());
    if (file.isPresent()) {
      happenings.reloaded(problems);
    }
    return problems;
  }

  private List<Problem> reload(Path from) {
    inForce.lock.lock();
    manager.get().reloading();
    try {
      var result = loader.load(from);
      files = result.files();
      return switch (result) {
        case ConfigLoader.Loaded loaded -> replace(loaded.config());
        case ConfigLoader.Rejected rejected -> {
          outcome = Outcome.REFUSED;
          rejected
              .problems()
              .forEach(problem -> LOG.error("configuration not reloaded: {}", problem));
          yield rejected.problems();
        }
      };
    } finally {
      manager.get().reloaded();
      inForce.lock.unlock();
    }
  }

  /**
   * Everything that may fail comes first, so that a configuration is in force as a whole or not at
   * all.
   */
  private List<Problem> replace(MonitorConfig next) {
    var old = inForce.config();
    var notifiers = next.alerts().notifiers(tools);
    try {
      port = web.serve(next.http());
    } catch (WebServer.CannotServe failure) {
      outcome = Outcome.REFUSED;
      LOG.error("configuration not reloaded: {}", failure.getMessage(), failure);
      return List.of(
          new Problem(file.orElseThrow().toString(), 1, 1, String.valueOf(failure.getMessage())));
    }
    if (OpenDoors.lookElsewhere(old, next)) {
      doors.replace(next);
    }
    inForce.replace(next);
    outcome = Outcome.WAITS;
    if (!old.store().opensAs(next.store())) {
      LOG.warn("what store.url, username, password and standby say counts after a restart");
    }
    return applied(next, notifiers);
  }

  /** What of it needs the store may fail; it is tried again until all of it is in force. */
  private List<Problem> applied(MonitorConfig next, Map<String, Notifier> notifiers) {
    isApplied = false;
    try {
      steps.take(next, notifiers);
    } catch (StoreFailure failure) {
      LOG.error("not all of the configuration is in force yet; it is tried again", failure);
      return List.of(
          new Problem(
              file.map(Object::toString).orElse(""),
              1,
              1,
              "not all of it is in force yet, because the store fails; it is tried again: "
                  + failure.getMessage()));
    }
    isApplied = true;
    // What was refused meanwhile still is.
    if (outcome == Outcome.WAITS) {
      outcome = Outcome.IN_FORCE;
    }
    loadedAt = clock.instant();
    LOG.info("configuration in force: {} domains", table.size());
    return List.of();
  }
}
