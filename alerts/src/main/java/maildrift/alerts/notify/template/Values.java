package maildrift.alerts.notify.template;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import maildrift.alerts.Notification;
import maildrift.alerts.Notification.Item;
import maildrift.alerts.notify.Wording;
import maildrift.alerts.outbox.Owed;

/** What the names of a {@link Scope} stand for. */
sealed interface Values {

  /** As it came from strangers; empty where there is none. */
  String value(String name);

  /** Whether what stands in a block of this name is said. */
  default boolean isSo(String name) {
    return !value(name).isEmpty();
  }

  /** What stands for the names inside the block, once for each time that it is said. */
  default List<Values> block(String name) {
    return isSo(name) ? List.of(this) : List.of();
  }

  private static String after(String family) {
    return family.substring(family.indexOf('.') + 1);
  }

  private static String status(boolean isFiring) {
    return isFiring ? "firing" : "resolved";
  }

  /**
   * Of a whole notification.
   *
   * @param mostAlerts that are listed
   */
  record OfNotification(Owed owed, Notification notification, Wording wording, int mostAlerts)
      implements Values {

    @Override
    public String value(String name) {
      return switch (name) {
        case "id" -> owed.id();
        case "status" -> status(notification.isFiring());
        case "receiver" -> notification.receiver();
        case "reason" -> notification.reason();
        case "thread" -> notification.thread();
        case "title" -> wording.subject();
        case "text" -> wording.text();
        case "cause" -> wording.cause();
        case "severity" -> notification.severity().word();
        case "count" -> String.valueOf(about().size());
        case "link" -> wording.link().orElse("");
        case "externalURL" -> notification.externalUrl();
        case "startsAt" -> start().map(Instant::toString).orElse("");
        default ->
            (name.startsWith("groupLabels.")
                    ? notification.groupLabels()
                    : notification.commonLabels())
                .get(after(name));
      };
    }

    private List<Item> about() {
      return notification.isFiring() ? notification.firing() : notification.items();
    }

    private Optional<Instant> start() {
      return about().stream().map(Item::startsAt).min(Instant::compareTo);
    }

    @Override
    public boolean isSo(String name) {
      return switch (name) {
        case "firing" -> notification.isFiring();
        case "resolved" -> !notification.isFiring();
        default -> Values.super.isSo(name);
      };
    }

    @Override
    public List<Values> block(String name) {
      if (!name.equals("alerts")) {
        return Values.super.block(name);
      }
      var listed = Math.min(mostAlerts, notification.items().size());
      return IntStream.range(0, listed)
          .<Values>mapToObj(i -> new OfAlert(notification.items().get(i), i == 0, i == listed - 1))
          .toList();
    }
  }

  /** Of one alert in it. */
  record OfAlert(Item item, boolean isFirst, boolean isLast) implements Values {

    @Override
    public String value(String name) {
      return switch (name) {
        case "status" -> status(item.isFiring());
        case "startsAt" -> item.startsAt().toString();
        case "endsAt" -> item.endsAt().map(Instant::toString).orElse("");
        case "generatorURL" -> item.generatorUrl();
        case "fingerprint" -> item.fingerprint();
        case "severity" -> item.severity().word();
        case "summary", "description", "remedy", "diff" -> item.annotation(name);
        default ->
            name.startsWith("annotations.")
                ? item.annotation(after(name))
                : item.labels().get(name.startsWith("labels.") ? after(name) : name);
      };
    }

    @Override
    public boolean isSo(String name) {
      return switch (name) {
        case "first" -> isFirst;
        case "last" -> isLast;
        case "firing" -> item.isFiring();
        case "resolved" -> !item.isFiring();
        default -> Values.super.isSo(name);
      };
    }
  }
}
