package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import maildrift.alerts.Alert;
import maildrift.monitor.store.MemoryStore;
import maildrift.probes.Verdict;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While our own network cannot look nobody is judged, and one alert says so. */
class OwnNetworkDaemonTest {
  private static final String TWO =
      "domains: [{name: contoso.test, %s}, {name: fabrikam.test, %s}]"
          .formatted(Daemon.ONLY_MX, Daemon.ONLY_MX);
  private static final String CONTROLLED =
      "dns: {resolvers: [\"@DNS@\"], timeout: 500ms, control_names: [one.control.test, two.control.test, three.control.test]}";
  private static final String BLIND = "probe.unobservable resolvers";
  private static final String CHANGED = "record.changed contoso.test MX";

  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private Daemon.World world;

  @BeforeEach
  void open() {
    world = new Daemon.World(folder).with("contoso.test", "fabrikam.test");
    for (var name : new String[] {"one", "two", "three"}) {
      world.names.add(name + ".control.test 0 A 198.51.100.20");
    }
  }

  @AfterEach
  void close() throws IOException {
    world.close();
  }

  private Daemon start(String... sections) {
    return world.start(new MemoryStore(), clock, sections);
  }

  private void control(Fault fault) {
    world.names.fault("one.control.test", fault);
    world.names.fault("two.control.test", fault);
  }

  private void awaitAlert(Daemon daemon) {
    await()
        .atMost(Daemon.LONG)
        .until(
            () -> {
              clock.advance(Duration.ofSeconds(10));
              return daemon.firing().equals(List.of(BLIND));
            });
  }

  private static Verdict verdict(Daemon daemon) {
    return daemon.app().domain("contoso.test").orElseThrow().verdict();
  }

  @Test
  void whatIsSeenWhileMostControlNamesAreSilentIsNoFinding() {
    try (var daemon = start(TWO, CONTROLLED)) {
      control(Fault.SERVFAIL);
      world.drift("contoso.test");

      daemon.look("contoso.test");

      assertThat(daemon.alerts(Alert.Phase.FIRING)).doesNotContain(CHANGED);
      assertThat(daemon.app().history("contoso.test", 0, 9)).isEmpty();
      assertThat(verdict(daemon)).isEqualTo(Verdict.UNKNOWN);
      awaitAlert(daemon);

      world.names.heal();
      await().atMost(Daemon.LONG).until(() -> daemon.firing().isEmpty());
      daemon.look("contoso.test");

      assertThat(daemon.firing()).containsExactly(CHANGED);
    }
  }

  @Test
  void aRuleThatNeedsOneLookOnlyNeedsTheProofToo() {
    try (var daemon =
        start(
            TWO,
            CONTROLLED,
            "schedule: {interval: 1h, confirm_after: 1h, confirmations: 3}",
            """
            alerts:
              policy: {critical: {confirmations: 1}, warning: {confirmations: 1}}
              receivers: {hook: {webhook: {url: "@HOOK@"}}}
            """)) {
      control(Fault.SERVFAIL);
      world.drift("contoso.test");

      daemon.look("contoso.test");

      assertThat(daemon.alerts(Alert.Phase.FIRING)).doesNotContain(CHANGED);
      assertThat(verdict(daemon)).isEqualTo(Verdict.UNKNOWN);
    }
  }

  @Test
  void whatIsNoMoreSeenMeanwhileIsNotResolved() {
    try (var daemon = start(TWO, CONTROLLED)) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      assertThat(daemon.firing()).containsExactly(CHANGED);
      control(Fault.SERVFAIL);
      world.restore("contoso.test");

      daemon.look("contoso.test");

      assertThat(daemon.firing()).contains(CHANGED);
    }
  }

  @Test
  void oneSilentControlNameOfThreeIsNoOutage() {
    try (var daemon = start(TWO, CONTROLLED)) {
      world.names.fault("one.control.test", Fault.SERVFAIL);
      world.drift("contoso.test");

      daemon.look("contoso.test");

      assertThat(daemon.firing()).containsExactly(CHANGED);
    }
  }

  @Test
  void aControlNameThatIsSaidNotToBeIsNotAnswered() {
    try (var daemon = start(TWO, CONTROLLED)) {
      world.names.remove("one.control.test").remove("two.control.test");
      world.drift("contoso.test");

      daemon.look("contoso.test");

      assertThat(daemon.firing()).doesNotContain(CHANGED);
    }
  }

  @Test
  void aNetworkThatIsCutForTenMinutesIsOneAlert() {
    try (var daemon = start(TWO, "dns: {resolvers: [\"@DNS@\"], timeout: 500ms}")) {
      cut(daemon);
    }
  }

  private void cut(Daemon daemon) {
    world.names.faults(Fault.SILENT);
    daemon.look("contoso.test", "fabrikam.test");
    awaitAlert(daemon);
    for (var minute = 0; minute < 10; minute++) {
      clock.advance(Duration.ofMinutes(1));
      daemon.look("contoso.test", "fabrikam.test");
      assertThat(verdict(daemon)).isEqualTo(Verdict.UNKNOWN);
      assertThat(daemon.firing()).containsExactly(BLIND);
    }
    world.names.heal();
    await().atMost(Daemon.LONG).until(() -> daemon.firing().isEmpty());
    daemon.look("contoso.test", "fabrikam.test");

    assertThat(daemon.firing()).isEmpty();
    assertThat(verdict(daemon)).isEqualTo(Verdict.PASS);
    assertThat(Daemon.items(daemon.told(2)))
        .containsExactly("firing probe.unobservable ", "resolved probe.unobservable ");
  }
}
