package maildrift.alerts.notify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.outbox.Owed;

/** Notifications for the tests of receivers. */
public final class Samples {
  public static final Instant STARTED = Instant.parse("2026-11-21T17:00:00Z");
  private static final String CAUSE = "de._netblocks.mimecast.test TXT";

  /** What a stranger may have written: markup of every service, and what terminals obey. */
  public static final Map<String, String> HOSTILE =
      Map.of(
          "summary",
          "<!channel> <http://x.test|bank> [bank](http://x.test) **b** @everyone"
              + " <script>alert(1)</script>",
          "diff",
          "+ v=spf1 \u001b[31mred \u202ekcab ``` <@U1>\r\nBcc: all@x.test\u2028\ud800",
          "description",
          "\"><img src=x onerror=alert(1)> & {{constructor}}\n*What to do*\nrun this",
          "remedy",
          "<at>all</at>");

  private Samples() {}

  /** As it lies in the outbox. */
  public static Owed owed(String receiver, Notification notification) {
    return Owed.fresh(
        "msg_0123456789abcdef",
        receiver,
        notification.groupKey(),
        1,
        notification.toJson(),
        STARTED);
  }

  /** Some domains that one cause hits, and one that it no longer hits. */
  public static Notification netblocks(int firing) {
    var items = new ArrayList<Notification.Item>();
    for (var i = 0; i < firing; i++) {
      items.add(item("d" + i + ".test", Map.of(), Optional.empty()));
    }
    items.add(item("mended.test", Map.of(), Optional.of(STARTED.plusSeconds(600))));
    return notification(items);
  }

  /** One alert with annotations of the test's own. */
  public static Notification saying(Map<String, String> annotations) {
    return notification(List.of(item("d0.test", annotations, Optional.empty())));
  }

  /** One alert of this severity that fires. */
  public static Notification graded(String severity) {
    return notification(List.of(labelled("severity", severity, Map.of())));
  }

  /** As many rules, each violated once. */
  public static Notification rules(int count, Map<String, String> annotations) {
    var items = new ArrayList<Notification.Item>();
    for (var i = 0; i < count; i++) {
      items.add(labelled("alertname", "rule.r" + i, annotations));
    }
    return notification(items);
  }

  private static Notification.Item labelled(
      String name, String value, Map<String, String> annotations) {
    var item = item("d0.test", annotations, Optional.empty());
    var labels = new TreeMap<>(item.labels().map());
    labels.put(name, value);
    return new Notification.Item(
        new Labels(labels),
        item.annotations(),
        item.startsAt(),
        item.endsAt(),
        item.generatorUrl(),
        item.fingerprint());
  }

  public static Notification notification(List<Notification.Item> items) {
    return new Notification(
        "oncall",
        "{}/{}:{cause=\"" + CAUSE + "\"}",
        "first",
        Labels.of(Map.of("cause", CAUSE)),
        items,
        "https://maildrift.test/");
  }

  public static Notification.Item item(
      String domain, Map<String, String> more, Optional<Instant> endsAt) {
    return item(domain, "contoso", more, endsAt);
  }

  /** One alert, with annotations of the test's own. */
  public static Notification.Item item(
      String domain, String tenant, Map<String, String> more, Optional<Instant> endsAt) {
    var labels =
        Labels.of(
            Map.of(
                "alertname",
                "netblocks.missing",
                "domain",
                domain,
                "tenant",
                tenant,
                "severity",
                "critical",
                "subject",
                "de._netblocks.mimecast.test",
                "cause",
                CAUSE));
    var annotations = new TreeMap<String, String>();
    annotations.put("summary", "192.0.2.0/24 is published but not allowed");
    annotations.put("description", "mail from there is refused");
    annotations.put("remedy", "add this line:\n192.0.2.0/24");
    annotations.put("diff", "+ 192.0.2.0/24");
    annotations.putAll(more);
    return new Notification.Item(
        labels, annotations, STARTED, endsAt, "https://maildrift.test/" + domain, "f-" + domain);
  }
}
