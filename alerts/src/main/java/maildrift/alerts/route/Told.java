package maildrift.alerts.route;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Severity;

/**
 * What a receiver was told of one alert, as the text in {@link GroupState#told}: the severity, with
 * {@code ,flapping} where it flaps, and digests of the diffs that it has seen. A diff that comes
 * and goes is told once, and after a few different ones nothing but the repetition is: an unsteady
 * record does not page all night.
 */
final class Told {
  private static final int MOST_DIFFS = 4;
  private static final String FLAPPING = ",flapping";

  private Told() {}

  /** Why the alert as it is now is news to a receiver that was told this. */
  static Optional<Reason> news(Optional<String> told, Alert alert) {
    if (told.isEmpty()) {
      return Optional.of(Reason.NEW_ALERTS);
    }
    var words = words(told.get());
    if (alert.severity().compareTo(severity(words)) > 0) {
      return Optional.of(Reason.ESCALATED);
    }
    if (alert.isFlapping() != isFlapping(words)) {
      return Optional.of(alert.isFlapping() ? Reason.FLAPPING : Reason.STEADY);
    }
    if (alert.isFlapping()) {
      return Optional.empty();
    }
    return words.size() > MOST_DIFFS || words.contains(digest(alert))
        ? Optional.empty()
        : Optional.of(Reason.CHANGED);
  }

  /** What it has been told after it is told the alert as it is now. */
  static String after(Optional<String> told, Reason reason, Alert alert) {
    var severity = alert.severity().word() + (alert.isFlapping() ? FLAPPING : "");
    var fresh = severity + " " + digest(alert);
    if (told.isEmpty() || reason == Reason.REPEAT) {
      return fresh;
    }
    var words = words(told.get());
    var diffs = words.subList(1, words.size());
    var digest = digest(alert);
    return severity
        + " "
        + String.join(" ", diffs)
        + (diffs.contains(digest) || diffs.size() >= MOST_DIFFS ? "" : " " + digest);
  }

  private static List<String> words(String told) {
    return Arrays.asList(told.split(" ", -1));
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

  private static String digest(Alert alert) {
    var diff = alert.annotations().getOrDefault("diff", "");
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(diff.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(hash, 4));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
