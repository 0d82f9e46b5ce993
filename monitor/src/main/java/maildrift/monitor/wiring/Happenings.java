package maildrift.monitor.wiring;

import java.time.Clock;
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
import maildrift.monitor.watch.RecordChange;
import maildrift.monitor.web.TenantMatcher;
import maildrift.probes.Verdict;
import tools.jackson.core.JsonGenerator;

/** Tells listeners what the daemon does. */
final class Happenings {
  /** Of a record's value. */
  private static final int LONGEST_VALUE = 2_000;

  private final Events events;
  private final Clock clock;

  /** What was last told of a domain. */
  private final Map<String, Verdict> verdicts = new ConcurrentHashMap<>();

  Happenings(Events events, Clock clock) {
    this.events = events;
    this.clock = clock;
  }

  /** A first look since the start is no news: it is the same as before, for all one knows. */
  void looked(DomainState state) {
    var domain = state.domain();
    var now = state.verdict();
    var before = verdicts.put(domain.name().toString(), now);
    if (before != null && before != now) {
      events.tell(
          Event.Kind.VERDICT,
          Event.Audience.of(domain.tenant().id()),
          state.checkedAt(),
          json -> {
            json.writeStringProperty("domain", domain.name().toString());
            json.writeStringProperty("tenant", domain.tenant().id());
            json.writeStringProperty("verdict", now.word());
            json.writeStringProperty("before", before.word());
          });
    }
  }

  /** Watched records of a domain are others than before. */
  void recordsChanged(DomainState state, List<RecordChange> changes) {
    var domain = state.domain();
    for (var change : changes) {
      events.tell(
          Event.Kind.RECORD,
          Event.Audience.of(domain.tenant().id()),
          state.recordsChanged().getOrDefault(change.record(), state.checkedAt()),
          json -> {
            json.writeStringProperty("domain", domain.name().toString());
            json.writeStringProperty("tenant", domain.tenant().id());
            json.writeStringProperty("record", change.record());
            value(json, "old", change.before());
            value(json, "new", change.after());
          });
    }
  }

  /** What there is not is null; the history has the whole of what is longer than an event. */
  private static void value(JsonGenerator json, String name, String value) {
    if (value.isEmpty()) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, bounded(value));
    }
  }

  private static String bounded(String value) {
    var end = Math.min(value.length(), LONGEST_VALUE);
    return end == value.length()
        ? value
        : value.substring(0, Character.isHighSurrogate(value.charAt(end - 1)) ? end - 1 : end)
            + "…";
  }

  void forget(String domain) {
    verdicts.remove(domain);
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

  String latestEvent() {
    return events.latestId();
  }

  Optional<Events.Listener> listen(Optional<String> lastId, Event.Interest interest) {
    return events.listen(lastId, interest);
  }
}
