package maildrift.monitor.wiring;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Silence;
import maildrift.alerts.state.Transition;
import maildrift.monitor.config.Problem;
import maildrift.monitor.digest.Discreet;
import maildrift.monitor.event.Event;
import maildrift.monitor.event.Events;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.web.TenantMatcher;
import maildrift.probes.Verdict;
import tools.jackson.core.JsonGenerator;

/** Tells listeners what the daemon does. */
final class Happenings {
  private final Events events;
  private final Clock clock;
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();

  /** What was last told of a domain. */
  private record Seen(Verdict verdict, Map<String, Instant> recordsChanged) {}

  Happenings(Events events, Clock clock) {
    this.events = events;
    this.clock = clock;
  }

  /** A first look since the start is no news: it is the same as before, for all one knows. */
  void looked(DomainState state) {
    var domain = state.domain();
    var now = new Seen(state.verdict(), state.recordsChanged());
    var before = seen.put(domain.name().toString(), now);
    if (before == null) {
      return;
    }
    if (before.verdict() != now.verdict()) {
      events.tell(
          Event.Kind.VERDICT,
          Event.Audience.of(domain.tenant().id()),
          state.checkedAt(),
          json -> {
            json.writeStringProperty("domain", domain.name().toString());
            json.writeStringProperty("tenant", domain.tenant().id());
            json.writeStringProperty("verdict", now.verdict().word());
            json.writeStringProperty("before", before.verdict().word());
          });
    }
    now.recordsChanged()
        .forEach(
            (record, at) -> {
              if (!at.equals(before.recordsChanged().get(record))) {
                events.tell(
                    Event.Kind.RECORD,
                    Event.Audience.of(domain.tenant().id()),
                    at,
                    json -> {
                      json.writeStringProperty("domain", domain.name().toString());
                      json.writeStringProperty("tenant", domain.tenant().id());
                      json.writeStringProperty("record", record);
                    });
              }
            });
  }

  void forget(String domain) {
    seen.remove(domain);
  }

  void changed(List<Transition> transitions) {
    for (var transition : transitions) {
      switch (transition) {
        case Transition.Firing(var alert) -> alert(alert, "firing");
        case Transition.Resolved end when end.isEnd() -> alert(end.alert(), "resolved");
        case Transition.Resolved _ -> {} // Its end was told when it came.
        case Transition.Pending _, Transition.Changed _, Transition.Dropped _ -> {}
      }
    }
  }

  private void alert(Alert alert, String state) {
    events.tell(
        Event.Kind.ALERT,
        audience(alert.labels()),
        alert.updatedAt(),
        json -> alert(json, alert, state),
        json -> alert(json, Discreet.of(alert), state));
  }

  private static void alert(JsonGenerator json, Alert alert, String state) {
    json.writeStringProperty("state", state);
    json.writeStringProperty("fingerprint", alert.fingerprint());
    json.writeObjectPropertyStart("labels");
    alert.labels().map().forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeStringProperty("summary", alert.annotations().getOrDefault("summary", ""));
  }

  /** What is about no domain is the daemon's as a whole. */
  private static Event.Audience audience(Labels labels) {
    return labels.get("domain").isEmpty()
        ? Event.Audience.WHOLE
        : Event.Audience.of(labels.get("tenant"));
  }

  void acknowledged(Labels labels, boolean isTaken, String by) {
    events.tell(
        Event.Kind.ACKNOWLEDGEMENT,
        audience(labels),
        clock.instant(),
        json -> {
          acknowledged(json, labels, isTaken);
          json.writeStringProperty("by", by);
        },
        json -> acknowledged(json, labels, isTaken));
  }

  private static void acknowledged(JsonGenerator json, Labels labels, boolean isTaken) {
    json.writeStringProperty("state", isTaken ? "taken" : "given-back");
    json.writeStringProperty("fingerprint", Alert.fingerprint(labels));
    json.writeStringProperty("domain", labels.get("domain"));
  }

  void silenced(Silence silence) {
    var now = clock.instant();
    events.tell(
        Event.Kind.SILENCE,
        tenants -> TenantMatcher.isWithin(silence.matchers(), tenants),
        now,
        json -> {
          json.writeStringProperty("id", silence.id());
          json.writeStringProperty("state", silence.state(now).word());
          json.writeArrayPropertyStart("matchers");
          silence.matchers().stream().map(Matcher::toString).forEach(json::writeString);
          json.writeEndArray();
          json.writeStringProperty("endsAt", silence.endsAt().toString());
        });
  }

  void reloaded(List<Problem> problems) {
    events.tell(
        Event.Kind.RELOAD,
        Event.Audience.WHOLE,
        clock.instant(),
        json -> {
          json.writeStringProperty("state", problems.isEmpty() ? "in-force" : "refused");
          json.writeNumberProperty("problems", problems.size());
        });
  }

  Optional<Events.Listener> listen(Optional<String> lastId, Event.Interest interest) {
    return events.listen(lastId, interest);
  }
}
