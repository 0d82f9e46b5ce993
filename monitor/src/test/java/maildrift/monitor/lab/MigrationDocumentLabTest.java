package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import maildrift.alerts.Alert;
import maildrift.monitor.wiring.TestClock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A SEPPmail gateway that stood beside Exchange Online comes to stand before it: real name servers
 * and a real gateway, and a clock that the test moves.
 */
@Tag("lab")
class MigrationDocumentLabTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration CONFIRM_AFTER = Duration.ofMinutes(10);
  private static final String DOMAIN = "secmail.tld";
  private static final String ADDRESS = "127.0.0.27";
  private static final String OLD_MX = "0 secmail-tld.mail.protection.outlook.com.";
  private static final String NEW_MX = "10 secure.secmail";

  /** What this story is about; what else there is to say of a laboratory is left aside. */
  private static final List<String> TOLD_OF =
      List.of("ttl.", "migration.", "gateway.", "mx.extra", "mx.missing", "record.changed");

  private final TestClock clock = new TestClock();

  @BeforeAll
  static void everythingIsInstalled() {
    Programs.require(Lab.NAME_SERVERS);
    Programs.require(Lab.MAIL_SERVERS);
    Programs.requireRoot();
  }

  @Test
  void aMigrationIsPreparedMadeAndTidiedUp() throws Exception {
    try (var lab = Lab.start();
        var hook = new Hook()) {
      var port = Server.freePort(ADDRESS);
      var ca = new TestCa(lab.folder("gateway-ca"));
      var gateway =
          lab.open(
              new Postfix(
                  lab.folder("gateway"),
                  "secure.secmail.tld",
                  ADDRESS,
                  port,
                  ca.server("secure", "secure.secmail.tld")));
      gateway.set("smtpd_banner = appliance.secmail.tld ESMTP");
      reverse(lab, "secure.secmail.tld.");
      publish(lab, 3600, OLD_MX);
      var start = clock.instant().plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.SECONDS);
      var end = start.plus(Duration.ofDays(3));
      var daemon =
          lab.open(
              new Daemon(
                  lab.folder("daemon"), configuration(lab, hook, port, start), ca.root(), clock));

      told(daemon, "gateway.banner");

      at(start.minus(Duration.ofHours(23)));
      told(daemon, "gateway.banner", "migration.readiness", "ttl.high");

      gateway.set("smtpd_banner = secure.secmail.tld ESMTP");
      told(daemon, "ttl.high");

      publish(lab, 300, OLD_MX);
      told(daemon);

      at(start.plus(Duration.ofMinutes(5)));
      told(daemon);

      publish(lab, 300, NEW_MX);
      told(daemon, "migration.progress");
      assertThat(critical(daemon)).isEmpty();

      publish(lab, 300, NEW_MX, "20 mx.stranger");
      told(daemon, "mx.extra", "record.changed");
      publish(lab, 300, NEW_MX);
      told(daemon, "migration.progress");

      at(end.plus(Duration.ofMinutes(5)));
      told(daemon);

      at(end.plus(Duration.ofDays(7)).plusSeconds(60));
      told(daemon, "ttl.low");

      publish(lab, 3600, NEW_MX);
      told(daemon);
      assertThat(critical(daemon)).isEmpty();
    }
  }

  private static String configuration(Lab lab, Hook hook, int port, Instant start) {
    return """
    dns: {resolvers: ["%1$s"], authoritative: {tld: ["%2$s"]}, timeout: 2s}
    smtp: {port: %3$d, helo: monitor.example.net, allow_private: true, timeout: 10s}
    http: {listen: "127.0.0.1:%4$d"}
    feeds: {m365-endpoints: {enabled: false}}
    schedule: {interval: 1h, confirm_after: 10m, confirmations: 2, unobservable_after: 90d}
    alerts:
      group_wait: 0s
      group_interval: 1s
      receivers: {oncall: {webhook: {url: "http://127.0.0.1:%5$d/"}}}
      routes: [{match: {}, receivers: [oncall]}]
    gateways:
      gw1: {host: secure.secmail.tld, addresses: [%6$s], port: %3$d, banner: secure.secmail.tld, helo: secure.secmail.tld, connector_name: secure.secmail.tld}
    domains:
      - name: secmail.tld
        skip: [smtp, dkim, dmarc, dane, caa, strays, zone, auto, bimi, mtasts, tlsrpt]
        profiles: [{name: microsoft365, role: mailbox}, {name: seppmail, gateway: gw1, role: gateway}]
    migrations:
      - {domains: [secmail.tld], start: %7$s, window: 72h, from: {name: microsoft365, role: inbound}, to: {name: seppmail, gateway: gw1, role: inbound}, checklist: seppmail-inline, reason: parallel to inline}
    """
        .formatted(
            lab.unbound.hostAndPort(),
            lab.nsd.hostAndPort(),
            port,
            Server.freePort("127.0.0.1"),
            hook.port(),
            ADDRESS,
            start);
  }

  private static void publish(Lab lab, int ttl, String... mx) {
    var zone = new StringBuilder();
    for (var record : mx) {
      zone.append("secmail %d MX %s\n".formatted(ttl, record));
    }
    lab.nsd.publish(
        "tld",
        zone
            + """
            secmail %d TXT "v=spf1 include:spf.protection.outlook.com ip4:127.0.0.27 -all"
            secure.secmail A 127.0.0.27
            mx.stranger A 192.0.2.99
            """
                .formatted(ttl));
  }

  private static void reverse(Lab lab, String name) {
    lab.nsd.publish("127.in-addr.arpa", "27.0.0 PTR %s\n".formatted(name));
  }

  private void at(Instant time) {
    clock.advance(Duration.between(clock.instant(), time));
  }

  /** Looks until exactly these rules fire, of those that the story is about. */
  private void told(Daemon daemon, String... rules) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              if (isAnyPending(daemon)) {
                clock.advance(CONFIRM_AFTER);
              }
              assertThat(daemon.app().check(DOMAIN)).isPresent();
              var firing = new TreeSet<String>();
              firing(daemon).stream()
                  .map(alert -> alert.labels().get("alertname"))
                  .filter(rule -> TOLD_OF.stream().anyMatch(rule::startsWith))
                  .forEach(firing::add);
              assertThat(firing).as(seen(daemon)).isEqualTo(new TreeSet<>(List.of(rules)));
            });
  }

  private static String seen(Daemon daemon) {
    return daemon.app().domain(DOMAIN).orElseThrow().probes().values().stream()
        .filter(probe -> List.of("gateway", "migration", "mx").contains(probe.probe()))
        .map(probe -> "%s %s %s".formatted(probe.probe(), probe.facts(), probe.gaps()))
        .collect(Collectors.joining("\n"));
  }

  private static boolean isAnyPending(Daemon daemon) {
    return daemon.app().alerts().stream().anyMatch(alert -> alert.phase() == Alert.Phase.PENDING);
  }

  private static List<Alert> firing(Daemon daemon) {
    return daemon.app().alerts().stream()
        .filter(alert -> alert.phase() == Alert.Phase.FIRING)
        .toList();
  }

  private static List<String> critical(Daemon daemon) {
    return firing(daemon).stream()
        .filter(alert -> alert.labels().get("severity").equals("critical"))
        .map(alert -> alert.labels().get("alertname"))
        .toList();
  }
}
