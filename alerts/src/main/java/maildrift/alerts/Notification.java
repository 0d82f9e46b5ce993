package maildrift.alerts;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one receiver hears of one group: Alertmanager's webhook payload, version "4".
 *
 * @param receiver its name in the configuration
 * @param groupKey route and group labels as one text
 * @param reason why it is sent, a word such as {@code first}, {@code new_alerts}, {@code resolved}
 * @param groupLabels the labels that the group was made by
 * @param items all alerts of the group that fire, and those that have ended since it was last told
 * @param externalUrl where maildrift's page is
 * @param thread the id of the first notification of this group since it last fell silent; empty
 *     where none is known
 */
public record Notification(
    String receiver,
    String groupKey,
    String reason,
    Labels groupLabels,
    List<Item> items,
    String externalUrl,
    String thread) {

  private static final String VERSION = "4";

  /** What Alertmanager writes where an alert has not ended. */
  private static final String NEVER = "0001-01-01T00:00:00Z";

  /**
   * The body names every domain, also when a cause hits thousands; beyond so many, an alert says
   * only its summary (what is common stands in commonAnnotations).
   */
  private static final int FULL_ITEMS = 500;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  public Notification {
    items = List.copyOf(items);
  }

  /** One that belongs to no thread. */
  public Notification(
      String receiver,
      String groupKey,
      String reason,
      Labels groupLabels,
      List<Item> items,
      String externalUrl) {
    this(receiver, groupKey, reason, groupLabels, items, externalUrl, "");
  }

  /** The same to this receiver, of these alerts. */
  public Notification to(String other, List<Item> some) {
    return new Notification(other, groupKey, reason, groupLabels, some, externalUrl, thread);
  }

  /**
   * One alert in it.
   *
   * @param endsAt empty while it fires
   * @param generatorUrl where to look at it
   */
  public record Item(
      Labels labels,
      SortedMap<String, String> annotations,
      Instant startsAt,
      Optional<Instant> endsAt,
      String generatorUrl,
      String fingerprint) {

    public boolean isFiring() {
      return endsAt.isEmpty();
    }

    public String annotation(String name) {
      return annotations.getOrDefault(name, "");
    }

    public Severity severity() {
      return Severity.of(labels);
    }
  }

  public boolean isFiring() {
    return items.stream().anyMatch(Item::isFiring);
  }

  public List<Item> firing() {
    return items.stream().filter(Item::isFiring).toList();
  }

  public List<Item> resolved() {
    return items.stream().filter(item -> !item.isFiring()).toList();
  }

  /** The worst of what fires, or of what has ended where nothing fires any more. */
  public Severity severity() {
    return (isFiring() ? firing() : items)
        .stream().map(Item::severity).max(Severity::compareTo).orElse(Severity.WARNING);
  }

  public Labels commonLabels() {
    return Labels.of(common(items.stream().map(item -> item.labels().map()).toList()));
  }

  public SortedMap<String, String> commonAnnotations() {
    return common(items.stream().map(Item::annotations).toList());
  }

  public String toJson() {
    var body = JSON.createObjectNode();
    body.put("version", VERSION);
    body.put("groupKey", groupKey);
    body.put("truncatedAlerts", 0);
    body.put("status", status(isFiring()));
    body.put("receiver", receiver);
    texts(body.putObject("groupLabels"), groupLabels.map());
    texts(body.putObject("commonLabels"), commonLabels().map());
    texts(body.putObject("commonAnnotations"), commonAnnotations());
    body.put("externalURL", externalUrl);
    body.put("notification_reason", reason);
    if (!thread.isEmpty()) {
      body.put("thread", thread);
    }
    var alerts = body.putArray("alerts");
    for (var i = 0; i < items.size(); i++) {
      var item = items.get(i);
      var alert = alerts.addObject();
      alert.put("status", status(item.isFiring()));
      texts(alert.putObject("labels"), item.labels().map());
      texts(
          alert.putObject("annotations"),
          i < FULL_ITEMS ? item.annotations() : summary(item.annotations()));
      alert.put("startsAt", item.startsAt().toString());
      alert.put("endsAt", item.endsAt().map(Instant::toString).orElse(NEVER));
      alert.put("generatorURL", item.generatorUrl());
      alert.put("fingerprint", item.fingerprint());
    }
    return JSON.writeValueAsString(body);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException when it is no such text
   */
  public static Notification parse(String json) {
    try {
      var body = JSON.readTree(json);
      if (!body.path("version").asString("").equals(VERSION)) {
        throw new IllegalArgumentException("not a notification: it has no version " + VERSION);
      }
      var items = new ArrayList<Item>();
      // What the alerts beyond the first ones have in common with all is not said again at each.
      var common = texts(body.path("commonAnnotations"));
      for (var alert : body.path("alerts")) {
        var annotations = new TreeMap<>(common);
        annotations.putAll(texts(alert.path("annotations")));
        items.add(
            new Item(
                new Labels(texts(alert.path("labels"))),
                annotations,
                Instant.parse(alert.path("startsAt").asString("")),
                alert.path("status").asString("").equals("firing")
                    ? Optional.empty()
                    : Optional.of(Instant.parse(alert.path("endsAt").asString(""))),
                alert.path("generatorURL").asString(""),
                alert.path("fingerprint").asString("")));
      }
      return new Notification(
          body.path("receiver").asString(""),
          body.path("groupKey").asString(""),
          body.path("notification_reason").asString(""),
          new Labels(texts(body.path("groupLabels"))),
          items,
          body.path("externalURL").asString(""),
          body.path("thread").asString(""));
    } catch (JacksonException | DateTimeParseException e) {
      throw new IllegalArgumentException("not a notification: " + e.getMessage(), e);
    }
  }

  private static String status(boolean firing) {
    return firing ? "firing" : "resolved";
  }

  private static SortedMap<String, String> summary(SortedMap<String, String> annotations) {
    var summary = new TreeMap<>(annotations);
    summary.keySet().removeIf(name -> !name.equals("summary"));
    return summary;
  }

  private static SortedMap<String, String> common(List<SortedMap<String, String>> all) {
    if (all.isEmpty()) {
      return new TreeMap<>();
    }
    var common = new TreeMap<>(all.getFirst());
    for (var one : all) {
      common.entrySet().removeIf(entry -> !entry.getValue().equals(one.get(entry.getKey())));
    }
    return common;
  }

  private static void texts(ObjectNode node, SortedMap<String, String> texts) {
    texts.forEach(node::put);
  }

  private static SortedMap<String, String> texts(JsonNode node) {
    var texts = new TreeMap<String, String>();
    node.properties().forEach(one -> texts.put(one.getKey(), one.getValue().asString("")));
    return texts;
  }
}
