package maildrift.monitor.web;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.route.Route;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import tools.jackson.core.JsonGenerator;

/**
 * {@code /api/v2}: what clients of Alertmanager ask for (amtool, karma, Grafana's data source), in
 * exactly its form. Its silences are in {@link SilenceApi}.
 */
final class AlertmanagerApi {
  /** For so long an alert that fires does so if nothing more is heard. */
  private static final Duration HOLDS = Duration.ofMinutes(4);

  private final Backend backend;
  private final AlertApi alerts;

  AlertmanagerApi(Backend backend) {
    this.backend = backend;
    alerts = new AlertApi(backend);
  }

  /** {@code GET /api/v2/alerts}. */
  Answer alerts(Request request) {
    return Paging.ofWhole(request).answer(alerts.chosen(request), this::alert);
  }

  /** Alertmanager's alerts always have an end: that until which they fire unless more is heard. */
  private void alert(JsonGenerator json, Alert alert) {
    var muted = backend.muted(alert);
    json.writeStartObject();
    alerts.identity(json, alert);
    json.writeStringProperty(
        "endsAt", alert.endsAt().orElseGet(() -> backend.now().plus(HOLDS)).toString());
    json.writeObjectPropertyStart("status");
    json.writeStringProperty(
        "state",
        alert.phase() == Alert.Phase.PENDING
            ? "unprocessed"
            : muted.isEmpty() ? "active" : AlertApi.SUPPRESSED);
    AlertApi.mutedBy(json, muted);
    json.writeEndObject();
    json.writeEndObject();
  }

  /**
   * What is told together, to whom: each alert once. Who does not see which routes lead to whom
   * sees those as one that group alike.
   */
  private record Group(Labels labels, String receiver, Map<String, Alert> alerts) {}

  /** {@code GET /api/v2/alerts/groups}: what fires, by the routes in force. */
  Answer groups(Request request) {
    var groups = new TreeMap<String, Group>();
    for (var alert : alerts.chosen(request)) {
      if (alert.phase() != Alert.Phase.FIRING) {
        continue;
      }
      for (var route : backend.taken(alert.labels())) {
        var labels = route.grouping().of(alert.labels());
        for (var receiver : receivers(route)) {
          groups
              .computeIfAbsent(
                  receiver + " " + route.key(labels),
                  _ -> new Group(labels, receiver, new LinkedHashMap<>()))
              .alerts()
              .put(alert.fingerprint(), alert);
        }
      }
    }
    return Paging.ofWhole(request).answer(List.copyOf(groups.values()), this::group);
  }

  /** That it is told they may see who may not see to whom. */
  private static List<String> receivers(Route route) {
    return route.receivers().isEmpty() ? List.of("") : route.receivers();
  }

  private void group(JsonGenerator json, Group group) {
    json.writeStartObject();
    AlertApi.texts(json, "labels", group.labels().map());
    json.writeObjectPropertyStart("receiver");
    json.writeStringProperty("name", group.receiver());
    json.writeEndObject();
    json.writeArrayPropertyStart("alerts");
    group.alerts().values().stream()
        .sorted(Comparator.comparing(Alert::startsAt).thenComparing(Alert::fingerprint))
        .forEach(alert -> alert(json, alert));
    json.writeEndArray();
    json.writeEndObject();
  }

  /** {@code GET /api/v2/receivers}. */
  Answer receivers(Request request) {
    var names = new TreeSet<>(backend.config().alerts().routing().sendResolved().keySet());
    return Paging.ofWhole(request)
        .answer(
            List.copyOf(names),
            (json, name) -> {
              json.writeStartObject();
              json.writeStringProperty("name", name);
              json.writeEndObject();
            });
  }

  /** {@code GET /api/v2/status}. */
  Answer status(Request request) {
    var started = ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH);
    var config =
        request.caller().tenants().isPresent()
            ? AlertmanagerConfig.HIDDEN
            : AlertmanagerConfig.of(backend.config().alerts().routing());
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeObjectPropertyStart("cluster");
              json.writeStringProperty("status", "disabled");
              json.writeArrayPropertyStart("peers");
              json.writeEndArray();
              json.writeEndObject();
              json.writeObjectPropertyStart("versionInfo");
              json.writeStringProperty("version", backend.version());
              json.writeStringProperty("revision", "maildrift");
              json.writeStringProperty("branch", "");
              json.writeStringProperty("buildUser", "");
              json.writeStringProperty("buildDate", "");
              json.writeStringProperty("goVersion", "");
              json.writeEndObject();
              json.writeObjectPropertyStart("config");
              json.writeStringProperty("original", config);
              json.writeEndObject();
              json.writeStringProperty("uptime", started.toString());
              json.writeEndObject();
            }));
  }
}
