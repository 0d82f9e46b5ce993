package maildrift.monitor.cli;

import java.util.Collection;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Severity;

/** Exit codes, the same for every command. */
final class Exit {
  static final int OK = 0;

  /** Findings at warning or above. */
  static final int FINDINGS = 1;

  /** Bad usage or configuration. */
  static final int USAGE = 2;

  /** Something could not be observed, and nothing worse was found. */
  static final int UNOBSERVED = 3;

  private Exit() {}

  static int of(Collection<Finding> findings, Collection<Gap> gaps) {
    if (findings.stream()
        .anyMatch(f -> f.counts() && f.severity().compareTo(Severity.WARNING) >= 0)) {
      return FINDINGS;
    }
    return gaps.isEmpty() ? OK : UNOBSERVED;
  }

  /** Of several results: findings before what could not be seen. */
  static int worst(int a, int b) {
    if (a == FINDINGS || b == FINDINGS) {
      return FINDINGS;
    }
    return Math.max(a, b);
  }
}
