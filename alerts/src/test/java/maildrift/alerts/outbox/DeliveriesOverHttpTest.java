package maildrift.alerts.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.alerts.notify.Samples;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.notify.http.LoopbackHttp.Answer;
import maildrift.alerts.notify.webhook.WebhookReceiver;
import org.junit.jupiter.api.Test;

/** The whole way from the outbox to a receiver that misbehaves in every way we know. */
class DeliveriesOverHttpTest {
  private static final List<Answer> TROUBLES =
      List.of(
          Answer.status(500),
          Answer.status(301, "Location: http://127.0.0.1:1/"),
          new Answer.Reset(),
          Answer.status(404),
          new Answer.Hang(),
          Answer.status(429, "Retry-After: 0"),
          new Answer.Raw("not HTTP\r\n\r\n"));
  private static final DeliveryTerms QUICK =
      new DeliveryTerms(
          4, List.of(Duration.ofMillis(1)), 0, Duration.ofMinutes(5), Duration.ofHours(1));

  private final Outbox outbox = new InMemoryOutbox();

  @Test
  void nothingIsLostWhateverTheReceiverDoes() throws Exception {
    var tries = new ConcurrentHashMap<String, Integer>();
    try (var server =
        new LoopbackHttp(
            got -> {
              var id = got.header("webhook-id");
              var before = tries.merge(id, 1, Integer::sum) - 1;
              var start = Math.abs(id.hashCode() % TROUBLES.size());
              return before < 3
                  ? TROUBLES.get((start + before) % TROUBLES.size())
                  : new Answer.Endless();
            })) {
      var deliveries = deliveries(server);
      owe(40);
      deliveries.wake();

      await().atMost(Duration.ofSeconds(60)).until(() -> outbox.backlog().isEmpty());

      assertThat(tries).hasSize(40);
      assertThat(tries.values()).containsOnly(4);
      assertThat(bodiesById(server))
          .hasSize(40)
          .allSatisfy((_, bodies) -> assertThat(bodies).hasSize(1));
      assertThat(deliveries.stop(Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  void aReceiverThatIsGoneIsAskedOnce() throws Exception {
    try (var server = new LoopbackHttp(_ -> Answer.status(410))) {
      var deliveries = deliveries(server);
      owe(1);
      deliveries.wake();
      await()
          .until(() -> deliveries.counts().values().stream().anyMatch(Deliveries.Counts::disabled));
      owe(30);
      deliveries.wake();

      assertThat(deliveries.stop(Duration.ofSeconds(10))).isTrue();
      assertThat(server.got()).hasSize(1);
      assertThat(outbox.backlog().values())
          .singleElement()
          .extracting(Outbox.Backlog::pending)
          .isEqualTo(30L);
    }
  }

  private Deliveries deliveries(LoopbackHttp server) throws IOException {
    var deliveries =
        new Deliveries(
            outbox,
            QUICK,
            InstantSource.system(),
            new Deliveries.Listener() {
              @Override
              public void disabled(String receiver, String why) {}

              @Override
              public void dead(Owed owed, String why) {
                throw new AssertionError("given up: " + why);
              }
            });
    var webhook =
        new WebhookReceiver(server.uri("/"), List.of(), false, Duration.ofMillis(800), true);
    deliveries.receivers(Map.of("oncall", webhook.open(Tools.standard(InstantSource.system()))));
    return deliveries;
  }

  private void owe(int count) {
    var body = Samples.netblocks(3).toJson();
    outbox.owe(
        IntStream.range(0, count)
            .mapToObj(i -> Owed.fresh("msg_" + i, "oncall", "g" + i, i, body, Instant.now()))
            .toList());
  }

  private static Map<String, Set<String>> bodiesById(LoopbackHttp server) {
    return server.got().stream()
        .collect(
            Collectors.groupingBy(
                got -> got.header("webhook-id"),
                HashMap::new,
                Collectors.mapping(LoopbackHttp.Got::body, Collectors.toSet())));
  }
}
