package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.outbox.Deliveries;
import maildrift.alerts.outbox.DeliveryTerms;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.MessageIds;
import maildrift.alerts.outbox.Outbox;
import maildrift.alerts.outbox.Outcome;
import maildrift.alerts.outbox.Owed;
import maildrift.monitor.reliability.Figures;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** D3: a receiver is away for a day while 10,000 alerts come and go. */
@Tag("reliability")
class DeadReceiverDayTest {
  private static final int GROUPS = 500;
  private static final int ALERTS_PER_GROUP = 20;
  private static final int STEPS = 4;

  @TempDir Path folder = Path.of(".");

  @Test
  void afterItsReturnOneMessageAGroupSaysAll() throws Exception {
    var isUp = new AtomicBoolean();
    var flying = new AtomicInteger();
    var most = new AtomicInteger();
    var arrived = new CopyOnWriteArrayList<Owed>();
    try (var store = Stores.open("jdbc:h2:file:./day", folder, Clock.systemUTC())) {
      var expected = owe(store);
      var rows =
          store.outbox().backlog().values().stream().mapToLong(Outbox.Backlog::pending).sum();
      var deliveries =
          new Deliveries(
              store.outbox(),
              DeliveryTerms.DEFAULT.mergeAfter(Duration.ZERO),
              Clock.systemUTC(),
              new Deliveries.Listener() {
                @Override
                public void disabled(String receiver, String why) {}

                @Override
                public void dead(Owed owed, String why) {}
              });
      deliveries.receivers(
          Map.of(
              "oncall",
              owed -> {
                most.accumulateAndGet(flying.incrementAndGet(), Math::max);
                try {
                  if (!isUp.get()) {
                    return new Outcome.TryLater(Failure.SERVER_ERROR, "HTTP 503");
                  }
                  arrived.add(owed);
                  return new Outcome.Delivered();
                } finally {
                  flying.decrementAndGet();
                }
              }));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  Optional.ofNullable(deliveries.counts().get("oncall"))
                      .filter(counts -> counts.failed().getOrDefault(Failure.SERVER_ERROR, 0L) > 5)
                      .isPresent());
      var begun = System.nanoTime();
      isUp.set(true);
      deliveries.enable("oncall");
      await().atMost(Duration.ofMinutes(2)).until(() -> store.outbox().backlog().isEmpty());
      var took = Duration.ofNanos(System.nanoTime() - begun);
      deliveries.stop(Duration.ofSeconds(5));

      var groups = arrived.stream().map(Owed::groupKey).toList();
      var lost = new TreeMap<>(expected);
      for (var owed : arrived) {
        for (var item : Notification.parse(owed.body()).items()) {
          lost.remove(item.fingerprint(), state(item));
        }
      }
      assertThat(groups).hasSize(GROUPS).doesNotHaveDuplicates();
      assertThat(lost).isEmpty();
      assertThat(most.get()).isLessThanOrEqualTo(DeliveryTerms.DEFAULT.inFlight());
      Figures.record(
          "D3",
          "a receiver is away while %d alerts of %d groups come and go in %d notifications (H2)"
              .formatted(expected.size(), GROUPS, rows),
          "after its return at most one message a group, nothing lost, at most k bodies in memory",
          "%d messages for %d groups in %.1f s, %d of %d alerts lost, at most %d in flight"
              .formatted(
                  groups.size(),
                  GROUPS,
                  took.toMillis() / 1000.0,
                  lost.size(),
                  expected.size(),
                  most.get()),
          true,
          "./verify --reliability -Dtest=DeadReceiverDayTest");
    }
  }

  /** Every alert's last word by its fingerprint. */
  private static Map<String, String> owe(StateStore store) {
    var expected = new HashMap<String, String>();
    var begin = Instant.parse("2026-11-27T17:00:00Z");
    var sequence = 0;
    for (var step = 0; step < STEPS; step++) {
      var batch = Batch.builder();
      for (var group = 0; group < GROUPS; group++) {
        var items = new ArrayList<Notification.Item>();
        for (var alert = 0; alert < ALERTS_PER_GROUP; alert++) {
          // Each begins at some step; every third ends a step later.
          var begins = alert % STEPS;
          if (step >= begins) {
            var ends = alert % 3 == 0 && step > begins;
            if (!ends || step == begins + 1) {
              var item = item(group, alert, begin, begins, ends ? step : -1);
              items.add(item);
              expected.put(item.fingerprint(), state(item));
            }
          }
        }
        batch.owe(
            Owed.fresh(
                MessageIds.next(),
                "oncall",
                "g" + group,
                ++sequence,
                new Notification(
                        "oncall", "g" + group, "first", Labels.NONE, items, "http://maildrift.test")
                    .toJson(),
                begin.plusSeconds(3600L * step)));
      }
      store.commit(batch.build());
    }
    return expected;
  }

  private static Notification.Item item(int group, int alert, Instant begin, int begins, int ends) {
    var labels =
        Labels.of(
            Map.of(
                "alertname", "mx.missing",
                "domain", "d%d-%d.test".formatted(group, alert),
                "severity", "critical"));
    var text = IntStream.range(0, 40).mapToObj(_ -> "so it is").collect(Collectors.joining(" "));
    return new Notification.Item(
        labels,
        new TreeMap<>(Map.of("summary", "s", "description", text)),
        begin.plusSeconds(3600L * begins),
        ends < 0 ? Optional.empty() : Optional.of(begin.plusSeconds(3600L * ends)),
        "",
        Alert.fingerprint(labels));
  }

  private static String state(Notification.Item item) {
    return String.join(" ", List.of(item.startsAt().toString(), item.endsAt().toString()));
  }
}
