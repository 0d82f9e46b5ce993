package maildrift.monitor.wiring;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Silence;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.store.KeptSilence;

/** Silences as the store keeps them. */
final class Silences {
  private Silences() {}

  static KeptSilence kept(Silence silence) {
    return new KeptSilence(
        silence.id(),
        silence.endsAt(),
        CheckJson.text(
            json -> {
              json.writeStartObject();
              json.writeArrayPropertyStart("matchers");
              for (var matcher : silence.matchers()) {
                json.writeStartObject();
                json.writeStringProperty("name", matcher.name());
                json.writeStringProperty("operator", matcher.operator().name());
                json.writeStringProperty("value", matcher.value());
                json.writeEndObject();
              }
              json.writeEndArray();
              json.writeStringProperty("startsAt", silence.startsAt().toString());
              json.writeStringProperty("endsAt", silence.endsAt().toString());
              json.writeStringProperty("createdBy", silence.createdBy());
              json.writeStringProperty("comment", silence.comment());
              json.writeStringProperty("updatedAt", silence.updatedAt().toString());
              json.writeEndObject();
            }));
  }

  static List<Silence> restored(List<KeptSilence> kept) {
    var silences = new ArrayList<Silence>();
    for (var own : kept) {
      var node = CheckJson.mapper().readTree(own.definition());
      var matchers = new ArrayList<Matcher>();
      for (var matcher : node.get("matchers")) {
        matchers.add(
            new Matcher(
                matcher.get("name").asString(),
                Matcher.Operator.valueOf(matcher.get("operator").asString()),
                matcher.get("value").asString()));
      }
      var startsAt = node.get("startsAt").asString();
      silences.add(
          new Silence(
              own.id(),
              matchers,
              Instant.parse(startsAt),
              Instant.parse(node.get("endsAt").asString()),
              node.get("createdBy").asString(),
              node.get("comment").asString(),
              // Those that were kept before it was have none.
              Instant.parse(node.path("updatedAt").asString(startsAt))));
    }
    return silences;
  }
}
