package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.wiring.Daemon;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More than one resolver, or the servers themselves, go wrong: O2, O4, O5, O8, O9. */
@Tag("reliability")
class OutagesTest {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  @TempDir Path folder;

  private static Figures.Case of(String id, String what, String promise) {
    return Figures.Case.of(id, what, promise, OutagesTest.class);
  }

  /** Some questions take their whole time, whatever is true: a short one. */
  private Sky sky(int domains, String unobservableAfter) {
    return new Sky(
        folder,
        domains,
        Duration.ofMillis(200),
        new MemoryStore(),
        "schedule: {interval: 5m, confirm_after: 30s, confirmations: 2, unobservable_after: %s}"
            .formatted(unobservableAfter));
  }

  private static void live(Sky sky, Duration time) {
    for (var i = 0; i < time.dividedBy(Sky.INTERVAL); i++) {
      sky.interval();
    }
  }

  @Test
  void allResolversAreDead() throws Exception {
    var domains = Figures.size("maildrift.reliability.domains", 3, 10);
    var after = Duration.ofMinutes(Figures.isFull() ? 360 : 20);
    var more = Duration.ofMinutes(Figures.isFull() ? 60 : 15);
    Figures.measure(
        of(
            "O2",
            "all resolvers and name servers silent for %d min, %d domains, unobservable_after %d min"
                .formatted(after.plus(more).toMinutes(), domains, after.toMinutes()),
            "every domain unknown, 1 alert, 0 about domains; 1 message when it is over"),
        () -> {
          try (var sky = sky(domains, after.toMinutes() + "m")) {
            sky.calm();
            var before = sky.messages();
            sky.everywhere(server -> server.faults(Fault.SILENT));
            live(sky, after.plus(more));
            var firing = sky.own(before);
            assertThat(sky.alarms(before)).isEmpty();
            assertThat(firing).hasSize(1).allMatch(told -> told.startsWith("firing "));
            assertThat(sky.daemon.app().domains())
                .allMatch(state -> state.verdict().word().equals("unknown"));

            // One domain comes back a little later than the others.
            sky.everywhere(server -> server.heal().fault("d000.test", Fault.SERVFAIL));
            live(sky, Duration.ofMinutes(10));
            sky.everywhere(server -> server.heal());
            live(sky, AN_HOUR);
            assertThat(sky.alarms(before)).isEmpty();
            // maildrift looks at itself every two seconds of real time.
            await().atMost(Daemon.LONG).until(() -> sky.messages() - before == 2);
            return "%d domains unknown, %d alert about the resolvers, 0 about domains, %d messages in all"
                .formatted(domains, firing.size(), sky.messages() - before);
          }
        });
  }

  @Test
  void aRecordIsGoneAtOneOfTwoServers() throws Exception {
    var time = Figures.isFull() ? Duration.ofHours(24) : AN_HOUR;
    Figures.measure(
        of(
            "O4",
            "DMARC removed at one of two authoritative servers for %d h; the resolvers say now this, now that"
                .formatted(time.toHours()),
            "zone.inconsistent is told once, nothing flaps, nothing else is told"),
        () -> {
          try (var sky = sky(2, "6h")) {
            sky.calm();
            var before = sky.messages();
            var record = "_dmarc.d000.test";
            var here = "%s TXT v=DMARC1; p=reject; rua=mailto:dmarc@d000.test".formatted(record);
            sky.authorities.getLast().remove(record, "TXT");
            for (var i = 0; i < time.dividedBy(Sky.INTERVAL); i++) {
              var isHere = i % 2 == 1;
              for (var resolver : sky.resolvers) {
                if (isHere) {
                  resolver.set(here);
                } else {
                  resolver.remove(record, "TXT");
                }
              }
              sky.interval();
            }
            // And again each repeat_interval.
            var reminders = (int) time.dividedBy(Duration.ofHours(12));
            assertThat(sky.alarms(before))
                .containsOnly("firing zone.inconsistent d000.test %s TXT".formatted(record))
                .hasSizeBetween(1, 1 + reminders);
            var firing = sky.messages();
            sky.publish(here);
            live(sky, AN_HOUR);
            assertThat(sky.alarms(firing))
                .containsExactly("resolved zone.inconsistent d000.test %s TXT".formatted(record));
            assertThat(sky.own(before)).isEmpty();
            return "zone.inconsistent told, and again every 12 h: %d messages; resolved: %d"
                .formatted(firing - before, sky.messages() - firing);
          }
        });
  }

  @Test
  void allCachesAreStale() throws Exception {
    Figures.measure(
        of(
            "O5",
            "all resolvers keep what they had for a day (TTL 86400); MX, SPF and DMARC of three domains are removed at the authoritative servers, and published again",
            "the verdicts are right within two intervals, both times; what changed is told"),
        () -> {
          try (var sky = new Sky(folder, 4)) {
            sky.calm();
            var before = sky.messages();
            sky.resolvers.forEach(sky::freeze);
            sky.interval();
            sky.change("d000.test", server -> server.remove("d000.test", "MX"));
            sky.change("d001.test", server -> server.remove("d001.test", "TXT"));
            sky.change("d002.test", server -> server.remove("_dmarc.d002.test", "TXT"));
            var broken = intervalsUntil(sky, List.of("fail", "warn", "fail", "pass"));
            live(sky, Duration.ofMinutes(10));
            assertThat(sky.alarms(before))
                .contains("firing mx.present d000.test d000.test")
                .noneMatch(told -> told.contains(" d003.test "));
            sky.change("d000.test", server -> server.set("d000.test MX 10 mx1.d000.test"));
            sky.change(
                "d001.test", server -> server.set("d001.test TXT v=spf1 ip4:198.51.100.0/24 -all"));
            sky.change(
                "d002.test",
                server ->
                    server.set(
                        "_dmarc.d002.test TXT v=DMARC1; p=reject; rua=mailto:dmarc@d002.test"));
            var mended = intervalsUntil(sky, List.of("pass", "pass", "pass", "pass"));
            return "right after %d interval when it broke, after %d when it was mended"
                .formatted(broken, mended);
          }
        });
  }

  private static int intervalsUntil(Sky sky, List<String> verdicts) {
    for (var intervals = 1; ; intervals++) {
      sky.interval();
      var now =
          sky.domains.stream()
              .map(domain -> sky.daemon.app().domain(domain).orElseThrow().verdict().word())
              .toList();
      if (now.equals(verdicts)) {
        return intervals;
      }
      assertThat(intervals).as("%s instead of %s", now, verdicts).isLessThan(2);
    }
  }

  @Test
  void aRecordFlaps() throws Exception {
    Figures.measure(
        of(
            "O8",
            "MX removed and published again at all servers in turn, every interval for 2 h",
            "at most 3 messages while it flaps"),
        () -> {
          try (var sky = sky(2, "6h")) {
            sky.calm();
            var before = sky.messages();
            for (var i = 0; i < 24; i++) {
              if (i % 2 == 0) {
                sky.everywhere(server -> server.remove("d000.test", "MX"));
              } else {
                sky.publish("d000.test MX 10 mx1.d000.test");
              }
              sky.interval();
            }
            var flapping = sky.messages() - before;
            assertThat(flapping).isBetween(1, 3);
            live(sky, AN_HOUR.multipliedBy(3));
            assertThat(sky.daemon.firing()).isEmpty();
            return "%d messages in 2 h of flapping, %d more when it was steady"
                .formatted(flapping, sky.messages() - before - flapping);
          }
        });
  }

  @Test
  void ourOwnNetworkIsCut() throws Exception {
    var domains = Figures.size("maildrift.reliability.domains", 3, 20);
    Figures.measure(
        of(
            "O9",
            "nothing answers for 10 min, %d domains".formatted(domains),
            "0 alerts about domains, at most 1 about ourselves, at most 1 message when it is over"),
        () -> {
          try (var sky = sky(domains, "6h")) {
            sky.calm();
            var before = sky.messages();
            sky.everywhere(server -> server.faults(Fault.SILENT));
            live(sky, Duration.ofMinutes(10));
            sky.everywhere(server -> server.heal());
            live(sky, AN_HOUR);
            var own = sky.own(before);
            assertThat(sky.alarms(before)).isEmpty();
            assertThat(List.copyOf(own)).hasSizeLessThanOrEqualTo(2);
            assertThat(own.stream().filter(told -> told.startsWith("firing")).count())
                .isLessThanOrEqualTo(1);
            return "0 about domains, about ourselves: "
                + (own.isEmpty() ? "nothing" : String.join(", ", own));
          }
        });
  }
}
