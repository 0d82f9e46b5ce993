package maildrift.probes;

import java.util.Collection;

/**
 * Of a domain: a critical finding → fail; else a warning → warn; else any gap → unknown; else pass.
 * Waived ones do not count.
 */
public enum Verdict {
  PASS,
  WARN,
  FAIL,
  UNKNOWN;

  public static Verdict of(Collection<Finding> findings, Collection<Gap> gaps) {
    var worst =
        findings.stream()
            .filter(Finding::counts)
            .map(Finding::severity)
            .reduce(Severity.INFO, (a, b) -> a.compareTo(b) >= 0 ? a : b);
    return switch (worst) {
      case CRITICAL -> FAIL;
      case WARNING -> WARN;
      case INFO -> gaps.isEmpty() ? PASS : UNKNOWN;
    };
  }

  /**
   * The word used in JSON and metrics: {@code pass}, {@code warn}, {@code fail}, {@code unknown}.
   */
  public String word() {
    return switch (this) {
      case PASS -> "pass";
      case WARN -> "warn";
      case FAIL -> "fail";
      case UNKNOWN -> "unknown";
    };
  }
}
