package maildrift.monitor.web;

import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Reply;
import maildrift.monitor.web.WebServer.Request;

/**
 * Every path there is, who may take it, and what answers. A handler is made for each request, from
 * what there is for its caller ({@link Caller#view}): none can look past a limit to tenants.
 */
final class Endpoints {
  private static final String DOMAINS = "/api/v1/domains";
  private static final String DOMAIN = DOMAINS + "/:name";
  private static final String PROBE = "/probe";
  private static final String DISCOVERY = "/sd";
  private static final String SILENCES = "/api/v1/silences";
  private static final String SILENCES_V2 = "/api/v2/silences";
  static final String ALERTS_V2 = "/api/v2/alerts";
  private static final String ROUTES = "/api/v1/routes";
  private static final String RECEIVER = "/api/v1/receivers/:name";
  private static final String LETTERS = "/api/v1/dead-letters";
  private static final String TICK = DOMAIN + "/checklists/:checklist/steps/:step/tick";
  private static final String CHECKLIST = "/domains/:name/checklists/:checklist";

  private final List<Endpoint> all = new ArrayList<>();

  /** Who may take a path. */
  enum Guard {
    /** Whoever reaches the port. */
    OPEN,
    /** Everybody who may look. */
    LOOK,
    /** Operators, with JSON. */
    CHANGE,
    /** Operators, with a form of the page. */
    FORM
  }

  /** Answers a request; may block. */
  @FunctionalInterface
  interface Handler {
    Reply answer(Backend view, Request request);
  }

  /**
   * One method of one path.
   *
   * @param path a segment that begins with a colon stands for any
   * @param wide it is about the daemon as a whole: not for who is limited to tenants
   */
  record Endpoint(HttpMethod method, String path, Guard guard, boolean wide, Handler handler) {
    /** Whether it is worth keeping: what people look at says how long ago something was. */
    boolean isTagged() {
      return method.equals(HttpMethod.GET)
          && (isApi()
              || List.of(DISCOVERY, "/style.css", "/live.js", "/runbooks/:name").contains(path));
    }

    /** Whether it changes what {@code If-Match} is compared with: one at a time. */
    boolean isCompared() {
      return !method.equals(HttpMethod.GET)
          && (List.of(DOMAINS, DOMAIN, DOMAIN + "/declaration").contains(path)
              || path.startsWith(SILENCES)
              || path.startsWith("/api/v2/silence")
              || path.startsWith("/silences"));
    }

    /** What tells whoever restarts the daemon that it lives. */
    boolean isHealth() {
      return path.startsWith("/-/") && guard == Guard.OPEN;
    }

    /** Whether it looks at a domain each time it is asked. */
    boolean isProbe() {
      return path.equals(PROBE);
    }

    boolean isApi() {
      return path.startsWith("/api/");
    }

    /**
     * What a query may hold; empty: anything. A page says itself what it does not understand, and
     * scrapers may send {@code /metrics} what they like.
     */
    Optional<List<String>> parameters() {
      return (isApi() || isProbe() || path.equals(DISCOVERY)) && !path.equals(ROUTES)
          ? Optional.of(method.equals(HttpMethod.GET) ? ofLook() : ofChange())
          : Optional.empty();
    }

    private List<String> ofLook() {
      return switch (path) {
        case DOMAINS ->
            Stream.concat(Stream.of("tenant", "verdict", "q"), Paging.PARAMETERS.stream()).toList();
        case PROBE -> List.of("target", "profile", "debug");
        case DISCOVERY -> List.of("role", "tenant");
        case DOMAIN + "/history", LETTERS, RECEIVER + "/owed", "/api/v2/receivers" ->
            Paging.PARAMETERS;
        case "/api/v1/drift" ->
            Stream.concat(Stream.of("paste"), Paging.PARAMETERS.stream()).toList();
        case "/api/v1/digest" -> List.of("tenant");
        case "/api/v1/events" -> List.of("tenant", "after", "for");
        case "/api/v1/alerts", ALERTS_V2, ALERTS_V2 + "/groups" ->
            Stream.concat(AlertQuery.PARAMETERS.stream(), Paging.PARAMETERS.stream()).toList();
        case SILENCES ->
            Stream.concat(Stream.of("filter", "state"), Paging.PARAMETERS.stream()).toList();
        case SILENCES_V2 -> Stream.concat(Stream.of("filter"), Paging.PARAMETERS.stream()).toList();
        case SILENCES + "/preview" -> List.of("matchers");
        default -> List.of();
      };
    }

    private List<String> ofChange() {
      return switch (path) {
        case RECEIVER + "/test" -> List.of("resolved");
        case "/api/v1/digest/send" -> List.of("tenant");
        default -> List.of();
      };
    }
  }

  /** What is there before a change: what its {@code If-Match} is about. */
  static Answer before(Endpoint change, Backend view, Request request) {
    var isPost = change.method().equals(HttpMethod.POST);
    if (isPost && change.path().equals(SILENCES)) {
      return new SilenceApi(view).one(request.of("id", silence(request)));
    }
    if (isPost && change.path().equals(SILENCES_V2)) {
      return new SilenceApi(view).alertmanagersOne(request.of("id", silence(request)));
    }
    return ALL.stream()
        .filter(_ -> change.isCompared() && !isPost)
        .filter(one -> one.method().equals(HttpMethod.GET) && one.path().equals(change.path()))
        .map(one -> one.handler().answer(view, request))
        .filter(Answer.class::isInstance)
        .map(Answer.class::cast)
        .findFirst()
        .orElseThrow(Endpoints::incomparable);
  }

  private static String silence(Request request) {
    var id = ByHand.text(Api.body(request), "id");
    if (id.isEmpty()) {
      throw incomparable();
    }
    return id;
  }

  private static Refusal incomparable() {
    return Refusal.of(
        412,
        "Precondition failed",
        "there is nothing that If-Match could be compared with here; leave it out");
  }

  private static final List<Endpoint> ALL = made();

  static List<Endpoint> all() {
    return ALL;
  }

  private static List<Endpoint> made() {
    var endpoints = new Endpoints();
    endpoints.scraped();
    endpoints.domains();
    endpoints.alerts();
    endpoints.receivers();
    endpoints.pages();
    return List.copyOf(endpoints.all);
  }

  private void scraped() {
    // Health says nothing that is secret, and whoever restarts the daemon may have no password.
    add(Guard.OPEN, HttpMethod.GET, "/-/healthy", false, Scrapes::new, Scrapes::healthy);
    add(Guard.OPEN, HttpMethod.GET, "/-/ready", false, Scrapes::new, Scrapes::isReady);
    get("/metrics", Scrapes::new, Scrapes::metrics);
    get(PROBE, Scrapes::new, Scrapes::probe);
    get(DISCOVERY, ServiceDiscovery::new, ServiceDiscovery::targets);
    change(HttpMethod.POST, "/-/reload", true, Api::new, Api::reload);
    wide("/api/v1/backups", BackupApi::new, BackupApi::list);
    change(HttpMethod.POST, "/api/v1/backups", true, BackupApi::new, BackupApi::make);
  }

  private void domains() {
    get(DOMAINS, Api::new, Api::domains);
    post(DOMAINS, Api::new, Api::addDomain);
    get(DOMAIN, Api::new, Api::domain);
    delete(DOMAIN, Api::new, Api::removeDomain);
    get(DOMAIN + "/declaration", Api::new, Api::declaration);
    change(HttpMethod.PUT, DOMAIN + "/declaration", false, Api::new, Api::declare);
    post(DOMAIN + "/check", Api::new, Api::check);
    post(DOMAIN + "/accept", Api::new, Api::accept);
    get(DOMAIN + "/baseline", Api::new, Api::baseline);
    get(DOMAIN + "/history", Api::new, Api::history);
    get("/api/v1/checklists", ChecklistApi::new, ChecklistApi::all);
    get(DOMAIN + "/checklists", ChecklistApi::new, ChecklistApi::ofDomain);
    get(DOMAIN + "/checklists/:checklist", ChecklistApi::new, ChecklistApi::one);
    change(HttpMethod.PUT, TICK, false, ChecklistApi::new, ChecklistApi::tick);
    delete(TICK, ChecklistApi::new, ChecklistApi::untick);
    change(HttpMethod.POST, "/api/v1/records/accept", true, Api::new, Api::acceptRecord);
    get("/api/v1/drift", Api::new, Api::drift);
    get("/api/v1/openapi.json", view -> view, (_, request) -> OpenApi.document(request));
    get("/api/v1/events", EventApi::new, EventApi::events);
    get("/api/v1/digest", DigestApi::new, DigestApi::preview);
    post("/api/v1/digest/send", DigestApi::new, DigestApi::send);
  }

  private void alerts() {
    get("/api/v1/alerts", AlertApi::new, AlertApi::alerts);
    post("/api/v1/alerts/ack", AlertApi::new, AlertApi::acknowledgeMatching);
    post("/api/v1/alerts/:fingerprint/ack", AlertApi::new, AlertApi::acknowledge);
    delete("/api/v1/alerts/:fingerprint/ack", AlertApi::new, AlertApi::unacknowledge);
    get(SILENCES, SilenceApi::new, SilenceApi::silences);
    get(SILENCES + "/preview", SilenceApi::new, SilenceApi::preview);
    get(SILENCES + "/:id", SilenceApi::new, SilenceApi::one);
    post(SILENCES, SilenceApi::new, SilenceApi::put);
    delete(SILENCES + "/:id", SilenceApi::new, SilenceApi::expire);
    // As Alertmanager's clients expect it.
    get(ALERTS_V2, AlertmanagerApi::new, AlertmanagerApi::alerts);
    get(ALERTS_V2 + "/groups", AlertmanagerApi::new, AlertmanagerApi::groups);
    get("/api/v2/status", AlertmanagerApi::new, AlertmanagerApi::status);
    get("/api/v2/receivers", AlertmanagerApi::new, AlertmanagerApi::receivers);
    get(SILENCES_V2, SilenceApi::new, SilenceApi::alertmanagers);
    post(SILENCES_V2, SilenceApi::new, SilenceApi::put);
    get("/api/v2/silence/:id", SilenceApi::new, SilenceApi::alertmanagersOne);
    delete("/api/v2/silence/:id", SilenceApi::new, SilenceApi::alertmanagersExpire);
  }

  /** Who is told is the daemon's as a whole. */
  private void receivers() {
    get(ROUTES, RouteApi::new, RouteApi::route);
    wide("/api/v1/receivers", OutboxApi::new, OutboxApi::receivers);
    wide(RECEIVER + "/owed", OutboxApi::new, OutboxApi::owed);
    change(HttpMethod.POST, RECEIVER + "/test", true, Api::new, Api::testReceiver);
    change(HttpMethod.POST, RECEIVER + "/enable", true, OutboxApi::new, OutboxApi::enable);
    change(HttpMethod.POST, RECEIVER + "/move", true, OutboxApi::new, OutboxApi::move);
    change(HttpMethod.DELETE, RECEIVER + "/owed", true, OutboxApi::new, OutboxApi::dropOwed);
    change(HttpMethod.POST, RECEIVER + "/retry", true, OutboxApi::new, OutboxApi::retryAll);
    wide(LETTERS, OutboxApi::new, OutboxApi::dead);
    change(HttpMethod.POST, LETTERS + "/:id/retry", true, OutboxApi::new, OutboxApi::retry);
    change(HttpMethod.DELETE, LETTERS + "/:id", true, OutboxApi::new, OutboxApi::drop);
  }

  private void pages() {
    get("/", Page::new, Page::fleet);
    get("/domains/:name", Page::new, Page::domain);
    get("/drift", DriftPage::new, DriftPage::drift);
    get("/rules/:id", Page::new, Page::rule);
    get("/runbooks/:name", view -> view, (_, request) -> Runbooks.page(request));
    get("/style.css", view -> view, (_, request) -> PageFiles.style(request));
    get("/live.js", view -> view, (_, request) -> PageFiles.script(request));
    Function<Backend, ChecklistPage> checklist =
        view -> new ChecklistPage(view, new ChecklistApi(view), new Page(view));
    get(CHECKLIST, checklist, ChecklistPage::one);
    form(CHECKLIST + "/steps/:step/tick", checklist, ChecklistPage::tick);
    form(CHECKLIST + "/steps/:step/untick", checklist, ChecklistPage::untick);
    Function<Backend, AlertPage> alerts =
        view -> new AlertPage(view, new AlertApi(view), new Page(view));
    get("/alerts", alerts, AlertPage::all);
    form("/alerts/ack", alerts, AlertPage::acknowledgeAll);
    form("/alerts/:fingerprint/ack", alerts, AlertPage::acknowledge);
    form("/alerts/:fingerprint/unack", alerts, AlertPage::unacknowledge);
    Function<Backend, SilencePage> silences =
        view -> new SilencePage(view, new SilenceApi(view), new Page(view));
    get("/silences", silences, SilencePage::all);
    form("/silences", silences, SilencePage::add);
    form("/silences/:id/expire", silences, SilencePage::expire);
  }

  private <T> void get(
      String path, Function<Backend, T> of, BiFunction<T, Request, ? extends Reply> handler) {
    add(Guard.LOOK, HttpMethod.GET, path, false, of, handler);
  }

  private <T> void wide(
      String path, Function<Backend, T> of, BiFunction<T, Request, ? extends Reply> handler) {
    add(Guard.LOOK, HttpMethod.GET, path, true, of, handler);
  }

  private <T> void post(
      String path, Function<Backend, T> of, BiFunction<T, Request, ? extends Reply> handler) {
    change(HttpMethod.POST, path, false, of, handler);
  }

  private <T> void delete(
      String path, Function<Backend, T> of, BiFunction<T, Request, ? extends Reply> handler) {
    change(HttpMethod.DELETE, path, false, of, handler);
  }

  private <T> void change(
      HttpMethod method,
      String path,
      boolean wide,
      Function<Backend, T> of,
      BiFunction<T, Request, ? extends Reply> handler) {
    add(Guard.CHANGE, method, path, wide, of, handler);
  }

  private <T> void form(
      String path, Function<Backend, T> of, BiFunction<T, Request, ? extends Reply> handler) {
    add(Guard.FORM, HttpMethod.POST, path, false, of, handler);
  }

  private <T> void add(
      Guard guard,
      HttpMethod method,
      String path,
      boolean wide,
      Function<Backend, T> of,
      BiFunction<T, Request, ? extends Reply> handler) {
    all.add(
        new Endpoint(
            method, path, guard, wide, (view, request) -> handler.apply(of.apply(view), request)));
  }
}
