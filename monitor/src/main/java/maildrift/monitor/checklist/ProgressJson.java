package maildrift.monitor.checklist;

import java.util.Comparator;
import java.util.List;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Mode;
import tools.jackson.core.JsonGenerator;

/** Writes checklists and how far domains are with them; one compact object, in the same order. */
public final class ProgressJson {
  private ProgressJson() {}

  /** A checklist as it is, without a domain. */
  public static void checklist(JsonGenerator json, Checklist checklist) {
    json.writeStartObject();
    json.writeStringProperty("checklist", checklist.name());
    json.writeStringProperty("title", checklist.title());
    json.writeStringProperty("about", checklist.about());
    words(json, "profiles", checklist.profiles().stream().sorted().toList());
    json.writeArrayPropertyStart("steps");
    for (var step : checklist.steps()) {
      json.writeStartObject();
      json.writeStringProperty("step", step.id());
      json.writeStringProperty("title", step.title());
      json.writeStringProperty("why", step.why());
      json.writeStringProperty("how", step.how());
      json.writeBooleanProperty("person", step.person());
      words(json, "rules", step.see().rules());
      words(json, "facts", step.see().facts().stream().map(See.Fact::name).toList());
      words(
          json,
          "declared",
          step.see().declared().stream().map(wanted -> wanted.setting().word()).toList());
      json.writeObjectPropertyStart("when");
      var when = step.when();
      words(json, "mode", when.modes().stream().sorted().map(Mode::word).toList());
      words(json, "variant", when.variants().stream().sorted().toList());
      words(json, "profile", when.profiles().stream().sorted().toList());
      words(json, "withoutProfile", when.withoutProfiles().stream().sorted().toList());
      words(json, "phase", when.phases().stream().sorted().map(Migration.Phase::word).toList());
      json.writeEndObject();
      words(json, "statements", step.statements());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** How far a domain is, without its steps. */
  public static void summary(JsonGenerator json, Progress progress) {
    json.writeStartObject();
    head(json, progress);
    json.writeEndObject();
  }

  /** How far a domain is, step by step. */
  public static void progress(JsonGenerator json, Progress progress) {
    json.writeStartObject();
    head(json, progress);
    json.writeArrayPropertyStart("steps");
    var number = 0;
    for (var status : progress.steps()) {
      step(json, ++number, status);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void head(JsonGenerator json, Progress progress) {
    json.writeStringProperty("domain", progress.domain().name().toString());
    CheckJson.unicode(
        json, progress.domain().name().toString(), progress.domain().name().unicode());
    json.writeStringProperty("tenant", progress.domain().tenant().id());
    json.writeStringProperty("checklist", progress.checklist().name());
    json.writeStringProperty("title", progress.checklist().title());
    progress
        .looked()
        .ifPresentOrElse(
            at -> json.writeStringProperty("checkedAt", CheckJson.instant(at)),
            () -> json.writeNullProperty("checkedAt"));
    progress
        .domain()
        .migration()
        .ifPresent(
            migration -> {
              json.writeObjectPropertyStart("migration");
              json.writeStringProperty("phase", migration.phase(progress.at()).word());
              json.writeStringProperty("start", CheckJson.instant(migration.start()));
              json.writeStringProperty("end", CheckJson.instant(migration.end()));
              json.writeEndObject();
            });
    json.writeBooleanProperty("complete", progress.isComplete());
    json.writeBooleanProperty("ticksKnown", progress.ticksKnown());
    json.writeNumberProperty("applicable", progress.applicable());
    json.writeObjectPropertyStart("count");
    for (var state : StepState.values()) {
      json.writeNumberProperty(state.word(), progress.count(state));
    }
    json.writeEndObject();
    words(
        json, "blocking", progress.blocking().stream().map(status -> status.step().id()).toList());
  }

  private static void step(JsonGenerator json, int number, StepStatus status) {
    json.writeStartObject();
    json.writeNumberProperty("number", number);
    json.writeStringProperty("step", status.step().id());
    json.writeStringProperty("title", status.step().title());
    json.writeStringProperty("state", status.state().word());
    words(json, "reasons", status.reasons());
    json.writeStringProperty("why", status.why());
    json.writeStringProperty("how", status.how());
    json.writeArrayPropertyStart("remedies");
    for (var remedy : status.remedies()) {
      json.writeStartObject();
      json.writeStringProperty("rule", remedy.rule());
      json.writeStringProperty("subject", remedy.subject());
      json.writeStringProperty("text", remedy.text());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("seen");
    status.seen().stream()
        .sorted(Comparator.comparing(StepStatus.Sight::probe))
        .forEach(
            sight -> {
              json.writeStartObject();
              json.writeStringProperty("probe", sight.probe());
              json.writeStringProperty("at", CheckJson.instant(sight.at()));
              json.writeEndObject();
            });
    json.writeEndArray();
    status
        .tick()
        .ifPresent(
            tick -> {
              json.writeObjectPropertyStart("tick");
              json.writeStringProperty("by", tick.by());
              json.writeStringProperty("at", CheckJson.instant(tick.at()));
              json.writeStringProperty("note", tick.note());
              json.writeEndObject();
            });
    json.writeBooleanProperty("tickable", status.tickable());
    words(json, "statements", status.step().statements());
    json.writeEndObject();
  }

  private static void words(JsonGenerator json, String name, List<String> words) {
    json.writeArrayPropertyStart(name);
    words.forEach(json::writeString);
    json.writeEndArray();
  }
}
