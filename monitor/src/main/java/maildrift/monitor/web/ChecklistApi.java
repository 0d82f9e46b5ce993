package maildrift.monitor.web;

import java.util.List;
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
    ByHand.onlyWith(body, "a tick", List.of("by", "note"));
    tick(request, ByHand.text(body, "by"), ByHand.text(body, "note"));
    return one(request);
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
    var name = ByHand.name(request.caller(), ByHand.bounded("by", by, Tick.LONGEST_NAME));
    var words = ByHand.bounded("note", note, Tick.LONGEST_NOTE);
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
