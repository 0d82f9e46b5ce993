package maildrift.monitor.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A text that must never be shown: its {@link #toString} is {@code ***}. */
public final class Secret {
  private final String text;

  public Secret(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a secret must not be empty");
    }
    this.text = text;
  }

  /** The text itself, for the one place that sends or compares it. */
  public String reveal() {
    return text;
  }

  /** Compares in constant time. */
  public boolean matches(String offered) {
    return MessageDigest.isEqual(
        text.getBytes(StandardCharsets.UTF_8), offered.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && matches(secret.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
