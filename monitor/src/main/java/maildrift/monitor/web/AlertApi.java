package maildrift.monitor.web;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import maildrift.alerts.Alert;
import maildrift.alerts.Matcher;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.mute.Mutes;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.self.Watchdog;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import tools.jackson.core.JsonGenerator;

/** {@code /api/v1/alerts}: what fires, why it is not told, and who has taken it. */
final class AlertApi {
  static final String SUPPRESSED = "suppressed";

  private final Backend backend;

  AlertApi(Backend backend) {
    this.backend = backend;
  }

  /** As Alertmanager's, with our phases and what an alert waits for. */
  Answer alerts(Request request) {
    return Paging.ofWhole(request).answer(chosen(request), this::alert);
  }

  /** Those that the query asks for, the oldest first. */
  List<Alert> chosen(Request request) {
    var query = new AlertQuery(backend, request);
    return backend.alerts().stream()
        .filter(query::asksFor)
        .sorted(Comparator.comparing(Alert::startsAt).thenComparing(Alert::fingerprint))
        .toList();
  }

  private void alert(JsonGenerator json, Alert alert) {
    json.writeStartObject();
    identity(json, alert);
    alert.endsAt().ifPresent(end -> json.writeStringProperty("endsAt", end.toString()));
    status(json, alert);
    json.writeEndObject();
  }

  void identity(JsonGenerator json, Alert alert) {
    json.writeStringProperty("fingerprint", alert.fingerprint());
    texts(json, "labels", alert.labels().map());
    texts(json, "annotations", alert.annotations());
    json.writeStringProperty("generatorURL", backend.links().generator().apply(alert.labels()));
    json.writeArrayPropertyStart("receivers");
    for (var receiver : AlertQuery.receivers(backend, alert)) {
      json.writeStartObject();
      json.writeStringProperty("name", receiver);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringProperty("startsAt", alert.startsAt().toString());
    json.writeStringProperty("updatedAt", alert.updatedAt().toString());
  }

  /** As in Alertmanager, what is not told is suppressed. */
  private void status(JsonGenerator json, Alert alert) {
    var muted = backend.muted(alert);
    json.writeObjectPropertyStart("status");
    json.writeStringProperty("state", muted.isEmpty() ? alert.phase().word() : SUPPRESSED);
    json.writeStringProperty("phase", alert.phase().word());
    AlertProgress.json(json, alert, backend.policy(alert));
    muted(json, muted);
    backend
        .acknowledgement(alert)
        .ifPresent(
            taken -> {
              json.writeObjectPropertyStart("acknowledgement");
              acknowledgement(json, taken);
              json.writeEndObject();
            });
    json.writeEndObject();
  }

  private static void muted(JsonGenerator json, List<Mutes.Why> muted) {
    mutedBy(json, muted);
    if (!muted.isEmpty()) {
      var first = muted.getFirst();
      json.writeStringProperty("mutedBecause", first.text());
      first.ends().ifPresent(until -> json.writeStringProperty("mutedUntil", until.toString()));
    }
  }

  static void mutedBy(JsonGenerator json, List<Mutes.Why> muted) {
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
  }

  private static void acknowledgement(JsonGenerator json, Acknowledgement taken) {
    json.writeBooleanProperty("holds", taken.holds());
    json.writeStringProperty("by", taken.by());
    json.writeStringProperty("at", taken.at().toString());
    json.writeStringProperty("comment", taken.comment());
    taken
        .ended()
        .ifPresent(
            end -> {
              json.writeStringProperty("endedAt", end.at().toString());
              json.writeStringProperty("endedBecause", end.why());
            });
  }

  /** {@code POST …/FINGERPRINT/ack}, with {@code by} and {@code comment}, both optional. */
  Answer acknowledge(Request request) {
    var body = request.body().isBlank() ? CheckJson.mapper().createObjectNode() : Api.body(request);
    ByHand.onlyWith(body, "an acknowledgement", List.of("by", "comment"));
    var taken = acknowledge(request, ByHand.text(body, "by"), ByHand.text(body, "comment"));
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("fingerprint", taken.fingerprint());
              acknowledgement(json, taken);
              json.writeEndObject();
            }));
  }

  Acknowledgement acknowledge(Request request, String by, String comment) {
    var fingerprint = request.param("fingerprint");
    if (backend.alerts().stream()
        .anyMatch(
            alert -> alert.fingerprint().equals(fingerprint) && Watchdog.isIt(alert.labels()))) {
      throw Refusal.badRequest(
          "the Watchdog cannot be acknowledged: it always fires, and nothing is wrong while it does");
    }
    return backend
        .acknowledge(fingerprint, name(request, by), comment(comment))
        .orElseThrow(() -> Refusal.notFound("no alert " + fingerprint + " fires"));
  }

  /** {@code POST /api/v1/alerts/ack} with {@code matchers}: all that fire at this moment. */
  Answer acknowledgeMatching(Request request) {
    var body = Api.body(request);
    ByHand.onlyWith(body, "an acknowledgement", List.of("matchers", "by", "comment"));
    var matchers = SilenceApi.matchers(body.path("matchers"));
    if (matchers.isEmpty()) {
      throw Refusal.badRequest("matchers are missing: say which alerts");
    }
    var taken =
        acknowledge(request, matchers, ByHand.text(body, "by"), ByHand.text(body, "comment"));
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              names(json, "acknowledged", taken);
              json.writeEndObject();
            }));
  }

  /** The fingerprints of those that are taken. */
  List<String> acknowledge(Request request, List<Matcher> matchers, String by, String comment) {
    var name = name(request, by);
    var why = comment(comment);
    var matching =
        backend.alerts().stream()
            .filter(alert -> alert.phase() == Alert.Phase.FIRING && !Watchdog.isIt(alert.labels()))
            .filter(alert -> matchers.stream().allMatch(matcher -> matcher.matches(alert.labels())))
            .map(Alert::fingerprint)
            .toList();
    return backend.acknowledge(matching, name, why).stream()
        .map(Acknowledgement::fingerprint)
        .toList();
  }

  private static String name(Request request, String by) {
    return ByHand.name(request.caller(), ByHand.bounded("by", by, Acknowledgement.LONGEST_NAME));
  }

  private static String comment(String comment) {
    return ByHand.bounded("comment", comment, Acknowledgement.LONGEST_COMMENT);
  }

  /** {@code DELETE …/FINGERPRINT/ack}. */
  Answer unacknowledge(Request request) {
    takeBack(request);
    return Answer.nothing();
  }

  void takeBack(Request request) {
    var fingerprint = request.param("fingerprint");
    if (!backend.unacknowledge(fingerprint, request.caller().name())) {
      throw Refusal.notFound("nobody has acknowledged an alert " + fingerprint);
    }
  }

  static void texts(JsonGenerator json, String name, Map<String, String> texts) {
    json.writeObjectPropertyStart(name);
    texts.forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  static void names(JsonGenerator json, String name, Collection<String> names) {
    json.writeArrayPropertyStart(name);
    names.forEach(json::writeString);
    json.writeEndArray();
  }
}
