package maildrift.probes.smtp;

import static java.util.Objects.requireNonNull;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.collect.Sets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import maildrift.probes.Deadline;
import maildrift.probes.smtp.Smtp.Target;

/**
 * What servers conceded, for all domains that share them. They are asked once a day: what a server
 * accepts changes when somebody changes it, and each time costs it two broken handshakes in its
 * log. Only a confirmation asks at once, and only those that conceded something.
 */
final class KnownConcessions {
  private static final Duration AGE = Duration.ofHours(24);

  /** After a failure; what was seen before holds meanwhile, for so long. */
  private static final Duration FAILURE_AGE = Duration.ofHours(1);

  private static final Duration HOLDS = Duration.ofDays(3);

  private static final long MOST = 50_000;

  private final Function<Target, Concessions> door;
  private final Cache<Target, Known> known =
      CacheBuilder.newBuilder().maximumSize(MOST).expireAfterWrite(HOLDS).build();
  private final ConcurrentHashMap<Target, Flight> flights = new ConcurrentHashMap<>();

  KnownConcessions(Function<Target, Concessions> door) {
    this.door = door;
  }

  /**
   * One server's.
   *
   * @param tried when it was last asked, on the monotonic clock
   * @param whole when it last answered everything
   * @param seen the last answers
   * @param doubted where it hung up the last time, which it had conceded before: once may be chance
   */
  private record Known(Concessions seen, long tried, long whole, Set<Concessions.Part> doubted) {
    boolean isFit(long now) {
      return now - tried < (tried == whole ? AGE : FAILURE_AGE).toNanos();
    }
  }

  private record Flight(CompletableFuture<Concessions> look, long started) {}

  void forget() {
    known.invalidateAll();
  }

  /** For a regular look. */
  List<Concessions> within(List<Target> targets, Deadline deadline) {
    var now = System.nanoTime();
    return await(targets, deadline, seen -> seen.isFit(now), _ -> true);
  }

  /**
   * For a confirmation.
   *
   * @param notBefore what began earlier, on the monotonic clock, confirms nothing
   */
  List<Concessions> fresh(List<Target> targets, Deadline deadline, long notBefore) {
    return await(
        targets,
        deadline,
        seen ->
            seen.seen().isWhole()
                && (!seen.seen().isAnyMade()
                    || (seen.tried() == seen.whole() && seen.tried() - notBefore >= 0)),
        flight -> flight.started() - notBefore >= 0);
  }

  private List<Concessions> await(
      List<Target> targets, Deadline deadline, Predicate<Known> fits, Predicate<Flight> joins) {
    var looks = targets.stream().map(target -> join(target, fits, joins)).toList();
    var seen = new ArrayList<Concessions>(looks.size());
    for (var look : looks) {
      seen.add(await(look, deadline));
    }
    return seen;
  }

  private CompletableFuture<Concessions> join(
      Target target, Predicate<Known> fits, Predicate<Flight> joins) {
    var seen = known.getIfPresent(target);
    if (seen != null && fits.test(seen)) {
      return CompletableFuture.completedFuture(seen.seen());
    }
    var begun = new Flight(new CompletableFuture<>(), System.nanoTime());
    var flight =
        requireNonNull(
            flights.compute(
                target,
                (_, other) -> {
                  if (other != null && joins.test(other)) {
                    return other;
                  }
                  // One that has ended since is known before it leaves the flights.
                  var late = known.getIfPresent(target);
                  return late != null && fits.test(late)
                      ? new Flight(CompletableFuture.completedFuture(late.seen()), late.tried())
                      : begun;
                }));
    if (flight.equals(begun)) {
      Thread.ofVirtual().name("offers ", 0).start(() -> look(target, begun));
    } else if (flight.look().isDone()) {
      flights.remove(target, flight);
    }
    return flight.look();
  }

  private void look(Target target, Flight flight) {
    try {
      var said = door.apply(target);
      var before = known.getIfPresent(target);
      var doubted =
          before == null
              ? Set.<Concessions.Part>of()
              : Sets.difference(said.hangUpsAfter(before.seen()), before.doubted()).immutableCopy();
      var look = said.doubting(doubted);
      var mine =
          new Known(
              look, flight.started(), look.isWhole() ? flight.started() : Long.MIN_VALUE, doubted);
      known.asMap().merge(target, mine, KnownConcessions::merged);
      flight.look().complete(look);
    } catch (RuntimeException | Error e) {
      flight.look().completeExceptionally(e);
    } finally {
      flights.remove(target, flight);
    }
  }

  /** A failure to look is no answer. */
  private static Known merged(Known old, Known mine) {
    var holds = old.whole() != Long.MIN_VALUE && mine.tried() - old.whole() < HOLDS.toNanos();
    return mine.tried() == mine.whole()
        ? mine
        : holds
            ? new Known(mine.seen().or(old.seen()), mine.tried(), old.whole(), mine.doubted())
            : mine;
  }

  private static Concessions await(CompletableFuture<Concessions> look, Deadline deadline) {
    try {
      return look.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      return Concessions.unseen("no result before the check's deadline");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Concessions.unseen("interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("making offers", e.getCause());
    }
  }
}
