package maildrift.monitor.config;

/** The JSON Schema (2020-12) of the configuration, for editors; {@code maildrift config schema}. */
public final class ConfigSchema {
  private ConfigSchema() {}

  public static String text() {
    return Resource.text("maildrift.schema.json");
  }
}
