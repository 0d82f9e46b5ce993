package maildrift.monitor.web;

import com.google.common.base.Splitter;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import maildrift.monitor.config.HttpConfig;
import maildrift.monitor.config.WebConfig;
import maildrift.monitor.json.CheckJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: limits, who may, which handler. What handlers do is in {@link Api}, {@link Page}
 * and {@link Scrapes}.
 */
public final class WebServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

  private static final int MAX_BODY = 1024 * 1024;
  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";

  private final Vertx vertx;
  private final Backend backend;
  private final HttpConfig config;
  private final Access access = new Access();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());
  private final HttpServer server;
  private final List<Served> served = new ArrayList<>();

  /** A method that a path takes; a segment that begins with a colon stands for any. */
  private record Served(HttpMethod method, String path) {
    boolean isAt(String asked) {
      var mine = Splitter.on('/').splitToList(path);
      var segments = Splitter.on('/').splitToList(asked);
      return mine.size() == segments.size()
          && IntStream.range(0, mine.size())
              .allMatch(i -> mine.get(i).startsWith(":") || mine.get(i).equals(segments.get(i)));
    }
  }

  /** What a handler answers. */
  @SuppressWarnings("ArrayRecordComponent") // on its way to the socket; never compared
  record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {
    static Answer json(byte[] body) {
      return new Answer(200, JSON, body, Map.of());
    }

    static Answer json(int status, byte[] body) {
      return new Answer(status, JSON, body, Map.of());
    }

    static Answer html(String body) {
      return new Answer(
          200, "text/html; charset=utf-8", body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    static Answer of(String contentType, byte[] body) {
      return new Answer(200, contentType, body, Map.of());
    }

    static Answer nothing() {
      return new Answer(204, JSON, new byte[0], Map.of());
    }
  }

  /** A request as handlers see it: read already, caller known. */
  record Request(
      HttpMethod method,
      Map<String, String> path,
      MultiMap query,
      MultiMap headers,
      String body,
      Caller caller) {
    String param(String name) {
      return java.util.Objects.requireNonNull(path.get(name));
    }

    Optional<String> query(String name) {
      return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
    }

    /** A whole number from 1 on. */
    int number(String name, int otherwise, int most) {
      return query(name)
          .map(
              text -> {
                try {
                  var number = Integer.parseInt(text);
                  if (number >= 1 && number <= most) {
                    return number;
                  }
                } catch (NumberFormatException _) {
                  // said below
                }
                throw Refusal.badRequest(
                    "%s is a whole number from 1 to %d, not '%s'".formatted(name, most, text));
              })
          .orElse(otherwise);
    }
  }

  /** Answers a request; may block. */
  @FunctionalInterface
  interface Handler {
    Answer answer(Request request);
  }

  /**
   * Builds the server; {@link #listen} starts it.
   *
   * @throws RuntimeException when certificate or key cannot be read
   */
  public WebServer(Vertx vertx, Backend backend, HttpConfig config) {
    this.vertx = vertx;
    this.backend = backend;
    this.config = config;
    this.server = vertx.createHttpServer(options(config));
    server.requestHandler(router());
  }

  /** Starts to listen; the future carries the port that was bound. */
  public Future<Integer> listen() {
    return server
        .listen(config.listen().port(), config.listen().host())
        .map(HttpServer::actualPort);
  }

  private static HttpServerOptions options(HttpConfig config) {
    var options =
        new HttpServerOptions()
            .setIdleTimeout(60)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setReadIdleTimeout(30)
            .setMaxHeaderSize(16 * 1024)
            .setMaxInitialLineLength(8 * 1024)
            .setCompressionSupported(true)
            .setCompressionLevel(1)
            .setDecompressionSupported(false)
            .setHandle100ContinueAutomatically(true);
    config.web().flatMap(WebConfig::tls).ifPresent(tls -> secure(options, tls));
    return options;
  }

  private static void secure(HttpServerOptions options, WebConfig.Tls tls) {
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(tls.certificateFile().toString())
                .setKeyPath(tls.keyFile().toString()));
    var versions = new LinkedHashSet<>(List.of("TLSv1.2", "TLSv1.3"));
    versions.removeIf(
        version ->
            version.compareTo(tls.minVersion()) < 0 || version.compareTo(tls.maxVersion()) > 0);
    options.setEnabledSecureTransportProtocols(Set.copyOf(versions));
    tls.cipherSuites().forEach(options::addEnabledCipherSuite);
    tls.clientCaFile()
        .ifPresent(
            file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
    options.setClientAuth(
        switch (tls.clientAuth()) {
          case NO_CLIENT_CERT -> ClientAuth.NONE;
          case REQUEST_CLIENT_CERT, VERIFY_CLIENT_CERT_IF_GIVEN -> ClientAuth.REQUEST;
          case REQUIRE_ANY_CLIENT_CERT, REQUIRE_AND_VERIFY_CLIENT_CERT -> ClientAuth.REQUIRED;
        });
  }

  private Router router() {
    var router = Router.router(vertx);
    router.route().handler(this::harden);
    var scrapes = new Scrapes(backend);
    var api = new Api(backend);
    var page = new Page(backend);

    // Health says nothing that is secret, and whoever restarts the daemon may have no password.
    open(router, "/-/healthy", request -> scrapes.health(true));
    open(router, "/-/ready", request -> scrapes.health(false));

    get(router, "/metrics", scrapes::metrics);
    get(router, "/probe", scrapes::probe);
    get(router, "/sd", scrapes::discovery);
    post(router, "/-/reload", api::reload);

    get(router, "/api/v1/domains", api::domains);
    post(router, "/api/v1/domains", api::addDomain);
    get(router, "/api/v1/domains/:name", api::domain);
    delete(router, "/api/v1/domains/:name", api::removeDomain);
    post(router, "/api/v1/domains/:name/check", api::check);
    post(router, "/api/v1/domains/:name/accept", api::accept);
    get(router, "/api/v1/domains/:name/baseline", api::baseline);
    get(router, "/api/v1/domains/:name/history", api::history);
    get(router, "/api/v1/drift", api::drift);
    get(router, "/api/v1/alerts", api::alerts);
    get(router, "/api/v1/routes", api::route);
    post(router, "/api/v1/receivers/:name/test", api::testReceiver);
    get(router, "/api/v1/silences", api::silences);
    post(router, "/api/v1/silences", api::addSilence);
    delete(router, "/api/v1/silences/:id", api::expireSilence);

    get(router, "/", page::fleet);
    get(router, "/domains/:name", page::domain);
    get(router, "/rules/:id", page::rule);
    get(router, "/style.css", page::style);

    router.errorHandler(404, context -> refuse(context, unknown(context)));
    router.errorHandler(405, this::wrongMethod);
    router.errorHandler(
        400,
        context ->
            refuse(context, Refusal.badRequest("the request's path or query cannot be read")));
    router.errorHandler(
        413, context -> refuse(context, Refusal.of(413, "Content too large", "at most 1 MiB")));
    router.errorHandler(500, context -> failed(context, context.failure()));
    return router;
  }

  private static Refusal unknown(RoutingContext context) {
    return Refusal.notFound("there is nothing at " + context.request().path());
  }

  private void wrongMethod(RoutingContext context) {
    var allowed = new TreeSet<String>();
    for (var served : served) {
      if (served.isAt(context.request().path())) {
        allowed.add(served.method().name());
      }
    }
    var allow = String.join(", ", allowed);
    context.response().putHeader("Allow", allow);
    refuse(
        context,
        Refusal.of(
            405,
            "Method not allowed",
            "%s takes %s, not %s"
                .formatted(context.request().path(), allow, context.request().method())));
  }

  private void harden(RoutingContext context) {
    var headers = context.response().headers();
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
    backend
        .config()
        .http()
        .web()
        .map(WebConfig::headers)
        .ifPresent(own -> own.forEach(headers::set));
    context.next();
  }

  private void open(Router router, String path, Handler handler) {
    reading(router, path)
        .handler(context -> answer(context, () -> handler.answer(request(context, Caller.LOCAL))));
  }

  private void get(Router router, String path, Handler handler) {
    reading(router, path)
        .handler(
            context ->
                answer(
                    context,
                    () -> {
                      Access.refuseStrangeHost(context.request(), config);
                      return handler.answer(request(context, caller(context)));
                    }));
  }

  /** What answers GET answers HEAD: load balancers and people with curl -I look that way. */
  private Route reading(Router router, String path) {
    served.add(new Served(HttpMethod.GET, path));
    served.add(new Served(HttpMethod.HEAD, path));
    return router.get(path).method(HttpMethod.HEAD);
  }

  private void post(Router router, String path, Handler handler) {
    changing(router, HttpMethod.POST, path, handler);
  }

  private void delete(Router router, String path, Handler handler) {
    changing(router, HttpMethod.DELETE, path, handler);
  }

  private void changing(Router router, HttpMethod method, String path, Handler handler) {
    served.add(new Served(method, path));
    var route = router.route(method, path);
    route.handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
    route.handler(
        context ->
            answer(
                context,
                () -> {
                  Access.refuseCrossSite(context.request(), backend.config().http());
                  var caller = caller(context);
                  if (!caller.operator()) {
                    throw Refusal.forbidden(
                        "this needs the operator role, which %s does not have"
                            .formatted(caller.name()));
                  }
                  return handler.answer(request(context, caller));
                }));
  }

  private Caller caller(RoutingContext context) {
    var remote = context.request().remoteAddress();
    return access.caller(
        backend.config().http(),
        Optional.ofNullable(context.request().getHeader("Authorization")),
        remote == null ? "" : String.valueOf(remote.hostAddress()));
  }

  private static Request request(RoutingContext context, Caller caller) {
    var body = context.body() == null ? null : context.body().asString();
    return new Request(
        context.request().method(),
        context.pathParams(),
        context.queryParams(),
        context.request().headers(),
        body == null ? "" : body,
        caller);
  }

  /**
   * Handlers block: they run on virtual threads, and the answer goes back through the event loop.
   */
  private void answer(RoutingContext context, Supplier<Answer> work) {
    Future.fromCompletionStage(
            CompletableFuture.supplyAsync(work, threads), vertx.getOrCreateContext())
        .onSuccess(answer -> send(context, answer))
        .onFailure(failure -> failed(context, failure));
  }

  private static void failed(
      RoutingContext context, @org.jspecify.annotations.Nullable Throwable failure) {
    var cause =
        failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof Refusal refusal) {
      refuse(context, refusal);
      return;
    }
    if (cause instanceof HttpException malformed && malformed.getStatusCode() < 500) {
      refuse(context, Refusal.badRequest("the request's path or query cannot be read"));
      return;
    }
    LOG.error("{} {} failed", context.request().method(), context.request().path(), cause);
    refuse(context, Refusal.of(500, "Internal error", "the daemon's log says more"));
  }

  private static void refuse(RoutingContext context, Refusal refusal) {
    var body =
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("type", "about:blank");
              json.writeStringProperty("title", refusal.title());
              json.writeNumberProperty("status", refusal.status());
              json.writeStringProperty("detail", String.valueOf(refusal.getMessage()));
              if (!refusal.problems().isEmpty()) {
                json.writeArrayPropertyStart("problems");
                refusal.problems().forEach(json::writeString);
                json.writeEndArray();
              }
              json.writeEndObject();
            });
    var headers =
        refusal.status() == 401
            ? Map.of("WWW-Authenticate", "Basic realm=\"maildrift\", charset=\"UTF-8\"")
            : Map.<String, String>of();
    send(context, new Answer(refusal.status(), PROBLEM, body, headers));
  }

  private static void send(RoutingContext context, Answer answer) {
    var response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(answer.status());
    answer.headers().forEach(response::putHeader);
    if (!context.response().headers().contains("Cache-Control")) {
      response.putHeader("Cache-Control", "no-store");
    }
    if (answer.status() == 204) {
      response.end();
      return;
    }
    response.putHeader("Content-Type", answer.contentType());
    if (context.request().method().equals(HttpMethod.HEAD)) {
      response.putHeader("Content-Length", "" + answer.body().length).end();
      return;
    }
    response.end(Buffer.buffer(answer.body()));
  }

  /** Stops listening; requests that run are waited for as long as the event loop lives. */
  @Override
  public void close() {
    try {
      server.close().toCompletionStage().toCompletableFuture().get(3, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException
        | java.util.concurrent.TimeoutException failure) {
      LOG.warn("the HTTP server did not close cleanly", failure);
    }
    threads.shutdownNow();
  }
}
