package maildrift.probes.smtp;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import maildrift.probes.Deadline;

/**
 * Politeness: how many connections one address gets at a time and in a second. A DNS record of a
 * stranger may name anybody's server ten thousand times; that must not make us a weapon.
 */
public final class Turns {
  private static final int SWEEP_AT = 4096;

  private final int atOnce;
  private final long spacing;
  private final long burst;
  private final Semaphore all;
  private final ConcurrentHashMap<InetAddress, Queue> queues = new ConcurrentHashMap<>();

  Turns(SmtpSettings settings) {
    this(settings.connectionsPerAddress(), settings.looksPerSecond(), settings.connections());
  }

  /**
   * As {@link SmtpSettings} has them.
   *
   * @param atOnce connections that one address gets at a time
   * @param perSecond and in a second
   * @param connections to all addresses together
   */
  public Turns(int atOnce, int perSecond, int connections) {
    this.atOnce = atOnce;
    spacing = Duration.ofSeconds(1).toNanos() / perSecond;
    burst = spacing * (perSecond - 1);
    all = new Semaphore(connections, true);
  }

  /** One address' connections: those at work, and when the bucket is full again (GCRA). */
  private static final class Queue {
    private final Semaphore free;
    private int users;
    private long fullAgain;

    Queue(int atOnce) {
      free = new Semaphore(atOnce, true);
      fullAgain = System.nanoTime();
    }
  }

  /** A turn that was given; give it back by closing it. */
  public interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for a turn; empty when there is none before the deadline. */
  public Optional<Turn> take(InetAddress address, Deadline deadline) throws InterruptedException {
    var queue =
        queues.compute(
            address,
            (_, known) -> {
              var chosen = known == null ? new Queue(atOnce) : known;
              chosen.users++;
              return chosen;
            });
    if (!acquire(queue.free, deadline)) {
      leave(address);
      return Optional.empty();
    }
    var given = false;
    try {
      given = waitForTheBucket(queue, deadline) && acquire(all, deadline);
    } finally {
      if (!given) {
        queue.free.release();
        leave(address);
      }
    }
    if (!given) {
      return Optional.empty();
    }
    return Optional.of(
        () -> {
          all.release();
          queue.free.release();
          leave(address);
        });
  }

  private static boolean acquire(Semaphore semaphore, Deadline deadline)
      throws InterruptedException {
    return semaphore.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
  }

  private boolean waitForTheBucket(Queue queue, Deadline deadline) throws InterruptedException {
    long wait;
    synchronized (queue) {
      var now = System.nanoTime();
      var full = queue.fullAgain - now > 0 ? queue.fullAgain : now;
      wait = full - burst - now;
      if (wait > deadline.remaining().toNanos()) {
        return false;
      }
      queue.fullAgain = full + spacing;
    }
    if (wait > 0) {
      TimeUnit.NANOSECONDS.sleep(wait);
    }
    return true;
  }

  private void leave(InetAddress address) {
    queues.computeIfPresent(
        address,
        (_, queue) -> {
          queue.users--;
          return queue;
        });
    if (queues.size() > SWEEP_AT) {
      var now = System.nanoTime();
      queues
          .keySet()
          .forEach(
              key ->
                  queues.computeIfPresent(
                      key,
                      (_, queue) -> queue.users == 0 && queue.fullAgain - now < 0 ? null : queue));
    }
  }
}
