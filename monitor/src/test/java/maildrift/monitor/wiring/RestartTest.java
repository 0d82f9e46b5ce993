package maildrift.monitor.wiring;

import static maildrift.monitor.wiring.Daemon.ONLY_MX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import maildrift.alerts.Alert;
import maildrift.monitor.reliability.Figures;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.Stores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restarts neither repeat nor forget; reloads neither lose state nor alert again. */
@Tag("reliability")
class RestartTest {
  private static final String[] NAMES =
      IntStream.range(0, 20).mapToObj("d%02d.test"::formatted).toArray(String[]::new);

  @TempDir Path folder = Path.of(".");

  @Test
  void restartsWithOpenAlertsNeitherRepeatNorForget() throws Exception {
    var restarts = Figures.size("restarts", 4, 50);
    try (var world = new Daemon.World(folder).with(NAMES)) {
      var clock = new TestClock();
      try (var store = store();
          var daemon = world.start(store, clock, domains(NAMES))) {
        world.driftAll(NAMES);
        daemon.look(NAMES);
        await().atMost(Daemon.LONG).until(() -> daemon.toldItems().size() >= NAMES.length);
      }
      for (var i = 0; i < restarts; i++) {
        try (var store = store();
            var daemon = world.start(store, clock, domains(NAMES))) {
          assertThat(daemon.alerts(Alert.Phase.FIRING)).hasSize(NAMES.length);
          daemon.look(NAMES);
        }
      }
      var repeated = Daemon.items(Daemon.told(world.hook)).size() - NAMES.length;
      for (var name : NAMES) {
        world.restore(name);
      }
      try (var store = store();
          var daemon = world.start(store, clock, domains(NAMES))) {
        daemon.look(NAMES);
        await().atMost(Daemon.LONG).until(() -> daemon.toldItems().size() >= 2 * NAMES.length);
        var ends = daemon.toldItems().stream().filter(item -> item.startsWith("resolved")).toList();

        assertThat(repeated).isZero();
        assertThat(ends).hasSize(NAMES.length).doesNotHaveDuplicates();
        Figures.record(
            "C11",
            "%d restarts with 20 open alerts, looks after each".formatted(restarts),
            "0 notifications repeated, 0 ends lost",
            "%d repeated, %d of %d ends told".formatted(repeated, ends.size(), NAMES.length),
            true,
            "./verify --reliability -Dtest=RestartTest");
      }
    }
  }

  @Test
  void reloadsUnderLoadLoseNoStateAndTellNothingAnew() throws Exception {
    var reloads = Figures.size("reloads", 30, 100);
    try (var world = new Daemon.World(folder).with(NAMES)) {
      try (var daemon = world.start(domains(NAMES))) {
        world.driftAll(NAMES);
        daemon.look(NAMES);
        await().atMost(Daemon.LONG).until(() -> daemon.toldItems().size() >= NAMES.length);
        var before = fingerprints(daemon);
        var looking = new AtomicBoolean(true);
        var looker =
            Thread.ofVirtual()
                .start(
                    () -> {
                      while (looking.get()) {
                        for (var name : NAMES) {
                          daemon.app().check(name);
                        }
                      }
                    });
        var order = new ArrayList<>(List.of(NAMES));
        for (var i = 0; i < reloads; i++) {
          Collections.rotate(order, 1);
          daemon.rewrite(domains(order.toArray(String[]::new)), alerts(i));
          assertThat(daemon.app().reload()).isEmpty();
        }
        looking.set(false);
        looker.join();
        daemon.look(NAMES);
        var lost = new ArrayList<>(before);
        lost.removeAll(fingerprints(daemon));
        var told = daemon.toldItems();

        assertThat(lost).isEmpty();
        assertThat(told).hasSize(NAMES.length).allMatch(item -> item.startsWith("firing"));
        for (var name : NAMES) {
          world.restore(name);
        }
        daemon.look(NAMES);
        await().atMost(Daemon.LONG).until(() -> daemon.toldItems().size() >= 2 * NAMES.length);
        Figures.record(
            "C11-reload",
            "%d reloads with other orders of domains, groups and routes while looks go on, 20 open alerts"
                .formatted(reloads),
            "0 states lost, 0 notifications anew",
            "%d states lost, %d notifications anew"
                .formatted(lost.size(), told.size() - NAMES.length),
            true,
            "./verify --reliability -Dtest=RestartTest");
      }
    }
  }

  @Test
  void aDomainThatIsTakenOutWhileTheDaemonIsDownClosesItsAlertsWithThatReason() throws Exception {
    try (var world = new Daemon.World(folder).with("contoso.test", "fine.test")) {
      var clock = new TestClock();
      try (var store = store();
          var daemon = world.start(store, clock, domains("contoso.test", "fine.test"))) {
        world.drift("contoso.test");
        daemon.look("contoso.test");
        daemon.told(1);
      }
      try (var store = store();
          var daemon = world.start(store, clock, domains("fine.test"))) {
        var last = daemon.told(2).getLast().items();

        assertThat(Daemon.items(daemon.told()))
            .containsExactly(
                "firing record.changed contoso.test", "resolved record.changed contoso.test");
        assertThat(last)
            .singleElement()
            .satisfies(
                item -> assertThat(item.annotation("resolution")).contains("no longer monitored"));
      }
    }
  }

  private static List<String> fingerprints(Daemon daemon) {
    return daemon.app().alerts().stream()
        .filter(alert -> alert.phase() == Alert.Phase.FIRING)
        .map(alert -> alert.fingerprint() + " " + alert.startsAt())
        .sorted()
        .toList();
  }

  /** The receiver stays, the groups and routes by which it is told do not. */
  private static String alerts(int turn) {
    return """
        alerts:
          group_by: [%s]
          group_wait: 0s
          group_interval: 1s
          receivers: {hook: {webhook: {url: "@HOOK@"}}}
          routes:
            - {match: {%s}, receivers: [hook]}
            - {match: {}, receivers: [hook]}
        """
        .formatted(
            List.of("cause", "domain", "alertname").get(turn % 3),
            turn % 2 == 0 ? "severity: warning" : "severity: critical");
  }

  private StateStore store() throws Exception {
    return Stores.open("jdbc:h2:file:./restarts", folder, Clock.systemUTC());
  }

  private static String domains(String... names) {
    return "domains: ["
        + String.join(
            ", ", List.of(names).stream().map(n -> "{name: %s, %s}".formatted(n, ONLY_MX)).toList())
        + "]";
  }
}
