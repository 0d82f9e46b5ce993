package maildrift.probes;

/** How bad a violated rule is. The order is from mild to bad. */
public enum Severity {
  INFO,
  WARNING,
  CRITICAL;

  /**
   * The word used in labels, JSON and configuration: {@code info}, {@code warning}, {@code
   * critical}.
   */
  public String word() {
    return switch (this) {
      case INFO -> "info";
      case WARNING -> "warning";
      case CRITICAL -> "critical";
    };
  }
}
