package maildrift.monitor.web;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.monitor.config.Problem;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.KeptDomain;
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
  private static final int MOST = 1_000;

  private final Backend backend;

  Api(Backend backend) {
    this.backend = backend;
  }

  Answer domains(Request request) {
    var tenant = request.query("tenant");
    var verdict = request.query("verdict").map(Api::verdict);
    var text = request.query("q").map(q -> q.toLowerCase(java.util.Locale.ROOT));
    var paging = Paging.of(request, PAGE, MOST);
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
    return Answer.json(
            CheckJson.bytes(
                json -> {
                  json.writeStartObject();
                  json.writeNumberProperty("total", matching.size());
                  json.writeNumberProperty("page", paging.page());
                  json.writeNumberProperty("pages", paging.pages(matching.size()));
                  json.writeArrayPropertyStart("domains");
                  for (var state : paging.of(matching)) {
                    json.writeStartObject();
                    state.write(json);
                    json.writeEndObject();
                  }
                  json.writeEndArray();
                  json.writeEndObject();
                }))
        .with(paging.headers(matching.size()));
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
    var paging = Paging.of(request, PAGE, MOST);
    var some =
        backend.history(state.domain().name().toString(), paging.offset(), paging.size() + 1);
    var changes = some.subList(0, Math.min(some.size(), paging.size()));
    return Answer.json(
            CheckJson.bytes(
                json -> {
                  json.writeStartObject();
                  json.writeStringProperty("domain", state.domain().name().toString());
                  json.writeNumberProperty("page", paging.page());
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
                }))
        .with(paging.headers(some.size() > changes.size()));
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
   * its sources publish together; {@code ?paste=} says for what kind of gateway. Sources are what
   * is paged; an allowlist stands where the first of its sources does.
   */
  Answer drift(Request request) {
    var format = paste(request);
    var paging = Paging.of(request, PAGE, MOST);
    var view = DriftView.of(backend.domains());
    var total = view.sources().size();
    return Answer.json(
            CheckJson.bytes(
                json -> {
                  json.writeStartObject();
                  json.writeStringProperty("format", format.word());
                  json.writeNumberProperty("total", total);
                  json.writeNumberProperty("page", paging.page());
                  json.writeNumberProperty("pages", paging.pages(total));
                  json.writeArrayPropertyStart("sources");
                  paging.of(view.sources()).forEach(source -> source(json, source, format));
                  json.writeEndArray();
                  json.writeArrayPropertyStart("allowlists");
                  view.allowlistsOf(paging.of(view.sources()))
                      .forEach(list -> allowlist(json, list, format));
                  json.writeEndArray();
                  json.writeEndObject();
                }))
        .with(paging.headers(total));
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

  /** {@code POST /api/v1/receivers/NAME/test}. */
  Answer testReceiver(Request request) {
    var name = request.param("name");
    var isOver = Parameters.flag(request, "resolved", false);
    var trial =
        backend
            .tryReceiver(name, isOver)
            .orElseThrow(() -> Refusal.notFound("there is no receiver " + name));
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("receiver", name);
              json.writeStringProperty("outcome", trial.outcome());
              names(json, "answers", trial.answers());
              json.writeEndObject();
            }));
  }

  Answer addDomain(Request request) {
    var body = body(request);
    var name = required(body, "name");
    var asciiName =
        DnsName.parse(name)
            .orElseThrow(() -> Refusal.badRequest("'%s' is not a domain name".formatted(name)));
    keep(request, asciiName.toString(), true);
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

  private void keep(Request request, String name, boolean isNew) {
    var declared =
        backend.declare(request.body(), request.caller().name(), isNew, backend.config(), _ -> {});
    switch (declared) {
      case Backend.Declared.Done _ -> {}
      case Backend.Declared.Refused(var problems) ->
          throw Refusal.invalid(
              "the domain was not " + (isNew ? "added" : "changed"),
              problems.stream().map(Problem::message).toList());
      case Backend.Declared.Taken _ ->
          throw Refusal.conflict(name + " is a managed domain already");
      case Backend.Declared.Gone _ -> throw notManaged(name);
    }
  }

  /** {@code GET …/declaration}: as it was written. */
  Answer declaration(Request request) {
    return Answer.json(kept(request).definition().getBytes(StandardCharsets.UTF_8));
  }

  private KeptDomain kept(Request request) {
    var name = name(request);
    return backend
        .kept(name)
        .orElseThrow(
            () ->
                backend.domain(name).isPresent()
                    ? Refusal.conflict(
                        name + " is written in the configuration; see and change it there")
                    : notManaged(name));
  }

  /** {@code PUT …/declaration}: written anew, with {@code If-Match} only if nobody else did. */
  Answer declare(Request request) {
    var name = kept(request).name();
    var written = required(body(request), "name");
    if (DnsName.parse(written).filter(other -> other.toString().equals(name)).isEmpty()) {
      throw Refusal.invalid(
          "the domain was not changed",
          List.of("name must be %s as in the path; add another domain beside it".formatted(name)));
    }
    keep(request, name, false);
    return declaration(request);
  }

  Answer removeDomain(Request request) {
    var name = name(request);
    return switch (backend.removeDomain(name)) {
      case REMOVED -> Answer.nothing();
      case UNKNOWN -> throw notManaged(name);
      case CONFIGURED ->
          throw Refusal.conflict(
              name
                  + " is written in the configuration, or comes from its discovery; take it out there");
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

  static String required(JsonNode node, String name) {
    var value = node.path(name);
    if (!value.isString()) {
      throw Refusal.badRequest(name + " is missing or not a text");
    }
    return value.asString();
  }
}
