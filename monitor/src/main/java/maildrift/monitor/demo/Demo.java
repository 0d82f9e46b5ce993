package maildrift.monitor.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import maildrift.alerts.Notification;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.wiring.App;
import maildrift.monitor.wiring.Loading;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.tls.TrustAnchors;

/**
 * The demo: the world, the daemon beside it, and a script that lets records drift and be put right
 * again.
 */
public final class Demo implements AutoCloseable {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final int PREFERRED_PORT = 8425;
  private static final String AUTHORITY = "ca.pem";
  private static final int FIRST_DOMAINS = 20;
  private static final String MIGRATIONS = "@MIGRATIONS@";
  private static final Duration WINDOW = Duration.ofDays(3);

  private final Consumer<String> say;
  private final Duration pace;
  private final World world;
  private final Hook hook;
  private final Path folder;
  private final Path file;
  private final String template;
  private final App app;
  private final Semaphore goOn = new Semaphore(0);
  private volatile boolean ended;

  /** One thing that happens. */
  private record Step(String what, Runnable change) {}

  /**
   * Starts everything.
   *
   * @param port for the page; 0: the usual one, or any that is free
   * @param pace between two steps of the script
   * @param say prints a line; must take only text that a terminal may see
   * @throws IOException when the temporary folder cannot be written
   */
  public Demo(int port, Duration pace, Consumer<String> say) throws IOException {
    this.say = say;
    this.pace = pace;
    world = new World();
    hook = new Hook(this::heard);
    folder = Files.createTempDirectory("maildrift-demo");
    file = folder.resolve("maildrift.yml");
    template = configuration(port == 0 ? free() : port);
    Files.writeString(file, template.replace(MIGRATIONS, ""));
    Files.writeString(folder.resolve(AUTHORITY), world.ca.pem());
    var loader = Loading.loader();
    var loaded =
        switch (loader.load(file)) {
          case ConfigLoader.Loaded valid -> valid;
          case ConfigLoader.Rejected rejected ->
              throw new IllegalStateException("the demo's configuration: " + rejected.problems());
        };
    app =
        new App(
            loaded.config(),
            Optional.of(file),
            loaded.files(),
            loader,
            new MemoryStore(),
            ProbeCatalog.of(TrustAnchors.systemAnd(List.of(world.ca.root()))),
            Clock.systemUTC());
  }

  private String configuration(int port) throws IOException {
    try (var in = Demo.class.getResourceAsStream("/demo/maildrift.yml")) {
      if (in == null) {
        throw new IllegalStateException("the demo's configuration is missing from the build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("@MOVING@", "\"" + world.moving.hostAndPort() + "\"")
          .replace("@DNS@", "\"" + world.names.hostAndPort() + "\"")
          .replace("@SMTP@", "" + world.smtpPort)
          .replace("@HTTP@", "" + port)
          .replace("@HOOK@", "" + hook.port());
    }
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), PREFERRED_PORT));
      return PREFERRED_PORT;
    } catch (IOException _) {
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      }
    }
  }

  /**
   * Runs until {@link #end}, or once through the script.
   *
   * @param once end after the script's last step
   */
  public void run(boolean once) throws InterruptedException {
    var port = app.start();
    say.accept(
        "maildrift's demo: seven mail domains on this machine, watched every second; nothing leaves it.");
    say.accept("");
    say.accept("  page      http://127.0.0.1:" + port);
    say.accept("  metrics   http://127.0.0.1:%d/metrics".formatted(port));
    say.accept("  config    " + folder.resolve("maildrift.yml"));
    // The authority of its mail hosts is nobody else's.
    say.accept(
        "  look      %s check contoso.tld --config %s --ca-file %s"
            .formatted(
                System.getenv().getOrDefault("DEMO_STARTED_AS", "maildrift"),
                folder.resolve("maildrift.yml"),
                folder.resolve(AUTHORITY)));
    say.accept("");
    say.accept(
        "Every " + pace.toSeconds() + " s something drifts, or is put right. Ctrl-C ends it.");
    say.accept("");
    if (isEndedAfterPause()) {
      return;
    }
    // A domain moves once.
    if (isEndedAfter(migration())) {
      return;
    }
    while (!isEndedAfter(script())) {
      if (once) {
        return;
      }
    }
  }

  private boolean isEndedAfter(List<Step> steps) throws InterruptedException {
    for (var step : steps) {
      said("drift    ", step.what());
      step.change().run();
      if (isEndedAfterPause()) {
        return true;
      }
    }
    return false;
  }

  /**
   * A whole migration. It takes days; here the declared start is moved, as an operator might move
   * it, instead of the clock.
   */
  private List<Step> migration() {
    return List.of(
        new Step(
            "northwind.tld is to move from Microsoft 365 to the gateway in two hours, but its MX and SPF have a TTL of an hour",
            () -> declare(Duration.ofHours(2))),
        new Step("northwind.tld publishes MX and SPF with a TTL of 60 s", world::lowTtl),
        new Step(
            "two hours later: the window begins, and the zone of northwind.tld has the new MX; the resolver has the old one",
            () -> {
              declare(Duration.ZERO);
              world.newMxAtTheSource();
            }),
        new Step("the resolver has the new MX of northwind.tld, too", world::newMxEverywhere),
        new Step(
            "three days later: the window is over, and the SPF record of northwind.tld still includes Microsoft 365",
            () -> declare(WINDOW.negated().minusSeconds(1))),
        new Step("northwind.tld no longer includes Microsoft 365", world::oldIncludeRemoved));
  }

  /** Declares the migration anew, so long from now; the daemon takes it up as after any edit. */
  private void declare(Duration in) {
    var migration =
        "migrations: [{domains: [%s], start: %s, window: %dh, from: {name: microsoft365, role: inbound}, to: {name: seppmail, gateway: secure, role: inbound}, mailboxes: move, checklist: seppmail-inline, reason: parallel to inline}]"
            .formatted(
                World.MOVING,
                Instant.now().plus(in).truncatedTo(ChronoUnit.SECONDS),
                WINDOW.toHours());
    try {
      Files.writeString(file, template.replace(MIGRATIONS, migration));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    var problems = app.reload();
    if (!problems.isEmpty()) {
      throw new IllegalStateException("the demo's configuration: " + problems);
    }
  }

  private boolean isEndedAfterPause() throws InterruptedException {
    var _ = goOn.tryAcquire(pace.toMillis(), TimeUnit.MILLISECONDS);
    return ended;
  }

  private List<Step> script() {
    return List.of(
        new Step(
            "Mimecast adds a network: %s now publishes 198.51.100.0/24, too"
                .formatted(World.NETBLOCKS),
            () -> world.netblocksWith("198.51.100.0/24")),
        new Step("Mimecast withdraws 198.51.100.0/24 again", world::netblocksAsDocumented),
        new Step("somebody adds MX 20 mx.stranger.tld to contoso.tld", world::strangeMx),
        new Step("the MX of contoso.tld is put right", world::mxAsItShouldBe),
        new Step("the DKIM key of firma.tld is replaced by another one", world::otherKey),
        new Step("the DKIM key of firma.tld is mail-connect's again", world::sharedKey),
        new Step(
            "team.tld gets the autoconfig record of PRO, which TEAM forbids",
            world::forbiddenRecord),
        new Step("the autoconfig record of team.tld is removed", world::noForbiddenRecord),
        new Step(
            "the gateway secure.secmail.tld presents a certificate with the wrong CN",
            world::wrongCertificate),
        new Step("the gateway has the right certificate again", world::rightCertificate),
        new Step(
            "the resolver stops answering: maildrift must raise nothing, and resolve nothing",
            () -> world.names.faults(Fault.SILENT)),
        new Step("the resolver answers again", () -> world.names.heal()));
  }

  private void heard(Notification notification) {
    if (!notification.resolved().isEmpty()) {
      told("resolved ", notification.resolved());
    }
    if (!notification.firing().isEmpty()) {
      told("FIRING   ", notification.firing());
      var first = notification.firing().getFirst();
      each("         ", first.annotation("summary"));
      if (!first.annotation("diff").isEmpty()) {
        each("             ", first.annotation("diff"));
      }
      if (!first.annotation("remedy").isEmpty()) {
        each("         fix: ", first.annotation("remedy"));
      }
    }
  }

  private void told(String status, List<Notification.Item> items) {
    var rules = new TreeSet<String>();
    var domains = new TreeSet<String>();
    items.forEach(
        item -> {
          rules.add(item.labels().get("alertname") + " (" + item.labels().get("severity") + ")");
          domains.add(item.labels().get("domain"));
        });
    said(
        status,
        "%s · %s · cause %s"
            .formatted(
                String.join(", ", rules),
                String.join(", ", domains.stream().limit(FIRST_DOMAINS).toList()),
                items.getFirst().labels().get("cause")));
  }

  private void each(String indent, String text) {
    text.lines().forEach(line -> say.accept("         " + indent + line));
  }

  private void said(String what, String text) {
    say.accept(
        LocalTime.now(java.time.ZoneId.systemDefault()).format(TIME) + "  " + what + " " + text);
  }

  /** Ends {@link #run} soon. */
  public void end() {
    ended = true;
    goOn.release();
  }

  /** Ends the pause after the present step, for tests that have seen what they waited for. */
  void next() {
    goOn.release();
  }

  @Override
  public void close() {
    end();
    app.close();
    hook.close();
    world.close();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException failure) {
      say.accept("the folder %s could not be removed: %s".formatted(folder, failure.getMessage()));
    }
  }
}
