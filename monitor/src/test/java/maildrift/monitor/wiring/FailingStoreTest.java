package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.monitor.store.StoreFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What could not be stored has not happened yet: the next turn brings it, whole. */
class FailingStoreTest {
  private static final String CONTOSO =
      "domains: [{name: contoso.test, %s}]".formatted(Daemon.ONLY_MX);
  private static final String CHANGED = "record.changed contoso.test MX";
  private static final int ALL = Integer.MAX_VALUE;

  @TempDir Path folder;

  private Daemon.World world;
  private final FailingStore failing = new FailingStore();

  @BeforeEach
  void open() {
    world = new Daemon.World(folder).with("contoso.test", "fabrikam.test");
  }

  @AfterEach
  void close() throws IOException {
    world.close();
  }

  @Test
  void aChangeThatCouldNotBeStoredIsSeenAndToldAtTheNextTurn() {
    try (var daemon = world.start(failing.store(), CONTOSO)) {
      world.drift("contoso.test");
      failing.fail(0, ALL);
      assertThatThrownBy(() -> daemon.look("contoso.test")).isInstanceOf(StoreFailure.class);
      assertThat(daemon.firing()).isEmpty();
      assertThat(daemon.app().domain("contoso.test").orElseThrow().recordsChanged()).isEmpty();

      failing.heal();
      daemon.look("contoso.test");

      assertThat(daemon.firing()).containsExactly(CHANGED);
      assertThat(Daemon.items(daemon.told(1)))
          .containsExactly("firing record.changed contoso.test");
      assertThat(daemon.app().history("contoso.test", 0, 9))
          .singleElement()
          .satisfies(change -> assertThat(change.after()).contains("20 mx2.contoso.test"));
      assertThat(daemon.app().domain("contoso.test").orElseThrow().recordsChanged())
          .containsOnlyKeys("contoso.test MX");
    }
  }

  @Test
  void whatAPersonCouldNotAcceptIsStillDrift() {
    try (var daemon = world.start(failing.store(), CONTOSO)) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      failing.fail(0, ALL);
      assertThatThrownBy(() -> daemon.app().accept("contoso.test", "alice"))
          .isInstanceOf(StoreFailure.class);

      failing.heal();
      daemon.look("contoso.test");
      assertThat(daemon.firing()).containsExactly(CHANGED);

      daemon.app().accept("contoso.test", "alice");
      assertThat(daemon.firing()).isEmpty();
      assertThat(daemon.app().history("contoso.test", 0, 9)).hasSize(2);
    }
  }

  @Test
  void aRangeWhoseWithdrawalCouldNotBeStoredIsWithdrawnAtTheNextTurn() {
    world.names.add("nets.test 0 TXT v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/24 ~all");
    var store = failing.store();
    try (var daemon =
        world.start(
            store,
            "allowlists: {gate: {networks: [198.51.100.0/24, 203.0.113.0/24]}}",
            "profiles: {house: {netblocks: [nets.test]}}",
            "domains: [{name: contoso.test, profiles: [{name: house}], allowed_sending_servers: gate, skip: [spf, dkim, dmarc, mx, tls, mtasts, tlsrpt, records]}]")) {
      world.names.set("nets.test 0 TXT v=spf1 ip4:198.51.100.0/24 ~all");
      failing.fail(0, ALL);
      assertThatThrownBy(() -> daemon.look("contoso.test")).isInstanceOf(StoreFailure.class);

      failing.heal();
      daemon.look("contoso.test");

      assertThat(store.withdrawn()).containsOnlyKeys("nets.test");
    }
  }

  @Test
  void theEndOfADomainThatCouldNotBeStoredIsTriedUntilItIs() {
    try (var daemon = world.start(failing.store(), CONTOSO)) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      daemon.told(1);

      daemon.rewrite("domains: [{name: fabrikam.test, %s}]".formatted(Daemon.ONLY_MX));
      failing.fail(0, 1);
      daemon.app().reload();
      assertThat(daemon.firing()).containsExactly(CHANGED);

      assertThat(Daemon.items(daemon.told(2)))
          .containsExactly(
              "firing record.changed contoso.test", "resolved record.changed contoso.test");
      await().atMost(Daemon.LONG).until(() -> daemon.app().domain("contoso.test").isEmpty());
    }
  }

  @Test
  void aConfigurationOfWhichTheStoreTookOnlyHalfIsTriedUntilAllOfItIsInForce() throws Exception {
    try (var gone = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(410));
        var other = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(200));
        var daemon = world.start(failing.store(), CONTOSO, receiver(gone))) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      await().atMost(Daemon.LONG).until(() -> daemon.firing().contains("receiver.gone dead"));
      daemon.rewrite(
          "domains: [{name: fabrikam.test, %s}]".formatted(Daemon.ONLY_MX), receiver(other));
      failing.fail(0, ALL);

      assertThat(daemon.app().reload())
          .singleElement()
          .satisfies(problem -> assertThat(problem.message()).contains("tried again"));
      assertThat(daemon.metric("maildrift_config_last_reload_successful")).contains("0.0");
      assertThat(daemon.status()).contains("tried again").doesNotContain("refused");

      failing.heal();
      await().atMost(Daemon.LONG).until(() -> daemon.app().domain("fabrikam.test").isPresent());
      await().atMost(Daemon.LONG).until(() -> !other.got().isEmpty());
      await()
          .atMost(Daemon.LONG)
          .untilAsserted(
              () ->
                  assertThat(daemon.metric("maildrift_config_last_reload_successful"))
                      .contains("1.0"));
    }
  }

  @Test
  void whatWasRefusedStaysSoWhenTheConfigurationBeforeComesThrough() {
    try (var daemon = world.start(failing.store(), CONTOSO)) {
      daemon.rewrite("domains: [{name: fabrikam.test, %s}]".formatted(Daemon.ONLY_MX));
      failing.fail(0, ALL);
      daemon.app().reload();
      daemon.rewrite("domain: []");
      daemon.app().reload();

      failing.heal();
      await().atMost(Daemon.LONG).until(() -> daemon.app().domain("fabrikam.test").isPresent());
      await().atMost(Daemon.LONG).until(() -> daemon.app().domain("contoso.test").isEmpty());
      assertThat(daemon.status()).endsWith("the last reload was refused, the log says why");
      assertThat(daemon.metric("maildrift_config_last_reload_successful")).contains("0.0");
    }
  }

  private static String receiver(LoopbackHttp receiver) {
    return """
        alerts:
          group_wait: 0s
          group_interval: 1s
          receivers: {dead: {webhook: {url: "%s"}}}
        """
        .formatted(receiver.uri("/"));
  }

  @Test
  void whatIsOwedAndCouldNotBeStoredIsToldLater() {
    try (var daemon = world.start(failing.store(), CONTOSO)) {
      world.drift("contoso.test");
      // The look itself is stored; what the desk makes of it is not, three times.
      failing.fail(1, 3);
      daemon.look("contoso.test");

      assertThat(Daemon.items(daemon.told(1)))
          .containsExactly("firing record.changed contoso.test");
      world.restore("contoso.test");
      daemon.look("contoso.test");
      assertThat(Daemon.items(daemon.told(2)))
          .containsExactly(
              "firing record.changed contoso.test", "resolved record.changed contoso.test");
    }
  }
}
