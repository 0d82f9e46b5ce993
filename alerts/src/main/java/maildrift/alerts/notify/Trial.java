package maildrift.alerts.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.outbox.Outcome;
import maildrift.alerts.outbox.Owed;

/**
 * A receiver that was tried with a message such as it will get.
 *
 * @param outcome {@code delivered}, or what went wrong
 * @param answers what the other side said, in its words, made harmless
 */
public record Trial(String outcome, List<String> answers) {
  private static final String DELIVERED = "delivered";
  private static final String CAUSE = "_netblocks.example.test TXT";
  private static final Duration LASTED = Duration.ofMinutes(130);

  public Trial {
    answers = List.copyOf(answers);
  }

  public boolean isDelivered() {
    return outcome.equals(DELIVERED);
  }

  /**
   * Sends it, once.
   *
   * @param name of the receiver
   * @param page maildrift's, which the message leads to
   * @param isOver whether it says that the trouble of an earlier trial is over
   */
  public static Trial of(String name, Receiver receiver, Tools tools, String page, boolean isOver) {
    var now = tools.clock().instant();
    var notification = sample(name, page, now, isOver);
    var owed =
        Owed.fresh(
            "msg_test_" + UUID.randomUUID().toString().replace("-", ""),
            name,
            notification.groupKey(),
            0,
            notification.toJson(),
            now);
    var answers = Collections.synchronizedList(new ArrayList<String>());
    var outcome = receiver.open(tools.hearing(answers::add)).send(owed);
    return new Trial(
        switch (outcome) {
          case Outcome.Delivered(var rest) ->
              rest.map(what -> "refused: " + what.why()).orElse(DELIVERED);
          case Outcome.TryLater(_, var why, _) -> "failed: " + why;
          case Outcome.Refused(_, var why) -> "refused: " + why;
          case Outcome.Gone(var why) -> "gone: " + why;
        },
        answers);
  }

  /** What a provider's changed networks look like, under names that nobody owns. */
  static Notification sample(String receiver, String page, Instant now, boolean isOver) {
    var items = new ArrayList<Notification.Item>();
    for (var domain : List.of("customer-a.example.test", "customer-b.example.test")) {
      items.add(item(receiver, domain, page, now, isOver));
    }
    return new Notification(
        receiver,
        "{}/{test}:{cause=\"" + CAUSE + "\"}",
        isOver ? "resolved" : "first",
        Labels.of(Map.of("cause", CAUSE)),
        items,
        page);
  }

  private static Notification.Item item(
      String receiver, String domain, String page, Instant now, boolean isOver) {
    var labels =
        Labels.of(
            Map.of(
                "alertname", "maildrift.test",
                "severity", "info",
                "domain", domain,
                "tenant", "example",
                "subject", "_netblocks.example.test",
                "cause", CAUSE));
    var annotations = new TreeMap<String, String>();
    annotations.put(
        "summary",
        "This is a test of the receiver %s, nothing is wrong: 192.0.2.0/25 would be published and not in the allowlist"
            .formatted(receiver));
    annotations.put(
        "description",
        "Somebody ran maildrift alert test. Were it true, mail from this network would be refused.");
    annotations.put("diff", "- 198.51.100.0/24\n+ 192.0.2.0/25");
    annotations.put(
        "remedy", "Nothing to do. Were it true, one would add to the allowlist:\n192.0.2.0/25");
    if (isOver) {
      annotations.put("resolution", "the test is over");
    }
    return new Notification.Item(
        labels,
        annotations,
        now.minus(LASTED),
        isOver ? Optional.of(now) : Optional.empty(),
        page,
        Alert.fingerprint(labels));
  }
}
