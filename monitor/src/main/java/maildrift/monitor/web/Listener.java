package maildrift.monitor.web;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import maildrift.monitor.config.HttpConfig;
import maildrift.monitor.config.WebConfig;
import maildrift.monitor.web.WebServer.CannotServe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the server listens: address, certificates, and how it moves to others. */
final class Listener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  /** A request that runs on a listener that is given up is answered within this time. */
  private static final Duration LEAVE_WITHIN = Duration.ofSeconds(40);

  private static final Duration FREE_WITHIN = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final Handler<HttpServerRequest> requests;
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by {@link #lock}, as is what it listens with. */
  private Optional<Listening> listening = Optional.empty();

  private record Listening(HttpServer server, HttpConfig config) {}

  Listener(Vertx vertx, Handler<HttpServerRequest> requests) {
    this.vertx = vertx;
    this.requests = requests;
  }

  /**
   * Listens as this configuration says, and no longer as another did: certificates are read anew,
   * and a listener of another address is opened before the old one is closed. Requests that run on
   * the old one are answered. Blocks; not for the event loop.
   *
   * @return the port
   */
  int serve(HttpConfig next) throws CannotServe {
    lock.lock();
    try {
      var options = options(next);
      if (listening.isPresent() && listensAlike(listening.get().config(), next)) {
        var server = listening.get().server();
        if (options.isSsl()) {
          await(server.updateSSLOptions(options.getSslOptions(), true));
        }
        listening = Optional.of(new Listening(server, next));
        return server.actualPort();
      }
      return move(next, options);
    } catch (ServerTls.Unusable | ExecutionException | TimeoutException failure) {
      var cause = failure instanceof ExecutionException ? failure.getCause() : failure;
      throw new CannotServe(
          "cannot listen on %s: %s"
              .formatted(next.listen(), cause == null ? failure : cause.getMessage()),
          failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CannotServe("interrupted", interrupted);
    } finally {
      lock.unlock();
    }
  }

  /** Whether the open listener can go on with other certificates at most. */
  private static boolean listensAlike(HttpConfig one, HttpConfig other) {
    return one.listen().equals(other.listen())
        && isSecure(one) == isSecure(other)
        && http2(one) == http2(other);
  }

  private static boolean isSecure(HttpConfig config) {
    return config.web().flatMap(WebConfig::tls).isPresent();
  }

  private static boolean http2(HttpConfig config) {
    return config.web().map(WebConfig::http2).orElse(true);
  }

  private int move(HttpConfig next, HttpServerOptions options)
      throws ExecutionException, TimeoutException, InterruptedException, ServerTls.Unusable {
    var old = listening;
    var samePort =
        old.isPresent()
            && next.listen().port() != 0
            && old.get().server().actualPort() == next.listen().port();
    if (samePort) {
      // One port cannot have two listeners that differ, not even for a moment.
      leave(old.get());
      awaitFree(old.get().config());
    }
    HttpServer server;
    try {
      server = open(next, options);
    } catch (ExecutionException | TimeoutException failure) {
      if (samePort) {
        var before = old.get().config();
        listening = Optional.of(new Listening(open(before, options(before)), before));
      }
      throw failure;
    }
    if (old.isPresent() && !samePort) {
      leave(old.get());
    }
    listening = Optional.of(new Listening(server, next));
    LOG.info("listening on {}, port {}", next.listen(), server.actualPort());
    return server.actualPort();
  }

  private HttpServer open(HttpConfig config, HttpServerOptions options)
      throws ExecutionException, TimeoutException, InterruptedException {
    return await(
        vertx
            .createHttpServer(options)
            .requestHandler(requests)
            .invalidRequestHandler(Listener::unreadable)
            .listen(config.listen().port(), config.listen().host()));
  }

  /** No new connections; requests that run are answered. */
  private static void leave(Listening old) {
    old.server()
        .shutdown(LEAVE_WITHIN.toSeconds(), TimeUnit.SECONDS)
        .onFailure(failure -> LOG.warn("the old listener did not close cleanly", failure));
  }

  /** Vert.x would take a second listener of one address for a part of the first. */
  private static void awaitFree(HttpConfig config) throws InterruptedException {
    var end = System.nanoTime() + FREE_WITHIN.toNanos();
    while (System.nanoTime() < end && !isFree(config)) {
      Thread.sleep(10);
    }
  }

  private static boolean isFree(HttpConfig config) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(config.listen().host(), config.listen().port()));
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static <T> T await(Future<T> future)
      throws ExecutionException, TimeoutException, InterruptedException {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private HttpServerOptions options(HttpConfig config) throws ServerTls.Unusable {
    var options =
        new HttpServerOptions()
            .setIdleTimeout(60)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setMaxHeaderSize(16 * 1024)
            .setMaxInitialLineLength(8 * 1024)
            .setCompressionSupported(false)
            .setDecompressionSupported(false)
            .setHandle100ContinueAutomatically(true)
            .setHttp2ClearTextEnabled(http2(config));
    var tls = config.web().flatMap(WebConfig::tls);
    if (tls.isPresent()) {
      ServerTls.secure(options, tls.get(), http2(config), vertx);
    }
    return options;
  }

  /** What is no HTTP never comes to the router. */
  private static void unreadable(HttpServerRequest request) {
    var cause = request.decoderResult().cause();
    var refusal =
        switch (cause) {
          case TooLongHttpLineException _ ->
              Refusal.of(414, "URI too long", "a request's first line has at most 8 KiB");
          case TooLongHttpHeaderException _ ->
              Refusal.of(
                  431,
                  "Request header fields too large",
                  "a request's headers have at most 16 KiB");
          case null, default -> Refusal.badRequest("this is no HTTP request that can be read");
        };
    request
        .response()
        .setStatusCode(refusal.status())
        .putHeader("Content-Type", WebServer.PROBLEM)
        .putHeader("Cache-Control", "no-store")
        .putHeader("Connection", "close")
        .end(Buffer.buffer(refusal.json()))
        .onComplete(_ -> request.connection().close());
  }

  /** Stops listening. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (listening.isPresent()) {
        listening
            .get()
            .server()
            .close()
            .toCompletionStage()
            .toCompletableFuture()
            .get(3, TimeUnit.SECONDS);
        listening = Optional.empty();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException failure) {
      LOG.warn("the HTTP server did not close cleanly", failure);
    } finally {
      lock.unlock();
    }
  }
}
