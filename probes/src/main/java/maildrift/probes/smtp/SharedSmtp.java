package maildrift.probes.smtp;

import static java.util.Objects.requireNonNull;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import maildrift.probes.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * One look at a host, address and port for all domains that share it: remembered for a while, and
 * never two in flight for the same target.
 */
public final class SharedSmtp {

  /** A server that did not answer is asked again sooner, yet not once per domain behind it. */
  private static final Duration FAILURE_AGE = Duration.ofSeconds(30);

  /** What a server shows without SNI is looked at a few times a day, not at every look. */
  private static final Duration UNNAMED_AGE = Duration.ofHours(6);

  private static final long MAX_WEIGHT = 64L * 1024 * 1024;

  private final SmtpDoor door;
  private final Consumer<SmtpLook> heard;
  private final Duration maxAge;
  private final Cache<Smtp.Target, Seen> known;
  private final Cache<Smtp.Target, Seen> knownUnnamed;
  private final ConcurrentHashMap<Smtp.Target, Flight> flights = new ConcurrentHashMap<>();
  private final KnownConcessions concessions;

  private final KnownTrials knownTrials;

  /** {@code started} on the monotonic clock: what a look shows was true after it. */
  private record Seen(SmtpLook look, long started) {}

  /** While it waits for its turn, everybody may join it: what it shows will be true after that. */
  private static final class Flight {
    private final CompletableFuture<SmtpLook> look = new CompletableFuture<>();
    private volatile long started;
    private volatile boolean isOff;

    CompletableFuture<SmtpLook> look() {
      return look;
    }

    void begins() {
      started = System.nanoTime();
      isOff = true;
    }

    boolean isAfter(long moment) {
      return !isOff || started - moment >= 0;
    }
  }

  /**
   * @param maxAge how old a look may be when it serves another domain; nothing beyond the
   *     schedule's interval
   */
  public SharedSmtp(SmtpDoor door, Duration maxAge) {
    this(door, maxAge, _ -> {});
  }

  /**
   * @param heard hears of every look that was made, not of those that are remembered; must be quick
   */
  public SharedSmtp(SmtpDoor door, Duration maxAge, Consumer<SmtpLook> heard) {
    this.heard = heard;
    this.door = door;
    this.maxAge = maxAge;
    this.known = cache(maxAge, MAX_WEIGHT);
    this.knownUnnamed = cache(UNNAMED_AGE, MAX_WEIGHT / 4);
    this.knownTrials = new KnownTrials(door::attempt);
    this.concessions = new KnownConcessions(target -> door.concessions(List.of(target)).getFirst());
  }

  private static Cache<Smtp.Target, Seen> cache(Duration age, long weight) {
    return CacheBuilder.newBuilder()
        .maximumWeight(weight)
        .weigher((Smtp.Target _, Seen seen) -> weight(seen.look()))
        .expireAfterWrite(age)
        .build();
  }

  private Cache<Smtp.Target, Seen> known(Smtp.Target target) {
    return target.named() ? known : knownUnnamed;
  }

  /** For a first look: what was seen within the maximum age will do. */
  public Smtp within(Deadline deadline) {
    return new View(deadline, maxAge);
  }

  /** For a confirmation: only looks that begin after this call will do; those may be shared. */
  public Smtp fresh(Deadline deadline) {
    return new View(deadline, Duration.ZERO);
  }

  /** Forgets everything, e.g. after a reload. Looks in flight go on. */
  public void forget() {
    known.invalidateAll();
    knownUnnamed.invalidateAll();
    knownTrials.forget();
    concessions.forget();
  }

  /** One check's view: its deadline, and how old an answer may be. */
  private final class View implements Smtp {
    private final Deadline deadline;
    private final long notBefore;
    private final long unnamedNotBefore;
    private final long notBeforeForFailures;
    private final boolean isFresh;

    View(Deadline deadline, Duration age) {
      this.deadline = deadline;
      this.isFresh = age.isZero();
      var now = System.nanoTime();
      this.notBefore = now - age.toNanos();
      this.unnamedNotBefore = age.isZero() ? now : now - UNNAMED_AGE.toNanos();
      this.notBeforeForFailures =
          now - (age.compareTo(FAILURE_AGE) < 0 ? age : FAILURE_AGE).toNanos();
    }

    @Override
    public int port() {
      return door.port();
    }

    @Override
    public List<SmtpLook> look(List<Target> targets) {
      var flying = targets.stream().map(this::join).toList();
      var looks = new ArrayList<SmtpLook>(targets.size());
      for (var i = 0; i < targets.size(); i++) {
        looks.add(await(targets.get(i), flying.get(i)));
      }
      return looks;
    }

    @Override
    public Set<Trial> trials() {
      return door.trials();
    }

    @Override
    public List<Tried> attempt(List<Attempt> attempts) {
      return knownTrials.attempt(attempts, deadline, isFresh);
    }

    @Override
    public List<Concessions> concessions(List<Target> targets) {
      if (!door.offersForbidden()) {
        return List.of();
      }
      return isFresh
          ? concessions.fresh(targets, deadline, notBefore)
          : concessions.within(targets, deadline);
    }

    private CompletableFuture<SmtpLook> join(Target target) {
      var seen = usable(target);
      if (seen.isPresent()) {
        return CompletableFuture.completedFuture(seen.get());
      }
      var begun = new Flight();
      var late = new AtomicReference<@Nullable SmtpLook>();
      var flight =
          flights.compute(
              target,
              (_, other) -> {
                if (other != null && other.isAfter(notBefore(target)) && !other.look().isDone()) {
                  return other;
                }
                // One that has ended since is known before it leaves the flights.
                var known = usable(target);
                late.set(known.orElse(null));
                return known.isPresent() ? other : begun;
              });
      var ended = late.get();
      if (ended != null) {
        return CompletableFuture.completedFuture(ended);
      }
      if (begun.equals(flight)) {
        Thread.ofVirtual().name("smtp ", 0).start(() -> fly(target, begun));
      }
      return requireNonNull(flight).look();
    }

    private Optional<SmtpLook> usable(Target target) {
      return Optional.ofNullable(known(target).getIfPresent(target))
          .filter(
              seen ->
                  seen.started()
                          - (isFailure(seen.look()) ? notBeforeForFailures : notBefore(target))
                      >= 0)
          .map(Seen::look);
    }

    private long notBefore(Target target) {
      return target.named() ? notBefore : unnamedNotBefore;
    }

    private SmtpLook await(Target target, CompletableFuture<SmtpLook> look) {
      try {
        return look.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException _) {
        return new SmtpLook.Unobservable(target, "no result before the check's deadline");
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return new SmtpLook.Unobservable(target, "interrupted");
      } catch (ExecutionException e) {
        throw new IllegalStateException("looking at " + target, e.getCause());
      }
    }
  }

  /** On its own time, not on that of the check that happened to come first. */
  private void fly(Smtp.Target target, Flight flight) {
    try {
      var look = door.look(target, flight::begins);
      if (!flight.isOff) {
        flight.begins();
      }
      heard.accept(look);
      known(target)
          .asMap()
          .merge(
              target,
              new Seen(look, flight.started),
              (old, mine) -> old.started() - mine.started() > 0 ? old : mine);
      flight.look().complete(look);
    } catch (RuntimeException | Error e) {
      flight.look().completeExceptionally(e);
    } finally {
      flights.remove(target, flight);
    }
  }

  private static boolean isFailure(SmtpLook look) {
    return switch (look) {
      case SmtpLook.Unobservable _ -> true;
      case SmtpLook.Refused _ -> false;
      case SmtpLook.Spoke spoke -> spoke.tls() instanceof SmtpLook.Interrupted;
    };
  }

  private static int weight(SmtpLook look) {
    return switch (look) {
      case SmtpLook.Unobservable _, SmtpLook.Refused _ -> 512;
      case SmtpLook.Spoke spoke ->
          1024
              + spoke.extensions().stream().mapToInt(String::length).sum()
              + (spoke.tls() instanceof SmtpLook.Handshake handshake
                  ? handshake.chain().stream().mapToInt(der -> der.length).sum()
                  : 0);
    };
  }
}
