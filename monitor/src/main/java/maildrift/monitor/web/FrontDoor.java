package maildrift.monitor.web;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import maildrift.monitor.config.HttpConfig;

/**
 * The event loop and the HTTP server on it, before there is a daemon behind them: a port that is in
 * use must end the start before the store is opened and anybody is looked at.
 *
 * @param web closed with it
 */
public record FrontDoor(Vertx vertx, WebServer web) implements AutoCloseable {

  /** Does not listen yet. */
  public static FrontDoor shut() {
    var vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(false));
    return new FrontDoor(vertx, new WebServer(vertx));
  }

  /** Listens, and tells whoever comes to wait. */
  public static FrontDoor open(HttpConfig config) throws WebServer.CannotServe {
    var door = shut();
    try {
      door.web.serve(config);
      return door;
    } catch (WebServer.CannotServe failure) {
      door.close();
      throw failure;
    }
  }

  @Override
  public void close() {
    web.close();
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException failure) {
      throw new IllegalStateException("the event loop did not end", failure);
    }
  }
}
