package maildrift.monitor.store;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.webhook.WebhookReceiver;
import maildrift.alerts.outbox.Deliveries;
import maildrift.alerts.outbox.DeliveryTerms;
import maildrift.alerts.outbox.MessageIds;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.outbox.Owed;
import org.slf4j.LoggerFactory;

/**
 * The process that is killed: makes notifications owed, each in one batch with the alert that
 * causes it, and delivers them. After a start it goes on where its store says that it was.
 */
final class KillChild {
  static final int GROUPS = 25;
  static final List<String> RECEIVERS = List.of("oncall", "noc");

  /** Where a process may end itself, besides the store's own points. */
  enum SendPoint {
    BEFORE_SEND,
    AFTER_SEND
  }

  private final String haltAt;
  private final AtomicInteger untilHalt;

  private KillChild(String haltAt, int count) {
    this.haltAt = haltAt;
    this.untilHalt = new AtomicInteger(count);
  }

  /**
   * Arguments: the store's URL, its directory, the receiver's URL, how many notifications, how many
   * of them in flight to one receiver, and optionally a point and at which passing of it to end.
   */
  public static void main(String[] arguments) throws Exception {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
    var child =
        arguments.length > 5
            ? new KillChild(arguments[5], Integer.parseInt(arguments[6]))
            : new KillChild("", 0);
    child.run(
        arguments[0],
        Path.of(arguments[1]),
        URI.create(arguments[2]),
        Integer.parseInt(arguments[3]),
        Integer.parseInt(arguments[4]));
    System.exit(0);
  }

  private void run(String place, Path directory, URI url, int notifications, int inFlight)
      throws Exception {
    var clock = Clock.systemUTC();
    try (var store = Stores.open(place, directory, clock, point -> reached(point.name()))) {
      var deliveries = new Deliveries(store.outbox(), terms(inFlight), clock, new NobodyListens());
      deliveries.receivers(notifiers(url, clock));
      var next = store.lastSequence() + 1;
      System.out.println("started " + next);
      var commits =
          java.util.stream.LongStream.rangeClosed(next, notifications)
              .mapToObj(
                  n ->
                      store
                          .submit(batch(n))
                          .thenRun(
                              () -> {
                                System.out.println("acked " + n);
                                deliveries.wake();
                              }))
              .toArray(CompletableFuture<?>[]::new);
      CompletableFuture.allOf(commits).join();
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> store.outbox().backlog().isEmpty());
      System.out.println("done");
      deliveries.stop(Duration.ofSeconds(10));
    }
  }

  private static DeliveryTerms terms(int inFlight) {
    return new DeliveryTerms(
        inFlight, List.of(Duration.ofMillis(100)), 0.1, Duration.ofMinutes(5), Duration.ofHours(1));
  }

  /** Odd ones fire, the even one that follows resolves the same alert. */
  private static Batch batch(long n) {
    var alert = alert((n - 1) / 2, n % 2 == 1 ? Alert.Phase.FIRING : Alert.Phase.RESOLVED);
    var receiver = RECEIVERS.get((int) ((n - 1) / 2 % RECEIVERS.size()));
    var body = "{\"n\":%d,\"status\":\"%s\"}".formatted(n, alert.phase().word());
    return Batch.builder()
        .alert("d%d.test".formatted(n), alert)
        .owe(
            Owed.fresh(
                MessageIds.next(),
                receiver,
                "group-" + (n - 1) / 2 % GROUPS,
                n,
                body,
                Instant.now()))
        .build();
  }

  private static Alert alert(long number, Alert.Phase phase) {
    var now = Instant.now();
    return new Alert(
        Labels.of(Map.of("alertname", "spf.present", "domain", "d%d.test".formatted(number))),
        new TreeMap<>(),
        phase,
        2,
        0,
        now,
        now,
        phase == Alert.Phase.RESOLVED ? Optional.of(now) : Optional.empty());
  }

  private Map<String, Notifier> notifiers(URI url, Clock clock) {
    var webhook =
        new WebhookReceiver(url, List.of(), true, Duration.ofSeconds(30), true)
            .open(Tools.standard(clock));
    Notifier watched =
        owed -> {
          reached(SendPoint.BEFORE_SEND.name());
          var outcome = webhook.send(owed);
          reached(SendPoint.AFTER_SEND.name());
          return outcome;
        };
    var notifiers = new HashMap<String, Notifier>();
    RECEIVERS.forEach(receiver -> notifiers.put(receiver, watched));
    return notifiers;
  }

  private void reached(String point) {
    if (point.equals(haltAt) && untilHalt.decrementAndGet() == 0) {
      // As kill -9 does: no hook runs, nothing is flushed.
      Runtime.getRuntime().halt(137);
    }
  }

  private static final class NobodyListens implements Deliveries.Listener {
    @Override
    public void disabled(String receiver, String why) {
      throw new IllegalStateException(why);
    }

    @Override
    public void dead(Owed owed, String why) {
      throw new IllegalStateException(why);
    }
  }
}
