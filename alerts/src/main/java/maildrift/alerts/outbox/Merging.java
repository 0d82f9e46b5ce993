package maildrift.alerts.outbox;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import maildrift.alerts.Notification;

/**
 * Makes one notification of several of one group that piled up, given in their order. Of each alert
 * the last word counts: one that began and ended meanwhile is told as ended, with its beginning and
 * end, and one that came back says when it had been there before. Nothing is left out.
 */
public final class Merging {
  /** So many alerts in one message are enough; what is left becomes the next message. */
  private static final int MOST_ALERTS = 20_000;

  private static final int MOST_EPISODES = 5;

  /**
   * Where a merged message keeps what an alert did before, so that another merging goes on with it.
   */
  private static final String EARLIER = "earlier";

  private static final int LONGEST_EARLIER = 600;

  private final Owed first;
  private final List<String> ids = new ArrayList<>();
  private final Map<String, Notification.Item> items = new LinkedHashMap<>();
  private final Map<String, List<Notification.Item>> before = new HashMap<>();
  private final Map<String, Long> forgotten = new HashMap<>();
  private final Map<String, String> inherited = new HashMap<>();
  private Optional<Notification> latest;
  private Owed last;
  private String reason = "";

  public Merging(Owed first) {
    this.first = first;
    this.last = first;
    latest = read(first);
    latest.ifPresent(
        notification -> {
          reason = notification.reason();
          take(first, notification);
        });
  }

  /**
   * Takes the next one.
   *
   * @return whether it was taken; if not, no later one may be
   */
  public boolean add(Owed next) {
    var notification = read(next);
    if (latest.isEmpty() || notification.isEmpty() || items.size() >= MOST_ALERTS) {
      return false;
    }
    last = next;
    latest = notification;
    take(next, notification.get());
    return true;
  }

  /** Of all that were taken. */
  public List<String> ids() {
    return List.copyOf(ids);
  }

  /** Whether there is more than one. */
  public boolean isMerged() {
    return ids.size() > 1;
  }

  /** The one that stands for all that were taken: as old as the first, in the place of the last. */
  public Owed merged(String id) {
    var body = latest.orElseThrow(() -> new IllegalStateException("nothing was taken"));
    var told =
        items.entrySet().stream()
            .map(entry -> withEpisodes(entry.getKey(), entry.getValue()))
            .sorted(FIRING_FIRST)
            .toList();
    return new Owed(
        id,
        first.receiver(),
        first.groupKey(),
        last.sequence(),
        new Notification(
                body.receiver(),
                body.groupKey(),
                told.stream().anyMatch(Notification.Item::isFiring) ? reason : body.reason(),
                body.groupLabels(),
                told,
                body.externalUrl(),
                body.thread())
            .toJson(),
        first.createdAt(),
        first.attempts(),
        first.nextAttempt(),
        first.lastError());
  }

  private static final Comparator<Notification.Item> FIRING_FIRST =
      Comparator.comparing((Notification.Item item) -> !item.isFiring())
          .thenComparing(item -> item.severity(), Comparator.reverseOrder());

  private static Optional<Notification> read(Owed owed) {
    try {
      var notification = Notification.parse(owed.body());
      // One that names nothing is none of ours: what it says would be lost.
      return notification.items().isEmpty() ? Optional.empty() : Optional.of(notification);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private void take(Owed owed, Notification notification) {
    ids.add(owed.id());
    for (var item : notification.items()) {
      var key = item.fingerprint().isEmpty() ? item.labels().toString() : item.fingerprint();
      var earlier = items.put(key, item);
      if (earlier == null) {
        continue;
      }
      if (!earlier.annotation(EARLIER).isEmpty()) {
        inherited.put(key, earlier.annotation(EARLIER));
      }
      if (!earlier.startsAt().equals(item.startsAt())) {
        remember(key, earlier);
      }
    }
  }

  private void remember(String key, Notification.Item earlier) {
    var episodes = before.computeIfAbsent(key, _ -> new ArrayList<>());
    episodes.add(earlier);
    if (episodes.size() > MOST_EPISODES) {
      // The first says since when, the last ones how it went on.
      episodes.remove(1);
      forgotten.merge(key, 1L, Long::sum);
    }
  }

  private Notification.Item withEpisodes(String key, Notification.Item item) {
    var told = inherited.getOrDefault(key, "");
    var text = new StringBuilder(told);
    var episodes = before.getOrDefault(key, List.of());
    if (!episodes.isEmpty()) {
      text.append(told.isEmpty() ? "Before this could be delivered it had also fired " : ", ");
      text.append(episodes.stream().map(Merging::episode).collect(Collectors.joining(", ")));
      Optional.ofNullable(forgotten.get(key))
          .ifPresent(more -> text.append(", and %d times between".formatted(more)));
    }
    if (text.isEmpty()) {
      return item;
    }
    var earlier =
        text.length() <= LONGEST_EARLIER
            ? text.toString()
            : text.substring(0, LONGEST_EARLIER) + "…";
    var annotations = new TreeMap<>(item.annotations());
    annotations.put(EARLIER, earlier);
    annotations.merge("description", earlier + ".", (own, more) -> own + "\n" + more);
    return new Notification.Item(
        item.labels(),
        annotations,
        item.startsAt(),
        item.endsAt(),
        item.generatorUrl(),
        item.fingerprint());
  }

  private static String episode(Notification.Item item) {
    return "from " + item.startsAt() + item.endsAt().map(end -> " to " + end).orElse("");
  }
}
