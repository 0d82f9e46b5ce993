package maildrift.probes.migration;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import maildrift.probes.Memory;
import maildrift.probes.dns.Answer;
import maildrift.probes.zone.ZoneServers.Server;

/**
 * The time to live of one record as the zone's own servers publish it, and since when it has been
 * low. The latter is remembered as a watched record: {@code high 86400}, {@code low}, or {@code low
 * after 86400}, where what was before is known.
 *
 * @param record what it is the time to live of, e.g. {@code contoso.tld MX}
 * @param seconds the longest that any server publishes; empty where none was heard or there is no
 *     such record
 * @param isLow whether that is short enough
 * @param isWhole every server was heard that can be heard
 * @param since when it was first seen to be low, if that is known
 * @param before the time to live before it became low, if that is known
 */
record Ttl(
    String record,
    OptionalLong seconds,
    boolean isLow,
    boolean isWhole,
    Optional<Instant> since,
    Optional<Duration> before) {
  private static final String KIND = "-TTL";
  private static final String HIGH = "high ";
  private static final String LOW = "low";
  private static final String AFTER = "low after ";

  static boolean isRecord(String record) {
    return record.endsWith(KIND);
  }

  static Ttl of(
      String record, List<Server> servers, int question, Duration low, Memory memory, Instant now) {
    var seconds =
        servers.stream()
            .flatMap(server -> server.answers().get(question).stream())
            .filter(Answer.Found.class::isInstance)
            .mapToLong(answer -> ((Answer.Found) answer).ttl().toSeconds())
            .max();
    var isWhole =
        servers.stream()
            .noneMatch(server -> server.isMissed() && server.answers().get(question).isEmpty());
    var isLow = seconds.isPresent() && seconds.getAsLong() <= low.toSeconds();
    var past = memory.of(record + KIND);
    var last = past.map(Memory.Past::last).orElse("");
    return new Ttl(
        record,
        seconds,
        isLow,
        isWhole,
        !isLow || past.isEmpty()
            ? Optional.empty()
            : (last.startsWith(LOW) ? past.get().since() : Optional.of(now))
                .map(since -> since.truncatedTo(ChronoUnit.SECONDS)),
        isLow ? before(last) : Optional.empty());
  }

  private static Optional<Duration> before(String last) {
    for (var word : List.of(HIGH, AFTER)) {
      if (last.startsWith(word)) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(last.substring(word.length()))));
      }
    }
    return Optional.empty();
  }

  String watched() {
    return record + KIND;
  }

  /** What is remembered of it; empty where not every server was heard: one may still be high. */
  Optional<String> value() {
    if (seconds.isEmpty() || (isLow && !isWhole)) {
      return Optional.empty();
    }
    return Optional.of(
        isLow
            ? before.map(was -> AFTER + was.toSeconds()).orElse(LOW)
            : HIGH + seconds.getAsLong());
  }

  /** Until when somebody may remember what was published while it was high, if that is known. */
  Optional<Instant> oldAnswersUntil() {
    return before.flatMap(was -> since.map(from -> from.plus(was)));
  }

  /** Low for as long as a migration asks for, and for as long as it was high. */
  Optional<Instant> readyAt(Duration lead) {
    return since.map(
        from -> {
          var lowFor = from.plus(lead);
          return oldAnswersUntil().filter(lowFor::isBefore).orElse(lowFor);
        });
  }
}
