package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.outbox.Deliveries;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.digest.Digests;
import maildrift.monitor.self.Presence;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.watch.Watch;
import maildrift.monitor.web.Backend;
import maildrift.monitor.web.FrontDoor;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.dns.server.NameServer;

/**
 * The whole daemon beside a name server and a webhook receiver on loopback. Its schedule is an
 * hour, so that turns are those that a test takes with {@link #look}; each record has a TTL of 0.
 */
public final class Daemon implements AutoCloseable {
  /** Probes that the domains of most tests leave out, so that only the MX records speak. */
  public static final String ONLY_MX =
      "skip: [spf, dkim, dmarc, tls, netblocks, mtasts, tlsrpt, records, caa, strays, dnssec, dane]";

  public static final Duration LONG = Duration.ofSeconds(60);

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  public final NameServer names;
  public final LoopbackHttp hook;
  public final Path file;
  private final App app;
  private final int port;
  private final TestClock clock;

  private Daemon(
      NameServer names,
      LoopbackHttp hook,
      Path file,
      StateStore store,
      TestClock clock,
      Presence presence) {
    this.clock = clock;
    this.names = names;
    this.hook = hook;
    this.file = file;
    var loader = Loading.loader();
    app =
        switch (loader.load(file)) {
          case ConfigLoader.Rejected rejected ->
              throw new IllegalArgumentException(rejected.problems().toString());
          case ConfigLoader.Loaded loaded ->
              new App(
                  loaded.config(),
                  Optional.of(file),
                  loaded.files(),
                  loader,
                  store,
                  ProbeCatalog.all(),
                  clock,
                  FrontDoor.shut(),
                  presence);
        };
    port = app.start();
  }

  /** The name server and the receiver of one test. */
  public static final class World implements AutoCloseable {
    public final NameServer names = NameServer.start().negativeTtl(Duration.ZERO);
    public final LoopbackHttp hook;
    private final Path folder;

    private Function<TestClock, Presence> presence = Presence::always;

    public World(Path folder) {
      this(folder, receiver());
    }

    public World(Path folder, LoopbackHttp hook) {
      this.folder = folder;
      this.hook = hook;
    }

    /** What the clock leaps over is a time in which the daemon was not there. */
    World asleep() {
      presence = Presence::of;
      return this;
    }

    /** Mail domains of which only the MX records are of interest. */
    public World with(String... domains) {
      for (var domain : domains) {
        names.add(
            domain + " 0 MX 10 mx1." + domain,
            "mx1." + domain + " 0 A 198.51.100.10",
            "mx2." + domain + " 0 A 198.51.100.11");
      }
      return this;
    }

    public void drift(String domain) {
      names.set(domain + " 0 MX 20 mx2." + domain);
    }

    public void driftAll(String... domains) {
      Stream.of(domains).forEach(this::drift);
    }

    public void restore(String domain) {
      names.set(domain + " 0 MX 10 mx1." + domain);
    }

    /** A daemon that has looked at everything once; {@code sections} are added to the usual. */
    public Daemon start(String... sections) {
      return start(new MemoryStore(), sections);
    }

    public Daemon start(StateStore store, String... sections) {
      return start(store, new TestClock(), sections);
    }

    public Daemon start(StateStore store, TestClock clock, String... sections) {
      var daemon = startUnseen(store, clock, sections);
      daemon.app.backend().domains().stream()
          .map(state -> state.domain().name().toString())
          .toList()
          .forEach(daemon::awaitFirstTurn);
      return daemon;
    }

    /** A daemon that looks at everything in its own time, or when {@link #turn} says so. */
    public Daemon startUnseen(StateStore store, TestClock clock, String... sections) {
      var file = folder.resolve("maildrift.yml");
      write(file, configuration(names, hook, sections));
      return new Daemon(names, hook, file, store, clock, presence.apply(clock));
    }

    @Override
    public void close() throws IOException {
      hook.close();
      names.close();
    }
  }

  public static LoopbackHttp receiver() {
    try {
      return new LoopbackHttp(_ -> LoopbackHttp.Answer.status(200));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The usual configuration; a section that a test gives replaces the usual one of that name. */
  private static String configuration(NameServer names, LoopbackHttp hook, String... sections) {
    var usual =
        List.of(
            "dns: {resolvers: [\"%s\"], timeout: 10s}".formatted(names.hostAndPort()),
            "smtp: {allow_private: true}",
            "feeds: {m365-endpoints: {enabled: false}}",
            "http: {listen: \"127.0.0.1:0\"}",
            "schedule: {interval: 1h, confirm_after: 1h, confirmations: 1}",
            """
            alerts:
              group_wait: 0s
              group_interval: 1s
              receivers: {hook: {webhook: {url: "%s"}}}
              routes: [{match: {}, receivers: [hook]}]
            """
                .formatted(hook.uri("/")));
    var text = new StringBuilder();
    for (var section : usual) {
      var key = section.substring(0, section.indexOf(':') + 1);
      if (Stream.of(sections).noneMatch(own -> own.startsWith(key))) {
        text.append(section.strip()).append('\n');
      }
    }
    for (var section : sections) {
      text.append(
              section.replace("@DNS@", names.hostAndPort()).replace("@HOOK@", "" + hook.uri("/")))
          .append('\n');
    }
    return text.toString();
  }

  /** Replaces the configuration file; nobody is told. */
  public void rewrite(String... sections) {
    write(file, configuration(names, hook, sections));
  }

  public static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** What it says to the service manager. */
  String status() {
    return app.status();
  }

  public Backend app() {
    return app.backend();
  }

  /** What it remembers of domains. */
  Watch watch() {
    return app.watch();
  }

  Deliveries deliveries() {
    return app.deliveries();
  }

  Digests digests() {
    return app.digests();
  }

  /** Afterwards only a test's own looks happen, for about an hour. */
  public void awaitFirstTurn(String domain) {
    await()
        .atMost(LONG)
        .until(
            () ->
                !app.backend().domain(domain).orElseThrow().isUnseen()
                    && (app.backend()
                                .config()
                                .schedule()
                                .interval()
                                .compareTo(Duration.ofMinutes(5))
                            < 0
                        || app.backend()
                            .nextCheck(domain)
                            .filter(at -> at.isAfter(Instant.now().plusSeconds(60)))
                            .isPresent()));
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Takes the domains' turns, each when what is pending can be confirmed. */
  public Daemon look(String... domains) {
    for (var domain : domains) {
      if (!alerts(Alert.Phase.PENDING).isEmpty()) {
        clock.advance(app.backend().config().schedule().confirmAfter());
      }
      assertThat(app.backend().check(domain)).isPresent();
    }
    return this;
  }

  /** Takes regular turns of domains, as many at once as the daemon does. */
  public void turn(Collection<String> domains) {
    try (var threads =
        Executors.newFixedThreadPool(Math.min(256, domains.size()), Thread.ofVirtual().factory())) {
      domains.forEach(domain -> threads.execute(() -> app.watch().turn(domain)));
    }
  }

  /** So much time passes: what was heard grows old, what is due is decided and told. */
  public void pass(Duration by) {
    clock.advance(by);
    app.passed(by);
    awaitQuiet();
  }

  /** What is owed by now has arrived; no receiver may be failing. */
  public void awaitQuiet() {
    await().pollInterval(Duration.ofMillis(1)).atMost(LONG).until(app::isQuiet);
  }

  public Instant now() {
    return clock.instant();
  }

  /** Firing alerts, as {@code rule subject}. */
  public List<String> firing() {
    return alerts(Alert.Phase.FIRING);
  }

  public List<String> alerts(Alert.Phase phase) {
    return app.backend().alerts().stream()
        .filter(alert -> alert.phase() == phase)
        .map(alert -> alert.labels().get("alertname") + " " + alert.labels().get("subject"))
        .sorted()
        .toList();
  }

  /** All notifications that the receiver was told so far. */
  public List<Notification> told() {
    return told(hook);
  }

  public static List<Notification> told(LoopbackHttp hook) {
    return hook.got().stream().map(got -> Notification.parse(got.body())).toList();
  }

  /** Waits until the receiver was told so often. */
  public List<Notification> told(int times) {
    await().atMost(LONG).until(() -> hook.got().size() >= times);
    return told();
  }

  /** Every item of every notification, as {@code status rule domain}. */
  public List<String> toldItems() {
    return items(told());
  }

  public static List<String> items(List<Notification> notifications) {
    var items = new ArrayList<String>();
    for (var notification : notifications) {
      for (var item : notification.items()) {
        items.add(
            "%s %s %s"
                .formatted(
                    item.isFiring() ? "firing" : "resolved",
                    item.labels().get("alertname"),
                    item.labels().get("domain")));
      }
    }
    return items;
  }

  public HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  public HttpResponse<String> post(String path, String body, String... headers) {
    return send("POST", path, body, headers);
  }

  public HttpResponse<String> send(String method, String path, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(uri(path))
            .timeout(LONG)
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (!body.isEmpty() && !List.of(headers).contains("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** Where it listens now. */
  public int port() {
    return app.port();
  }

  /** The value of a series as {@code /metrics} says it now; empty when there is none. */
  public Optional<String> metric(String series) {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .map(line -> line.substring(series.length() + 1))
        .findFirst();
  }

  @Override
  public void close() {
    app.close();
  }
}
