package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.monitor.reliability.Figures;
import maildrift.monitor.wiring.Daemon;
import maildrift.probes.dns.server.NameServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real daemon that is stopped like a paused machine, and goes on. */
@Tag("reliability")
class SuspendTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final int DOMAINS = 20;
  private static final int PAUSE = Figures.size("pause.seconds", 40, 600);

  @TempDir Path folder = Path.of(".");

  @Test
  void nothingExpiresDoublesOrHangsByAPause() throws Exception {
    var port = Child.freePort();
    try (var names = NameServer.start();
        var hook = Daemon.receiver();
        var beats = Daemon.receiver()) {
      var daemon = start(names, hook, beats, port);
      try {
        await().atMost(Duration.ofSeconds(90)).until(() -> !beats.got().isEmpty());
        await().atMost(Duration.ofSeconds(60)).until(() -> looks(port) >= DOMAINS);
        signal(daemon, "STOP");
        var beatsBefore = beats.got().size();
        Thread.sleep(Duration.ofSeconds(PAUSE));
        var beatsWhile = beats.got().size() - beatsBefore;
        var looksBefore = looksOfTheStopped;
        signal(daemon, "CONT");

        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> beats.got().size() > beatsBefore + beatsWhile);
        await().atMost(Duration.ofSeconds(30)).until(() -> looks(port) > looksBefore);
        Thread.sleep(Duration.ofSeconds(5));
        var caughtUp = looks(port) - looksBefore;
        var told = hook.got().size();

        assertThat(beatsWhile).isLessThanOrEqualTo(1);
        // An interval of two seconds: each domain once for the pause, then at its own pace.
        assertThat(caughtUp).isLessThan((double) DOMAINS * PAUSE / 2);
        assertThat(told).isZero();
        assertThat(metric(port, "maildrift_schedule_lag_seconds")).isLessThan(5);
        Figures.record(
            "C13-suspend",
            "a daemon of %d domains every 2 s is stopped (SIGSTOP) for %d s and goes on"
                .formatted(DOMAINS, PAUSE),
            "no false alert, no turn made up for more than once, dead-man's switch silent meanwhile and told again",
            "%d notifications, %.0f looks in the first seconds after (%d missed), %d beats meanwhile"
                .formatted(told, caughtUp, DOMAINS * PAUSE / 2, beatsWhile),
            true,
            "./verify --reliability -Dtest=SuspendTest");
      } finally {
        signal(daemon, "CONT");
        daemon.destroy();
        if (!daemon.waitFor(20, TimeUnit.SECONDS)) {
          daemon.destroyForcibly();
        }
      }
    }
  }

  private double looksOfTheStopped;

  private Process start(NameServer names, LoopbackHttp hook, LoopbackHttp beats, int port)
      throws Exception {
    var domains =
        IntStream.range(0, DOMAINS).mapToObj("d%02d.test"::formatted).collect(Collectors.toList());
    domains.forEach(
        domain ->
            names.add(domain + " 0 MX 10 mx1." + domain, "mx1." + domain + " 0 A 198.51.100.10"));
    var file = folder.resolve("maildrift.yml");
    Files.writeString(
        file,
        """
        dns: {resolvers: ["%s"], timeout: 2s}
        smtp: {allow_private: true}
        feeds: {m365-endpoints: {enabled: false}}
        http: {listen: "127.0.0.1:%d"}
        store: {url: "jdbc:h2:file:%s"}
        schedule: {interval: 2s, confirm_after: 1s, confirmations: 1, unobservable_after: %ds}
        alerts:
          group_wait: 0s
          receivers: {hook: {webhook: {url: "%s"}}}
          heartbeats: {deadman: {url: "%s", interval: 10s}}
        domains: [%s]
        """
            .formatted(
                names.hostAndPort(),
                port,
                folder.resolve("store"),
                PAUSE / 2,
                hook.uri("/"),
                beats.uri("/"),
                domains.stream()
                    .map(domain -> "{name: %s, %s}".formatted(domain, Daemon.ONLY_MX))
                    .collect(Collectors.joining(", "))));
    return new ProcessBuilder(Child.line(java.util.List.of(), "run", "--config", file.toString()))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  private static void signal(Process process, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, process.pid() + "").start().waitFor();
  }

  private double looks(int port) throws Exception {
    looksOfTheStopped = metric(port, "maildrift_probe_duration_seconds_count{probe=\"mx\"}");
    return looksOfTheStopped;
  }

  private static double metric(int port, String series) throws Exception {
    try {
      var body =
          CLIENT
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                      .timeout(Duration.ofSeconds(10))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      var found = Pattern.compile("(?m)^" + Pattern.quote(series) + " (\\S+)$").matcher(body);
      return found.find() ? Double.parseDouble(found.group(1)) : 0;
    } catch (java.io.IOException _) {
      return 0;
    }
  }
}
