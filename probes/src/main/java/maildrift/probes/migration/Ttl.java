package maildrift.probes.migration;

import com.google.common.base.Splitter;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import maildrift.probes.Memory;
import maildrift.probes.dns.Answer;
import maildrift.probes.domain.Migration;
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
 * @param run of sightings; empty where it was not seen whole
 */
record Ttl(
    String record,
    OptionalLong seconds,
    boolean isLow,
    boolean isWhole,
    Optional<Instant> since,
    Optional<Duration> before,
    Optional<Run> run) {
  private static final String KIND = "-TTL";
  private static final String HIGH = "high ";
  private static final String LOW = "low";
  private static final String AFTER = "low after ";

  /** Of the record that remembers when it was last seen to be low, which is news to nobody. */
  private static final String SIGHTING = "-SEEN-TTL";

  /** Whatever is not looked at for longer may have been anything meanwhile. */
  private static final Duration LONGEST_PAUSE = Migration.LEAD.dividedBy(2);

  /**
   * Looks that saw it low and whole, none too long after the one before.
   *
   * @param first of them
   * @param last of them
   * @param missed when it had been seen before the pause that ended with the first, if there was
   *     one
   */
  record Run(Instant first, Instant last, Optional<Instant> missed) {
    private static final Splitter WORDS = Splitter.on(' ');

    static Optional<Run> parse(String text) {
      var words = WORDS.splitToList(text);
      try {
        return words.size() < 2
            ? Optional.empty()
            : Optional.of(
                new Run(
                    Instant.parse(words.get(0)),
                    Instant.parse(words.get(1)),
                    words.stream().skip(2).findFirst().map(Instant::parse)));
      } catch (DateTimeParseException _) {
        return Optional.empty();
      }
    }

    Run seenAgain(Instant now) {
      return last.plus(LONGEST_PAUSE).isBefore(now)
          ? new Run(now, now, Optional.of(last))
          : new Run(first, now, missed);
    }

    String text() {
      return first + " " + last + missed.map(from -> " " + from).orElse("");
    }
  }

  static boolean isSighting(String record) {
    return record.endsWith(SIGHTING);
  }

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
    var moment = now.truncatedTo(ChronoUnit.SECONDS);
    Optional<Run> run =
        isLow && isWhole
            ? Optional.of(
                memory
                    .of(record + SIGHTING)
                    .flatMap(seen -> Run.parse(seen.last()))
                    .map(seen -> seen.seenAgain(moment))
                    .orElseGet(() -> new Run(moment, moment, Optional.empty())))
            : Optional.empty();
    // Low before a pause and after it is no word of what it was meanwhile.
    var again = run.filter(one -> one.missed().isPresent()).map(Run::first);
    return new Ttl(
        record,
        seconds,
        isLow,
        isWhole,
        !isLow || past.isEmpty()
            ? Optional.empty()
            : (last.startsWith(LOW) ? past.get().since() : Optional.of(now))
                .map(since -> since.truncatedTo(ChronoUnit.SECONDS))
                .map(since -> again.filter(since::isBefore).orElse(since)),
        isLow ? before(last) : Optional.empty(),
        run);
  }

  private static Optional<Duration> before(String last) {
    for (var word : List.of(HIGH, AFTER)) {
      if (last.startsWith(word)) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(last.substring(word.length()))));
      }
    }
    return Optional.empty();
  }

  /** The name of the record that remembers the sightings. */
  String sighting() {
    return record + SIGHTING;
  }

  /** What is remembered of them; empty where this look says nothing of it. */
  Optional<String> sightings() {
    return isLow || seconds.isEmpty()
        ? run.map(Run::text)
        : Optional.of(HIGH + seconds.getAsLong());
  }

  /** The pause before it was seen again, as far as the time since then depends on it. */
  Optional<String> unobserved() {
    return run.filter(one -> since.filter(one.first()::equals).isPresent())
        .flatMap(one -> one.missed().map(from -> "from %s to %s".formatted(from, one.first())));
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
