package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is declared over time: it comes and goes with other domains, and outlives silence. */
final class DeclaredDaemonTest {
  private static final String SKIP =
      "skip: [spf, dkim, dmarc, mx, tls, mtasts, tlsrpt, records, caa, strays, dnssec, dane, zone, gateway, smtp, auto]";
  private static final String TENANTS = "tenants: {red: {}, blue: {}}";
  private static final String GATEWAYS = "gateways: {gw: {host: gw.house.test}}";
  private static final String LISTS =
      "allowlists: {red: {networks: [203.0.113.0/28]}, blue: {networks: [203.0.113.7]}}";
  private static final String RED = domain("red", "");
  private static final String BLUE = domain("blue", "");

  @TempDir private Path folder;

  private Daemon.World world;

  private static String domain(String tenant, String more) {
    return "{name: %s.test, tenant: %s, allowed_sending_servers: %s, profiles: [{name: seppmail, gateway: gw}], %s%s}"
        .formatted(tenant, tenant, tenant, SKIP, more);
  }

  private static String domains(String... all) {
    return "domains: [" + String.join(", ", all) + "]";
  }

  @BeforeEach
  void open() {
    world = new Daemon.World(folder);
  }

  @AfterEach
  void close() throws IOException {
    world.close();
  }

  @Test
  void anOverlapComesWithTheOtherTenantsDomainAndGoesWithIt() {
    try (var daemon = world.start(TENANTS, GATEWAYS, LISTS, domains(RED))) {
      daemon.look("red.test");
      assertThat(daemon.firing()).isEmpty();

      daemon.rewrite(TENANTS, GATEWAYS, LISTS, domains(RED, BLUE));
      assertThat(daemon.app().reload()).isEmpty();
      daemon.look("red.test", "blue.test");
      await()
          .atMost(Daemon.LONG)
          .until(
              () ->
                  daemon.toldItems().contains("firing declared.allowlist-overlap red.test")
                      && daemon
                          .toldItems()
                          .contains("firing declared.allowlist-overlap blue.test"));

      daemon.rewrite(TENANTS, GATEWAYS, LISTS, domains(RED));
      assertThat(daemon.app().reload()).isEmpty();
      daemon.look("red.test");
      await()
          .atMost(Daemon.LONG)
          .until(() -> daemon.toldItems().contains("resolved declared.allowlist-overlap red.test"));
      assertThat(daemon.firing()).isEmpty();
    }
  }

  @Test
  void aHostThatIsGoneStaysGoneWhileNobodyAnswersAndIsBackWhenDnsSaysSo() {
    var red = domain("red", ", forwarding_server: \"[mx.red.test]\"");
    world.names.add("red.test 0 TXT x");
    try (var daemon = world.start(TENANTS, GATEWAYS, LISTS, domains(red))) {
      daemon.look("red.test");
      await()
          .atMost(Daemon.LONG)
          .until(() -> daemon.toldItems().contains("firing declared.unresolved red.test"));

      world.names.faults(Fault.SERVFAIL);
      daemon.look("red.test", "red.test");
      assertThat(daemon.toldItems()).doesNotContain("resolved declared.unresolved red.test");

      world.names.heal();
      world.names.add("mx.red.test 0 A 198.51.100.10");
      daemon.look("red.test");
      await()
          .atMost(Daemon.LONG)
          .until(() -> daemon.toldItems().contains("resolved declared.unresolved red.test"));
    }
  }
}
