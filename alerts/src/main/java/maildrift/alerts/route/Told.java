package maildrift.alerts.route;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Severity;
import maildrift.alerts.mute.Maintenance;

/**
 * What a receiver was told of one alert, as the text in {@link GroupState#told}: the severity, with
 * {@code ,flapping} where it flaps, digests of the diffs that it has seen, and after an @ the
 * second in which it first heard of it. A diff that comes and goes is told once, and after a few
 * different ones nothing but the repetition is: an unsteady record does not page all night.
 */
final class Told {
  private static final int MOST_DIFFS = 4;
  private static final String FLAPPING = ",flapping";
  private static final String SINCE = "@";

  private Told() {}

  /** Why the alert as it is now is news to a receiver that was told this. */
  static Optional<Reason> news(Optional<String> told, Alert alert) {
    if (told.isEmpty()) {
      return Optional.of(Reason.NEW_ALERTS);
    }
    var words = words(told.get());
    if (alert.severity().compareTo(severity(words)) > 0) {
      return Optional.of(Reason.WORSE);
    }
    if (alert.isFlapping() != isFlapping(words)) {
      return Optional.of(alert.isFlapping() ? Reason.FLAPPING : Reason.STEADY);
    }
    if (alert.isFlapping()) {
      return Optional.empty();
    }
    if (isProgress(alert)) {
      return words.getLast().equals(alert.content())
          ? Optional.empty()
          : Optional.of(Reason.CHANGED);
    }
    return words.size() > MOST_DIFFS || words.contains(alert.content())
        ? Optional.empty()
        : Optional.of(Reason.CHANGED);
  }

  /** What it has been told after it is told the alert as it is now. */
  static String after(Optional<String> told, Reason reason, Alert alert, Instant now) {
    var since = SINCE + told.flatMap(Told::since).orElse(now).getEpochSecond();
    var severity = alert.severity().word() + (alert.isFlapping() ? FLAPPING : "");
    var content = alert.content();
    if (told.isEmpty() || reason == Reason.REPEAT || isProgress(alert)) {
      return String.join(" ", severity, content, since);
    }
    var words = words(told.get());
    var after = new ArrayList<>(words);
    after.set(0, severity);
    if (!words.contains(content) && words.size() <= MOST_DIFFS) {
      after.add(content);
    }
    after.add(since);
    return String.join(" ", after);
  }

  /** Each step of work that was announced is told, however many there are. */
  private static boolean isProgress(Alert alert) {
    return alert.labels().get("alertname").equals(Maintenance.PROGRESS);
  }

  /** When it first heard of the alert; empty where that was not written down. */
  static Optional<Instant> since(String told) {
    return Arrays.stream(told.split(" ", -1))
        .filter(word -> word.startsWith(SINCE))
        .findFirst()
        .map(word -> Instant.ofEpochSecond(Long.parseLong(word.substring(SINCE.length()))));
  }

  /** The same, but not first told after this: the clock was set back. */
  static String notAfter(String told, Instant latest) {
    return since(told).filter(at -> at.isAfter(latest)).isEmpty()
        ? told
        : String.join(" ", words(told)) + " " + SINCE + latest.getEpochSecond();
  }

  /** The severity and what stands for the diffs. */
  private static List<String> words(String told) {
    return Arrays.stream(told.split(" ", -1)).filter(word -> !word.startsWith(SINCE)).toList();
  }

  private static Severity severity(List<String> words) {
    var word = words.getFirst();
    return Severity.of(
        Labels.of(
            Map.of(
                "severity",
                isFlapping(words) ? word.substring(0, word.length() - FLAPPING.length()) : word)));
  }

  private static boolean isFlapping(List<String> words) {
    return words.getFirst().endsWith(FLAPPING);
  }
}
