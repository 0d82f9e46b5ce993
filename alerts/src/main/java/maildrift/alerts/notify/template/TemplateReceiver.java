package maildrift.alerts.notify.template;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.Visible;
import maildrift.alerts.notify.Credentials;
import maildrift.alerts.notify.Headers;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.ReceiverKind;
import maildrift.alerts.notify.Settings;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.Wording;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.outbox.Owed;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request as the operator wrote it.
 *
 * @param url may itself be a secret and is not printed
 * @param content what is sent
 * @param success the statuses that mean that it was taken; empty: 200 to 299
 */
public record TemplateReceiver(
    Method method,
    URI url,
    Content content,
    Headers headers,
    Optional<Credentials> auth,
    Optional<Path> authorities,
    SortedSet<Integer> success,
    boolean allowPrivate,
    Duration timeout,
    boolean sendResolved)
    implements Receiver {

  public static final ReceiverKind KIND =
      new ReceiverKind("http", "a request of the operator's own making", TemplateReceiver::read);

  private static final int LONGEST_TEMPLATE = 64 * 1024;

  /** What the request asks for. */
  public enum Method {
    POST,
    PUT,
    PATCH,
    GET
  }

  /**
   * What is sent, as it was written.
   *
   * @param type of the body; a form has its own
   * @param body a template; empty: none
   * @param form templates by name, in place of a body
   * @param query templates by name, added to the address
   */
  public record Content(
      String type, String body, Map<String, String> form, Map<String, String> query) {
    private static final String FORM = "application/x-www-form-urlencoded";

    public Content {
      form = Collections.unmodifiableMap(new LinkedHashMap<>(form));
      type = form.isEmpty() ? type : FORM;
      query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
      Template.parse(body);
      form.values().forEach(Template::parse);
      query.values().forEach(Template::parse);
    }

    String fillBody(Values values) {
      return form.isEmpty()
          ? Template.parse(body).fill(values, Escape.of(type))
          : pairs(form, values);
    }

    String fillQuery(Values values) {
      return pairs(query, values);
    }

    private static String pairs(Map<String, String> templates, Values values) {
      var pairs = new StringBuilder();
      templates.forEach(
          (name, template) ->
              pairs
                  .append(pairs.isEmpty() ? "" : "&")
                  .append(Escape.FORM.write(name))
                  .append('=')
                  .append(Escape.FORM.apply(Template.parse(template).fill(values, Escape.TEXT))));
      return pairs.toString();
    }
  }

  public TemplateReceiver {
    Request.check(url);
    success = Collections.unmodifiableSortedSet(new TreeSet<>(success));
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
  }

  private static Optional<TemplateReceiver> read(Settings settings) {
    var url = settings.required("url", settings::url);
    var method = settings.choice("method", Method.class).orElse(Method.POST);
    var body = settings.parsed("body", TemplateReceiver::checked);
    var form = settings.textsByName("form", TemplateReceiver::checked);
    var query = settings.textsByName("query", TemplateReceiver::checked);
    var type = settings.parsed("content_type", TemplateReceiver::checkedType);
    var auth = settings.credentials();
    var headers =
        settings.headers(
            auth.isPresent() ? Set.of("content-type", "authorization") : Set.of("content-type"));
    var authorities = settings.authorities();
    var success = new TreeSet<>(settings.numbers("success", 100, 599));
    var allowPrivate = settings.allowPrivate();
    var timeout = settings.timeout();
    var sendResolved = settings.sendResolved();
    if (settings.has("body") && settings.has("form")) {
      settings.problem("form", "body and form exclude each other; keep one");
    } else if (settings.has("content_type") && settings.has("form")) {
      settings.problem("content_type", "a form has a content_type of its own; leave it out");
    } else if (method == Method.GET && (settings.has("body") || settings.has("form"))) {
      settings.problem(
          settings.has("body") ? "body" : "form", "a GET has no body; use query, or method: post");
    } else if (!settings.has("body") && !settings.has("form") && !settings.has("query")) {
      settings.lacks("body");
    }
    var content = new Content(type.orElse("application/json"), body.orElse(""), form, query);
    if (body.isPresent() && Escape.of(content.type()) == Escape.JSON) {
      problemAsJson(content).ifPresent(problem -> settings.problem("body", problem));
    }
    return url.map(
        to ->
            new TemplateReceiver(
                method,
                to,
                content,
                headers,
                auth,
                authorities,
                success,
                allowPrivate,
                timeout,
                sendResolved));
  }

  private static String checked(String template) {
    if (template.length() > LONGEST_TEMPLATE) {
      throw new IllegalArgumentException("a template is at most 64 KiB long");
    }
    Template.parse(template);
    return template;
  }

  private static String checkedType(String type) {
    if (type.indexOf('/') < 1 || !type.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("a content type looks like application/json");
    }
    return type;
  }

  /**
   * What is wrong with the body as JSON, filled in with something that fires and something over.
   */
  private static Optional<String> problemAsJson(Content content) {
    for (var sample : List.of(sample(2, true), sample(1, true), sample(1, false))) {
      try {
        JsonMapper.shared().readTree(content.fillBody(sample));
      } catch (JacksonException wrong) {
        return Optional.of(
            "body: filled in it is no JSON (line %d, column %d: %s); values stand inside quotes, and content_type says what else it is"
                .formatted(
                    wrong.getLocation().getLineNr(),
                    wrong.getLocation().getColumnNr(),
                    Visible.line(wrong.getOriginalMessage(), 100)));
      }
    }
    return Optional.empty();
  }

  private static Values sample(int count, boolean isFiring) {
    var began = Instant.EPOCH;
    var items =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    new Notification.Item(
                        Labels.of(Map.of("alertname", "a.b", "domain", i + ".test")),
                        new TreeMap<>(Map.of("summary", "\"quoted\"\n")),
                        began,
                        isFiring ? Optional.empty() : Optional.of(began),
                        "",
                        "f" + i))
            .toList();
    var notification =
        new Notification("sample", "sample", "first", Labels.NONE, items, "https://m.test");
    return new Values.OfNotification(
        Owed.fresh("sample", "sample", "sample", 1, "", began),
        notification,
        Wording.of(notification),
        count);
  }

  boolean isSuccess(int status) {
    return success.isEmpty() ? status >= 200 && status < 300 : success.contains(status);
  }

  @Override
  public Notifier open(Tools tools) {
    return new TemplateNotifier(this, tools);
  }

  @Override
  public String toString() {
    return "%s to %s://%s/***".formatted(method, url.getScheme(), url.getHost());
  }
}
