package maildrift.alerts.outbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is owed until it has arrived: at least once, in order within a group, every receiver
 * on its own so that a dead one neither delays nor drops what others get.
 *
 * <p>When a receiver that failed takes something again, all that waits for it is due at once.
 */
public final class Deliveries {
  private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

  /** Wakes now and then even when nothing is planned: clocks are set, other nodes leave things. */
  private static final Duration LONGEST_NAP = Duration.ofSeconds(30);

  private static final Duration STORE_RETRY = Duration.ofSeconds(1);

  /** Clocks that are disciplined move back by less than this. */
  private static final Duration CLOCK_SLACK = Duration.ofSeconds(5);

  /** A lane turns at least every {@link #LONGEST_NAP}; one that does not hangs. */
  private static final Duration HANGS_AFTER = LONGEST_NAP.multipliedBy(4);

  private static final int MOST_REFUSED = 1_000;

  private final Outbox outbox;
  private final DeliveryTerms terms;
  private final InstantSource clock;
  private final Listener listener;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Lane> lanes = new HashMap<>();
  private final Map<String, Tally> tallies = new TreeMap<>();
  private boolean stopping;

  /** Hears what an operator must know. */
  public interface Listener {
    /**
     * The receiver answered 410: nothing more is sent to it until it is configured otherwise or
     * {@link Deliveries#enable enabled}. Called again where it throws.
     */
    void disabled(String receiver, String why);

    /** The receiver refused it for days; it will not be told. */
    void dead(Owed owed, String why);
  }

  /**
   * What happened since the start.
   *
   * @param sent notifications that arrived
   * @param failed attempts that did not succeed
   * @param dead notifications that were given up
   * @param disabled whether the receiver wants no more
   * @param lastSuccess when something last arrived
   * @param failingSince when the first of the failures was that nothing has arrived since
   * @param lastError of the last attempt, if it failed
   */
  public record Counts(
      long sent,
      Map<Failure, Long> failed,
      long dead,
      boolean disabled,
      Optional<Instant> lastSuccess,
      Optional<Instant> failingSince,
      Optional<String> lastError) {
    public Counts {
      failed = Map.copyOf(failed);
    }
  }

  public Deliveries(Outbox outbox, DeliveryTerms terms, InstantSource clock, Listener listener) {
    this.outbox = outbox;
    this.terms = terms;
    this.clock = clock;
    this.listener = listener;
  }

  /** {@link #receivers(Map, Set)}, and none of them is known to have said 410. */
  public void receivers(Map<String, Notifier> notifiers) {
    receivers(notifiers, Set.of());
  }

  /**
   * Starts, or goes on with other receivers after a reload. What is owed to a receiver that is no
   * longer configured stays owed. A receiver that had said 410 is asked again when it is not equal
   * to what it was.
   *
   * @param gone those that said 410 before a restart, and have not been configured otherwise since
   */
  public void receivers(Map<String, Notifier> notifiers, Set<String> gone) {
    lock.lock();
    try {
      if (stopping) {
        return;
      }
      lanes.entrySet().stream()
          .filter(lane -> !notifiers.containsKey(lane.getKey()))
          .forEach(lane -> lane.getValue().ended = true);
      lanes.keySet().retainAll(notifiers.keySet());
      notifiers.forEach(
          (receiver, notifier) -> {
            tallies.computeIfAbsent(receiver, _ -> new Tally());
            var lane = lanes.get(receiver);
            if (lane == null) {
              var fresh = new Lane(receiver, notifier);
              fresh.disabled = gone.contains(receiver);
              lanes.put(receiver, fresh);
              fresh.thread =
                  Optional.of(Thread.ofVirtual().name("deliveries-" + receiver).start(fresh::run));
            } else if (!lane.notifier.equals(notifier)) {
              lane.notifier = notifier;
              lane.disabled = false;
              lane.pausedUntil = Instant.MIN;
            }
          });
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A person says that a receiver that had said 410 is to be sent to again, and all of it now. */
  public void enable(String receiver) {
    outbox.hurry(receiver, clock.instant());
    lock.lock();
    try {
      Optional.ofNullable(lanes.get(receiver))
          .ifPresent(
              lane -> {
                lane.disabled = false;
                lane.pausedUntil = Instant.MIN;
                lane.news = true;
              });
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Something was made owed. */
  public void wake() {
    lock.lock();
    try {
      lanes.values().forEach(lane -> lane.news = true);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** By receiver; one that vanished from the configuration keeps its counts. */
  public Map<String, Counts> counts() {
    lock.lock();
    try {
      var counts = new TreeMap<String, Counts>();
      tallies.forEach(
          (receiver, tally) -> {
            var lane = lanes.get(receiver);
            counts.put(
                receiver,
                new Counts(
                    tally.sent,
                    tally.failed,
                    tally.dead,
                    lane != null && lane.disabled,
                    tally.lastSuccess,
                    tally.failingSince,
                    tally.lastError));
          });
      return counts;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Claims nothing more and lets what is in flight finish; what has not by then is interrupted and
   * stays owed.
   *
   * @return whether all finished by themselves
   */
  public boolean stop(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      stopping = true;
      changed.signalAll();
      if (waitForFlights(patience)) {
        return true;
      }
      lanes.values().forEach(lane -> lane.sending.forEach(Thread::interrupt));
      waitForFlights(Duration.ofSeconds(1));
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean waitForFlights(Duration patience) throws InterruptedException {
    var left = patience.toNanos();
    while (lanes.values().stream().anyMatch(lane -> !lane.flights.isEmpty())) {
      if (left <= 0) {
        return false;
      }
      left = changed.awaitNanos(left);
    }
    return true;
  }

  /** What one receiver did. Guarded by the lock. */
  private static final class Tally {
    private final Map<Failure, Long> failed = new EnumMap<>(Failure.class);
    private long sent;
    private long dead;
    private Optional<Instant> lastSuccess = Optional.empty();
    private Optional<Instant> failingSince = Optional.empty();
    private Optional<String> lastError = Optional.empty();
  }

  /** One receiver's queue. Its fields are guarded by the lock. */
  private final class Lane {
    private final String receiver;
    private final Set<Thread> flights = new HashSet<>();
    private final Set<Thread> sending = new HashSet<>();

    /** What is on its way, which no clock that jumps over a lease may send a second time. */
    private final Set<String> underWay = new HashSet<>();

    /**
     * Groups whose message was refused, and how much had arrived before: it must not take others
     * down with it.
     */
    private final Map<String, Long> refused = new HashMap<>();

    /** With the store, not with the receiver. */
    private final Trouble trouble = new Trouble();

    private Notifier notifier;
    private Optional<Thread> thread = Optional.empty();
    private Instant pausedUntil = Instant.MIN;
    private Instant latest = Instant.MIN;
    private long turnedAt = System.nanoTime();
    private boolean setBack;
    private boolean looked;
    private boolean news;
    private boolean failing;
    private boolean disabled;
    private boolean ended;

    Lane(String receiver, Notifier notifier) {
      this.receiver = receiver;
      this.notifier = notifier;
    }

    void run() {
      try {
        while (goesOn()) {
          // Nothing ends it but its end: a receiver that nobody serves is not told anything more.
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private boolean goesOn() throws InterruptedException {
      try {
        var room = waitForRoom();
        if (room == 0) {
          return false;
        }
        var now = clock.instant();
        if (wasSetBack(now)) {
          LOG.info("the clock was set back; what waits for {} is tried now", receiver);
          outbox.hurry(receiver, now);
        }
        var claimed = outbox.claim(receiver, room, now, terms.lease());
        answered();
        if (claimed.isEmpty()) {
          nap(outbox.nextAttempt(receiver));
        } else {
          claimed.forEach(this::launch);
        }
      } catch (RuntimeException e) {
        complain(e);
        pause();
      } catch (Error e) {
        LOG.error("deliveries to {} failed, trying again", receiver, e);
        pause();
      }
      return true;
    }

    private void complain(RuntimeException failure) {
      if (trouble.isNew(failure)) {
        LOG.warn("deliveries to {}: the store does not answer, trying again", receiver, failure);
      }
    }

    private void answered() {
      if (trouble.end()) {
        LOG.info("deliveries to {}: the store answers again", receiver);
      }
    }

    /** Whether what was planned for a time is further away now than it was meant to be. */
    private boolean wasSetBack(Instant now) {
      lock.lock();
      try {
        if (looked) {
          var was = setBack;
          setBack = false;
          return was;
        }
        looked = true;
      } finally {
        lock.unlock();
      }
      // While the daemon was down, perhaps.
      return Optional.ofNullable(outbox.backlog().get(receiver))
          .filter(backlog -> backlog.oldest().isAfter(now.plus(CLOCK_SLACK)))
          .isPresent();
    }

    /** A pause is as long as it was meant to be, whatever the clock says. */
    private void follow(Instant now) {
      if (latest.isAfter(now.plus(CLOCK_SLACK))) {
        setBack = true;
        if (pausedUntil.isAfter(now)) {
          pausedUntil = pausedUntil.minus(Duration.between(now, latest));
        }
      }
      latest = now;
    }

    private void pause() throws InterruptedException {
      lock.lock();
      try {
        if (!stopping && !ended) {
          await(STORE_RETRY);
        }
      } finally {
        lock.unlock();
      }
    }

    /** How many may be launched; 0: the lane has ended. */
    private int waitForRoom() throws InterruptedException {
      lock.lock();
      try {
        while (!stopping && !ended) {
          var room = (failing ? 1 : terms.inFlight()) - flights.size();
          turnedAt = System.nanoTime();
          var now = clock.instant();
          follow(now);
          var pause = Duration.between(now, later(pausedUntil, now));
          if (!disabled && room > 0 && !pause.isPositive()) {
            news = false;
            return room;
          }
          if (pause.isPositive()) {
            await(shorter(pause, LONGEST_NAP));
          } else {
            await(LONGEST_NAP);
          }
        }
        return 0;
      } finally {
        lock.unlock();
      }
    }

    private void nap(Optional<Instant> until) throws InterruptedException {
      lock.lock();
      try {
        var length =
            until
                .map(at -> shorter(Duration.between(clock.instant(), at), LONGEST_NAP))
                .orElse(LONGEST_NAP);
        if (!news && !stopping && !ended && length.isPositive()) {
          await(length);
        }
      } finally {
        lock.unlock();
      }
    }

    // The caller looks again in a loop whatever woke it.
    @SuppressWarnings("WaitNotInLoop")
    private void await(Duration length) throws InterruptedException {
      var _ = changed.await(length.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void launch(Owed owed) {
      lock.lock();
      try {
        if (underWay.contains(owed.id())) {
          return; // The clock jumped over its lease; it has been given a new one.
        }
        var to = notifier;
        var flight =
            Thread.ofVirtual().name("delivery-" + owed.id()).unstarted(() -> fly(owed, to));
        // First: one that could not be started would take its room for ever.
        flight.start();
        flights.add(flight);
        underWay.add(owed.id());
      } finally {
        lock.unlock();
      }
    }

    private void fly(Owed claimed, Notifier to) {
      var owed = claimed;
      try {
        owed = merged(claimed);
        if (beginSending(owed)) {
          land(owed, to, attempt(owed, to), endSending());
        } else {
          outbox.release(owed.id());
        }
      } catch (RuntimeException e) {
        LOG.warn("notification {} to {} was not sent; it stays owed", owed.id(), receiver, e);
        mark(() -> outbox.release(claimed.id()));
      } finally {
        lock.lock();
        try {
          flights.remove(Thread.currentThread());
          underWay.remove(claimed.id());
          underWay.remove(owed.id());
          news = true;
          changed.signalAll();
        } finally {
          lock.unlock();
        }
      }
    }

    /** What piled up behind it while the receiver was away is told with it. */
    private Owed merged(Owed owed) {
      var now = clock.instant();
      if (owed.createdAt().plus(terms.mergeAfter()).isAfter(now)
          || owed.wasRefused()
          || isRefused(owed)) {
        return owed;
      }
      var merged = outbox.merge(owed, now, terms.lease());
      if (!merged.id().equals(owed.id())) {
        LOG.info(
            "what piled up for {} in {} since {} is one notification now, {}",
            receiver,
            owed.groupKey(),
            owed.createdAt(),
            merged.id());
      }
      return merged;
    }

    private boolean isRefused(Owed owed) {
      lock.lock();
      try {
        return refused.containsKey(owed.groupKey());
      } finally {
        lock.unlock();
      }
    }

    /** Until {@link #endSending} the thread may be interrupted. */
    private boolean beginSending(Owed owed) {
      lock.lock();
      try {
        underWay.add(owed.id());
        if (!stopping) {
          sending.add(Thread.currentThread());
        }
        return !stopping;
      } finally {
        lock.unlock();
      }
    }

    /**
     * From here on the thread is not interrupted, since an interrupt in the middle of a write
     * closes the files of an embedded database.
     *
     * @return whether it was interrupted while it sent
     */
    private boolean endSending() {
      lock.lock();
      try {
        sending.remove(Thread.currentThread());
        return Thread.interrupted();
      } finally {
        lock.unlock();
      }
    }

    private Outcome attempt(Owed owed, Notifier to) {
      try {
        return to.send(owed);
      } catch (RuntimeException e) {
        LOG.error("notification {} to {} broke its notifier", owed.id(), receiver, e);
        return new Outcome.TryLater(Failure.OTHER, "internal error: " + e);
      }
    }

    private void land(Owed owed, Notifier to, Outcome outcome, boolean interrupted) {
      var now = clock.instant();
      if (!(outcome instanceof Outcome.Delivered) && isOutdated(to)) {
        // What the old configuration was answered says nothing about the one that is in force.
        mark(() -> outbox.release(owed.id()));
        return;
      }
      switch (outcome) {
        case Outcome.Delivered(var rest) -> {
          rest.ifPresentOrElse(
              what -> giveUp(owed, what, now), () -> mark(() -> outbox.delivered(owed.id())));
          if (arrived(owed, now)) {
            mark(() -> outbox.hurry(receiver, clock.instant()));
          }
        }
        case Outcome.TryLater(var failure, var why, var notBefore) -> {
          if (interrupted) {
            mark(() -> outbox.release(owed.id()));
            return;
          }
          var pause = notBefore.map(at -> earlier(at, now.plus(terms.longestPause())));
          failed(failure, why);
          pause(pause);
          var next = now.plus(terms.delay(owed.attempts(), random));
          var at = pause.map(until -> later(until, next)).orElse(next);
          LOG.warn(
              "notification {} to {} failed, attempt {}: {}; next at {}",
              owed.id(),
              receiver,
              owed.attempts() + 1,
              why,
              at);
          mark(() -> outbox.retryLater(owed.id(), at, why));
        }
        case Outcome.Refused(var failure, var why) -> {
          refused(owed, failure, why);
          if (terms.isEnough(owed.attempts() + 1)) {
            LOG.error("notification {} to {} is given up: {}", owed.id(), receiver, why);
            mark(() -> outbox.dead(owed.id(), why));
            count(tally -> tally.dead++);
            listener.dead(owed, why);
          } else {
            var at = now.plus(terms.delay(owed.attempts(), random));
            LOG.warn(
                "notification {} to {} was refused: {}; next at {}", owed.id(), receiver, why, at);
            mark(() -> outbox.retryLater(owed.id(), at, Owed.REFUSED + why));
          }
        }
        case Outcome.Gone(var why) -> {
          failed(Failure.GONE, why);
          disable();
          LOG.error("receiver {} wants no more notifications: {}", receiver, why);
          mark(() -> listener.disabled(receiver, why));
          mark(() -> outbox.retryLater(owed.id(), now, why));
        }
      }
    }

    /**
     * Some have it; for the others it becomes a dead letter of its own, in no group, so that it
     * holds up nothing. It takes the place of what was owed: a crash in between leaves it owed.
     */
    private void giveUp(Owed owed, Outcome.Rest rest, Instant now) {
      var letter =
          Owed.fresh(
                  MessageIds.next(),
                  receiver,
                  "rest/" + owed.id(),
                  owed.sequence(),
                  rest.body(),
                  owed.createdAt())
              .nextAttempt(now.plus(terms.lease()));
      LOG.error("notification {} to {} is given up for some: {}", owed.id(), receiver, rest.why());
      mark(() -> outbox.replace(owed.id(), letter));
      mark(() -> outbox.dead(letter.id(), rest.why()));
      count(tally -> tally.dead++);
      listener.dead(letter, rest.why());
    }

    /** Whether it had failed before, so that others wait for it to come back. */
    private boolean arrived(Owed owed, Instant now) {
      lock.lock();
      try {
        var tally = tally();
        tally.sent++;
        tally.lastSuccess = Optional.of(now);
        tally.failingSince = Optional.empty();
        tally.lastError = Optional.empty();
        refused.remove(owed.groupKey());
        var wasFailing = failing;
        failing = false;
        return wasFailing;
      } finally {
        lock.unlock();
      }
    }

    private void failed(Failure failure, String why) {
      lock.lock();
      try {
        tally().failed.merge(failure, 1L, Long::sum);
        tally().lastError = Optional.of(why);
        takesNothing();
      } finally {
        lock.unlock();
      }
    }

    /**
     * One that is refused again although others have arrived meanwhile is to blame itself: its
     * receiver is well, and nobody waits for it to come back.
     */
    private void refused(Owed owed, Failure failure, String why) {
      lock.lock();
      try {
        var tally = tally();
        tally.failed.merge(failure, 1L, Long::sum);
        tally.lastError = Optional.of(why);
        var before = refused.get(owed.groupKey());
        if (before == null || before == tally.sent) {
          takesNothing();
        }
        if (refused.size() < MOST_REFUSED) {
          refused.putIfAbsent(owed.groupKey(), tally.sent);
        }
      } finally {
        lock.unlock();
      }
    }

    /** The caller holds the lock. */
    private void takesNothing() {
      tally().failingSince = tally().failingSince.or(() -> Optional.of(clock.instant()));
      failing = true;
    }

    private void pause(Optional<Instant> pause) {
      lock.lock();
      try {
        pause.ifPresent(until -> pausedUntil = later(until, pausedUntil));
      } finally {
        lock.unlock();
      }
    }

    private boolean isOutdated(Notifier to) {
      lock.lock();
      try {
        return ended || !notifier.equals(to);
      } finally {
        lock.unlock();
      }
    }

    private void disable() {
      lock.lock();
      try {
        disabled = true;
      } finally {
        lock.unlock();
      }
    }

    private void count(Consumer<Tally> change) {
      lock.lock();
      try {
        change.accept(tally());
      } finally {
        lock.unlock();
      }
    }

    private Tally tally() {
      return tallies.computeIfAbsent(receiver, _ -> new Tally());
    }

    /** What was sent must be marked, or it is sent again: the store is asked until it answers. */
    private void mark(Runnable change) {
      while (true) {
        try {
          change.run();
          answered();
          return;
        } catch (RuntimeException e) {
          complain(e);
          lock.lock();
          try {
            if (stopping) {
              return; // It stays owed, and its receiver knows the id.
            }
            await(STORE_RETRY);
          } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
            return;
          } finally {
            lock.unlock();
          }
        }
      }
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  /** The receivers whose notifications nobody sends any more although they should be sent. */
  public List<String> stuck() {
    lock.lock();
    try {
      return stopping
          ? List.of()
          : lanes.values().stream()
              .filter(
                  lane ->
                      lane.thread.filter(Thread::isAlive).isEmpty()
                          || System.nanoTime() - lane.turnedAt > HANGS_AFTER.toNanos())
              .map(lane -> lane.receiver)
              .sorted()
              .toList();
    } finally {
      lock.unlock();
    }
  }

  /** The receivers that are being sent to. */
  public List<String> receivers() {
    lock.lock();
    try {
      return lanes.keySet().stream().sorted().toList();
    } finally {
      lock.unlock();
    }
  }
}
