package maildrift.monitor.check;

import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of its own for what looks at domains find, silent unless it is asked for: a line a look at
 * info, a line a probe besides at debug.
 */
public final class LookLog {
  /** The logger's name, by which the lines can be told from the daemon's own. */
  public static final String NAME = "maildrift.looks";

  private static final Logger LOG = LoggerFactory.getLogger(NAME);

  /** A domain with more wrong than this is not read in a log. */
  private static final int MOST_NAMED = 10;

  private LookLog() {}

  static CheckResult told(CheckResult result, double seconds) {
    if (LOG.isDebugEnabled()) {
      result
          .probes()
          .forEach(
              probe ->
                  LOG.debug(
                      "{} {}: {} in {} ms",
                      result.domain().name(),
                      probe.probe(),
                      probe.judgement().outcome().word(),
                      probe.took().toMillis()));
    }
    if (LOG.isInfoEnabled()) {
      LOG.info(
          "{}: {} in {} s{}{}",
          result.domain().name(),
          result.verdict().word(),
          "%.3f".formatted(seconds),
          findings(result),
          gaps(result));
    }
    return result;
  }

  private static String findings(CheckResult result) {
    return result.findings().isEmpty()
        ? ""
        : result.findings().stream()
            .limit(MOST_NAMED)
            .map(finding -> finding.rule() + " " + finding.severity().word())
            .collect(Collectors.joining(", ", "; " + result.findings().size() + " findings: ", ""));
  }

  private static String gaps(CheckResult result) {
    var gaps = result.gaps();
    return gaps.isEmpty()
        ? ""
        : gaps.stream()
            .limit(MOST_NAMED)
            .map(gap -> "%s %s (%s)".formatted(gap.probe(), gap.unseen(), gap.why()))
            .collect(Collectors.joining("; ", "; not seen: ", ""));
  }
}
