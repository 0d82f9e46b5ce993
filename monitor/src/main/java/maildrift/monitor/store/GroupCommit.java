package maildrift.monitor.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer. Batches that wait are merged into one transaction, because the barrier that makes
 * it durable costs the same for one row and for a thousand. What fails for a reason outside the
 * batch (disk full, database away) stays at the head of the queue and is tried again, so the order
 * is kept and nothing is lost while the process lives; what can never succeed fails alone.
 */
final class GroupCommit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

  /** A barrier at most this often, unless {@link #ENOUGH} rows wait. */
  private static final long GAP = TimeUnit.MILLISECONDS.toNanos(50);

  private static final int ENOUGH = 100;

  /** Rows in one transaction, so that a barrier never covers much more than it must. */
  private static final int MOST = 2_000;

  /** Octets that may wait or be under way before {@link #submit} blocks. */
  private static final long ROOM = 64L << 20;

  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(10);

  /** How long {@link #close} goes on trying. */
  private static final long GRACE = TimeUnit.SECONDS.toNanos(5);

  /** Where batches go. */
  interface Disk {
    /** Returns when the batch is durable. The same batch may be written again after a failure. */
    void write(Batch batch);

    /** Whether the failure is the batch's own, so that it would fail for ever. */
    boolean isHopeless(Throwable failure);
  }

  private record Waiting(Batch batch, CompletableFuture<Void> done, long weight) {
    void complete() {
      // Whoever depends on it must not hold up the writer.
      Thread.startVirtualThread(() -> done.complete(null));
    }

    void fail(StoreFailure failure) {
      Thread.startVirtualThread(() -> done.completeExceptionally(failure));
    }
  }

  private final Disk disk;
  private final Thread writer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private long weight;
  private int rows;
  private int underWay;
  private final AtomicLong tries = new AtomicLong();
  private Optional<String> trouble = Optional.empty();
  private boolean closing;
  private String whyClosed = "the store is closed";
  private long giveUpAt;

  GroupCommit(Disk disk) {
    this.disk = disk;
    // A thread of its own, which nobody interrupts: an interrupt closes files under H2.
    writer = Thread.ofPlatform().name("store-writer").daemon(true).start(this::run);
  }

  CompletableFuture<Void> submit(Batch batch) {
    var waiting = new Waiting(batch, new CompletableFuture<>(), batch.weight());
    lock.lock();
    try {
      while (!closing && weight > 0 && weight + waiting.weight > ROOM) {
        room.await();
      }
      if (closing) {
        return CompletableFuture.failedFuture(closed());
      }
      queue.add(waiting);
      weight += waiting.weight;
      rows += batch.rows();
      changed.signalAll();
      return waiting.done;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return CompletableFuture.failedFuture(
          new StoreFailure("interrupted while too much waited to be stored"));
    } finally {
      lock.unlock();
    }
  }

  /** Why nothing can be written now; empty: all is well. */
  Optional<String> trouble() {
    lock.lock();
    try {
      return trouble;
    } finally {
      lock.unlock();
    }
  }

  /** How often a try to write was begun or ended. */
  long tries() {
    return tries.get();
  }

  int waiting() {
    lock.lock();
    try {
      return queue.size() + underWay;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    var lastBarrier = System.nanoTime() - GAP;
    while (true) {
      var taken = take(lastBarrier);
      if (taken.isEmpty()) {
        return;
      }
      write(taken);
      lastBarrier = System.nanoTime();
    }
  }

  /** What goes into the next transaction; empty at the end. */
  private List<Waiting> take(long lastBarrier) {
    lock.lock();
    try {
      while (queue.isEmpty() && !closing) {
        changed.awaitUninterruptibly();
      }
      var pause = lastBarrier + GAP - System.nanoTime();
      while (rows < ENOUGH && !closing && pause > 0) {
        pause = await(pause);
      }
      var taken = new ArrayList<Waiting>();
      var takenRows = 0;
      while (!queue.isEmpty() && (taken.isEmpty() || fits(taken, takenRows, queue.element()))) {
        var next = queue.remove();
        taken.add(next);
        takenRows += next.batch.rows();
        rows -= next.batch.rows();
      }
      underWay = taken.size();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private static boolean fits(List<Waiting> taken, int takenRows, Waiting next) {
    return takenRows + next.batch.rows() <= MOST
        && next.batch.mergeable()
        && taken.getFirst().batch.mergeable();
  }

  private void write(List<Waiting> taken) {
    var batch = Batch.merged(taken.stream().map(Waiting::batch).toList());
    for (var pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        tries.incrementAndGet();
        try {
          disk.write(batch);
        } finally {
          tries.incrementAndGet();
        }
        written(taken);
        taken.forEach(Waiting::complete);
        return;
      } catch (RuntimeException | Error failure) {
        if (disk.isHopeless(failure)) {
          alone(taken, failure);
          return;
        }
        if (!tryAgain(failure, pause)) {
          var end = new StoreFailure("not stored before the end: " + reason(failure), failure);
          finished(taken);
          taken.forEach(waiting -> waiting.fail(end));
          return;
        }
      }
    }
  }

  /** One of them is bad: each by itself, so that only that one fails. */
  private void alone(List<Waiting> taken, Throwable failure) {
    if (taken.size() > 1) {
      taken.forEach(one -> write(List.of(one)));
      return;
    }
    LOG.error("a batch can never be stored and is given up", failure);
    written(taken);
    taken.forEach(
        one ->
            one.fail(
                new StoreFailure("the batch can never be stored: " + reason(failure), failure)));
  }

  private void written(List<Waiting> taken) {
    lock.lock();
    try {
      trouble.ifPresent(_ -> LOG.info("the store accepts writes again"));
      trouble = Optional.empty();
    } finally {
      lock.unlock();
    }
    finished(taken);
  }

  private void finished(List<Waiting> taken) {
    lock.lock();
    try {
      underWay -= taken.size();
      weight -= taken.stream().mapToLong(Waiting::weight).sum();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean tryAgain(Throwable failure, long pause) {
    lock.lock();
    try {
      if (closing && System.nanoTime() - giveUpAt >= 0) {
        return false;
      }
      var reason = reason(failure);
      if (!trouble.equals(Optional.of(reason))) {
        LOG.error("the store cannot write and tries again: {}", reason);
        LOG.debug("in full", failure);
      }
      trouble = Optional.of(reason);
      var until = System.nanoTime() + pause;
      for (var left = pause; left > 0; left = until - System.nanoTime()) {
        if (closing && System.nanoTime() - giveUpAt >= 0) {
          return false;
        }
        await(closing ? Math.min(left, Math.max(1, giveUpAt - System.nanoTime())) : left);
      }
      return !closing || System.nanoTime() - giveUpAt < 0;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // both callers loop
  private long await(long nanos) {
    try {
      return changed.awaitNanos(nanos);
    } catch (InterruptedException _) {
      return nanos;
    }
  }

  static String reason(Throwable failure) {
    var cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    var message = String.valueOf(cause.getMessage());
    var end = message.indexOf('\n');
    var line = end < 0 ? message : message.substring(0, end);
    return line.endsWith("; SQL statement:") ? line.substring(0, line.indexOf("; SQL")) : line;
  }

  private StoreFailure closed() {
    return new StoreFailure(whyClosed);
  }

  /** What waits fails now, and so does what comes. */
  void end(String why) {
    lock.lock();
    try {
      if (!closing) {
        whyClosed = why;
      }
      closing = true;
      giveUpAt = System.nanoTime();
      changed.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Writes what waits, for some seconds at most. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closing) {
        closing = true;
        giveUpAt = System.nanoTime() + GRACE;
      }
      changed.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (!writer.join(java.time.Duration.ofNanos(2 * GRACE))) {
        LOG.error("the store's writer did not come to an end; what it was writing may be lost");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
