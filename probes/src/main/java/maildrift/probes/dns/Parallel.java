package maildrift.probes.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Blocking work at once, each piece on a virtual thread of its own; each must end by itself. */
final class Parallel {
  private Parallel() {}

  /** In the inputs' order. */
  static <T, R> List<R> all(List<T> inputs, Function<T, R> work) {
    if (inputs.size() == 1) {
      return List.of(work.apply(inputs.getFirst()));
    }
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<R>>();
      for (var input : inputs) {
        futures.add(executor.submit(() -> work.apply(input)));
      }
      var results = new ArrayList<R>();
      for (var future : futures) {
        results.add(result(future));
      }
      return results;
    }
  }

  private static <R> R result(Future<R> future) {
    var interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException _) {
          // The work ends by its own deadline.
          interrupted = true;
        } catch (ExecutionException bug) {
          throw new IllegalStateException(bug.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
