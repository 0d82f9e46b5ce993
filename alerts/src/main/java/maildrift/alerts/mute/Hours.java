package maildrift.alerts.mute;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * When a route tells: within its active_time_intervals, if it has any, and outside its
 * mute_time_intervals; as in Alertmanager. What there is to tell outside waits until the hours
 * begin, ends included: who is not to be disturbed is not told that something is over, either.
 *
 * @param active it tells within any of these; none: always
 * @param mute and within none of these
 */
public record Hours(List<Named> active, List<Named> mute) {
  public static final Hours ALWAYS = new Hours(List.of(), List.of());

  private static final int WEEK = 7;

  /** What begins later is looked for again by then. */
  private static final int WEEKS_AHEAD = 58;

  public Hours {
    active = List.copyOf(active);
    mute = List.copyOf(mute);
  }

  /** As the configuration names them. */
  public record Named(String name, List<TimeInterval> intervals) {
    public Named {
      intervals = List.copyOf(intervals);
    }

    public boolean contains(Instant at) {
      return intervals.stream().anyMatch(interval -> interval.contains(at));
    }
  }

  public boolean isOpen(Instant at) {
    return (active.isEmpty() || active.stream().anyMatch(named -> named.contains(at)))
        && mute.stream().noneMatch(named -> named.contains(at));
  }

  /** Why nothing is told now; empty: it is. */
  public Optional<Mutes.Why.OutsideHours> why(Instant at) {
    if (isOpen(at)) {
      return Optional.empty();
    }
    var muting = mute.stream().filter(named -> named.contains(at)).map(Named::name).toList();
    return Optional.of(
        muting.isEmpty()
            ? new Mutes.Why.OutsideHours(
                active.stream().map(Named::name).toList(), "outside ", this, at)
            : new Mutes.Why.OutsideHours(muting, "within ", this, at));
  }

  /** When it opens, where it is closed, or closes; empty: not within a year. */
  public Optional<Instant> nextChange(Instant after) {
    if (active.isEmpty() && mute.isEmpty()) {
      return Optional.empty();
    }
    var now = isOpen(after);
    for (var week = 0; week < WEEKS_AHEAD; week++) {
      var from = after.plus(Duration.ofDays((long) WEEK * week));
      var change = edges(from).stream().filter(edge -> isOpen(edge) != now).findFirst();
      if (change.isPresent()) {
        return change;
      }
    }
    return Optional.empty();
  }

  /** The times within a week at which one of the intervals begins or ends. */
  private TreeSet<Instant> edges(Instant from) {
    var to = from.plus(Duration.ofDays(WEEK));
    return Stream.concat(active.stream(), mute.stream())
        .flatMap(named -> named.intervals().stream())
        .flatMap(
            interval -> {
              var first = from.atZone(interval.location()).toLocalDate().minusDays(1);
              return first.datesUntil(first.plusDays(WEEK + 3)).flatMap(interval::spans);
            })
        .flatMap(span -> Stream.of(span.start(), span.end()))
        .filter(edge -> edge.isAfter(from) && !edge.isAfter(to))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
