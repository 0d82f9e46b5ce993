package maildrift.monitor.config;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON Schema (2020-12) of the configuration, for editors; {@code maildrift config schema}. */
public final class ConfigSchema {
  private static final String DEFINITIONS = "#/$defs/";

  private ConfigSchema() {}

  public static String text() {
    return Resource.text("maildrift.schema.json");
  }

  static JsonNode json() {
    return JsonMapper.shared().readTree(text());
  }

  /** What a property refers to, or it itself. */
  static JsonNode resolved(JsonNode schema, JsonNode property) {
    var reference = property.path("$ref").asString("");
    return reference.startsWith(DEFINITIONS)
        ? resolved(schema, schema.path("$defs").path(reference.substring(DEFINITIONS.length())))
        : property;
  }
}
