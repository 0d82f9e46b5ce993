package maildrift.alerts.outbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;

/** Notifications with real bodies, whose alerts begin and end so many seconds after the test. */
public final class Bodies {
  private Bodies() {}

  static Notification.Item firing(String domain, int from) {
    return item(domain, from, Optional.empty());
  }

  static Notification.Item over(String domain, int from, int to) {
    return item(domain, from, Optional.of(at(to)));
  }

  private static Notification.Item item(String domain, int from, Optional<Instant> end) {
    var labels =
        Labels.of(Map.of("alertname", "mx.missing", "domain", domain, "severity", "critical"));
    var annotations = new TreeMap<>(Map.of("summary", domain + " is wrong", "description", "so"));
    return new Notification.Item(labels, annotations, at(from), end, "", Alert.fingerprint(labels));
  }

  private static Instant at(int seconds) {
    return OutboxContract.NOW.plusSeconds(seconds);
  }

  static Owed owed(String id, long sequence, String group, Notification.Item... items) {
    return Owed.fresh(
        id,
        "oncall",
        group,
        sequence,
        new Notification(
                "oncall", group, "first", Labels.of(Map.of()), List.of(items), "http://m.test")
            .toJson(),
        OutboxContract.NOW);
  }

  /** Each alert as {@code status domain begin end}. */
  static List<String> told(Owed owed) {
    return Notification.parse(owed.body()).items().stream()
        .map(
            item -> {
              var words = new ArrayList<>(List.of(item.isFiring() ? "firing" : "resolved"));
              words.add(item.labels().get("domain"));
              Stream.concat(Stream.of(item.startsAt()), item.endsAt().stream())
                  .map(at -> at.getEpochSecond() - OutboxContract.NOW.getEpochSecond() + "")
                  .forEach(words::add);
              return String.join(" ", words);
            })
        .toList();
  }
}
