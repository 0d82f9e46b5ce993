package maildrift.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.alerts.route.Dispatcher;
import maildrift.alerts.route.Grouping;
import maildrift.alerts.route.Links;
import maildrift.alerts.route.Routing;
import maildrift.alerts.state.Transition;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.Health;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreFailure;
import org.junit.jupiter.api.Test;

class AlertDeskTest {
  private final MemoryStore store = new MemoryStore();
  private final AtomicInteger failures = new AtomicInteger();

  /** Breaks a few times, but only for the desk's own thread. */
  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return InstantSource.offset(this, Duration.ZERO).withZone(zone);
        }

        @Override
        public Instant instant() {
          if (Thread.currentThread().getName().equals("alert desk")
              && failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IllegalStateException("a bug");
          }
          return Instant.now();
        }
      };

  @Test
  void aBugDoesNotEndItAndWhatIsOwedIsOwedAfterIt() {
    var dispatcher =
        new Dispatcher(
            Routing.toAll(
                Map.of("oncall", true),
                new Grouping(
                    List.of("cause"), Duration.ZERO, Duration.ofMinutes(5), Duration.ofHours(1))),
            Mutes.NONE,
            Links.to("https://maildrift.test"),
            Duration.ofHours(3),
            0,
            () -> "msg_1");
    failures.set(2);
    try (var desk = new AlertDesk(store, dispatcher, clock, () -> {}, _ -> {})) {
      desk.start(List.of(), List.of(), List.of());
      await().until(() -> failures.get() == 0);

      desk.changed(List.of(new Transition.Firing(alert())));

      await().until(() -> !store.outbox().backlog().isEmpty());
      assertThat(desk.unwell()).isEmpty();
    }
  }

  @Test
  void aTransitionThatTheDispatcherFailsOverIsNotLost() {
    var bugs = new AtomicInteger(1);
    var owed = new AtomicInteger();
    var dispatcher =
        new Dispatcher(
            Routing.toAll(
                Map.of("oncall", true),
                new Grouping(
                    List.of("cause"), Duration.ZERO, Duration.ofMinutes(5), Duration.ofHours(1))),
            Mutes.NONE,
            // Fails once, in the middle of a decision.
            new Links(
                "https://maildrift.test",
                _ -> {
                  if (bugs.getAndDecrement() > 0) {
                    throw new IllegalStateException("a bug");
                  }
                  return "https://maildrift.test/";
                }),
            Duration.ofHours(3),
            0,
            () -> "msg_" + owed.incrementAndGet());
    try (var desk = new AlertDesk(store, dispatcher, clock, () -> {}, _ -> {})) {
      desk.start(List.of(), List.of(), List.of());
      var alert = alert();
      store.commit(Batch.builder().alert("contoso.test", alert).build());

      desk.changed(List.of(new Transition.Firing(alert)));

      await().until(() -> !store.outbox().backlog().isEmpty());
      assertThat(desk.unwell()).isEmpty();
      assertThat(desk.acknowledge(alert.fingerprint(), "ada", "")).isPresent();
      assertThat(store.acknowledgements()).hasSize(1);
    }
  }

  /** Receivers that forget must be reminded while the store is away, and nobody's wish is lost. */
  @Test
  void whileTheStoreIsAwayWhatWasToldIsKnownAndWhatIsSetMeanwhileCounts() throws Exception {
    var isAway = new AtomicBoolean();
    var back = new CountDownLatch(1);
    var slow =
        (StateStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {StateStore.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("commit") && isAway.get()) {
                    back.await();
                  }
                  return method.invoke(store, arguments);
                });
    var owed = new AtomicInteger();
    var dispatcher =
        new Dispatcher(
            Routing.toAll(
                Map.of("oncall", true),
                new Grouping(
                    List.of("domain"), Duration.ZERO, Duration.ofMinutes(5), Duration.ofHours(1))),
            Mutes.NONE,
            Links.to("https://maildrift.test"),
            Duration.ofHours(3),
            0,
            () -> "msg_" + owed.incrementAndGet());
    try (var desk = new AlertDesk(slow, dispatcher, clock, () -> {}, _ -> {})) {
      desk.start(List.of(), List.of(), List.of());
      desk.changed(List.of(new Transition.Firing(alert("contoso.test"))));
      await().until(() -> !store.outbox().backlog().isEmpty());
      isAway.set(true);
      var deciding =
          Thread.startVirtualThread(
              () -> desk.changed(List.of(new Transition.Firing(alert("fabrikam.test")))));
      await().until(() -> deciding.getState() == Thread.State.WAITING);
      var silence =
          new Silence(
              "s1",
              List.of(Matcher.equal("domain", "litware.test")),
              Instant.now(),
              Instant.now().plusSeconds(600),
              "ada",
              "known");
      var muting =
          Thread.startVirtualThread(() -> desk.mutes(new Mutes(List.of(silence), List.of())));
      await().until(() -> muting.getState() == Thread.State.WAITING);
      var looking = Thread.startVirtualThread(desk::lookAgain);
      await().until(() -> looking.getState() == Thread.State.WAITING);

      var told =
          CompletableFuture.supplyAsync(() -> desk.toldFiring("oncall")).get(20, TimeUnit.SECONDS);

      assertThat(told).extracting(item -> item.labels().get("domain")).contains("contoso.test");
      back.countDown();
      deciding.join();
      muting.join();
      looking.join();
      assertThat(desk.mutes().silences()).containsExactly(silence);
    } finally {
      back.countDown();
    }
  }

  @Test
  void manyAreTakenInOneCommit() {
    var commits = new AtomicInteger();
    var counting =
        (StateStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {StateStore.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("commit") && !((Batch) arguments[0]).isEmpty()) {
                    commits.incrementAndGet();
                  }
                  return method.invoke(store, arguments);
                });
    var dispatcher =
        new Dispatcher(
            Routing.toAll(Map.of("oncall", true), Grouping.DEFAULT),
            Mutes.NONE,
            Links.to("https://maildrift.test"),
            Duration.ofHours(3),
            0,
            () -> "msg_1");
    try (var desk = new AlertDesk(counting, dispatcher, clock, () -> {}, _ -> {})) {
      desk.start(List.of(), List.of(), List.of());
      var alerts = IntStream.range(0, 50).mapToObj(i -> alert("d%d.test".formatted(i))).toList();
      desk.changed(alerts.stream().<Transition>map(Transition.Firing::new).toList());
      var before = commits.get();

      var taken =
          desk.acknowledge(
              Stream.concat(alerts.stream().map(Alert::fingerprint), Stream.of("unknown")).toList(),
              "ada",
              "on it");

      assertThat(taken).hasSize(50);
      assertThat(store.acknowledgements()).hasSize(50);
      assertThat(commits.get() - before).isEqualTo(1);
    }
  }

  /** Who is told "yours" and is not after a restart is not called again, and neither is another. */
  @Test
  void whatCouldNotBeStoredIsNotTaken() {
    var says = new AtomicBoolean();
    var writes = new AtomicBoolean(true);
    var failing =
        (StateStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {StateStore.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("health") && says.get()) {
                    return new Health(false, List.of("no space left"), 1);
                  }
                  if (method.getName().equals("commit")
                      && !writes.get()
                      && !((Batch) arguments[0]).isEmpty()) {
                    throw new StoreFailure("no space left");
                  }
                  return method.invoke(store, arguments);
                });
    try (var desk = new AlertDesk(failing, dispatcher(), clock, () -> {}, _ -> {})) {
      desk.start(List.of(), List.of(), List.of());
      var alert = alert();
      desk.changed(List.of(new Transition.Firing(alert)));

      says.set(true);
      assertThatThrownBy(() -> desk.acknowledge(alert.fingerprint(), "ada", ""))
          .isInstanceOf(StoreFailure.class)
          .hasMessageContaining("nothing was done: no space left");
      says.set(false);
      writes.set(false);
      assertThatThrownBy(() -> desk.acknowledge(alert.fingerprint(), "ada", ""))
          .isInstanceOf(StoreFailure.class)
          .hasMessageContaining("was not done");
      assertThat(desk.acknowledgement(alert.fingerprint())).isEmpty();

      writes.set(true);
      desk.changed(List.of());
      assertThat(store.acknowledgements()).isEmpty();
      assertThat(desk.acknowledge(alert.fingerprint(), "eve", "")).isPresent();
      writes.set(false);
      assertThatThrownBy(() -> desk.unacknowledge(alert.fingerprint(), "eve"))
          .isInstanceOf(StoreFailure.class);
      assertThat(desk.acknowledgement(alert.fingerprint()).orElseThrow().holds()).isTrue();
      writes.set(true);
      desk.changed(List.of());
      assertThat(store.acknowledgements())
          .singleElement()
          .satisfies(one -> assertThat(one.holds()).isTrue());
    }
  }

  /** "No alert fires" would be untrue, and "it was not done" is. */
  @Test
  void whoTakesAnAlertWhileTheDeskIsBrokenIsToldSo() {
    var isBroken = new AtomicBoolean();
    var away = new AtomicBoolean();
    var failing =
        store(
            (method, _) -> {
              if (method.equals("eachAlert") && away.get()) {
                throw new StoreFailure("the database is away");
              }
            });
    var dispatcher =
        dispatcher(
            new Links(
                "https://maildrift.test",
                _ -> {
                  if (isBroken.get()) {
                    throw new IllegalStateException("a bug");
                  }
                  return "https://maildrift.test/";
                }),
            Duration.ZERO);
    try (var desk = new AlertDesk(failing, dispatcher, clock, () -> {}, _ -> {})) {
      desk.start(List.of(), List.of(), List.of());
      var alert = alert();
      store.commit(Batch.builder().alert("contoso.test", alert).build());
      away.set(true);
      isBroken.set(true);
      desk.changed(List.of(new Transition.Firing(alert)));
      isBroken.set(false);

      assertThatThrownBy(() -> desk.acknowledge(alert.fingerprint(), "ada", ""))
          .isInstanceOf(StoreFailure.class);
      assertThatThrownBy(() -> desk.acknowledge(List.of(alert.fingerprint()), "ada", ""))
          .isInstanceOf(StoreFailure.class);

      away.set(false);
      assertThat(desk.acknowledge(alert.fingerprint(), "ada", "")).isPresent();
    }
  }

  @Test
  void aDecisionThatCanNeverBeStoredKeepsNobodyFromTakingAlerts() {
    var failing =
        store(
            (method, arguments) -> {
              if (method.equals("commit") && ((Batch) arguments[0]).toString().contains("2 rows")) {
                throw new StoreFailure("poison");
              }
              if (method.equals("commit") && ((Batch) arguments[0]).toString().contains("3 rows")) {
                throw new StoreFailure("poison");
              }
            });
    // A notification and its group's state: two rows that are never stored.
    var dispatcher = dispatcher(Links.to("https://maildrift.test"), Duration.ZERO);
    try (var desk = new AlertDesk(failing, dispatcher, clock, () -> {}, _ -> {})) {
      desk.start(List.of(), List.of(), List.of());
      var alert = alert();
      desk.changed(List.of(new Transition.Firing(alert)));

      assertThat(desk.acknowledge(alert.fingerprint(), "ada", "")).isPresent();

      assertThat(store.outbox().backlog()).isEmpty();
      assertThat(store.acknowledgements()).hasSize(1);
      assertThat(desk.acknowledgement(alert.fingerprint())).isPresent();
      assertThat(desk.acknowledge("unknown", "ada", "")).isEmpty();
    }
  }

  private StateStore store(BiConsumer<String, Object[]> before) {
    return (StateStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {StateStore.class},
            (_, method, arguments) -> {
              before.accept(method.getName(), arguments);
              return method.invoke(store, arguments);
            });
  }

  @Test
  void anEndThatNobodyAskedForIsWrittenDownWithIt() {
    try (var desk = new AlertDesk(store, dispatcher(), clock, () -> {}, _ -> {})) {
      desk.history(
          one ->
              one.ended()
                  .map(
                      end ->
                          new Change(
                              end.at(),
                              "contoso.test",
                              "",
                              "record.changed",
                              Optional.of(one.takenText()),
                              Optional.of(end.why()),
                              "acknowledged")));
      desk.start(List.of(), List.of(), List.of());
      var alert = alert();
      desk.changed(List.of(new Transition.Firing(alert)));
      desk.acknowledge(alert.fingerprint(), "ada", "on it");
      assertThat(store.history().read(0, 9)).isEmpty();

      var another = alert.annotated("diff", "- a\n+ b");
      desk.changed(List.of(new Transition.Changed(alert, another)));

      assertThat(store.history().read(0, 9))
          .singleElement()
          .satisfies(
              line -> {
                assertThat(line.before().orElseThrow()).startsWith("by ada at ").endsWith("on it");
                assertThat(line.after()).contains("what it is about changed");
              });
    }
  }

  private static Dispatcher dispatcher() {
    return dispatcher(Links.to("https://maildrift.test"), Grouping.DEFAULT.groupWait());
  }

  private static Dispatcher dispatcher(Links links, Duration groupWait) {
    var number = new AtomicInteger();
    return new Dispatcher(
        Routing.toAll(
            Map.of("oncall", true),
            new Grouping(
                Grouping.DEFAULT.by(), groupWait, Duration.ofMinutes(5), Duration.ofHours(4))),
        Mutes.NONE,
        links,
        Duration.ofHours(3),
        0,
        () -> "msg_" + number.incrementAndGet());
  }

  private static Alert alert() {
    return alert("contoso.test");
  }

  private static Alert alert(String domain) {
    var now = Instant.now();
    return new Alert(
        Labels.of(
            Map.of(
                "alertname", "record.changed",
                "domain", domain,
                "severity", "critical",
                "subject", "contoso.test MX",
                "cause", "contoso.test MX")),
        new TreeMap<>(Map.of("summary", "it changed")),
        Alert.Phase.FIRING,
        0,
        0,
        now,
        now,
        Optional.empty());
  }
}
