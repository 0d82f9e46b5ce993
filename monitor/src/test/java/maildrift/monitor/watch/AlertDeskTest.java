package maildrift.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.atomic.AtomicInteger;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.route.Dispatcher;
import maildrift.alerts.route.Grouping;
import maildrift.alerts.route.Links;
import maildrift.alerts.route.Routing;
import maildrift.alerts.state.Transition;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.MemoryStore;
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

  private static Alert alert() {
    var now = Instant.now();
    return new Alert(
        Labels.of(
            Map.of(
                "alertname", "record.changed",
                "domain", "contoso.test",
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
