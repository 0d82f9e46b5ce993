package maildrift.monitor.self;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import maildrift.alerts.Alert;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Silence;
import maildrift.alerts.state.Problem;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.watch.WatchRules;

/**
 * A silence is about to end while alerts that it hides still fire. That is said once, in time to
 * prolong it; it is over when the silence ends, is prolonged, or hides nothing any more.
 */
public final class EndingSilences implements Symptom {
  private static final Duration LEAST = Duration.ofMinutes(15);
  private static final Duration MOST = Duration.ofDays(1);
  private static final int SHARE = 10;
  private static final int MOST_NAMED = 5;

  private final Supplier<Collection<Silence>> silences;
  private final Supplier<Collection<Alert>> alerts;

  public EndingSilences(
      Supplier<Collection<Silence>> silences, Supplier<Collection<Alert>> alerts) {
    this.silences = silences;
    this.alerts = alerts;
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(WatchRules.SILENCE_ENDING.id());
  }

  @Override
  public List<Problem> problems(Instant now) {
    var ending = silences.get().stream().filter(silence -> isEnding(silence, now)).toList();
    if (ending.isEmpty()) {
      return List.of();
    }
    var firing =
        alerts.get().stream().filter(alert -> alert.phase() == Alert.Phase.FIRING).toList();
    return ending.stream().flatMap(silence -> problem(silence, firing).stream()).toList();
  }

  private static boolean isEnding(Silence silence, Instant now) {
    return silence.state(now) == Silence.State.ACTIVE
        && !now.isBefore(silence.endsAt().minus(notice(silence)));
  }

  /**
   * A tenth of its length, between a quarter of an hour and a day; of a short one the second half.
   */
  static Duration notice(Silence silence) {
    var length = Duration.between(silence.startsAt(), silence.endsAt());
    var share = length.dividedBy(SHARE);
    var wanted = share.compareTo(LEAST) < 0 ? LEAST : share.compareTo(MOST) > 0 ? MOST : share;
    var half = length.dividedBy(2);
    return wanted.compareTo(half) > 0 ? half : wanted;
  }

  private static Optional<Problem> problem(Silence silence, List<Alert> firing) {
    var hidden = firing.stream().filter(alert -> silence.covers(alert.labels())).toList();
    if (hidden.isEmpty()) {
      return Optional.empty();
    }
    var ends = CheckJson.instant(silence.endsAt());
    var matchers =
        silence.matchers().stream().map(Matcher::toString).collect(Collectors.joining(", "));
    var own =
        OwnProblem.of(
            WatchRules.SILENCE_ENDING,
            silence.id(),
            "The silence of %s by %s (%s) ends at %s, and what it hides still fires"
                .formatted(matchers, silence.createdBy(), silence.comment(), ends),
            "It hides: " + names(hidden) + ". These are told when it ends.",
            "To prolong it: maildrift silence extend %s --for 1d\nTo end it now: maildrift silence expire %s"
                .formatted(silence.id(), silence.id()));
    return Optional.of(tenant(hidden).map(tenant -> with(own, tenant)).orElse(own));
  }

  /** By name, so that the same alerts read the same at every look. */
  private static String names(List<Alert> hidden) {
    var named =
        hidden.stream()
            .map(
                alert ->
                    alert.labels().get("alertname")
                        + " of "
                        + (alert.labels().get("domain").isEmpty()
                            ? alert.labels().get("subject")
                            : alert.labels().get("domain")))
            .distinct()
            .sorted()
            .toList();
    return named.size() <= MOST_NAMED
        ? String.join(", ", named)
        : "%s and %d more"
            .formatted(String.join(", ", named.subList(0, MOST_NAMED)), named.size() - MOST_NAMED);
  }

  /** Whoever hears of all that is hidden hears of this. */
  private static Optional<String> tenant(List<Alert> hidden) {
    var tenants =
        hidden.stream().map(alert -> alert.labels().get("tenant")).distinct().limit(2).toList();
    return tenants.size() == 1 && !tenants.getFirst().isEmpty()
        ? Optional.of(tenants.getFirst())
        : Optional.empty();
  }

  private static Problem with(Problem own, String tenant) {
    var labels = new HashMap<>(own.labels().map());
    labels.put("tenant", tenant);
    return Problem.of(Map.copyOf(labels), own.annotations());
  }
}
