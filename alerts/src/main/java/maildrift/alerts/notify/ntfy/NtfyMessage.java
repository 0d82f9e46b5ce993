package maildrift.alerts.notify.ntfy;

import maildrift.alerts.Notification;
import maildrift.alerts.notify.Link;
import maildrift.alerts.notify.Shortened;
import maildrift.alerts.notify.Wording;
import tools.jackson.databind.json.JsonMapper;

/**
 * A notification on a telephone: the title says what it is, the message what to do. A message of
 * more than 4,096 bytes would come as a file. ntfy shows text as text: Markdown is not asked for.
 */
final class NtfyMessage {
  private static final int MOST_BYTES = 4_096;
  private static final int MOST_TITLE_BYTES = 250;

  /** What is over, and what is only said, does not make a noise. */
  private static final int QUIET = 2;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private NtfyMessage() {}

  static String of(Notification notification, String topic) {
    var wording = Wording.of(notification);
    var message = JSON.createObjectNode();
    message.put("topic", topic);
    message.put("title", Shortened.bytes(wording.subject(), MOST_TITLE_BYTES));
    message.put("message", Shortened.bytes(wording.text().strip(), MOST_BYTES));
    message.put("priority", priority(notification));
    message.putArray("tags").add(tag(notification)).add("maildrift");
    var links = Link.of(notification);
    if (!links.isEmpty()) {
      message.put("click", links.getLast().url());
      var actions = message.putArray("actions");
      links.forEach(
          link ->
              actions
                  .addObject()
                  .put("action", "view")
                  .put("label", link.text())
                  .put("url", link.url()));
    }
    return JSON.writeValueAsString(message);
  }

  /** From 1, silent, to 5, which breaks through "do not disturb". */
  private static int priority(Notification notification) {
    if (!notification.isFiring()) {
      return QUIET;
    }
    return switch (notification.severity()) {
      case CRITICAL -> 5;
      case WARNING -> 3;
      case INFO -> QUIET;
    };
  }

  /** The names of emojis, which ntfy puts before the title. */
  private static String tag(Notification notification) {
    if (!notification.isFiring()) {
      return "white_check_mark";
    }
    return switch (notification.severity()) {
      case CRITICAL -> "rotating_light";
      case WARNING -> "warning";
      case INFO -> "information_source";
    };
  }
}
