package maildrift.monitor.web;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.google.common.annotations.VisibleForTesting;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether passwords are right. bcrypt computes for long and never waits: on virtual threads it
 * would hold the carriers that looks, deliveries and health need. It has threads of its own, few
 * and of low priority, and a short queue.
 */
final class Passwords implements AutoCloseable {
  /** Half of a small machine at most. */
  static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 2);

  static final int MOST_WAITING = 64;

  /** Of those that wait and run, so that one source does not keep all others out. */
  static final int MOST_OF_A_SOURCE = 32;

  /** Compares a password with a hash. */
  @FunctionalInterface
  interface Comparison {
    boolean isRight(String password, String hash);
  }

  /** As many as there may be verify already. */
  static final class Busy extends Exception {
    private static final long serialVersionUID = 1;
  }

  private final Comparison comparison;
  private final ThreadPoolExecutor threads;

  /** Held to look whether there is room, and to take it. */
  private final ReentrantLock lock = new ReentrantLock();

  private final ConcurrentMap<String, Turn> turns = new ConcurrentHashMap<>();

  /** One verification that runs or waits, whoever waits for it. */
  private record Turn(String source, FutureTask<Boolean> task) {}

  Passwords() {
    this(Passwords::bcrypt);
  }

  @VisibleForTesting
  @SuppressWarnings("ThreadPriorityCheck") // where it counts; nothing relies on it
  Passwords(Comparison comparison) {
    this.comparison = comparison;
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform()
                .name("password-", 0)
                .daemon(true)
                .priority(Thread.MIN_PRIORITY)
                .factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /** Only on a thread of this pool. */
  boolean isRight(String password, String hash) {
    return comparison.isRight(password, hash);
  }

  /**
   * Does this when it is its turn, or waits for whoever does the same already: a page that asks for
   * many things at once is one login.
   *
   * @param key of what is verified
   * @param source who asks
   * @param work what is thrown there is thrown here
   */
  boolean inTurn(String key, String source, Callable<Boolean> work) throws Busy {
    try {
      return turn(key, source, work).task().get();
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException said) {
        throw said;
      }
      throw new CompletionException(failure.getCause());
    } catch (CancellationException _) {
      // The daemon ends.
      throw new Busy();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CompletionException(interrupted);
    }
  }

  private Turn turn(String key, String source, Callable<Boolean> work) throws Busy {
    lock.lock();
    try {
      var same = turns.get(key);
      if (same != null) {
        return same;
      }
      if (turns.values().stream().filter(one -> one.source().equals(source)).count()
          >= MOST_OF_A_SOURCE) {
        throw new Busy();
      }
      var turn = new Turn(source, new FutureTask<>(work));
      turns.put(key, turn);
      try {
        threads.execute(
            () -> {
              turn.task().run();
              turns.remove(key, turn);
            });
      } catch (RejectedExecutionException _) {
        turns.remove(key, turn);
        throw new Busy();
      }
      return turn;
    } finally {
      lock.unlock();
    }
  }

  private static boolean bcrypt(String password, String hash) {
    var bytes = password.getBytes(StandardCharsets.UTF_8);
    // bcrypt knows 72 octets; a longer password could never have been set.
    // Without a version the verifier takes $2a$, $2b$ and $2y$ alike.
    return bytes.length <= 72
        && BCrypt.verifyer().verify(bytes, hash.getBytes(StandardCharsets.US_ASCII)).verified;
  }

  @Override
  public void close() {
    var _ = threads.shutdownNow();
    turns.values().forEach(turn -> turn.task().cancel(false));
  }
}
