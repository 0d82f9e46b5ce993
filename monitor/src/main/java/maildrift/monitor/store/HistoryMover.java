package maildrift.monitor.store;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries lines of the history from the state's file, where they were committed together with what
 * caused them, into the history's own. It may fall behind or stop, and nothing else notices; a line
 * that is moved twice is there once.
 */
final class HistoryMover implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HistoryMover.class);
  private static final int AT_ONCE = 1_000;

  /** What may wait for a history that is broken; beyond it the state's file is worth more. */
  private static final long MOST_WAITING = 100_000;

  private static final long FIRST_PAUSE = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_PAUSE = TimeUnit.MINUTES.toNanos(1);

  private final Database state;
  private final Database history;
  private final ChangeTable pending;
  private final ChangeTable lines;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean arrived = true;
  private boolean closing;
  private Optional<String> trouble = Optional.empty();

  HistoryMover(Database state, Database history, ChangeTable pending, ChangeTable lines) {
    this.state = state;
    this.history = history;
    this.pending = pending;
    this.lines = lines;
    thread = Thread.ofPlatform().name("store-history").daemon(true).start(this::run);
  }

  /** There is something to move. */
  void wake() {
    lock.lock();
    try {
      arrived = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  Optional<String> trouble() {
    lock.lock();
    try {
      return trouble;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    var pause = FIRST_PAUSE;
    while (awaitArrival()) {
      try {
        moveAll();
        note(Optional.empty());
        pause = FIRST_PAUSE;
      } catch (RuntimeException failed) {
        note(Optional.of(GroupCommit.reason(failed)));
        makeRoom();
        rest(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE);
      }
    }
  }

  private void moveAll() {
    while (true) {
      var some = state.inTransaction(handle -> pending.some(handle, AT_ONCE));
      if (some.isEmpty()) {
        return;
      }
      history.use(
          handle -> {
            handle.useTransaction(transaction -> lines.put(transaction, some));
            history.dialect().barrier(handle);
          });
      state.useTransaction(handle -> pending.drop(handle, some));
    }
  }

  private void makeRoom() {
    try {
      state.useTransaction(
          handle -> {
            if (pending.count(handle) > MOST_WAITING) {
              var some = pending.some(handle, AT_ONCE);
              pending.drop(handle, some);
              LOG.warn("{} lines of the history are dropped: it cannot be written", some.size());
            }
          });
    } catch (RuntimeException failed) {
      LOG.debug("no room made", failed);
    }
  }

  private void note(Optional<String> now) {
    lock.lock();
    try {
      if (!now.equals(trouble)) {
        now.ifPresentOrElse(
            why -> LOG.error("the history cannot be written and is tried again: {}", why),
            () -> LOG.info("the history is written again"));
      }
      trouble = now;
    } finally {
      lock.unlock();
    }
  }

  /** False at the end. */
  private boolean awaitArrival() {
    lock.lock();
    try {
      while (!arrived && !closing) {
        changed.awaitUninterruptibly();
      }
      var more = arrived;
      arrived = false;
      return more;
    } finally {
      lock.unlock();
    }
  }

  private void rest(long pause) {
    lock.lock();
    try {
      arrived = !closing;
      var until = System.nanoTime() + pause;
      while (!closing && System.nanoTime() - until < 0) {
        changed.awaitNanos(until - System.nanoTime());
      }
    } catch (InterruptedException _) {
      // Nobody interrupts this thread; if somebody does, the next try comes sooner.
    } finally {
      lock.unlock();
    }
  }

  /** Moves what is there and ends. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (!thread.join(java.time.Duration.ofSeconds(5))) {
        LOG.warn("the history is still being written; the rest follows at the next start");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
