package maildrift.monitor.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for a batch in blocking code. */
final class Waiting {
  private Waiting() {}

  static void forIt(CompletableFuture<Void> batch) {
    try {
      batch.get();
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof StoreFailure failure
          ? new StoreFailure(String.valueOf(failure.getMessage()), failure)
          : new StoreFailure("the batch was not written: " + failed.getCause(), failed);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new StoreFailure("interrupted while waiting for the commit");
    }
  }
}
