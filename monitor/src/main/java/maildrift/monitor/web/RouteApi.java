package maildrift.monitor.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Hours;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.route.Route;
import maildrift.alerts.route.Routing;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import tools.jackson.core.JsonGenerator;

/** {@code GET /api/v1/routes}: where an alert with such labels would go now, and why. */
final class RouteApi {
  private final Backend backend;

  RouteApi(Backend backend) {
    this.backend = backend;
  }

  /** {@code ?alertname=…&domain=…}: the query's parameters are the labels. */
  Answer route(Request request) {
    var labels = Labels.of(labels(request));
    var muted = backend.muted(labels);
    var taken = backend.taken(labels);
    // Whoever is limited to tenants learns nothing of routes that are not theirs.
    var considered =
        request.caller().tenants().isPresent() ? taken : ofInterest(backend.routing(), labels);
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              AlertApi.texts(json, "labels", labels.map());
              json.writeArrayPropertyStart("routes");
              for (var route : taken) {
                json.writeStartObject();
                taken(json, route, labels);
                json.writeEndObject();
              }
              json.writeEndArray();
              considered(json, considered, labels);
              muted(json, muted);
              json.writeEndObject();
            }));
  }

  private Map<String, String> labels(Request request) {
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
    request
        .caller()
        .tenants()
        .filter(own -> own.size() == 1)
        .ifPresent(own -> labels.putIfAbsent("tenant", own.iterator().next()));
    if (request.caller().tenants().isPresent() && !labels.containsKey("tenant")) {
      throw Refusal.badRequest("say which tenant or domain of yours it is about: ?tenant=…");
    }
    var rule = labels.get("alertname");
    if (rule != null) {
      backend
          .rule(rule)
          .ifPresent(known -> labels.putIfAbsent("severity", known.severity().word()));
    }
    return labels;
  }

  /**
   * Those of the configuration, and of maildrift's own (around dead receivers) those that count.
   */
  private List<Route> ofInterest(Routing routing, Labels labels) {
    var configured = Set.copyOf(backend.config().alerts().routing().routes());
    return routing.routes().stream()
        .filter(route -> configured.contains(route) || route.matches(labels))
        .toList();
  }

  /** Every route in its order, and what became of it. */
  private static void considered(JsonGenerator json, List<Route> routes, Labels labels) {
    json.writeArrayPropertyStart("considered");
    var isReached = true;
    for (var route : routes) {
      var refusing = route.refusing(labels);
      json.writeStartObject();
      json.writeStringProperty("route", name(route));
      json.writeBooleanProperty("reached", isReached);
      json.writeBooleanProperty("matches", refusing.isEmpty());
      refusing.ifPresent(
          matcher -> {
            json.writeStringProperty("failed", matcher.toString());
            json.writeStringProperty("value", labels.get(matcher.name()));
          });
      json.writeBooleanProperty("continue", route.goesOn());
      AlertApi.names(json, "receivers", route.receivers());
      json.writeEndObject();
      isReached &= refusing.isPresent() || route.goesOn();
    }
    json.writeEndArray();
  }

  private void taken(JsonGenerator json, Route route, Labels labels) {
    var grouping = route.grouping();
    json.writeStringProperty("route", name(route));
    AlertApi.names(json, "receivers", route.receivers());
    AlertApi.names(json, "groupBy", grouping.by());
    json.writeStringProperty("groupKey", route.key(grouping.of(labels)));
    json.writeNumberProperty("groupWait", grouping.groupWait().toSeconds());
    json.writeNumberProperty("groupInterval", grouping.groupInterval().toSeconds());
    json.writeNumberProperty("repeatInterval", grouping.repeatInterval().toSeconds());
    json.writeBooleanProperty("continue", route.goesOn());
    hours(json, route.hours());
    json.writeArrayPropertyStart("escalate");
    for (var escalation : route.escalations()) {
      json.writeStartObject();
      json.writeNumberProperty("after", escalation.after().toSeconds());
      AlertApi.names(json, "receivers", escalation.receivers());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void hours(JsonGenerator json, Hours hours) {
    var now = backend.now();
    json.writeObjectPropertyStart("hours");
    json.writeBooleanProperty("open", hours.isOpen(now));
    AlertApi.names(json, "active", hours.active().stream().map(Hours.Named::name).toList());
    AlertApi.names(json, "mute", hours.mute().stream().map(Hours.Named::name).toList());
    hours.nextChange(now).ifPresent(at -> json.writeStringProperty("nextChange", at.toString()));
    json.writeEndObject();
  }

  private static void muted(JsonGenerator json, List<Mutes.Why> muted) {
    json.writeArrayPropertyStart("muted");
    for (var why : muted) {
      json.writeStartObject();
      json.writeStringProperty("by", why.word());
      json.writeStringProperty("because", why.text());
      why.ends().ifPresent(until -> json.writeStringProperty("until", until.toString()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static String name(Route route) {
    return route.matchers().isEmpty()
        ? "all"
        : String.join(", ", route.matchers().stream().map(Matcher::toString).toList());
  }
}
