package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.store.Stores;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.smtp.server.MailServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One cause that hits many domains at once is a handful of messages (D4). */
@Tag("reliability")
class StormTest {
  private static final int MOST = 5;
  private static final Duration TIMEOUT = Duration.ofMillis(Figures.isFull() ? 1000 : 300);
  private static final String SOON =
      "schedule: {interval: 5m, confirm_after: 30s, confirmations: 2, unobservable_after: 15m}";

  @TempDir Path folder;

  private static Figures.Case of(String id, String what, String promise) {
    return Figures.Case.of("D4-" + id, what, promise, StormTest.class);
  }

  private static void live(Sky sky, int intervals) {
    for (var i = 0; i < intervals; i++) {
      sky.interval();
    }
  }

  private static void assertNobodyFailed(Sky sky) {
    assertThat(sky.daemon.app().domains())
        .allMatch(state -> !state.verdict().word().equals("fail"));
  }

  private static void behindOneHost(Sky sky) {
    sky.publish("mx.provider.test A 127.0.0.1");
    sky.domains.forEach(domain -> sky.publish(domain + " MX 10 mx.provider.test"));
  }

  @Test
  void theResolversDie() throws Exception {
    var domains = Figures.size("maildrift.reliability.storm", 40, 1000);
    Figures.measure(
        of(
            "resolvers",
            "the resolvers of %d domains are silent for 30 min (unobservable_after 15 min) and come back; restarted in the middle"
                .formatted(domains),
            "at most 5 messages altogether, none of them about a domain"),
        () -> {
          var url = "jdbc:h2:file:./storm";
          try (var sky =
              new Sky(
                  folder, domains, TIMEOUT, Stores.open(url, folder, Clock.systemUTC()), SOON)) {
            sky.calm();
            var before = sky.messages();
            sky.everywhere(server -> server.faults(Fault.SILENT));
            live(sky, 4);
            sky.daemon.close();
            sky.restart(Stores.open(url, folder, Clock.systemUTC()), SOON);
            live(sky, 2);
            assertNobodyFailed(sky);
            sky.everywhere(server -> server.heal());
            live(sky, 3);
            assertNobodyFailed(sky);
            assertThat(sky.alarms(before)).isEmpty();
            assertThat(sky.own(before)).isNotEmpty();
            assertThat(sky.messages() - before).isLessThanOrEqualTo(MOST);
            return "%d messages: %s"
                .formatted(sky.messages() - before, String.join(", ", sky.own(before)));
          }
        });
  }

  @Test
  void oneMailHostDies() throws Exception {
    var domains = Figures.size("maildrift.reliability.storm", 40, 1000);
    Figures.measure(
        of(
            "mail-host",
            "the mail host of %d domains answers no more for 30 min (unobservable_after 15 min) and comes back"
                .formatted(domains),
            "at most 5 messages altogether, no domain fails"),
        () -> {
          var address = InetAddress.ofLiteral("127.0.0.1");
          var host = MailServer.start(address, 0, MailServer.Manner.named("mx.provider.test"));
          try (var sky =
              new Sky(
                  folder,
                  domains,
                  TIMEOUT,
                  new MemoryStore(),
                  StormTest::behindOneHost,
                  SOON,
                  "smtp: {port: %d, allow_private: true}".formatted(host.port()),
                  Sky.declared(domains, Sky.SKIP.replace("tls, ", "")))) {
            sky.calm();
            var before = sky.messages();
            assertThat(sky.alarms(0)).anyMatch(told -> told.contains("tls.starttls"));
            host.close();
            live(sky, 6);
            assertNobodyFailed(sky);
            var dead = sky.messages() - before;
            var alive =
                MailServer.start(address, host.port(), MailServer.Manner.named("mx.provider.test"));
            try (alive) {
              live(sky, 4);
            }
            assertNobodyFailed(sky);
            // What else is wrong with the host is told with it.
            assertThat(sky.alarms(before))
                .anyMatch(told -> told.startsWith("firing probe.unobservable "))
                .allMatch(
                    told ->
                        told.contains(" probe.unobservable ") || told.contains(" tls.starttls "));
            assertThat(sky.messages() - before).isLessThanOrEqualTo(MOST);
            return "%d messages while it was dead, %d when it was back, %d domains named"
                .formatted(
                    dead,
                    sky.messages() - before - dead,
                    sky.told(before).stream()
                        .map(item -> item.labels().get("domain"))
                        .distinct()
                        .count());
          }
        });
  }

  @Test
  void oneNameServerOfHalfTheDomainsDies() throws Exception {
    var domains = Figures.size("maildrift.reliability.storm", 40, 1000);
    Figures.measure(
        of(
            "name-server",
            "the name servers of %d of %d domains die for 30 min (unobservable_after 15 min) and come back: the resolvers say SERVFAIL"
                .formatted(domains / 2, domains),
            "at most 5 messages altogether, no domain fails"),
        () -> {
          try (var sky = new Sky(folder, domains, TIMEOUT, new MemoryStore(), SOON)) {
            sky.calm();
            var before = sky.messages();
            var hit = sky.domains.subList(0, domains / 2);
            sky.everywhere(
                server ->
                    hit.forEach(
                        domain ->
                            List.of("", "mx1.", "_dmarc.", "s1._domainkey.", "_smtp._tls.")
                                .forEach(name -> server.fault(name + domain, Fault.SERVFAIL))));
            live(sky, 6);
            assertNobodyFailed(sky);
            var dead = sky.messages() - before;
            sky.everywhere(server -> server.heal());
            live(sky, 3);
            assertNobodyFailed(sky);
            assertThat(sky.alarms(before))
                .isNotEmpty()
                .allMatch(told -> told.contains(" probe.unobservable "));
            assertThat(sky.messages() - before).isLessThanOrEqualTo(MOST);
            return "%d messages while they were dead, %d when they were back"
                .formatted(dead, sky.messages() - before - dead);
          }
        });
  }
}
