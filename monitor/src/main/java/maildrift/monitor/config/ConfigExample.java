package maildrift.monitor.config;

/**
 * A commented configuration that is valid in any folder; {@code maildrift config example}. The same
 * as {@code deploy/maildrift.example.yml}.
 */
public final class ConfigExample {
  private ConfigExample() {}

  public static String text() {
    return Resource.text("maildrift.example.yml");
  }
}
