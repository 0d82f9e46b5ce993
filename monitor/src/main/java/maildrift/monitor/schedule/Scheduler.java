package maildrift.monitor.schedule;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when each name's turn is. The wheel turns on the event loop and only hands out work; the
 * work runs on virtual threads, at most {@code parallel} at a time, the most overdue first. A name
 * has one turn at a time: when its work takes longer than the interval, the missed turns are one
 * turn.
 *
 * <p>All times are monotonic, so that clock steps neither skip nor double a turn.
 */
public final class Scheduler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  /** Fine enough for an interval of a second, coarse enough to cost nothing. */
  private static final long TICK_MILLIS = 50;

  private static final int SLOTS = 8192;

  /** With dead resolvers and mail servers a turn takes a minute or two, and ends. */
  private static final double LONGEST_TURN_SECONDS = 600;

  /**
   * At a start, no more first turns a second than this, unless the interval itself asks for more.
   */
  private static final int FIRST_TURNS_PER_SECOND = 20;

  private final Vertx vertx;
  private final Context loop;
  private final Consumer<String> work;
  private final int parallel;
  private final RandomGenerator random;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("turn-", 0).factory());
  private final long begun = System.nanoTime();
  private final AtomicLong lagNanos = new AtomicLong();
  private final AtomicLong lastTickNanos = new AtomicLong(System.nanoTime());

  /** When a turn last ended while others ran, or the first of them began; 0: none runs. */
  private final AtomicLong movedNanos = new AtomicLong();

  private final AtomicLong moves = new AtomicLong();

  // Everything below belongs to the event loop.
  private final Wheel wheel = new Wheel(SLOTS, 0);
  private final Map<String, Integer> timers = new HashMap<>();
  private final List<Slot> slots = new ArrayList<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private final ArrayDeque<Slot> due = new ArrayDeque<>();
  private Duration interval;
  private int running;
  private boolean closed;
  private final long periodic;

  /** One name's place. */
  private static final class Slot {
    private static final long NEVER = Long.MAX_VALUE;

    private final String name;
    private final int timer;

    /** Its place in the round. */
    private long regularTick;

    /** When a turn besides the regular ones was asked for. */
    private long askedTick = NEVER;

    /** The turn that is next, that waits, or that runs. */
    private long dueTick;

    private boolean waiting;
    private boolean busy;
    private boolean removed;

    Slot(String name, int timer) {
      this.name = name;
      this.timer = timer;
    }
  }

  /**
   * Starts turning, without names.
   *
   * @param work called on a virtual thread with the name whose turn it is; what it throws is logged
   */
  public Scheduler(
      Vertx vertx, Duration interval, int parallel, RandomGenerator random, Consumer<String> work) {
    this.vertx = vertx;
    this.loop = vertx.getOrCreateContext();
    this.interval = interval;
    this.parallel = parallel;
    this.random = random;
    this.work = work;
    this.periodic = vertx.setPeriodic(TICK_MILLIS, _ -> loop.runOnContext(_ -> turn()));
  }

  /** Sets who takes turns and how often. Names that stay keep their place in the round. */
  public void set(Set<String> names, Duration newInterval) {
    loop.runOnContext(
        _ -> {
          var faster = newInterval.compareTo(interval) < 0;
          interval = newInterval;
          for (var gone : new HashSet<>(timers.keySet())) {
            if (!names.contains(gone)) {
              remove(gone);
            }
          }
          var fresh = names.stream().filter(name -> !timers.containsKey(name)).toList();
          var spread = spread(fresh.size());
          fresh.forEach(name -> add(name, random.nextLong(spread)));
          if (faster) {
            // Who was due in an hour must not wait for it when the interval is a minute now.
            var ticks = intervalTicks();
            slots.stream()
                .filter(slot -> !slot.removed && slot.regularTick > now() + ticks)
                .forEach(
                    slot -> {
                      slot.regularTick = now() + 1 + random.nextLong(ticks);
                      arm(slot);
                    });
          }
        });
  }

  /**
   * Gives {@code name} a turn in {@code delay}, not before, besides its regular ones, which stay
   * where they are.
   */
  public void soon(String name, Duration delay) {
    loop.runOnContext(_ -> slot(name).ifPresent(slot -> ask(slot, laterThan(delay))));
  }

  /**
   * Gives {@code name} a turn within {@code delay}: one of its own when none is due by then.
   * Regular turns stay where they are, so that those who are asked for together do not stay
   * together.
   */
  public void sooner(String name, Duration delay) {
    loop.runOnContext(
        _ ->
            slot(name)
                .filter(slot -> !slot.waiting && (slot.busy || laterThan(delay) < slot.dueTick))
                .ifPresent(slot -> ask(slot, laterThan(delay))));
  }

  private void ask(Slot slot, long tick) {
    slot.askedTick = Math.min(slot.askedTick, tick);
    arm(slot);
  }

  private Optional<Slot> slot(String name) {
    return Optional.ofNullable(timers.get(name)).map(slots::get);
  }

  /** How late the most overdue name is, in seconds; 0 when none is. */
  public double lagSeconds() {
    // A loop that stands still is lag, too.
    return Math.max(lagNanos.get() / 1e9, stalledSeconds());
  }

  /** For how long the event loop has not turned the wheel; 0 while it does. */
  public double stalledSeconds() {
    var since = System.nanoTime() - lastTickNanos.get();
    var stalled = since - TimeUnit.MILLISECONDS.toNanos(10 * TICK_MILLIS);
    return Math.max(0, stalled) / 1e9;
  }

  /** For how long turns have run without one that ended, in seconds; 0 when none runs. */
  public double stuckSeconds() {
    var moved = movedNanos.get();
    return moved == 0 ? 0 : Math.max(0, System.nanoTime() - moved) / 1e9;
  }

  /**
   * Grows with every turn of the wheel and every name's turn that ends. While no name's turn has
   * ended for longer than any may take, the wheel counts for nothing.
   */
  public long moves() {
    return moves.get();
  }

  /** In how long the name's next turn is; empty for an unknown name. */
  public CompletableFuture<Optional<Duration>> next(String name) {
    var answer = new CompletableFuture<Optional<Duration>>();
    loop.runOnContext(
        _ ->
            answer.complete(
                slot(name)
                    .map(
                        slot ->
                            Duration.ofMillis(Math.max(0, (slot.dueTick - now()) * TICK_MILLIS)))));
    return answer;
  }

  private void add(String name, long delayTicks) {
    var timer = free.isEmpty() ? slots.size() : free.pop();
    var slot = new Slot(name, timer);
    if (timer == slots.size()) {
      slots.add(slot);
    } else {
      slots.set(timer, slot);
    }
    timers.put(name, timer);
    slot.regularTick = now() + 1 + delayTicks;
    arm(slot);
  }

  private void remove(String name) {
    var timer = timers.remove(name);
    if (timer == null) {
      return;
    }
    var slot = slots.get(timer);
    slot.removed = true;
    wheel.disarm(timer);
    if (!slot.busy && !slot.waiting) {
      free.push(timer);
    }
  }

  /** Whoever waits or is at work is armed when that is done. */
  private void arm(Slot slot) {
    if (!slot.waiting && !slot.busy) {
      slot.dueTick = Math.min(slot.regularTick, slot.askedTick);
      wheel.arm(slot.timer, slot.dueTick);
    }
  }

  private void turn() {
    if (closed) {
      return;
    }
    lastTickNanos.set(System.nanoTime());
    if (stuckSeconds() < LONGEST_TURN_SECONDS) {
      moves.incrementAndGet();
    }
    wheel.advance(
        now(),
        timer -> {
          var slot = slots.get(timer);
          slot.waiting = true;
          due.add(slot);
        });
    hand();
    var oldest = due.peek();
    lagNanos.set(
        oldest == null
            ? 0
            : TimeUnit.MILLISECONDS.toNanos(Math.max(0, now() - oldest.dueTick) * TICK_MILLIS));
  }

  private void hand() {
    while (running < parallel && !due.isEmpty() && !closed) {
      var slot = due.poll();
      slot.waiting = false;
      if (slot.removed) {
        free.push(slot.timer);
        continue;
      }
      slot.busy = true;
      if (slot.askedTick <= now()) {
        slot.askedTick = Slot.NEVER;
      }
      running++;
      movedNanos.compareAndSet(0, System.nanoTime());
      threads.execute(
          () -> {
            try {
              work.accept(slot.name);
            } catch (RuntimeException | Error failure) {
              LOG.error("the turn of {} failed", slot.name, failure);
            } finally {
              loop.runOnContext(_ -> done(slot));
            }
          });
    }
  }

  private void done(Slot slot) {
    running--;
    moves.incrementAndGet();
    movedNanos.set(running == 0 ? 0 : System.nanoTime());
    slot.busy = false;
    if (slot.removed) {
      free.push(slot.timer);
    } else {
      slot.regularTick = following(slot.regularTick);
      arm(slot);
    }
    hand();
  }

  /**
   * Whole intervals after the last regular turn was due, so that the round does not drift; in the
   * future, so that none is made up for.
   */
  private long following(long regularTick) {
    var ticks = intervalTicks();
    var now = now();
    return regularTick > now
        ? regularTick
        : regularTick + ((now - regularTick) / ticks + 1) * ticks;
  }

  private long spread(int names) {
    var most = Math.max(1, names * 1000L / FIRST_TURNS_PER_SECOND / TICK_MILLIS);
    return Math.min(intervalTicks(), most);
  }

  private long intervalTicks() {
    return Math.max(1, ticks(interval));
  }

  /** The first tick at which all of {@code delay} has passed. */
  private long laterThan(Duration delay) {
    var millis = Math.max(0, delay.toMillis());
    return millis == 0 ? now() : now() + 1 + Math.ceilDiv(millis, TICK_MILLIS);
  }

  private static long ticks(Duration duration) {
    return duration.toMillis() / TICK_MILLIS;
  }

  private long now() {
    return (System.nanoTime() - begun) / TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
  }

  /** Hands out nothing more; turns that run are interrupted after {@code 5 s}. */
  @Override
  public void close() {
    vertx.cancelTimer(periodic);
    loop.runOnContext(_ -> closed = true);
    threads.shutdown();
    try {
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException _) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
