package maildrift.probes.smtp;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import maildrift.probes.Deadline;
import maildrift.probes.smtp.Smtp.Attempt;

/**
 * What became of trials, for all domains that share a server. Each is made a few times a day at
 * most, after a failure too: nobody's log is to fill up with us. Only a confirmation is made at
 * once.
 */
final class KnownTrials {
  private static final Duration AGE = Duration.ofHours(6);
  private static final Duration FAILURE_AGE = Duration.ofHours(1);
  private static final long MOST = 50_000;

  private final Function<Attempt, Tried> door;
  private final Cache<Attempt, Known> known =
      CacheBuilder.newBuilder().maximumSize(MOST).expireAfterWrite(AGE).build();
  private final ConcurrentHashMap<Attempt, Known> flights = new ConcurrentHashMap<>();

  /** One trial, perhaps still under way; {@code started} on the monotonic clock. */
  private record Known(CompletableFuture<Tried> result, long started) {}

  KnownTrials(Function<Attempt, Tried> door) {
    this.door = door;
  }

  void forget() {
    known.invalidateAll();
  }

  /**
   * Makes those that are not known.
   *
   * @param fresh only what begins after this call will do
   */
  List<Tried> attempt(List<Attempt> attempts, Deadline deadline, boolean fresh) {
    var now = System.nanoTime();
    var results = attempts.stream().map(attempt -> join(attempt, now, fresh)).toList();
    var tried = new ArrayList<Tried>(results.size());
    for (var result : results) {
      tried.add(await(result, deadline));
    }
    return tried;
  }

  private CompletableFuture<Tried> join(Attempt attempt, long now, boolean fresh) {
    var begun = new Known(new CompletableFuture<>(), System.nanoTime());
    var flight =
        flights.merge(
            attempt, begun, (other, mine) -> !fresh || other.started() - now >= 0 ? other : mine);
    if (!flight.equals(begun)) {
      return flight.result();
    }
    var before = known.getIfPresent(attempt);
    if (before != null && isFit(before, now, fresh)) {
      flights.remove(attempt, begun);
      begun.result().complete(before.result().join());
    } else {
      Thread.ofVirtual().name("trial ", 0).start(() -> make(attempt, begun));
    }
    return begun.result();
  }

  private static boolean isFit(Known before, long now, boolean fresh) {
    var age = before.result().join() instanceof Tried.Unseen ? FAILURE_AGE : AGE;
    return fresh ? before.started() - now >= 0 : now - before.started() < age.toNanos();
  }

  private void make(Attempt attempt, Known flight) {
    try {
      flight.result().complete(door.apply(attempt));
      known.put(attempt, flight);
    } catch (RuntimeException | Error e) {
      flight.result().completeExceptionally(e);
    } finally {
      flights.remove(attempt, flight);
    }
  }

  private static Tried await(CompletableFuture<Tried> result, Deadline deadline) {
    try {
      return result.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      return new Tried.Unseen("no result before the check's deadline");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Tried.Unseen("interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("trying", e.getCause());
    }
  }
}
