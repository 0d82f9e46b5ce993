package maildrift.monitor.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Works on many things at once and hands out the results as they come, in the order of the input: a
 * slow one holds back those after it, while the work goes on. However long the input is, only so
 * much of it is in memory.
 */
final class InOrder {
  /** How much is read, under way or done, but not handed out yet. */
  private static final int AHEAD = 1024;

  private InOrder() {}

  /** Where the things come from; it may block. */
  @FunctionalInterface
  interface Source<T> {
    /** The next one; empty: there is none. */
    Optional<T> next() throws IOException;
  }

  /** Where the results go. */
  interface Sink<R> {
    /** Takes the next result; false: nobody wants more. */
    boolean take(R result);

    /** Nothing is there at the moment: whoever waits should see what is there so far. */
    void idle();
  }

  /**
   * Until the source has no more.
   *
   * @param parallel how many are worked on at once
   */
  static <T, R> void run(Source<T> source, int parallel, Function<T, R> work, Sink<R> sink) {
    var queue = new LinkedBlockingQueue<Optional<Future<R>>>(AHEAD);
    var permits = new Semaphore(parallel, true);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // A thread of the platform: a read from stdin cannot be interrupted and must not keep a
      // virtual one's carrier, nor the process from its end.
      var reader =
          Thread.ofPlatform()
              .daemon()
              .name("input")
              .start(() -> read(source, work, threads, permits, queue));
      try {
        handOut(queue, sink);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } finally {
        reader.interrupt();
        threads.shutdownNow();
      }
      sink.idle();
    }
  }

  private static <T, R> void read(
      Source<T> source,
      Function<T, R> work,
      ExecutorService threads,
      Semaphore permits,
      BlockingQueue<Optional<Future<R>>> queue) {
    try {
      try {
        for (var next = source.next(); next.isPresent(); next = source.next()) {
          var thing = next.get();
          queue.put(
              Optional.of(
                  threads.submit(
                      () -> {
                        permits.acquire();
                        try {
                          return work.apply(thing);
                        } finally {
                          permits.release();
                        }
                      })));
        }
      } catch (IOException | RuntimeException failure) {
        var failed =
            new FutureTask<R>(
                () -> {
                  throw failure;
                });
        failed.run();
        queue.put(Optional.of(failed));
      }
      queue.put(Optional.empty());
    } catch (InterruptedException _) {
      // Nobody wants more.
    }
  }

  private static <R> void handOut(BlockingQueue<Optional<Future<R>>> queue, Sink<R> sink)
      throws InterruptedException {
    while (true) {
      var next = queue.poll();
      if (next == null) {
        sink.idle();
        next = queue.take();
      }
      if (next.isEmpty()) {
        return;
      }
      var future = next.get();
      if (!future.isDone()) {
        sink.idle();
      }
      try {
        if (!sink.take(future.get())) {
          return;
        }
      } catch (ExecutionException failure) {
        throw switch (failure.getCause()) {
          case IOException unreadable ->
              new UncheckedIOException("stdin cannot be read", unreadable);
          case RuntimeException bug -> bug;
          case null, default -> new IllegalStateException(failure.getCause());
        };
      }
    }
  }
}
