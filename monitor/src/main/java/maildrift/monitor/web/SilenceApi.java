package maildrift.monitor.web;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Silence;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** {@code /api/v1/silences}, as in Alertmanager; what may be silenced is decided here. */
final class SilenceApi {
  static final int LONGEST_COMMENT = 2_000;
  static final int LONGEST_NAME = 200;
  private static final Duration LONGEST = Duration.ofDays(400);
  private static final List<String> STATES =
      Stream.of(Silence.State.values()).map(Silence.State::word).toList();

  private final Backend backend;

  SilenceApi(Backend backend) {
    this.backend = backend;
  }

  /** A silence that somebody wants, before it is known whether it may be. */
  record Draft(
      Optional<String> id,
      List<Matcher> matchers,
      Optional<Instant> startsAt,
      Instant endsAt,
      String createdBy,
      String comment) {}

  /** As Alertmanager's, with {@code filter} and {@code state}; the last to end first. */
  Answer silences(Request request) {
    return Paging.ofWhole(request).answer(chosen(request), this::silence);
  }

  /** Exactly as Alertmanager's GET /api/v2/silences. */
  Answer alertmanagers(Request request) {
    return Paging.ofWhole(request).answer(chosen(request), this::gettable);
  }

  private List<Silence> chosen(Request request) {
    var state = request.query("state");
    state.ifPresent(word -> Parameters.among("state", word, STATES));
    var filters = Parameters.matchers(request);
    return backend.silences().stream()
        .filter(one -> state.map(one.state(backend.now()).word()::equals).orElse(true))
        .filter(one -> filters.stream().allMatch(filter -> filter.matches(written(one))))
        .sorted(Comparator.comparing(Silence::endsAt).reversed())
        .toList();
  }

  /** As in Alertmanager, a filter looks at what a silence's matchers say, not at what they hide. */
  private static Labels written(Silence silence) {
    var written = new TreeMap<String, String>();
    silence.matchers().forEach(matcher -> written.put(matcher.name(), matcher.value()));
    return new Labels(written);
  }

  Answer one(Request request) {
    var silence = known(request.param("id"));
    return Answer.json(CheckJson.bytes(json -> silence(json, silence)));
  }

  /** {@code GET /api/v2/silence/ID}. */
  Answer alertmanagersOne(Request request) {
    var silence = known(request.param("id"));
    return Answer.json(CheckJson.bytes(json -> gettable(json, silence)));
  }

  private void silence(JsonGenerator json, Silence silence) {
    json.writeStartObject();
    properties(json, silence);
    json.writeNumberProperty("alerts", firing(silence.matchers()).size());
    json.writeEndObject();
  }

  private void gettable(JsonGenerator json, Silence silence) {
    json.writeStartObject();
    properties(json, silence);
    json.writeEndObject();
  }

  private void properties(JsonGenerator json, Silence silence) {
    json.writeStringProperty("id", silence.id());
    json.writeObjectPropertyStart("status");
    json.writeStringProperty("state", silence.state(backend.now()).word());
    json.writeEndObject();
    json.writeArrayPropertyStart("matchers");
    silence.matchers().forEach(matcher -> matcher(json, matcher));
    json.writeEndArray();
    json.writeStringProperty("startsAt", silence.startsAt().toString());
    json.writeStringProperty("endsAt", silence.endsAt().toString());
    json.writeStringProperty("createdBy", silence.createdBy());
    json.writeStringProperty("comment", silence.comment());
    json.writeStringProperty("updatedAt", silence.updatedAt().toString());
  }

  private static void matcher(JsonGenerator json, Matcher matcher) {
    json.writeStartObject();
    json.writeStringProperty("name", matcher.name());
    json.writeStringProperty("value", matcher.value());
    json.writeBooleanProperty("isRegex", matcher.operator().isRegex());
    json.writeBooleanProperty("isEqual", matcher.operator().isEqual());
    json.writeEndObject();
  }

  /** The alerts that fire and that such a silence hides, told or not. */
  List<Alert> firing(List<Matcher> matchers) {
    return backend.alerts().stream()
        .filter(alert -> alert.phase() == Alert.Phase.FIRING)
        .filter(alert -> matchers.stream().allMatch(matcher -> matcher.matches(alert.labels())))
        .sorted(Comparator.comparing(Alert::startsAt).thenComparing(Alert::fingerprint))
        .toList();
  }

  /** {@code GET …/preview?matchers={…}}: what a silence would hide now. */
  Answer preview(Request request) {
    Parameters.only(request, List.of("matchers"));
    var matchers = matchers(request.query("matchers").orElse(""));
    var firing = firing(matchers);
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeNumberProperty("total", firing.size());
              json.writeArrayPropertyStart("alerts");
              for (var alert : firing) {
                json.writeStartObject();
                json.writeStringProperty("fingerprint", alert.fingerprint());
                AlertApi.texts(json, "labels", alert.labels().map());
                json.writeEndObject();
              }
              json.writeEndArray();
              json.writeEndObject();
            }));
  }

  /** As amtool writes them: {@code domain=contoso.tld, alertname=~"tls.*"}. */
  static List<Matcher> matchers(String text) {
    try {
      var matchers = Matcher.parseAll(text);
      if (matchers.isEmpty() || matchers.stream().allMatch(Matcher::matchesEmpty)) {
        throw Refusal.badRequest(
            "matchers are missing, or match everything: write domain=contoso.tld, alertname=~\"tls.*\"");
      }
      return matchers;
    } catch (IllegalArgumentException problem) {
      throw Refusal.badRequest(String.valueOf(problem.getMessage()));
    }
  }

  /** As Alertmanager's JSON has them. */
  static List<Matcher> matchers(JsonNode nodes) {
    var matchers = new ArrayList<Matcher>();
    for (var node : nodes) {
      try {
        matchers.add(
            new Matcher(
                required(node, "name"),
                Matcher.Operator.of(
                    node.path("isRegex").asBoolean(false), node.path("isEqual").asBoolean(true)),
                required(node, "value")));
      } catch (IllegalArgumentException problem) {
        throw Refusal.badRequest(String.valueOf(problem.getMessage()));
      }
    }
    return matchers;
  }

  /** Alertmanager's postableSilence; with an {@code id} that silence is changed. */
  Answer put(Request request) {
    var body = Api.body(request);
    var id =
        put(
            new Draft(
                Optional.of(ByHand.text(body, "id")).filter(given -> !given.isEmpty()),
                matchers(body.path("matchers")),
                body.has("startsAt")
                    ? Optional.of(instant(required(body, "startsAt")))
                    : Optional.empty(),
                instant(required(body, "endsAt")),
                ByHand.name(
                    request.caller(),
                    ByHand.bounded("createdBy", ByHand.text(body, "createdBy"), LONGEST_NAME)),
                ByHand.bounded("comment", ByHand.text(body, "comment"), LONGEST_COMMENT)));
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("silenceID", id);
              json.writeEndObject();
            }));
  }

  /**
   * As in Alertmanager: one that has not ended and hides the same keeps its id; what hides other
   * alerts, or begins at another time than it did, is another silence, and the old one ends.
   */
  String put(Draft draft) {
    var now = backend.now();
    var before = draft.id().map(this::known);
    var starts = draft.startsAt().or(() -> before.map(Silence::startsAt)).orElse(now);
    check(draft, now);
    var matchers = backend.within(draft.matchers());
    try {
      var kept =
          before
              .filter(old -> old.state(now) != Silence.State.EXPIRED)
              .filter(old -> old.matchers().equals(matchers))
              .filter(
                  old -> old.state(now) == Silence.State.PENDING || old.startsAt().equals(starts));
      var silence =
          new Silence(
              kept.map(Silence::id).orElseGet(() -> UUID.randomUUID().toString()),
              matchers,
              kept.isEmpty() && starts.isBefore(now) && before.isPresent() ? now : starts,
              draft.endsAt(),
              draft.createdBy(),
              draft.comment(),
              now);
      backend.putSilence(silence);
      if (kept.isEmpty()) {
        before.map(Silence::id).ifPresent(backend::expireSilence);
      }
      return silence.id();
    } catch (IllegalArgumentException problem) {
      throw Refusal.badRequest(String.valueOf(problem.getMessage()));
    }
  }

  private static void check(Draft draft, Instant now) {
    if (!draft.endsAt().isAfter(now)) {
      throw Refusal.badRequest("endsAt has passed already: " + draft.endsAt());
    }
    if (draft.endsAt().isAfter(now.plus(LONGEST))) {
      throw Refusal.badRequest(
          "a silence ends within 400 days; waive the rule in the configuration instead");
    }
    if (draft.comment().isBlank()) {
      throw Refusal.badRequest("comment is missing: say why");
    }
  }

  private Silence known(String id) {
    return backend.silences().stream()
        .filter(silence -> silence.id().equals(id))
        .findFirst()
        .orElseThrow(() -> Refusal.notFound("there is no silence " + id));
  }

  Answer expire(Request request) {
    end(request);
    return Answer.nothing();
  }

  /** Alertmanager's clients take 200 alone. */
  Answer alertmanagersExpire(Request request) {
    end(request);
    return Answer.json(new byte[0]);
  }

  void end(Request request) {
    if (!backend.expireSilence(request.param("id"))) {
      throw Refusal.notFound("there is no silence " + request.param("id"));
    }
  }

  private static String required(JsonNode node, String name) {
    return Api.required(node, name);
  }

  private static Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException _) {
      throw Refusal.badRequest("'%s' is no time; write 2026-12-01T20:00:00Z".formatted(text));
    }
  }
}
