package maildrift.alerts.notify.pagerduty;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import maildrift.alerts.Notification;
import maildrift.alerts.Notification.Item;
import maildrift.alerts.Visible;
import maildrift.alerts.notify.GroupHash;
import maildrift.alerts.notify.Link;
import maildrift.alerts.notify.Shortened;
import maildrift.alerts.notify.Wording;
import maildrift.alerts.notify.Wording.Section;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One group is one incident: its key is made of receiver and group, so that what comes later of the
 * group updates the same incident, and the end of all of it closes that.
 */
final class PagerDutyEvent {
  private static final int LONGEST_SUMMARY = 1_024;
  private static final int LONGEST_WORD = 255;
  private static final int MOST_BYTES = 512_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private PagerDutyEvent() {}

  static String of(Notification notification, String routingKey) {
    var event = event(notification, routingKey);
    if (notification.isFiring()) {
      var payload = payload(event.putObject("payload"), notification);
      details(payload.putObject("custom_details"), notification);
      var whole = JSON.writeValueAsString(event);
      if (Shortened.bytes(whole) <= MOST_BYTES) {
        return whole;
      }
      payload
          .putObject("custom_details")
          .put(
              "shortened", "The details are too long for PagerDuty; they are on maildrift's page.");
    }
    return JSON.writeValueAsString(event);
  }

  private static ObjectNode event(Notification notification, String routingKey) {
    var event = JSON.createObjectNode();
    event.put("routing_key", routingKey);
    // Something of the group that ended while other things fire is an update, not the end.
    event.put("event_action", notification.isFiring() ? "trigger" : "resolve");
    event.put(
        "dedup_key", "maildrift-" + GroupHash.of(notification.receiver(), notification.groupKey()));
    event.put("client", "maildrift");
    var links = Link.of(notification);
    if (!links.isEmpty()) {
      event.put("client_url", links.getLast().url());
      var nodes = event.putArray("links");
      links.forEach(link -> nodes.addObject().put("href", link.url()).put("text", link.text()));
    }
    return event;
  }

  private static ObjectNode payload(ObjectNode payload, Notification notification) {
    var wording = Wording.of(notification);
    var firing = notification.firing();
    var first = firing.getFirst().labels();
    var summary =
        firing.stream()
            .map(item -> item.annotation("summary"))
            .filter(text -> !text.isBlank())
            .findFirst()
            .map(text -> ": " + Visible.line(text.strip()))
            .orElse("");
    payload.put("summary", Shortened.units(wording.subject() + summary, LONGEST_SUMMARY));
    payload.put(
        "source",
        word(
            List.of(wording.cause(), first.get("subject"), first.get("domain"), "maildrift")
                .stream()
                .filter(text -> !text.isBlank())
                .findFirst()
                .orElseThrow()));
    payload.put("severity", notification.severity().word());
    payload.put(
        "timestamp",
        firing.stream().map(Item::startsAt).min(Instant::compareTo).orElseThrow().toString());
    put(payload, "component", first.get("subject"));
    put(payload, "group", notification.commonLabels().get("tenant"));
    put(payload, "class", first.get("alertname"));
    return payload;
  }

  private static void details(ObjectNode details, Notification notification) {
    var wording = Wording.of(notification);
    details.put("num_firing", notification.firing().size());
    details.put("num_resolved", notification.resolved().size());
    put(details, "cause", wording.cause());
    var sections = wording.sections();
    text(details, "firing", sections.stream().filter(Section::isFiring).toList());
    text(details, "resolved", sections.stream().filter(one -> !one.isFiring()).toList());
  }

  private static void text(ObjectNode details, String name, List<Section> sections) {
    if (!sections.isEmpty()) {
      details.put(
          name, sections.stream().map(PagerDutyEvent::text).collect(Collectors.joining("\n\n")));
    }
  }

  private static String text(Section section) {
    var text = new StringBuilder(section.title()).append(' ').append(section.when());
    for (var part : section.parts()) {
      text.append('\n').append(part.name()).append(":");
      Visible.lines(part.text()).lines().forEach(line -> text.append("\n  ").append(line));
    }
    return text.toString();
  }

  private static void put(ObjectNode node, String name, String value) {
    if (!value.isBlank()) {
      node.put(name, word(value));
    }
  }

  private static String word(String text) {
    return Shortened.units(Visible.line(text.strip()), LONGEST_WORD);
  }
}
