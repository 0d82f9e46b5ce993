package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.alerts.notify.Samples;
import maildrift.alerts.notify.Server;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.notify.mail.MailReceiver;
import maildrift.alerts.notify.webhook.WebhookReceiver;
import maildrift.alerts.outbox.Deliveries;
import maildrift.alerts.outbox.DeliveryTerms;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.outbox.Outbox;
import maildrift.alerts.outbox.Owed;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** D1 and D2 of the catalogue: one receiver of each bad kind beside nine that are well. */
@Tag("reliability")
@Timeout(3_600)
class BadReceiversTest {
  private static final int ROUNDS = Figures.size("maildrift.receivers.rounds", 1, 6);
  private static final int TICKS = Figures.size("maildrift.receivers.ticks", 6, 40);
  private static final Duration BETWEEN_TICKS = Duration.ofMillis(25);
  private static final int HEALTHY = 9;
  private static final int WAITING = 40;

  /** In place of the default of 30 s, which a test of its own measures. */
  private static final Duration DEADLINE = Duration.ofMillis(600);

  private static final DeliveryTerms TERMS = DeliveryTerms.DEFAULT;
  private static final Tools TOOLS = Tools.standard(Clock.systemUTC());
  private static final String BODY = Samples.netblocks(3).toJson();

  @TempDir Path folder;
  private final AtomicInteger sequence = new AtomicInteger();
  private final Map<String, Long> arrived = new ConcurrentHashMap<>();
  private final List<String> repeated = java.util.Collections.synchronizedList(new ArrayList<>());
  private StateStore store;
  private LoopbackHttp good;

  @BeforeEach
  void open() throws Exception {
    good =
        new LoopbackHttp(
            got -> {
              if (arrived.putIfAbsent(got.header("webhook-id"), System.nanoTime()) != null) {
                repeated.add(got.header("webhook-id"));
              }
              return LoopbackHttp.Answer.status(204);
            });
    store = Stores.open("jdbc:h2:file:./store", folder, Clock.systemUTC());
    logger().setLevel(Level.OFF);
  }

  @AfterEach
  void close() throws IOException {
    logger().setLevel(null);
    store.close();
    good.close();
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(Deliveries.class);
  }

  @Test
  void aBadReceiverIsTreatedAsSpecifiedAndTheOthersNoticeNothing() throws Exception {
    var without = new ArrayList<Long>();
    var with = new ArrayList<Long>();
    Figures.measure(
        Figures.Case.of(
            "D1",
            "receivers over real sockets: "
                + Arrays.stream(BadServer.Kind.values())
                    .map(kind -> kind.says)
                    .collect(Collectors.joining("; ")),
            "counted as what it is and tried again, all owed; 410: never asked again; 429: left alone as long as it asked;"
                + " 301: not followed; a body is read up to 64 KiB; a deadline covers everything",
            BadReceiversTest.class),
        () -> {
          var most = 0L;
          for (var kind : BadServer.Kind.values()) {
            for (var round = 0; round < ROUNDS; round++) {
              without.addAll(block(Optional.empty()));
              try (var server = new BadServer(kind)) {
                with.addAll(block(Optional.of(Map.entry(kind, server))));
                most = Math.max(most, server.taken.get());
              }
            }
          }
          return "%d kinds, each as promised; of the gigabyte the server could send %,d KiB, socket buffers included"
              .formatted(BadServer.Kind.values().length, most / 1024);
        });
    recordDelays(without, with);
  }

  /** A figure and no test: on a busy machine anything may take its time. */
  private static void recordDelays(List<Long> without, List<Long> with) {
    var middle = ratio(without, with, 0.5);
    var late = ratio(without, with, 0.99);
    Figures.record(
        "D2",
        "each of these beside %d healthy receivers with %d notifications waiting for the bad one; blocks with and without it in turn, from the commit to the arrival"
            .formatted(HEALTHY, WAITING),
        "the healthy ones miss nothing and see no delay beyond 10 percent",
        "%,d deliveries, 0 missing; p50 %.1f ms without, %.1f ms with (ratio %.2f); p99 %.1f and %.1f ms (ratio %.2f)"
            .formatted(
                without.size() + with.size(),
                at(without, 0.5),
                at(with, 0.5),
                middle,
                at(without, 0.99),
                at(with, 0.99),
                late),
        middle <= 1.1 && late <= 1.1,
        Figures.Case.of("D2", "", "", BadReceiversTest.class).command());
  }

  private static double ratio(List<Long> without, List<Long> with, double part) {
    return at(with, part) / at(without, part);
  }

  private static double at(List<Long> nanos, double part) {
    var sorted = nanos.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(part * sorted.size()))) / 1e6;
  }

  /** Returns how long each delivery to a healthy receiver took. */
  private List<Long> block(Optional<Map.Entry<BadServer.Kind, BadServer>> bad) throws Exception {
    var number = sequence.incrementAndGet();
    var name = "bad" + number;
    var notifiers = new HashMap<String, Notifier>();
    for (var i = 0; i < HEALTHY; i++) {
      notifiers.put("good" + i, webhook(good.uri("/"), Duration.ofSeconds(30)));
    }
    if (bad.isPresent()) {
      notifiers.put(name, notifier(bad.get().getKey(), bad.get().getValue().port()));
    }
    var listener = new Heard();
    var deliveries = new Deliveries(store.outbox(), TERMS, Clock.systemUTC(), listener);
    if (bad.isPresent()) {
      owe(IntStream.range(0, WAITING).mapToObj(_ -> name).toList(), Optional.empty());
    }
    deliveries.receivers(notifiers);
    var owed = new HashMap<String, Long>();
    for (var tick = 0; tick < TICKS; tick++) {
      owe(IntStream.range(0, HEALTHY).mapToObj(i -> "good" + i).toList(), Optional.of(owed));
      deliveries.wake();
      Thread.sleep(BETWEEN_TICKS);
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> arrived.keySet().containsAll(owed.keySet()));
    if (bad.isPresent()) {
      assertTreatedAsSpecified(
          name, bad.get().getKey(), bad.get().getValue(), deliveries, listener);
    }
    deliveries.stop(Duration.ofSeconds(5));
    assertThat(repeated).as("nobody is told twice").isEmpty();
    return owed.entrySet().stream()
        .map(one -> arrived.getOrDefault(one.getKey(), 0L) - one.getValue())
        .toList();
  }

  private void assertTreatedAsSpecified(
      String name, BadServer.Kind kind, BadServer server, Deliveries deliveries, Heard heard) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              var counts = counts(deliveries, name);
              if (kind.isDelivered()) {
                assertThat(counts.sent()).as(kind.says).isEqualTo(WAITING);
              } else {
                assertThat(counts.failed()).as(kind.says).containsOnlyKeys(kind.failure);
              }
            });
    if (!kind.isDelivered()) {
      assertThat(counts(deliveries, name).sent()).as(kind.says).isZero();
      await()
          .untilAsserted(
              () -> assertThat(owedOrGivenUp(name, deliveries)).as(kind.says).isEqualTo(WAITING));
    }
    switch (kind) {
      case STATUS_410 -> {
        await().until(() -> heard.disabled.get() > 0);
        assertThat(counts(deliveries, name).disabled()).isTrue();
        assertThat(server.asked).hasValueLessThanOrEqualTo(TERMS.inFlight());
      }
      case STATUS_429 -> assertThat(server.asked).hasValueLessThanOrEqualTo(TERMS.inFlight());
      case STATUS_301 ->
          // Followed it would have asked twice as often.
          assertThat(counts(deliveries, name).failed().getOrDefault(Failure.REDIRECT, 0L))
              .isGreaterThanOrEqualTo(server.asked.get() - TERMS.inFlight());
      case GIGABYTE ->
          assertThat(server.taken.get())
              .as("64 KiB are read; the rest fills socket buffers")
              .isLessThan(64L << 20);
      default -> {}
    }
  }

  private static Deliveries.Counts counts(Deliveries deliveries, String receiver) {
    return Optional.ofNullable(deliveries.counts().get(receiver)).orElseThrow();
  }

  private long owedOrGivenUp(String receiver, Deliveries deliveries) {
    return Optional.ofNullable(store.outbox().backlog().get(receiver))
            .map(Outbox.Backlog::pending)
            .orElse(0L)
        + Optional.ofNullable(deliveries.counts().get(receiver))
            .map(Deliveries.Counts::dead)
            .orElse(0L);
  }

  private void owe(List<String> receivers, Optional<Map<String, Long>> at) {
    var batch = Batch.builder();
    var ids = new ArrayList<String>();
    for (var receiver : receivers) {
      var number = sequence.incrementAndGet();
      var id = "msg_" + number;
      ids.add(id);
      batch.owe(Owed.fresh(id, receiver, "group" + number, number, BODY, Instant.now()));
    }
    store.commit(batch.build());
    at.ifPresent(times -> ids.forEach(id -> times.put(id, System.nanoTime())));
  }

  private static Notifier notifier(BadServer.Kind kind, int port) {
    if (kind.isMail()) {
      return new MailReceiver(
              List.of("noc@example.test"),
              "maildrift@example.test",
              new TreeMap<>(),
              Optional.empty(),
              new Server("127.0.0.1", port),
              MailReceiver.StartTls.NONE,
              Optional.empty(),
              Optional.empty(),
              true,
              DEADLINE,
              true)
          .open(TOOLS);
    }
    var scheme = kind == BadServer.Kind.TLS_HANG ? "https" : "http";
    return webhook(URI.create("%s://127.0.0.1:%d/".formatted(scheme, port)), DEADLINE);
  }

  private static Notifier webhook(URI uri, Duration deadline) {
    return new WebhookReceiver(uri, List.of(), true, deadline, true).open(TOOLS);
  }

  private static final class Heard implements Deliveries.Listener {
    private final AtomicInteger disabled = new AtomicInteger();

    @Override
    public void disabled(String receiver, String why) {
      disabled.incrementAndGet();
    }

    @Override
    public void dead(Owed owed, String why) {
      // Counted by the deliveries.
    }
  }
}
