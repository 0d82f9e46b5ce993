package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import maildrift.monitor.store.MemoryStore;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A resolver that goes on saying what the authoritative servers deny blames nobody but itself. */
class LyingResolverTest {
  private static final String CONTOSO =
      "domains: [{name: contoso.test, %s}]".formatted(Daemon.ONLY_MX);
  private static final String TWO_LOOKS =
      "schedule: {interval: 1h, confirm_after: 10m, confirmations: 2}";
  private static final String LIES = "resolver.contradicted resolvers";

  @TempDir Path folder;

  private Daemon.World world;
  private NameServer authoritative;

  @BeforeEach
  void open() {
    world = new Daemon.World(folder).with("contoso.test");
    authoritative =
        NameServer.start()
            .negativeTtl(Duration.ZERO)
            .add("contoso.test 0 MX 10 mx1.contoso.test", "mx1.contoso.test 0 A 198.51.100.10");
  }

  @AfterEach
  void close() throws IOException {
    authoritative.close();
    world.close();
  }

  private Daemon start() {
    return world.start(
        new MemoryStore(),
        CONTOSO,
        TWO_LOOKS,
        "dns: {resolvers: [\"@DNS@\"], timeout: 1s, authoritative: {contoso.test: [\"%s\"]}}"
            .formatted(authoritative.hostAndPort()));
  }

  /** A regular look that doubts, and the one that checks it. */
  private static void lie(Daemon daemon, int times) {
    for (var i = 0; i < times; i++) {
      daemon.look("contoso.test", "contoso.test");
    }
  }

  @Test
  void itIsToldOfOnceAndNoDomainIsBlamed() {
    try (var daemon = start()) {
      world.drift("contoso.test");
      lie(daemon, 2);
      assertThat(daemon.watch().denials().often()).isEmpty();
      lie(daemon, 1);
      assertThat(daemon.watch().denials().often())
          .containsExactly("contoso.test: record.changed contoso.test MX");

      await().atMost(Daemon.LONG).until(() -> daemon.firing().equals(List.of(LIES)));
      var item = daemon.told(1).getFirst().firing().getFirst();
      assertThat(item.labels().get("domain")).isEmpty();
      assertThat(item.annotation("description"))
          .contains("contoso.test: record.changed contoso.test MX");
      assertThat(daemon.metric("maildrift_resolver_contradictions_total")).contains("3.0");
      assertThat(daemon.app().history("contoso.test", 0, 9)).isEmpty();
      assertThat(daemon.app().domain("contoso.test").orElseThrow().verdict().word())
          .isEqualTo("pass");

      world.restore("contoso.test");
      daemon.look("contoso.test");

      await().atMost(Daemon.LONG).until(() -> daemon.firing().isEmpty());
      assertThat(Daemon.items(daemon.told(2)))
          .containsExactly("firing resolver.contradicted ", "resolved resolver.contradicted ");
    }
  }

  @Test
  void oneLieAboutASourceIsNotRememberedAndAWithdrawalThatIsConfirmedIs() {
    var both = "nets.test 0 TXT v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/24 ~all";
    var store = new MemoryStore();
    world.names.add(both);
    try (var daemon =
        world.start(
            store,
            "allowlists: {gate: {networks: [198.51.100.0/24, 203.0.113.0/24]}}",
            "profiles: {house: {netblocks: [nets.test]}}",
            "domains: [{name: contoso.test, profiles: [{name: house}], allowed_sending_servers: gate, skip: [spf, dkim, dmarc, mx, tls, mtasts, tlsrpt, records]}]",
            TWO_LOOKS)) {
      world.names.set("nets.test 0 TXT v=spf1 ip4:192.0.2.0/24 ~all");
      daemon.look("contoso.test");
      world.names.set(both);
      daemon.look("contoso.test", "contoso.test");
      assertThat(store.withdrawn()).isEmpty();
      assertThat(daemon.app().history("contoso.test", 0, 9)).isEmpty();

      world.names.set("nets.test 0 TXT v=spf1 ip4:198.51.100.0/24 ~all");
      daemon.look("contoso.test", "contoso.test");

      assertThat(store.withdrawn()).containsOnlyKeys("nets.test");
    }
  }

  @Test
  void aLookThatCouldNotSeeDeniesNothing() {
    try (var daemon = start()) {
      world.drift("contoso.test");
      authoritative.faults(Fault.SILENT);

      lie(daemon, 3);

      assertThat(daemon.watch().denials().total()).isZero();
      assertThat(daemon.firing()).doesNotContain(LIES);
    }
  }

  @Test
  void aChangeThatCameAndWentNowAndThenIsNoLie() {
    try (var daemon = start()) {
      for (var i = 0; i < 4; i++) {
        world.drift("contoso.test");
        lie(daemon, 1);
        world.restore("contoso.test");
        daemon.look("contoso.test");
      }

      assertThat(daemon.watch().denials().total()).isEqualTo(4);
      assertThat(daemon.watch().denials().often()).isEmpty();
    }
  }
}
