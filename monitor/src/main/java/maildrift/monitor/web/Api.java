package maildrift.monitor.web;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.alerts.state.Policy;
import maildrift.monitor.config.Problem;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.store.Change;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import maildrift.probes.Verdict;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Paste;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** {@code /api/v1}: JSON in, JSON out. */
final class Api {
  private static final int PAGE = 100;
  private static final String SUPPRESSED = "suppressed";
  private static final Duration LONGEST_SILENCE = Duration.ofDays(400);

  private final Backend backend;

  Api(Backend backend) {
    this.backend = backend;
  }

  Answer domains(Request request) {
    var tenant = request.query("tenant");
    var verdict = request.query("verdict").map(Api::verdict);
    var text = request.query("q").map(q -> q.toLowerCase(java.util.Locale.ROOT));
    var page = request.number("page", 1, 1_000_000);
    var size = request.number("per_page", PAGE, 1_000);
    var matching =
        backend.domains().stream()
            .filter(state -> tenant.map(state.domain().tenant().id()::equals).orElse(true))
            .filter(state -> verdict.map(wanted -> wanted == state.verdict()).orElse(true))
            .filter(
                state ->
                    text.map(
                            q ->
                                state.domain().name().toString().contains(q)
                                    || state.domain().name().unicode().contains(q))
                        .orElse(true))
            .toList();
    var first = Math.min(matching.size(), (page - 1) * size);
    var shown = matching.subList(first, Math.min(matching.size(), first + size));
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeNumberProperty("total", matching.size());
              json.writeNumberProperty("page", page);
              json.writeNumberProperty("pages", Math.max(1, (matching.size() + size - 1) / size));
              json.writeArrayPropertyStart("domains");
              for (var state : shown) {
                json.writeStartObject();
                state.write(json);
                json.writeEndObject();
              }
              json.writeEndArray();
              json.writeEndObject();
            }));
  }

  private static Verdict verdict(String word) {
    return Stream.of(Verdict.values())
        .filter(verdict -> verdict.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                Refusal.badRequest(
                    "verdict is one of %s, not '%s'"
                        .formatted(
                            Stream.of(Verdict.values())
                                .map(Verdict::word)
                                .collect(Collectors.joining(", ")),
                            word)));
  }

  Answer domain(Request request) {
    return one(known(request));
  }

  private Answer one(DomainState state) {
    var name = state.domain().name().toString();
    var next = backend.nextCheck(name);
    var baseline = backend.baseline(name);
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              state.write(json);
              next.ifPresent(at -> json.writeStringProperty("nextCheck", CheckJson.instant(at)));
              baseline.ifPresent(
                  accepted -> {
                    json.writeObjectPropertyStart("baseline");
                    json.writeStringProperty(
                        "acceptedAt", CheckJson.instant(accepted.acceptedAt()));
                    json.writeStringProperty("acceptedBy", accepted.acceptedBy());
                    json.writeObjectPropertyStart("records");
                    accepted.records().forEach(json::writeStringProperty);
                    json.writeEndObject();
                    json.writeEndObject();
                  });
              json.writeEndObject();
            }));
  }

  private DomainState known(Request request) {
    return backend.domain(name(request)).orElseThrow(() -> notManaged(name(request)));
  }

  private static Refusal notManaged(String name) {
    return Refusal.notFound(name + " is not a managed domain");
  }

  private static String name(Request request) {
    var written = request.param("name");
    return DnsName.parse(written)
        .orElseThrow(() -> Refusal.badRequest("'%s' is not a domain name".formatted(written)))
        .toString();
  }

  Answer check(Request request) {
    var name = name(request);
    return one(backend.check(name).orElseThrow(() -> notManaged(name)));
  }

  Answer accept(Request request) {
    var name = name(request);
    if (!backend.accept(name, request.caller().name())) {
      throw notManaged(name);
    }
    return one(backend.domain(name).orElseThrow(() -> notManaged(name)));
  }

  /** {@code {"record": "NAME KIND"}}: one shared record, for all domains that have it. */
  Answer acceptRecord(Request request) {
    var record = required(body(request), "record");
    var domains = backend.acceptRecord(record, request.caller().name());
    if (domains.isEmpty()) {
      throw Refusal.notFound(
          "no domain has a record '%s'; write it as its finding or the baseline does, e.g. _spf.example.net SPF"
              .formatted(record));
    }
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("record", record);
              json.writeNumberProperty("accepted", domains.size());
              names(json, "domains", domains);
              json.writeEndObject();
            }));
  }

  Answer baseline(Request request) {
    var state = known(request);
    var name = state.domain().name().toString();
    var accepted =
        backend
            .baseline(name)
            .orElseThrow(
                () -> Refusal.notFound("no baseline of " + name + " has been accepted yet"));
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("domain", name);
              json.writeStringProperty("acceptedAt", CheckJson.instant(accepted.acceptedAt()));
              json.writeStringProperty("acceptedBy", accepted.acceptedBy());
              json.writeObjectPropertyStart("records");
              accepted.records().forEach(json::writeStringProperty);
              json.writeEndObject();
              json.writeEndObject();
            }));
  }

  Answer history(Request request) {
    var state = known(request);
    var page = request.number("page", 1, 1_000_000);
    var changes = backend.history(state.domain().name().toString(), (page - 1) * PAGE, PAGE);
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("domain", state.domain().name().toString());
              json.writeNumberProperty("page", page);
              json.writeArrayPropertyStart("changes");
              for (var change : changes) {
                json.writeStartObject();
                json.writeStringProperty("at", CheckJson.instant(change.at()));
                json.writeStringProperty("kind", change.kind());
                json.writeStringProperty("record", change.record());
                json.writeBooleanProperty("shared", change.domain().equals(Change.SHARED));
                text(json, "old", change.before().orElse(null));
                text(json, "new", change.after().orElse(null));
                json.writeEndObject();
              }
              json.writeEndArray();
              json.writeEndObject();
            }));
  }

  private static void text(
      JsonGenerator json, String name, @org.jspecify.annotations.Nullable String value) {
    if (value == null) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, value);
    }
  }

  /**
   * Per source and allowlist once, with the domains that it concerns, and per allowlist what all
   * its sources publish together; {@code ?paste=} says for what kind of gateway.
   */
  Answer drift(Request request) {
    var format = paste(request);
    var view = DriftView.of(backend.domains());
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("format", format.word());
              json.writeArrayPropertyStart("sources");
              view.sources().forEach(source -> source(json, source, format));
              json.writeEndArray();
              json.writeArrayPropertyStart("allowlists");
              view.allowlists().forEach(list -> allowlist(json, list, format));
              json.writeEndArray();
              json.writeEndObject();
            }));
  }

  static Paste paste(Request request) {
    return request
        .query("paste")
        .map(
            word ->
                Paste.of(word)
                    .orElseThrow(
                        () ->
                            Refusal.badRequest(
                                "paste is one of %s, not '%s'".formatted(Paste.words(), word))))
        .orElse(Paste.SEPPMAIL);
  }

  private static void source(JsonGenerator json, DriftView.Source source, Paste format) {
    json.writeStartObject();
    source
        .facts()
        .properties()
        .forEach(
            entry -> {
              json.writeName(entry.getKey());
              json.writeRawValue(entry.getValue().toString());
            });
    json.writeStringProperty("paste", source.paste(format));
    names(json, "domains", source.domains());
    json.writeEndObject();
  }

  private static void allowlist(JsonGenerator json, DriftView.Allowlist list, Paste format) {
    json.writeStartObject();
    json.writeStringProperty("name", list.name());
    names(json, "sources", list.sources());
    text(json, "paste", list.paste(format).orElse(null));
    names(json, "domains", list.domains());
    json.writeEndObject();
  }

  private static void names(JsonGenerator json, String name, Collection<String> names) {
    json.writeArrayPropertyStart(name);
    names.forEach(json::writeString);
    json.writeEndArray();
  }

  /** As Alertmanager's GET /api/v2/alerts, with our phases. */
  Answer alerts(Request request) {
    var alerts =
        backend.alerts().stream()
            .filter(
                alert ->
                    request
                        .query("state")
                        .map(state -> isIn(alert, state))
                        .orElse(alert.phase() != Alert.Phase.RESOLVED))
            .filter(
                alert ->
                    Stream.of("domain", "tenant", "cause", "alertname")
                        .allMatch(
                            label ->
                                request
                                    .query(label)
                                    .map(alert.labels().get(label)::equals)
                                    .orElse(true)))
            .sorted(Comparator.comparing(Alert::startsAt).thenComparing(Alert::fingerprint))
            .toList();
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartArray();
              alerts.forEach(alert -> alert(json, alert));
              json.writeEndArray();
            }));
  }

  /** What is suppressed fires all the same. */
  private boolean isIn(Alert alert, String state) {
    return alert.phase().word().equals(state)
        || (state.equals(SUPPRESSED) && !backend.muted(alert).isEmpty())
        || (state.equals("flapping") && alert.isFlapping());
  }

  private void alert(JsonGenerator json, Alert alert) {
    json.writeStartObject();
    json.writeStringProperty("fingerprint", alert.fingerprint());
    texts(json, "labels", alert.labels().map());
    texts(json, "annotations", alert.annotations());
    json.writeStringProperty("startsAt", alert.startsAt().toString());
    json.writeStringProperty("updatedAt", alert.updatedAt().toString());
    alert.endsAt().ifPresent(end -> json.writeStringProperty("endsAt", end.toString()));
    status(json, alert, backend.muted(alert), backend.policy(alert));
    json.writeEndObject();
  }

  /** As in Alertmanager, what is not told is suppressed. */
  private static void status(
      JsonGenerator json, Alert alert, List<Mutes.Why> muted, Policy policy) {
    json.writeObjectPropertyStart("status");
    json.writeStringProperty("state", muted.isEmpty() ? alert.phase().word() : SUPPRESSED);
    json.writeStringProperty("phase", alert.phase().word());
    AlertProgress.json(json, alert, policy);
    var silencedBy = new ArrayList<String>();
    var inhibitedBy = new ArrayList<String>();
    var mutedBy = new ArrayList<String>();
    for (var why : muted) {
      switch (why) {
        case Mutes.Why.Silenced silenced -> silencedBy.add(silenced.id());
        case Mutes.Why.Inhibited inhibited -> inhibitedBy.addAll(inhibited.by());
        case Mutes.Why.InMaintenance maintenance -> mutedBy.add(maintenance.reason());
        case Mutes.Why.OutsideHours hours -> mutedBy.addAll(hours.intervals());
      }
    }
    names(json, "silencedBy", silencedBy);
    names(json, "inhibitedBy", inhibitedBy);
    names(json, "mutedBy", mutedBy);
    if (!muted.isEmpty()) {
      var first = muted.getFirst();
      json.writeStringProperty("mutedBecause", first.text());
      first.ends().ifPresent(until -> json.writeStringProperty("mutedUntil", until.toString()));
    }
    json.writeEndObject();
  }

  /** {@code POST /api/v1/receivers/NAME/test}. */
  Answer testReceiver(Request request) {
    var name = request.param("name");
    var outcome =
        backend
            .testReceiver(name)
            .orElseThrow(() -> Refusal.notFound("there is no receiver " + name));
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("receiver", name);
              json.writeStringProperty("outcome", outcome);
              json.writeEndObject();
            }));
  }

  /** {@code GET /api/v1/routes?alertname=…&domain=…}: the query's parameters are the labels. */
  Answer route(Request request) {
    var labels = new LinkedHashMap<String, String>();
    request.query().forEach(entry -> labels.put(entry.getKey(), entry.getValue()));
    var domain = labels.get("domain");
    if (domain != null) {
      backend
          .domain(domain)
          .ifPresent(
              state -> {
                labels.putIfAbsent("tenant", state.domain().tenant().id());
                state.domain().tenant().labels().forEach(labels::putIfAbsent);
              });
    }
    var rule = labels.get("alertname");
    if (rule != null) {
      backend
          .rule(rule)
          .ifPresent(known -> labels.putIfAbsent("severity", known.severity().word()));
    }
    var ways = backend.route(labels);
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              texts(json, "labels", labels);
              json.writeArrayPropertyStart("routes");
              for (var way : ways) {
                json.writeStartObject();
                json.writeStringProperty("route", way.route());
                json.writeArrayPropertyStart("receivers");
                way.receivers().forEach(json::writeString);
                json.writeEndArray();
                json.writeArrayPropertyStart("groupBy");
                way.groupBy().forEach(json::writeString);
                json.writeEndArray();
                json.writeEndObject();
              }
              json.writeEndArray();
              json.writeEndObject();
            }));
  }

  private static void texts(JsonGenerator json, String name, Map<String, String> texts) {
    json.writeObjectPropertyStart(name);
    texts.forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  Answer silences(Request request) {
    var now = Instant.now();
    var silences = backend.silences();
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartArray();
              silences.stream()
                  .sorted(Comparator.comparing(Silence::endsAt).reversed())
                  .forEach(
                      silence -> {
                        json.writeStartObject();
                        json.writeStringProperty("id", silence.id());
                        json.writeObjectPropertyStart("status");
                        json.writeStringProperty("state", silence.state(now).word());
                        json.writeEndObject();
                        json.writeArrayPropertyStart("matchers");
                        silence.matchers().forEach(matcher -> matcher(json, matcher));
                        json.writeEndArray();
                        json.writeStringProperty("startsAt", silence.startsAt().toString());
                        json.writeStringProperty("endsAt", silence.endsAt().toString());
                        json.writeStringProperty("createdBy", silence.createdBy());
                        json.writeStringProperty("comment", silence.comment());
                        json.writeEndObject();
                      });
              json.writeEndArray();
            }));
  }

  private static void matcher(JsonGenerator json, Matcher matcher) {
    json.writeStartObject();
    json.writeStringProperty("name", matcher.name());
    json.writeStringProperty("value", matcher.value());
    json.writeBooleanProperty("isRegex", matcher.operator().isRegex());
    json.writeBooleanProperty("isEqual", matcher.operator().isEqual());
    json.writeEndObject();
  }

  /** Alertmanager's postableSilence. */
  Answer addSilence(Request request) {
    var body = body(request);
    var matchers = new ArrayList<Matcher>();
    try {
      for (var node : body.path("matchers")) {
        matchers.add(
            new Matcher(
                required(node, "name"),
                Matcher.Operator.of(
                    node.path("isRegex").asBoolean(false), node.path("isEqual").asBoolean(true)),
                required(node, "value")));
      }
      var now = Instant.now();
      var starts = body.has("startsAt") ? instant(required(body, "startsAt")) : now;
      var ends = instant(required(body, "endsAt"));
      if (!ends.isAfter(now)) {
        throw Refusal.badRequest("endsAt has passed already: " + ends);
      }
      if (ends.isAfter(now.plus(LONGEST_SILENCE))) {
        throw Refusal.badRequest(
            "a silence ends within 400 days; waive the rule in the configuration instead");
      }
      var createdBy = body.path("createdBy").asString(request.caller().name());
      var comment = body.path("comment").asString("");
      if (comment.isBlank()) {
        throw Refusal.badRequest("comment is missing: say why");
      }
      var silence =
          new Silence(UUID.randomUUID().toString(), matchers, starts, ends, createdBy, comment);
      backend.addSilence(silence);
      return Answer.json(
          CheckJson.bytes(
              json -> {
                json.writeStartObject();
                json.writeStringProperty("silenceID", silence.id());
                json.writeEndObject();
              }));
    } catch (IllegalArgumentException problem) {
      throw Refusal.badRequest(String.valueOf(problem.getMessage()));
    }
  }

  Answer expireSilence(Request request) {
    if (!backend.expireSilence(request.param("id"))) {
      throw Refusal.notFound("there is no silence " + request.param("id"));
    }
    return Answer.nothing();
  }

  Answer addDomain(Request request) {
    var body = body(request);
    var name = required(body, "name");
    var asciiName =
        DnsName.parse(name)
            .orElseThrow(() -> Refusal.badRequest("'%s' is not a domain name".formatted(name)));
    if (backend.domain(asciiName.toString()).isPresent()) {
      throw Refusal.conflict(asciiName + " is a managed domain already");
    }
    var problems = backend.addDomain(request.body(), request.caller().name());
    if (!problems.isEmpty()) {
      throw Refusal.invalid(
          "the domain was not added", problems.stream().map(Problem::message).toList());
    }
    return new Answer(
        201,
        "application/json",
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("domain", asciiName.toString());
              json.writeEndObject();
            }),
        Map.of("Location", "/api/v1/domains/" + asciiName));
  }

  Answer removeDomain(Request request) {
    var name = name(request);
    return switch (backend.removeDomain(name)) {
      case REMOVED -> Answer.nothing();
      case UNKNOWN -> throw notManaged(name);
      case CONFIGURED ->
          throw Refusal.conflict(
              name + " is written in the configuration; take it out there and reload");
    };
  }

  Answer reload(Request request) {
    var problems = backend.reload();
    if (!problems.isEmpty()) {
      throw Refusal.invalid(
          "the configuration was not reloaded; the old one stays in force",
          problems.stream().map(Problem::toString).toList());
    }
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("status", "reloaded");
              json.writeEndObject();
            }));
  }

  /** The body as a JSON object. */
  static JsonNode body(Request request) {
    try {
      var node = CheckJson.mapper().readTree(request.body());
      if (node.isObject()) {
        return node;
      }
    } catch (JacksonException problem) {
      // Where, but not in the words of the parser, which are for those who programme it.
      var place = problem.getLocation();
      throw Refusal.badRequest(
          place == null
              ? "the body is no JSON"
              : "the body is no JSON: see line %d, column %d"
                  .formatted(place.getLineNr(), place.getColumnNr()));
    }
    throw Refusal.badRequest("the body must be a JSON object");
  }

  private static String required(JsonNode node, String name) {
    var value = node.path(name);
    if (!value.isString()) {
      throw Refusal.badRequest(name + " is missing or not a text");
    }
    return value.asString();
  }

  private static Instant instant(String text) {
    try {
      return java.time.OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException _) {
      throw Refusal.badRequest("'%s' is no time; write 2026-12-01T20:00:00Z".formatted(text));
    }
  }
}
