package maildrift.monitor.wiring;

import static maildrift.monitor.wiring.Daemon.ONLY_MX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.outbox.Outbox;
import maildrift.alerts.outbox.Owed;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receivers that are dead, that want no more, and who hears of it. */
class ReceiversDaemonTest {
  private static final String BOTH_DOMAINS =
      "domains: [{name: contoso.test, %s}, {name: fabrikam.test, %s}]".formatted(ONLY_MX, ONLY_MX);

  private static final String DOMAINS = "domains: [{name: contoso.test, %s}]".formatted(ONLY_MX);

  @TempDir Path folder = Path.of(".");

  @Test
  void aDeadReceiverIsToldOfThroughAnotherAndHearsAllInOneMessageWhenItIsBack() throws Exception {
    var status = new AtomicInteger(500);
    try (var world = new Daemon.World(folder).with("contoso.test");
        var dead = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(status.get()))) {
      var clock = new TestClock();
      try (var store = store();
          var daemon =
              world.start(
                  store, clock, DOMAINS, alerts(dead, "[{match: {}, receivers: [dead]}]"))) {
        world.drift("contoso.test");
        daemon.look("contoso.test");
        await().atMost(Daemon.LONG).until(() -> !dead.got().isEmpty());
        world.restore("contoso.test");
        daemon.look("contoso.test");
        await().atMost(Daemon.LONG).until(() -> owed(store) == 2);
        clock.advance(Duration.ofMinutes(16));

        var told = daemon.told(1).getFirst();
        assertThat(told.items()).hasSize(1);
        var item = told.items().getFirst();
        assertThat(item.labels().get("alertname")).isEqualTo("receiver.failing");
        assertThat(item.labels().get("subject")).isEqualTo("dead");
        assertThat(item.annotation("description")).contains("HTTP 500", "wait");
        assertThat(item.annotation("remedy")).contains("maildrift alert test dead");
        assertThat(Daemon.told(dead).stream().flatMap(one -> one.items().stream()))
            .extracting(one -> one.labels().get("alertname"))
            .doesNotContain("receiver.failing");
        assertThat(
                daemon.metric(
                    "maildrift_notification_oldest_pending_timestamp_seconds{receiver=\"dead\"}"))
            .hasValueSatisfying(at -> assertThat(Double.parseDouble(at)).isGreaterThan(1e9));

        status.set(200);
        var before = dead.got().size();
        clock.advance(Duration.ofHours(30));
        daemon.deliveries().wake();
        await()
            .atMost(Daemon.LONG)
            .until(() -> Daemon.items(daemon.told()).contains("resolved receiver.failing "));
        var arrived = Daemon.told(dead).subList(before, dead.got().size());
        assertThat(arrived).extracting(Notification::groupKey).doesNotHaveDuplicates();
        assertThat(Daemon.items(arrived)).containsExactly("resolved record.changed contoso.test");
      }
    }
  }

  @Test
  void whoHeardOfADeadReceiverInItsPlaceHearsNothingAtARestart() throws Exception {
    var status = new AtomicInteger(500);
    try (var world = new Daemon.World(folder).with("contoso.test");
        var dead = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(status.get()))) {
      var sections = new String[] {DOMAINS, alerts(dead, "[{match: {}, receivers: [dead]}]")};
      var clock = new TestClock();
      try (var store = store();
          var daemon = world.start(store, clock, sections)) {
        world.drift("contoso.test");
        daemon.look("contoso.test");
        await().atMost(Daemon.LONG).until(() -> !dead.got().isEmpty());
        clock.advance(Duration.ofMinutes(16));
        assertThat(Daemon.items(daemon.told(1))).containsExactly("firing receiver.failing ");
      }
      try (var store = store();
          var daemon = world.start(store, clock, sections)) {
        status.set(200);
        clock.advance(Duration.ofHours(1));
        daemon.deliveries().wake();
        await()
            .atMost(Daemon.LONG)
            .until(() -> Daemon.items(daemon.told()).contains("resolved receiver.failing "));
        daemon.awaitQuiet();

        assertThat(Daemon.items(daemon.told()))
            .containsExactly("firing receiver.failing ", "resolved receiver.failing ");
        assertThat(daemon.told().getLast().items().getFirst().annotation("resolution"))
            .doesNotContain("it goes on");
        assertThat(Daemon.items(Daemon.told(dead)))
            .doesNotContain("firing receiver.failing ", "resolved receiver.failing ");
      }
    }
  }

  @Test
  void oneThatIsGoneIsRememberedUntilItIsConfiguredOtherwiseOrEnabled() throws Exception {
    var status = new AtomicInteger(410);
    try (var world = new Daemon.World(folder).with("contoso.test");
        var gone = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(status.get()))) {
      var sections = new String[] {DOMAINS, alerts(gone, "[{match: {}, receivers: [dead]}]")};
      var clock = new TestClock();
      try (var store = store();
          var daemon = world.start(store, clock, sections)) {
        world.drift("contoso.test");
        daemon.look("contoso.test");
        assertThat(daemon.told(1).getFirst().items())
            .extracting(one -> one.labels().get("alertname"))
            .containsExactly("receiver.gone");
        assertThat(daemon.metric("maildrift_receiver_disabled{receiver=\"dead\"}")).contains("1.0");
      }
      var asked = gone.got().size();
      status.set(200);
      try (var store = store();
          var daemon = world.start(store, clock, sections)) {
        await().until(() -> daemon.firing().contains("receiver.gone dead"));
        world.restore("contoso.test");
        daemon.look("contoso.test");
        assertThat(gone.got()).hasSize(asked);

        assertThat(daemon.app().enable("dead")).isTrue();

        await().atMost(Daemon.LONG).until(() -> gone.got().size() > asked);
        await().atMost(Daemon.LONG).until(() -> !daemon.firing().contains("receiver.gone dead"));
      }
    }
  }

  @Test
  void anotherConfigurationEnablesIt() throws Exception {
    try (var world = new Daemon.World(folder).with("contoso.test");
        var gone = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(410));
        var other = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(200))) {
      var routes = "[{match: {}, receivers: [dead]}]";
      try (var daemon = world.start(DOMAINS, alerts(gone, routes))) {
        world.drift("contoso.test");
        daemon.look("contoso.test");
        await().atMost(Daemon.LONG).until(() -> daemon.firing().contains("receiver.gone dead"));

        daemon.rewrite(DOMAINS, alerts(other, routes));
        assertThat(daemon.app().reload()).isEmpty();

        await().atMost(Daemon.LONG).until(() -> !other.got().isEmpty());
        await().atMost(Daemon.LONG).until(() -> !daemon.firing().contains("receiver.gone dead"));
      }
    }
  }

  @Test
  void whatWasGivenUpIsListedToldOfAndSentAgainAsItIsByNow() throws Exception {
    try (var world = new Daemon.World(folder).with("contoso.test");
        var other = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(200));
        var store = store();
        var daemon =
            world.start(store, DOMAINS, alerts(other, "[{match: {}, receivers: [dead]}]"))) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      await().atMost(Daemon.LONG).until(() -> other.got().size() == 1);
      var body = other.got().getFirst().body();
      store.outbox().owe(List.of(Owed.fresh("poison", "dead", "g", 1, body, Instant.now())));
      store.outbox().dead("poison", "HTTP 413: too large");
      world.restore("contoso.test");
      daemon.look("contoso.test");

      assertThat(daemon.told(1).getFirst().items())
          .extracting(one -> one.labels().get("alertname"))
          .containsExactly("receiver.refused");
      assertThat(daemon.get("/api/v1/receivers").body()).contains("\"givenUp\":1");
      assertThat(daemon.get("/").body()).contains("Receivers", "given up");
      assertThat(daemon.get("/api/v1/dead-letters").body())
          .contains("\"id\":\"poison\"", "HTTP 413: too large", "\"status\":\"firing\"");
      await().atMost(Daemon.LONG).until(() -> other.got().size() == 2);

      var answer = daemon.post("/api/v1/receivers/dead/retry", "");

      assertThat(answer.body()).contains("msg_").doesNotContain("poison");
      await().atMost(Daemon.LONG).until(() -> other.got().size() == 3);
      assertThat(Daemon.items(Daemon.told(other)).getLast())
          .isEqualTo("resolved record.changed contoso.test");
      assertThat(other.got().getLast().header("webhook-id")).isNotEqualTo("poison");
      await().atMost(Daemon.LONG).until(() -> !daemon.firing().contains("receiver.refused dead"));
      assertThat(daemon.send("DELETE", "/api/v1/dead-letters/poison", "").statusCode())
          .isEqualTo(404);
      assertThat(daemon.get("/api/v1/receivers/nobody/owed").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void whatARenamedReceiverIsOwedIsToldOfAndMovedOnce() throws Exception {
    var status = new AtomicInteger(503);
    try (var world = new Daemon.World(folder).with("contoso.test", "fabrikam.test");
        var server = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(status.get()));
        var store = store();
        var daemon =
            world.start(store, BOTH_DOMAINS, alerts(server, "[{match: {}, receivers: [dead]}]"))) {
      world.drift("contoso.test");
      world.drift("fabrikam.test");
      daemon.look("contoso.test");
      daemon.look("fabrikam.test");
      await().atMost(Daemon.LONG).until(() -> owed(store) == 2);
      assertThat(daemon.send("DELETE", "/api/v1/receivers/dead/owed", "").statusCode())
          .isEqualTo(409);
      world.restore("contoso.test");
      daemon.look("contoso.test");
      await().atMost(Daemon.LONG).until(() -> owed(store) == 3);

      daemon.rewrite(
          BOTH_DOMAINS,
          alerts(server, "[{match: {}, receivers: [phone]}]").replace("dead: ", "phone: "));
      assertThat(daemon.app().reload()).isEmpty();
      status.set(200);

      await().atMost(Daemon.LONG).until(() -> daemon.firing().contains("receiver.removed dead"));
      // What still fires the new one hears of by itself; the end of the other is owed to nobody.
      await()
          .atMost(Daemon.LONG)
          .until(
              () ->
                  Daemon.items(Daemon.told(server))
                      .contains("firing record.changed fabrikam.test"));
      assertThat(daemon.post("/api/v1/receivers/dead/move", "{\"to\": \"nobody\"}").statusCode())
          .isEqualTo(400);
      var before = Daemon.told(server).size();

      var answer = daemon.post("/api/v1/receivers/dead/move", "{\"to\": \"phone\"}");

      assertThat(answer.body()).isEqualTo("{\"moved\":2,\"dropped\":1,\"left\":0}");
      await().atMost(Daemon.LONG).until(() -> owed(store) == 0);
      assertThat(Daemon.items(Daemon.told(server).stream().skip(before).toList()))
          .filteredOn(item -> item.contains("record.changed"))
          .containsOnly("resolved record.changed contoso.test");
      await().atMost(Daemon.LONG).until(() -> !daemon.firing().contains("receiver.removed dead"));
      assertThat(daemon.get("/api/v1/receivers/dead/owed").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void whatIsMovedBeforeTheOtherOneHasHeardIsToldToItOnce() throws Exception {
    var status = new AtomicInteger(503);
    try (var world = new Daemon.World(folder).with("contoso.test");
        var server = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(status.get()))) {
      var clock = new TestClock();
      var waits =
          alerts(server, "[{match: {}, receivers: [dead]}]")
              .replace("group_wait: 0s", "group_wait: 30s");
      try (var store = store();
          var daemon = world.start(store, clock, DOMAINS, waits)) {
        world.drift("contoso.test");
        daemon.look("contoso.test");
        clock.advance(Duration.ofSeconds(31));
        await().atMost(Daemon.LONG).until(() -> owed(store) == 1);
        daemon.rewrite(DOMAINS, waits.replace("[dead]", "[phone]").replace("dead: ", "phone: "));
        assertThat(daemon.app().reload()).isEmpty();
        status.set(200);
        var before = server.got().size();

        // What was being sent at the reload is not moved.
        await().atMost(Daemon.LONG).until(() -> daemon.app().moveOwed("dead", "phone").left() == 0);

        clock.advance(Duration.ofSeconds(31));
        await().atMost(Daemon.LONG).until(() -> server.got().size() > before);
        daemon.awaitQuiet();
        assertThat(Daemon.items(Daemon.told(server).stream().skip(before).toList()))
            .filteredOn(item -> item.contains("record.changed"))
            .containsExactly("firing record.changed contoso.test");
      }
    }
  }

  @Test
  void whatNoRouteLeadsToTheOtherOneWithStaysAndItsEndIsMovedWithDeadLetters() throws Exception {
    var status = new AtomicInteger(503);
    try (var world = new Daemon.World(folder).with("contoso.test");
        var server = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(status.get()));
        var store = store();
        var daemon =
            world.start(store, DOMAINS, alerts(server, "[{match: {}, receivers: [dead]}]"))) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      await().atMost(Daemon.LONG).until(() -> owed(store) == 1);
      var body = server.got().getFirst().body();
      store.outbox().owe(List.of(Owed.fresh("poison", "dead", "g", 1, body, Instant.now())));
      store.outbox().dead("poison", "HTTP 413: too large");
      daemon.rewrite(
          DOMAINS,
          alerts(server, "[{match: {alertname: mx.ipv6}, receivers: [phone]}]")
              .replace("dead: ", "phone: "));
      assertThat(daemon.app().reload()).isEmpty();
      status.set(200);
      var before = server.got().size();

      assertThat(daemon.app().moveOwed("dead", "phone").left()).isEqualTo(2);
      await()
          .atMost(Daemon.LONG)
          .untilAsserted(
              () -> {
                var refused = daemon.post("/api/v1/receivers/dead/retry", "");
                assertThat(refused.statusCode()).isEqualTo(409);
                assertThat(refused.body()).contains("maildrift alert move dead NEW");
              });
      assertThat(daemon.post("/api/v1/dead-letters/poison/retry", "").statusCode()).isEqualTo(409);
      world.restore("contoso.test");
      daemon.look("contoso.test");
      await()
          .atMost(Daemon.LONG)
          .until(() -> !daemon.firing().contains("record.changed contoso.test"));
      assertThat(daemon.app().moveOwed("dead", "phone").left()).isZero();

      await().atMost(Daemon.LONG).until(() -> owed(store) == 0);
      assertThat(store.outbox().deadCounts()).isEmpty();
      assertThat(Daemon.items(Daemon.told(server).stream().skip(before).toList()))
          .filteredOn(item -> item.contains("record.changed"))
          .isNotEmpty()
          .containsOnly("resolved record.changed contoso.test");
    }
  }

  @Test
  void whatNobodyNeedsAnyMoreIsDropped() throws Exception {
    try (var world = new Daemon.World(folder).with("contoso.test");
        var other = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(200));
        var store = store();
        var daemon =
            world.start(store, DOMAINS, alerts(other, "[{match: {}, receivers: [dead]}]"))) {
      store
          .outbox()
          .owe(
              List.of(
                  Owed.fresh("old", "former", "g", 1, "{}", Instant.now()),
                  Owed.fresh("poison", "former", "h", 2, "{}", Instant.now())));
      store.outbox().dead("poison", "HTTP 413: too large");
      await().atMost(Daemon.LONG).until(() -> daemon.firing().contains("receiver.removed former"));

      assertThat(daemon.send("DELETE", "/api/v1/receivers/former/owed", "").body())
          .contains("\"dropped\":2");

      assertThat(store.outbox().backlog()).doesNotContainKey("former");
      assertThat(store.outbox().deadCounts()).isEmpty();
      await().atMost(Daemon.LONG).until(() -> !daemon.firing().contains("receiver.removed former"));
    }
  }

  @Test
  void whereThereIsOneReceiverHealthAndPageSayThatNobodyHears() throws Exception {
    try (var world = new Daemon.World(folder).with("contoso.test");
        var dead = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(410));
        var daemon =
            world.start(
                DOMAINS,
                """
                alerts:
                  group_wait: 0s
                  receivers: {dead: {webhook: {url: "%s"}}}
                """
                    .formatted(dead.uri("/")))) {
      world.drift("contoso.test");
      daemon.look("contoso.test");
      await().atMost(Daemon.LONG).until(() -> daemon.firing().contains("receiver.gone dead"));

      var ready = daemon.get("/-/ready");

      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(ready.body()).contains("no receiver takes what it is owed");
      assertThat(daemon.get("/").body()).contains("nobody hears of anything");
      assertThat(daemon.app().alerts())
          .filteredOn(alert -> alert.labels().get("alertname").equals("receiver.gone"))
          .singleElement()
          .satisfies(
              alert ->
                  assertThat(alert.annotations().get("description")).contains("no other receiver"));
    }
  }

  private static long owed(StateStore store) {
    return store.outbox().backlog().values().stream().mapToLong(Outbox.Backlog::pending).sum();
  }

  private StateStore store() throws Exception {
    return Stores.open("jdbc:h2:file:./receivers", folder, Clock.systemUTC());
  }

  private static String alerts(LoopbackHttp dead, String routes) {
    return """
        alerts:
          group_wait: 0s
          group_interval: 1s
          receivers: {hook: {webhook: {url: "@HOOK@"}}, dead: {webhook: {url: "%s"}}}
          routes: %s
        """
        .formatted(dead.uri("/"), routes);
  }
}
