package maildrift.alerts.notify.alertmanager;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.Visible;
import tools.jackson.databind.node.ObjectNode;

/**
 * An alert as Alertmanager's API takes it. It answers 400 to a whole request for a single label, an
 * address or a time that it does not like; none of them is let out.
 */
final class PostableAlert {
  private static final int LONGEST_VALUE = 500;
  private static final int LONGEST_ANNOTATION = 8_000;

  private PostableAlert() {}

  /**
   * Writes one.
   *
   * @param expires when one that fires ends unless it is told again
   */
  static void write(Notification.Item item, Instant expires, ObjectNode alert) {
    labels(item.labels()).forEach(alert.putObject("labels")::put);
    var annotations = alert.putObject("annotations");
    names(item.annotations())
        .forEach(
            (name, value) ->
                annotations.put(name, Visible.shortened(Visible.lines(value), LONGEST_ANNOTATION)));
    // After the clock was set back it may have begun later than it ends.
    var endsAt = item.endsAt().orElse(expires);
    var startsAt = item.startsAt().isAfter(endsAt) ? endsAt : item.startsAt();
    alert.put("startsAt", startsAt.toString());
    alert.put("endsAt", endsAt.toString());
    if (isWebAddress(item.generatorUrl())) {
      alert.put("generatorURL", item.generatorUrl());
    }
  }

  /** The same labels in every message: they are what makes it that alert. */
  static SortedMap<String, String> labels(Labels labels) {
    var valid = names(labels.map());
    valid.replaceAll((_, value) -> value(value));
    return valid;
  }

  /** A name that Prometheus would not take is written with underscores; a valid one comes first. */
  private static SortedMap<String, String> names(SortedMap<String, String> map) {
    var names = new TreeMap<String, String>();
    map.forEach(
        (name, value) -> {
          if (name.equals(name(name))) {
            names.put(name, value);
          }
        });
    map.forEach(
        (name, value) -> {
          if (!name.equals(name(name))) {
            var free = new StringBuilder(name(name));
            while (names.containsKey(free.toString())) {
              free.append('_');
            }
            names.put(free.toString(), value);
          }
        });
    return names;
  }

  /** {@code [a-zA-Z_][a-zA-Z0-9_]*}, and not one that begins with two underscores. */
  private static String name(String name) {
    var valid = new StringBuilder();
    name.codePoints().forEach(c -> valid.append(isLetter(c) || isDigit(c) ? (char) c : '_'));
    if (valid.isEmpty() || isDigit(valid.charAt(0))) {
      valid.insert(0, '_');
    }
    while (valid.indexOf("__") == 0) {
      valid.deleteCharAt(0);
    }
    return valid.toString();
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** Two long values that begin alike stay two. */
  private static String value(String value) {
    var visible = Visible.line(value);
    return visible.length() <= LONGEST_VALUE
        ? visible
        : Visible.line(visible, LONGEST_VALUE - 17)
            + " "
            + Labels.of(Map.of("value", value)).fingerprint();
  }

  private static boolean isWebAddress(String url) {
    try {
      var parsed = new URI(url);
      return parsed.getHost() != null
          && ("http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme()));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
