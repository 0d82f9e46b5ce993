package maildrift.monitor.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import maildrift.monitor.check.CheckResult;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes checks, findings and gaps as interface promises; one compact object, always in the same
 * order.
 */
public final class CheckJson {
  // ASCII only: what a record holds (direction overrides, line separators) must not reach a
  // terminal or a log as such.
  private static final JsonMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build())
          .build();

  private CheckJson() {}

  /** The mapper that all of the monitor's JSON goes through: compact, no surprises. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /** A whole check, as {@code check --format json} prints it. */
  public static byte[] check(CheckResult result) {
    return bytes(
        json -> {
          json.writeStartObject();
          properties(json, result);
          json.writeEndObject();
        });
  }

  /** The properties of a whole check, into an object that is open. */
  public static void properties(JsonGenerator json, CheckResult result) {
    json.writeStringProperty("domain", result.domain().name().toString());
    unicode(json, result.domain().name().toString(), result.domain().name().unicode());
    json.writeStringProperty("tenant", result.domain().tenant().id());
    json.writeStringProperty("checkedAt", instant(result.checkedAt()));
    json.writeStringProperty("verdict", result.verdict().word());
    json.writeObjectPropertyStart("probes");
    for (var probe : result.probes()) {
      json.writeObjectPropertyStart(probe.probe());
      json.writeStringProperty("outcome", probe.judgement().outcome().word());
      json.writeNumberProperty("seconds", seconds(probe.took()));
      json.writeName("facts");
      value(json, probe.judgement().facts());
      if (!probe.judgement().gaps().isEmpty()) {
        json.writeName("gaps");
        gaps(json, probe.judgement().gaps());
      }
      if (!probe.judgement().asides().isEmpty()) {
        json.writeName("asides");
        gaps(json, probe.judgement().asides());
      }
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeName("findings");
    findings(json, result.findings());
  }

  /** The U-label form, only where it differs. */
  public static void unicode(JsonGenerator json, String name, String unicode) {
    if (!unicode.equals(name)) {
      json.writeStringProperty("unicode", unicode);
    }
  }

  /** JSON-like values: maps, lists, texts, numbers, booleans, null. */
  public static String value(Object value) {
    var out = new StringBuilder();
    CompactJson.append(out, value);
    return out.toString();
  }

  /** As {@link #value(Object)}; the very text from before when it still is the same. */
  public static String value(Object value, String before) {
    var out = new StringBuilder(before.length() + 64);
    CompactJson.append(out, value);
    return before.contentEquals(out) ? before : out.toString();
  }

  /** One finding, as an object. */
  public static String finding(Finding finding) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("rule", finding.rule().id());
    facts.put("severity", finding.severity().word());
    facts.put("subject", finding.subject());
    facts.put("cause", finding.cause());
    facts.put("message", finding.message());
    facts.put("evidence", finding.evidence());
    facts.put("remedy", finding.remedy());
    facts.put("reference", finding.rule().reference());
    finding.waived().ifPresent(reason -> facts.put("waived", reason));
    return value(facts);
  }

  public static String findings(List<Finding> findings) {
    return text(json -> findings(json, findings));
  }

  public static String gaps(List<Gap> gaps) {
    return text(json -> gaps(json, gaps));
  }

  private static void findings(JsonGenerator json, List<Finding> findings) {
    json.writeStartArray();
    findings.forEach(finding -> finding(json, finding));
    json.writeEndArray();
  }

  /** One finding, as an object. */
  public static void finding(JsonGenerator json, Finding finding) {
    json.writeRawValue(finding(finding));
  }

  private static void gaps(JsonGenerator json, List<Gap> gaps) {
    json.writeStartArray();
    for (var gap : gaps) {
      json.writeStartObject();
      json.writeStringProperty("unseen", gap.unseen());
      json.writeStringProperty("why", gap.why());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Seconds with microseconds. */
  public static double seconds(Duration duration) {
    var micros = duration.toNanos() / 1000;
    return micros / 1e6;
  }

  /** RFC 3339 in UTC, whole seconds. */
  public static String instant(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static void value(JsonGenerator json, @org.jspecify.annotations.Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Map<?, ?> map -> {
        json.writeStartObject();
        map.forEach(
            (name, entry) -> {
              json.writeName(String.valueOf(name));
              value(json, entry);
            });
        json.writeEndObject();
      }
      case Iterable<?> list -> {
        json.writeStartArray();
        list.forEach(entry -> value(json, entry));
        json.writeEndArray();
      }
      case Boolean flag -> json.writeBoolean(flag);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Number number -> json.writeNumber(number.doubleValue());
      case Instant instant -> json.writeString(instant(instant));
      case Duration duration -> json.writeNumber(seconds(duration));
      default -> json.writeString(value.toString());
    }
  }

  public static String text(Consumer<JsonGenerator> writer) {
    return new String(bytes(writer), StandardCharsets.UTF_8);
  }

  public static byte[] bytes(Consumer<JsonGenerator> writer) {
    var out = new ByteArrayOutputStream(1024);
    try (var json = MAPPER.createGenerator(out)) {
      writer.accept(json);
    }
    return out.toByteArray();
  }
}
