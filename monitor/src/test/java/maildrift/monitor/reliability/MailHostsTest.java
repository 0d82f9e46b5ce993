package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import maildrift.monitor.store.MemoryStore;
import maildrift.probes.smtp.FakeSmtp;
import maildrift.probes.smtp.server.MailServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mail hosts that are old, busy or out of reach: O10, O11. */
@Tag("reliability")
class MailHostsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final List<String> NETWORKS = List.of("127.0.0.1", "127.1.0.1", "127.2.0.1");

  @TempDir Path folder;

  private static Figures.Case of(String id, String what, String promise) {
    return Figures.Case.of(id, what, promise, MailHostsTest.class);
  }

  /** Domains whose mail hosts are looked at, on this port. */
  private Sky sky(int domains, int port) {
    return new Sky(
        folder,
        domains,
        TIMEOUT,
        new MemoryStore(),
        MailHostsTest::inAllNetworks,
        "schedule: {interval: 5m, confirm_after: 30s, confirmations: 2, unobservable_after: %s}"
            .formatted(Figures.isFull() ? "1h" : "25m"),
        "smtp: {port: %d, allow_private: true, timeout: 1s}".formatted(port),
        Sky.declared(domains, Sky.SKIP.replace("tls, ", "")));
  }

  /** Whoever listens at one address alone has the first domain's, and every third one's, host. */
  private static void inAllNetworks(Sky sky) {
    for (var i = 0; i < sky.domains.size(); i++) {
      sky.publish("mx1.%s A %s".formatted(sky.domains.get(i), NETWORKS.get(i % NETWORKS.size())));
    }
  }

  private static void live(Sky sky, int intervals) {
    for (var i = 0; i < intervals; i++) {
      sky.interval();
    }
  }

  private static boolean isTlsHidden(Sky sky, String domain) {
    return Objects.requireNonNull(sky.daemon.app().domain(domain).orElseThrow().probes().get("tls"))
        .hasGaps();
  }

  @Test
  void aHostThatOnlyKnowsTls10() throws Exception {
    Figures.measure(
        of(
            "O10",
            "an MX host whose STARTTLS ends in TLS 1.0 with SHA-1",
            "told as one that no modern client can negotiate with, not as one without STARTTLS"),
        () -> {
          try (var old = FakeSmtp.onlyTls10();
              var sky = sky(1, old.port())) {
            sky.calm();
            assertThat(sky.alarms(0))
                .containsExactly("firing tls.version d000.test mx1.d000.test:" + old.port());
            var said = sky.told(0).getFirst().annotation("summary");
            assertThat(said).contains("a modern client cannot negotiate with it");
            return said.replace(":" + old.port(), ":25");
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"451 4.7.1 Greylisted, try later", "421 4.3.2 Too many connections"})
  void aHostThatPutsEverybodyOff(String reply) throws Exception {
    var times = Figures.isFull() ? 5 : 1;
    var away = Figures.isFull() ? 10 : 4;
    Figures.measure(
        of(
            "O11-" + reply.substring(0, 3),
            "an MX host answers %s for %d min, is there for 10 min, and so on, %d times"
                .formatted(reply, 5 * away, times),
            "its TLS is unknown meanwhile, nobody hears of it"),
        () -> {
          var manner = new AtomicReference<FakeSmtp.Conversation>(MailHostsTest::politely);
          try (var host = FakeSmtp.of(peer -> Objects.requireNonNull(manner.get()).with(peer));
              var sky = sky(1, host.port())) {
            sky.calm();
            assertThat(sky.alarms(0)).allMatch(told -> told.startsWith("firing tls.starttls "));
            var before = sky.messages();
            for (var i = 0; i < times; i++) {
              manner.set(peer -> peer.say(reply + "\r\n"));
              live(sky, away);
              assertThat(sky.domains).allMatch(domain -> isTlsHidden(sky, domain));
              manner.set(MailHostsTest::politely);
              live(sky, 2);
              assertThat(sky.domains).noneMatch(domain -> isTlsHidden(sky, domain));
            }
            assertThat(sky.told(before)).isEmpty();
            return "unknown in %d of %d looks, 0 messages"
                .formatted(Math.round(sky.unknownRate() * sky.looks()), sky.looks());
          }
        });
  }

  /** Greets, and knows nothing of TLS. */
  private static void politely(FakeSmtp.Peer peer) throws java.io.IOException {
    peer.say("220 mx.test ESMTP\r\n");
    while (peer.hears()) {
      peer.say("250 mx.test\r\n");
    }
  }

  @Test
  void ourProviderClosesPort25() throws Exception {
    var domains = Figures.size("maildrift.reliability.domains", 6, 60);
    var intervals = Figures.isFull() ? 24 : 8;
    Figures.measure(
        of(
            "O11-port-25",
            "none of the mail hosts of %d domains in three networks can be reached for %d min, longer than unobservable_after, then all"
                .formatted(domains, 5 * intervals),
            "one alert says that the port is closed for us, nothing is said of a domain"),
        () -> {
          var servers = new ArrayList<MailServer>();
          var port = open(servers, 0);
          try (var sky = sky(domains, port)) {
            sky.calm();
            var before = sky.messages();
            servers.forEach(MailServer::close);
            live(sky, intervals);
            var firing = sky.own(before);
            assertThat(sky.alarms(before)).isEmpty();
            assertThat(firing).hasSize(1).allMatch(told -> told.startsWith("firing "));
            servers.clear();
            open(servers, port);
            live(sky, 3);
            assertThat(sky.alarms(before)).isEmpty();
            assertThat(sky.messages() - before).isLessThanOrEqualTo(2);
            return "%s; %d messages in all, 0 about domains"
                .formatted(String.join(", ", sky.own(before)), sky.messages() - before);
          } finally {
            servers.forEach(MailServer::close);
          }
        });
  }

  /** One server in each network, all at one port. */
  private static int open(List<MailServer> servers, int port) {
    var at = port;
    for (var address : NETWORKS) {
      var server =
          MailServer.start(
              InetAddress.ofLiteral(address), at, MailServer.Manner.named("mx.provider.test"));
      servers.add(server);
      at = server.port();
    }
    return at;
  }
}
