package maildrift.monitor.watch;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import maildrift.monitor.check.CheckResult;
import maildrift.probes.Finding;
import maildrift.probes.zone.ZoneProbe;

/** Servers of one zone that say different things. Pure. */
final class Contradictions {
  private Contradictions() {}

  /** Whether a finding says that they do. */
  static boolean isOne(Finding.Key key) {
    return key.rule().equals(WatchRules.INCONSISTENT.id());
  }

  /**
   * Whether a look has compared what all servers say about the question that this key is about;
   * empty: it does not know of that question.
   */
  static Optional<Boolean> compared(Finding.Key key, CheckResult look) {
    return look.probes().stream()
        .flatMap(probe -> ZoneProbe.compared(probe.judgement(), key.subject()).stream())
        .findFirst();
  }

  /**
   * What a look at the authoritative servers met besides.
   *
   * @param known what is found already
   */
  static List<Finding> of(CheckResult authoritative, List<Finding> known) {
    var keys = known.stream().map(Finding::key).collect(Collectors.toSet());
    return authoritative.contradictions().stream()
        .map(
            contradiction ->
                Finding.of(
                        WatchRules.INCONSISTENT,
                        contradiction.question(),
                        "The authoritative servers contradict each other about %s: %s"
                            .formatted(contradiction.question(), contradiction.answers()))
                    .with("answers", contradiction.answers()))
        .filter(finding -> !keys.contains(finding.key()))
        .toList();
  }
}
