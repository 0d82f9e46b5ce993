package maildrift.monitor.watch;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import maildrift.alerts.state.Evidence;
import maildrift.monitor.check.CheckResult;
import maildrift.probes.Finding;

/**
 * What a turn saw, by one look or several that must agree.
 *
 * @param extra findings besides, of what the servers say together
 * @param hidden what it says nothing about, neither that it is there nor that it is gone
 * @param full whether all probes ran
 * @param alone whether it is one regular look, as the next one will be
 * @param confirmed which pending alerts it counts for when it saw them again
 * @param proved whether the authoritative servers were asked, too
 */
record Seen(
    CheckResult result,
    List<Finding> extra,
    Predicate<Finding.Key> hidden,
    boolean full,
    boolean alone,
    Set<Finding.Key> confirmed,
    boolean proved) {

  Evidence evidence(Finding.Key pending) {
    if (!confirmed.contains(pending)) {
      return Evidence.SAME;
    }
    return proved ? Evidence.PROVES : Evidence.AGREES;
  }
}
