package maildrift.monitor.web;

import java.util.Optional;
import maildrift.monitor.checklist.Checklist;
import maildrift.monitor.checklist.Progress;
import maildrift.monitor.checklist.ProgressJson;
import maildrift.monitor.checklist.Step;
import maildrift.monitor.checklist.Tick;
import maildrift.monitor.config.Words;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import maildrift.probes.dns.DnsName;
import tools.jackson.databind.JsonNode;

/**
 * {@code /api/v1/checklists} and the checklists of domains. What may be ticked is decided here, for
 * the page as well.
 */
final class ChecklistApi {
  private final Backend backend;

  ChecklistApi(Backend backend) {
    this.backend = backend;
  }

  /** All checklists there are. */
  Answer all(Request request) {
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartArray();
              backend
                  .config()
                  .checklists()
                  .all()
                  .forEach(checklist -> ProgressJson.checklist(json, checklist));
              json.writeEndArray();
            }));
  }

  /** Those that concern a domain, in short. */
  Answer ofDomain(Request request) {
    var all = backend.progress(state(request));
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartArray();
              all.forEach(progress -> ProgressJson.summary(json, progress));
              json.writeEndArray();
            }));
  }

  /** One of a domain, step by step; any will do, whether it concerns the domain or not. */
  Answer one(Request request) {
    return answer(progress(request));
  }

  private static Answer answer(Progress progress) {
    return Answer.json(CheckJson.bytes(json -> ProgressJson.progress(json, progress)));
  }

  /** {@code PUT …/steps/STEP/tick}, with {@code by} and {@code note}, both optional. */
  Answer tick(Request request) {
    var body = request.body().isBlank() ? CheckJson.mapper().createObjectNode() : Api.body(request);
    for (var property : body.properties()) {
      if (!property.getKey().equals("by") && !property.getKey().equals("note")) {
        throw Refusal.badRequest(
            "a tick has by and note, not '%s'".formatted(Words.shortened(property.getKey())));
      }
    }
    tick(request, text(body, "by"), text(body, "note"));
    return one(request);
  }

  private static String text(JsonNode body, String name) {
    var value = body.path(name);
    if (!value.isMissingNode() && !value.isString()) {
      throw Refusal.badRequest(name + " must be a text");
    }
    return value.asString("");
  }

  /** {@code DELETE …/steps/STEP/tick}. */
  Answer untick(Request request) {
    takeBack(request);
    return one(request);
  }

  void tick(Request request, String by, String note) {
    var state = state(request);
    var checklist = checklist(request);
    var step = step(request, checklist);
    var name = name(request.caller(), bounded("by", by, Tick.LONGEST_NAME));
    var words = bounded("note", note, Tick.LONGEST_NOTE);
    var status =
        backend
            .progress(checklist, state)
            .step(step.id())
            .orElseThrow(() -> new IllegalStateException("a step without a state"));
    if (!status.tickable()) {
      throw Refusal.conflict(
          "step %s of %s is %s, which a tick does not change: %s"
              .formatted(
                  step.id(),
                  checklist.name(),
                  status.state().word(),
                  String.join("; ", status.reasons())));
    }
    backend.tick(state, checklist, step, name, words);
  }

  void takeBack(Request request) {
    var state = state(request);
    var checklist = checklist(request);
    var step = step(request, checklist);
    if (!backend.untick(state, checklist, step, request.caller().name())) {
      throw Refusal.notFound(
          "step %s of %s is not ticked for %s"
              .formatted(step.id(), checklist.name(), state.domain().name()));
    }
  }

  /** Who logged in is who ticks; another name stands beside. */
  private static String name(Caller caller, String given) {
    if (given.isEmpty() || given.equals(caller.name())) {
      return caller.name();
    }
    return caller.equals(Caller.LOCAL) ? given : "%s (as %s)".formatted(given, caller.name());
  }

  private static String bounded(String what, String text, int most) {
    var bare = text.strip();
    if (bare.codePointCount(0, bare.length()) > most) {
      throw Refusal.badRequest("%s may have at most %d characters".formatted(what, most));
    }
    if (bare.codePoints().anyMatch(ChecklistApi::isUnseen)) {
      throw Refusal.badRequest(what + " may not have control characters or line ends");
    }
    return bare;
  }

  /** What moves the cursor, or turns the direction of what stands beside it. */
  private static boolean isUnseen(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  Progress progress(Request request) {
    return backend.progress(checklist(request), state(request));
  }

  private DomainState state(Request request) {
    var written = request.param("name");
    return DnsName.parse(written)
        .map(DnsName::toString)
        .flatMap(backend::domain)
        .orElseThrow(() -> Refusal.notFound(Words.shortened(written) + " is not a managed domain"));
  }

  private Checklist checklist(Request request) {
    var written = request.param("checklist");
    var all = backend.config().checklists();
    return all.named(written)
        .orElseThrow(
            () ->
                Refusal.notFound(
                    "there is no checklist '%s'; there are %s"
                        .formatted(Words.shortened(written), String.join(", ", all.names()))));
  }

  private static Step step(Request request, Checklist checklist) {
    var written = request.param("step");
    return Optional.of(written)
        .flatMap(checklist::step)
        .orElseThrow(
            () ->
                Refusal.notFound(
                    "checklist %s has no step '%s'"
                        .formatted(checklist.name(), Words.shortened(written))));
  }
}
