package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import maildrift.monitor.reliability.Figures;
import maildrift.monitor.store.MemoryStore;
import maildrift.probes.smtp.server.MailServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A port 25 that is closed for us everywhere is our own problem. */
@Tag("reliability")
class MailPortDaemonTest {
  private static final String ONLY_TLS =
      "skip: [spf, dkim, dmarc, netblocks, mtasts, tlsrpt, records, caa, strays, dnssec, dane, zone]";

  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private Daemon.World world;

  @BeforeEach
  void open() {
    world = new Daemon.World(folder);
    for (var domain : List.of("one", "two", "three")) {
      world.names.add(domain + ".test 0 MX 10 mx." + domain + ".test");
    }
    world.names.add(
        "mx.one.test 0 A 127.0.0.1", "mx.two.test 0 A 127.1.0.1", "mx.three.test 0 A 127.2.0.1");
  }

  @AfterEach
  void close() throws IOException {
    world.close();
  }

  private static int closedPort() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return free.getLocalPort();
    }
  }

  @Test
  void itIsSaidOnceAndNoDomainIsBlamed() throws Exception {
    Figures.measure(
        Figures.Case.of(
            "O11-port",
            "port 25 is closed for us: no mail host of three domains can be reached",
            "one alert that names the port, none per domain; over when somebody answers",
            MailPortDaemonTest.class),
        this::closed);
  }

  private String closed() throws IOException {
    var port = closedPort();
    var domains =
        "domains: [{name: one.test, %1$s}, {name: two.test, %1$s}, {name: three.test, %1$s}]"
            .formatted(ONLY_TLS);
    try (var daemon =
        world.start(
            new MemoryStore(),
            clock,
            domains,
            "smtp: {allow_private: true, port: %d, timeout: 2s}".formatted(port),
            "schedule: {interval: 1h, confirm_after: 1h, confirmations: 1, unobservable_after: 1m}")) {
      await()
          .atMost(Daemon.LONG)
          .until(() -> daemon.firing().equals(List.of("smtp.blocked port " + port)));
      clock.advance(Duration.ofMinutes(30));
      daemon.look("one.test", "two.test", "three.test");
      assertThat(daemon.firing()).containsExactly("smtp.blocked port " + port);

      try (var _ =
          MailServer.start(
              InetAddress.ofLiteral("127.0.0.1"), port, MailServer.Manner.named("mx.one.test"))) {
        daemon.look("one.test");
        await()
            .atMost(Daemon.LONG)
            .until(() -> daemon.firing().stream().noneMatch(one -> one.startsWith("smtp.blocked")));
      }
      return "1 alert, no domain blamed, over when a server answered";
    }
  }
}
