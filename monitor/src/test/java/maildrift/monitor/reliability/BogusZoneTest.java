package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import maildrift.alerts.Alert;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.wiring.Daemon;
import maildrift.monitor.wiring.TestClock;
import maildrift.probes.dns.SignedZone;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A signed domain whose signatures do not hold (any more), behind a validating resolver: O7. */
@Tag("reliability")
class BogusZoneTest {
  private static final String DOMAIN = "d000.test";
  private static final List<String> WHOSE = List.of(DOMAIN);
  private static final int LOOKS = 20;

  @TempDir Path folder;

  private final TestClock clock = new TestClock();

  private void turn(Daemon daemon) {
    daemon.turn(WHOSE);
    for (var i = 0; i < 5 && !daemon.alerts(Alert.Phase.PENDING).isEmpty(); i++) {
      daemon.pass(Sky.CONFIRM_AFTER);
      daemon.turn(WHOSE);
    }
    daemon.pass(Sky.INTERVAL);
  }

  private static long processNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  @Test
  void signaturesExpireAndNothingElseIsSaidToBeGone() throws Exception {
    Figures.measure(
        Figures.Case.of(
            "O7",
            "the signatures of a zone expire while it is watched; a validating resolver then answers SERVFAIL",
            "dnssec.status says bogus, nothing is said to be gone; less than 200 ms of CPU a look",
            BogusZoneTest.class),
        this::expire);
  }

  private String expire() throws Exception {
    var now = Instant.now();
    try (var world = new Daemon.World(folder)) {
      var root = SignedZone.of(".", now);
      var tld = SignedZone.of("test", now);
      var zone =
          SignedZone.valid(DOMAIN, now.minus(Duration.ofDays(20)), now.plus(Duration.ofHours(2)))
              .add(
                  DOMAIN + " MX 10 mx1." + DOMAIN,
                  "mx1." + DOMAIN + " A 198.51.100.10",
                  DOMAIN + " TXT \"v=spf1 ip4:198.51.100.0/24 -all\"",
                  "_dmarc.%1$s TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@%1$s\""
                      .formatted(DOMAIN));
      root.delegate(tld).into(world.names);
      tld.delegate(zone).into(world.names);
      zone.into(world.names);
      Daemon.write(folder.resolve("anchor.key"), root.anchor() + "\n");
      try (var daemon =
          world.startUnseen(
              new MemoryStore(),
              clock,
              "dns: {resolvers: [\"@DNS@\"], timeout: 1s, trust_anchor_file: anchor.key}",
              "schedule: {interval: 5m, confirm_after: 30s, confirmations: 2}",
              "domains: [{name: %s, %s}]".formatted(DOMAIN, Sky.SKIP))) {
        turn(daemon);
        turn(daemon);
        assertThat(daemon.firing()).containsExactly("dnssec.sig-expiry " + DOMAIN);
        var before = Daemon.items(daemon.told()).size();

        daemon.pass(Duration.ofHours(2));
        List.of("", "mx1.", "_dmarc.", "s1._domainkey.", "_smtp._tls.")
            .forEach(name -> world.names.fault(name + DOMAIN, Fault.BOGUS));
        var cpu = processNanos();
        for (var i = 0; i < LOOKS; i++) {
          turn(daemon);
        }
        var millis = (processNanos() - cpu) / LOOKS / 1_000_000;

        var told = Daemon.items(daemon.told());
        assertThat(daemon.firing()).contains("dnssec.status " + DOMAIN);
        assertThat(told.subList(before, told.size())).allMatch(item -> item.contains(" dnssec."));
        assertThat(millis).isLessThan(200);
        return "told: %s; %d ms of CPU a look, the whole daemon and the fakes included"
            .formatted(String.join(", ", told.subList(before, told.size())), millis);
      }
    }
  }
}
