package maildrift.alerts;

import java.util.Locale;

/** How bad it is, as the label {@code severity} says. The order is from mild to bad. */
public enum Severity {
  INFO,
  WARNING,
  CRITICAL;

  /** Without the label, or with a word we do not know, it is a warning: better told than not. */
  public static Severity of(Labels labels) {
    return switch (labels.get("severity")) {
      case "info" -> INFO;
      case "critical" -> CRITICAL;
      default -> WARNING;
    };
  }

  public boolean atLeast(Severity other) {
    return compareTo(other) >= 0;
  }

  /** The word of the label. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
