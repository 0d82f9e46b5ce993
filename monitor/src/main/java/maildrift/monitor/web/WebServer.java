package maildrift.monitor.web;

import com.google.common.base.Splitter;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import maildrift.monitor.config.HttpConfig;
import maildrift.monitor.config.WebConfig;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.metrics.Metrics;
import maildrift.monitor.store.StoreFailure;
import maildrift.monitor.web.Endpoints.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: limits, who may, which handler. What handlers do is in {@link Api}, {@link Page}
 * and {@link Scrapes}.
 */
public final class WebServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

  private static final int MAX_BODY = 1024 * 1024;

  /** A large fleet is read from the store first. */
  private static final Duration START_WITHIN = Duration.ofSeconds(30);

  private static final int MOST_WAITING = 256;

  private static final String JSON = "application/json";
  static final String PROBLEM = "application/problem+json";

  private static final String NO_ALERTMANAGER =
      ": maildrift tells of what it finds itself and takes no alerts of others; send these to an"
          + " Alertmanager, to which maildrift can send its own";

  private static final String ALERTS = "/alerts";
  private static final String SILENCES = "/silences";

  /** The pages with forms. */
  private static final List<String> FORMS =
      List.of("/domains/:name/checklists/:checklist", ALERTS, SILENCES);

  /** What people look at; whoever asks for HTML there is told in HTML what is wrong. */
  private static final List<String> PAGES =
      List.of("/domains/", ALERTS, SILENCES, "/drift", "/rules/");

  private static final int MAX_FORM = 32 * 1024;

  private final Vertx vertx;
  private final Access access = new Access();
  private final Probing probing = new Probing();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());

  /** A daemon that is busy is not one that is dead: health waits for no thread of others. */
  private final ExecutorService health =
      Executors.newFixedThreadPool(
          2, Thread.ofPlatform().name("health-", 0).daemon(true).factory());

  private final List<Served> served = new ArrayList<>();

  /** Held from the comparison with {@code If-Match} until the change is made. */
  private final ReentrantLock comparing = new ReentrantLock();

  private final Listener listener;

  /** Empty until {@link #ready}. */
  private volatile Optional<Router> router = Optional.empty();

  private volatile Optional<String> standby = Optional.empty();
  private volatile String standbyMetrics = "";

  private final Promise<Router> opened = Promise.promise();

  /** Who came before {@link #ready}. */
  private final AtomicInteger waiting = new AtomicInteger();

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
  sealed interface Reply {}

  /** One that is whole. */
  @SuppressWarnings("ArrayRecordComponent") // on its way to the socket; never compared
  record Answer(int status, String contentType, byte[] body, Map<String, String> headers)
      implements Reply {
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

    /** The same with these headers, too. */
    Answer with(Map<String, String> more) {
      var all = new LinkedHashMap<>(headers);
      all.putAll(more);
      return new Answer(status, contentType, body, all);
    }

    static Answer nothing() {
      return new Answer(204, JSON, new byte[0], Map.of());
    }
  }

  /**
   * One that goes on for as long as its reader is there.
   *
   * @param ended called at the end, whatever happens; may be called again
   */
  record Live(Source source, Runnable ended) implements Reply {
    /** Writes what happens; blocks until something does. */
    @FunctionalInterface
    interface Source {
      void writeTo(Out out, BooleanSupplier goesOn) throws IOException, InterruptedException;
    }

    /** The reader; blocks until it has got what is written. */
    @FunctionalInterface
    interface Out {
      void write(String text) throws IOException, InterruptedException;
    }
  }

  /** A request as handlers see it: read already, caller known. */
  record Request(
      HttpMethod method,
      String at,
      Map<String, String> path,
      MultiMap query,
      MultiMap headers,
      String body,
      MultiMap form,
      Caller caller) {
    String param(String name) {
      return java.util.Objects.requireNonNull(path.get(name));
    }

    /** The same with another value in its path. */
    Request of(String name, String value) {
      return new Request(method, at, Map.of(name, value), query, headers, body, form, caller);
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

  /** One that is made while it is sent. */
  record Stream(String contentType, Body body) implements Reply {
    /** Writes it; may block. */
    @FunctionalInterface
    interface Body {
      void writeTo(OutputStream out) throws IOException;
    }
  }

  /** Builds the server; {@link #serve} makes it listen, {@link #ready} makes it answer. */
  public WebServer(Vertx vertx) {
    this.vertx = vertx;
    listener = new Listener(vertx, this::handle);
  }

  /** How often somebody was not let in, by why. */
  public Map<String, LongSupplier> loginFailures() {
    var counts = new LinkedHashMap<String, LongSupplier>();
    for (var why : Access.Failure.values()) {
      counts.put(why.word(), () -> access.failures(why));
    }
    return counts;
  }

  /**
   * From now on requests are answered from {@code backend}. Those that came before wait for it: a
   * start takes moments, and whoever sees an open port expects an answer. Only {@code /-/ready}
   * says that it is not so far yet.
   */
  public void ready(Backend backend) {
    var open = router(backend);
    router = Optional.of(open);
    opened.complete(open);
  }

  private void handle(HttpServerRequest request) {
    router.ifPresentOrElse(open -> open.handle(request), () -> await(request));
  }

  private void await(HttpServerRequest request) {
    var path = Optional.ofNullable(request.path()).orElse("");
    if (standby.isPresent()
        || path.equals("/-/ready")
        || path.equals("/-/healthy")
        || waiting.incrementAndGet() > MOST_WAITING) {
      askToWait(request);
      return;
    }
    request.pause();
    var own = vertx.getOrCreateContext();
    opened
        .future()
        .timeout(START_WITHIN.toSeconds(), TimeUnit.SECONDS)
        .onComplete(
            outcome ->
                own.runOnContext(
                    _ -> {
                      request.resume();
                      if (outcome.succeeded()) {
                        outcome.result().handle(request);
                      } else {
                        askToWait(request);
                      }
                    }));
  }

  /**
   * Says to who comes that another one is at work, and these metrics to who scrapes, until {@link
   * #takesOver} or {@link #ready}.
   */
  public void standBy(String why, String metrics) {
    standbyMetrics = metrics;
    standby = Optional.of(why);
  }

  /** It does not stand by any more, and starts. */
  public void takesOver() {
    standby = Optional.empty();
  }

  private void askToWait(HttpServerRequest request) {
    var response = request.response();
    response.putHeader("Cache-Control", "no-store");
    response.putHeader("Content-Type", JSON);
    if (request.path() != null && request.path().equals("/-/healthy")) {
      response.end("{\"status\":\"ok\",\"reasons\":{}}");
      return;
    }
    // That there is little to tell yet is no reason for Prometheus to take it for dead.
    if (standby.isPresent() && request.path() != null && request.path().equals("/metrics")) {
      response.putHeader("Content-Type", Metrics.TEXT);
      response.end(standbyMetrics);
      return;
    }
    response.setStatusCode(503).putHeader("Retry-After", "1");
    response.end(
        "{\"status\":\"unavailable\",\"reasons\":%s}"
            .formatted(
                CheckJson.value(
                    standby
                        .map(why -> Map.of("standby", why))
                        .orElse(Map.of("start", "not everything is started yet")))));
  }

  /** The server cannot listen like this; the message says why. What was before still is. */
  public static final class CannotServe extends Exception {
    private static final long serialVersionUID = 1;

    CannotServe(String why, Throwable cause) {
      super(why, cause);
    }
  }

  private Router router(Backend backend) {
    var router = Router.router(vertx);
    router.route().handler(context -> harden(context, backend));
    Endpoints.all().forEach(endpoint -> serve(router, backend, endpoint));

    router.errorHandler(404, context -> refuse(context, unknown(context)));
    router.errorHandler(405, this::wrongMethod);
    router.errorHandler(
        400,
        context ->
            refuse(context, Refusal.badRequest("the request's path or query cannot be read")));
    router.errorHandler(
        413,
        context ->
            refuse(
                context,
                Refusal.of(
                    413,
                    "Content too large",
                    isOfForm(context)
                        ? "at most %d KiB".formatted(MAX_FORM / 1024)
                        : "at most %d MiB".formatted(MAX_BODY / 1024 / 1024))));
    router.errorHandler(500, context -> failed(context, context.failure()));
    return router;
  }

  private static Refusal unknown(RoutingContext context) {
    return Refusal.notFound("there is nothing at " + context.request().path());
  }

  private void wrongMethod(RoutingContext context) {
    var allowed = new TreeSet<String>();
    var path = context.request().path();
    // A word that stands there itself is no value of the path beside it.
    var isExact = served.stream().anyMatch(one -> one.path().equals(path));
    for (var one : served) {
      if (isExact ? one.path().equals(path) : one.isAt(path)) {
        allowed.add(one.method().name());
      }
    }
    var allow = String.join(", ", allowed);
    context.response().putHeader("Allow", allow);
    refuse(
        context,
        Refusal.of(
            405,
            "Method not allowed",
            "%s takes %s, not %s%s"
                .formatted(
                    context.request().path(),
                    allow,
                    context.request().method(),
                    isOfPrometheus(context) ? NO_ALERTMANAGER : "")));
  }

  /** Somebody has configured maildrift as an Alertmanager. */
  private static boolean isOfPrometheus(RoutingContext context) {
    return context.request().method().equals(HttpMethod.POST)
        && context.request().path().equals(Endpoints.ALERTS_V2);
  }

  private static void harden(RoutingContext context, Backend backend) {
    var headers = context.response().headers();
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    // A page that has forms must say where they come from, to this site alone.
    var hasForms =
        FORMS.stream()
            .anyMatch(page -> new Served(HttpMethod.GET, page).isAt(context.request().path()));
    headers.set("Referrer-Policy", hasForms ? "same-origin" : "no-referrer");
    headers.set(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action %s; base-uri 'none'; frame-ancestors 'none'"
            .formatted(hasForms ? "'self'" : "'none'"));
    backend
        .config()
        .http()
        .web()
        .map(WebConfig::headers)
        .ifPresent(own -> own.forEach(headers::set));
    context.next();
  }

  private void serve(Router router, Backend backend, Endpoint endpoint) {
    served.add(new Served(endpoint.method(), endpoint.path()));
    var route = router.route(endpoint.method(), endpoint.path());
    if (endpoint.method().equals(HttpMethod.GET)) {
      // What answers GET answers HEAD: load balancers and people with curl -I look that way.
      served.add(new Served(HttpMethod.HEAD, endpoint.path()));
      route.method(HttpMethod.HEAD);
    }
    switch (endpoint.guard()) {
      case OPEN, LOOK -> {}
      case CHANGE -> route.handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
      case FORM -> route.handler(BodyHandler.create(false).setBodyLimit(MAX_FORM));
    }
    route.handler(
        context -> {
          // Who may listen is asked again when that may have changed.
          var http = backend.config().http();
          answer(
              endpoint.isHealth() ? health : threads,
              context,
              () -> reply(context, backend, endpoint),
              () -> backend.config().http().equals(http));
        });
  }

  private Reply reply(RoutingContext context, Backend backend, Endpoint endpoint) {
    var incoming = context.request();
    var http = backend.config().http();
    if (endpoint.guard() == Endpoints.Guard.OPEN) {
      return endpoint.handler().answer(backend, request(context, Caller.LOCAL));
    }
    if (endpoint.guard() == Endpoints.Guard.LOOK) {
      Access.refuseStrangeLook(incoming, http);
    } else {
      Access.refuseCrossSite(incoming, http);
    }
    var caller = caller(context, backend);
    var request = request(context, caller);
    if (endpoint.guard() != Endpoints.Guard.LOOK && !caller.operator()) {
      throw Refusal.forbidden(
          "this needs the operator role, which %s does not have".formatted(caller.name()));
    }
    if (endpoint.wide() && caller.tenants().isPresent()) {
      throw Refusal.forbidden(
          "this is about the whole daemon, and %s is limited to tenants of it"
              .formatted(caller.name()));
    }
    switch (endpoint.guard()) {
      case OPEN, LOOK -> {}
      case CHANGE -> Access.refuseOtherThanJson(incoming, request.body());
      // Nothing that may come from elsewhere.
      case FORM -> Access.refuseUnlessFromHere(incoming);
    }
    Parameters.only(request, endpoint);
    var view = caller.view(backend);
    if (endpoint.guard() == Endpoints.Guard.LOOK) {
      var reply =
          endpoint.isProbe()
              ? probing.look(caller, () -> endpoint.handler().answer(view, request))
              : endpoint.handler().answer(view, request);
      return endpoint.isTagged() && reply instanceof Answer answer ? Etag.tagged(answer) : reply;
    }
    if (!endpoint.isCompared()) {
      return change(endpoint, view, request);
    }
    comparing.lock();
    try {
      return change(endpoint, view, request);
    } finally {
      comparing.unlock();
    }
  }

  private static Reply change(Endpoint endpoint, Backend view, Request request) {
    if (request.headers().get("If-Match") != null) {
      Etag.require(request, Endpoints.before(endpoint, view, request));
    }
    return endpoint.handler().answer(view, request);
  }

  /**
   * Runs on the thread that writes; what cannot be said in a status any more ends the connection.
   */
  private static void stream(RoutingContext context, Stream answer) {
    var response = context.response();
    response.putHeader("Cache-Control", "no-store");
    response.putHeader("Content-Type", answer.contentType());
    response.putHeader("Vary", "Accept, Accept-Encoding");
    if (context.request().method().equals(HttpMethod.HEAD)) {
      response.end();
      return;
    }
    var body = new Streamed(response);
    try {
      if (ContentCoding.wantsGzip(acceptEncoding(context))) {
        response.putHeader("Content-Encoding", "gzip");
        ContentCoding.gzip(body, answer.body());
      } else {
        answer.body().writeTo(body);
        body.close();
      }
    } catch (IOException | UncheckedIOException gone) {
      LOG.debug("{} was not read to its end", context.request().path(), gone);
      context.request().connection().close();
    } catch (RuntimeException failure) {
      if (!body.hasBegun()) {
        response.headers().remove("Content-Encoding");
        throw failure;
      }
      LOG.error("{} broke off", context.request().path(), failure);
      context.request().connection().close();
    }
  }

  /** Runs on the thread that writes, until one of both ends it. */
  private static void live(RoutingContext context, Live answer, BooleanSupplier goesOn) {
    var response = context.response();
    response.putHeader("Cache-Control", "no-store");
    response.putHeader("Content-Type", "text/event-stream");
    // Some proxies would wait until a buffer is full.
    response.putHeader("X-Accel-Buffering", "no");
    try {
      if (context.request().method().equals(HttpMethod.HEAD)) {
        response.end();
        return;
      }
      response.setChunked(true);
      // At once, so that whoever connects again finds room.
      response.closeHandler(_ -> answer.ended().run());
      answer
          .source()
          .writeTo(
              text -> write(response, text), () -> !response.closed() && goesOn.getAsBoolean());
      response.end();
    } catch (IOException gone) {
      LOG.debug("{} is not listened to any more", context.request().path(), gone);
      var _ = response.reset();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      var _ = response.reset();
    } finally {
      answer.ended().run();
    }
  }

  private static void write(HttpServerResponse response, String text)
      throws IOException, InterruptedException {
    try {
      response.write(text).toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException gone) {
      throw new IOException("the reader is gone", gone);
    }
  }

  private static Optional<String> acceptEncoding(RoutingContext context) {
    return Optional.ofNullable(context.request().getHeader("Accept-Encoding"));
  }

  private Caller caller(RoutingContext context, Backend backend) {
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
        context.request().path(),
        context.pathParams(),
        context.queryParams(),
        context.request().headers(),
        body == null ? "" : body,
        context.request().formAttributes(),
        caller);
  }

  /**
   * Handlers block: they run on virtual threads, those of health on their own, and the answer goes
   * back through the event loop.
   */
  private void answer(
      ExecutorService on, RoutingContext context, Supplier<Reply> work, BooleanSupplier goesOn) {
    Future.fromCompletionStage(
            CompletableFuture.supplyAsync(() -> toSend(context, work.get(), goesOn), on),
            vertx.getOrCreateContext())
        .onSuccess(answer -> answer.ifPresent(whole -> send(context, whole)))
        .onFailure(failure -> failed(context, failure));
  }

  /** Empty where it is sent already. */
  private static Optional<Answer> toSend(
      RoutingContext context, Reply reply, BooleanSupplier goesOn) {
    return switch (reply) {
      case Answer answer -> Optional.of(encoded(context, answer));
      case Stream stream -> {
        stream(context, stream);
        yield Optional.empty();
      }
      case Live live -> {
        live(context, live, goesOn);
        yield Optional.empty();
      }
    };
  }

  private static Answer encoded(RoutingContext context, Answer answer) {
    var isCompressed =
        ContentCoding.isWorthIt(answer.body())
            && !answer.headers().containsKey("Content-Encoding")
            && ContentCoding.wantsGzip(acceptEncoding(context));
    var headers =
        new LinkedHashMap<>(isCompressed ? Etag.compressed(answer.headers()) : answer.headers());
    var chosen = new Answer(answer.status(), answer.contentType(), answer.body(), headers);
    var unchanged =
        Etag.unchanged(chosen, Optional.ofNullable(context.request().getHeader("If-None-Match")));
    if (unchanged.isPresent()) {
      return unchanged.get();
    }
    if (!isCompressed || context.request().method().equals(HttpMethod.HEAD)) {
      return chosen;
    }
    headers.put("Content-Encoding", "gzip");
    headers.putIfAbsent("Vary", "Accept-Encoding");
    return new Answer(
        answer.status(), answer.contentType(), ContentCoding.gzip(answer.body()), headers);
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
    if (cause instanceof StoreFailure unavailable) {
      LOG.warn(
          "{} {} was refused", context.request().method(), context.request().path(), unavailable);
      refuse(
          context, Refusal.of(503, "Store unavailable", String.valueOf(unavailable.getMessage())));
      return;
    }
    LOG.error("{} {} failed", context.request().method(), context.request().path(), cause);
    refuse(context, Refusal.of(500, "Internal error", "the daemon's log says more"));
  }

  /** What a form of the page sends goes to where the page is, and all else to the API. */
  private static boolean isOfForm(RoutingContext context) {
    return context.request().method().equals(HttpMethod.POST)
        && List.of("/domains/", ALERTS + "/", SILENCES).stream()
            .anyMatch(context.request().path()::startsWith);
  }

  private static void refuse(RoutingContext context, Refusal refusal) {
    var accept = context.request().getHeader("Accept");
    if (isOfForm(context) && accept != null && accept.contains("text/html")) {
      var answer = ChecklistPage.refused(refusal, context.request().path());
      send(
          context,
          new Answer(refusal.status(), answer.contentType(), answer.body(), challenge(refusal)));
      return;
    }
    if (accept != null
        && accept.contains("text/html")
        && PAGES.stream().anyMatch(context.request().path()::startsWith)) {
      var answer = Page.refused(refusal);
      send(
          context,
          new Answer(refusal.status(), answer.contentType(), answer.body(), challenge(refusal)));
      return;
    }
    send(context, new Answer(refusal.status(), PROBLEM, refusal.json(), challenge(refusal)));
  }

  private static Map<String, String> challenge(Refusal refusal) {
    return switch (refusal.status()) {
      case 401 -> Map.of("WWW-Authenticate", "Basic realm=\"maildrift\", charset=\"UTF-8\"");
      case 429, 503 -> Map.of("Retry-After", "" + refusal.retryAfter().toSeconds());
      default -> Map.of();
    };
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
    if (answer.status() == 204 || answer.status() == 304) {
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

  /**
   * Listens as this configuration says, and no longer as another did. Blocks; not for the event
   * loop.
   *
   * @return the port
   */
  public int serve(HttpConfig next) throws CannotServe {
    return listener.serve(next);
  }

  /** Stops listening; requests that run are waited for as long as the event loop lives. */
  @Override
  public void close() {
    listener.close();
    threads.shutdownNow();
    health.shutdownNow();
    access.close();
  }
}
