package maildrift.monitor.watch;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import maildrift.alerts.Alert;
import maildrift.alerts.Course;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.drift.Drift;
import maildrift.monitor.drift.Progress;
import maildrift.probes.Finding;
import maildrift.probes.spf.SpfProbe;
import maildrift.probes.tls.TlsDrift;

/**
 * What a look's records are beside the baseline, and which findings are about which record. Pure.
 */
final class RecordDrift {
  /** What the record of a netblock source is called, after its name. */
  static final String NETBLOCKS_RECORD = " netblocks";

  private RecordDrift() {}

  /** How a look differs from what was accepted. */
  static List<Finding> between(Map<String, String> baseline, CheckResult result) {
    return Progress.among(
        result.domain(),
        Drift.between(result.domain(), baseline, seen(result), result.checkedAt()));
  }

  private static SortedMap<String, String> seen(CheckResult result) {
    var seen = new TreeMap<String, String>();
    result.probes().forEach(probe -> seen.putAll(probe.judgement().records()));
    return seen;
  }

  /** The last word of a record's name, such as {@code MX}. */
  static String kind(String record) {
    return record.substring(record.lastIndexOf(' ') + 1);
  }

  /** Whether it is about a record as such, and not about what is made of it. */
  static boolean isRecord(Finding.Key key) {
    return key.rule().equals(Drift.CHANGED.id()) || key.rule().equals(Progress.RULE.id());
  }

  /** The record that a finding of drift is about; empty for any other finding. */
  static Optional<String> recordOf(Finding.Key key) {
    if (isRecord(key)) {
      return Optional.of(key.subject());
    }
    return key.rule().equals(Drift.NETBLOCKS_CHANGED.id())
        ? Optional.of(key.subject() + NETBLOCKS_RECORD)
        : Optional.of(key.subject() + SpfProbe.LOOKUPS_RECORD)
            .filter(_ -> key.rule().equals(Drift.LOOKUPS_CHANGED.id()))
            .or(() -> TlsDrift.recordOf(key));
  }

  /** Drift of a record that this look did not see is neither there nor gone. */
  static boolean isHidden(Finding.Key key, Map<String, String> baseline, CheckResult result) {
    var record = recordOf(key);
    return record.isPresent()
        && baseline.containsKey(record.get())
        && (result.probes().stream()
                .noneMatch(probe -> probe.judgement().records().containsKey(record.get()))
            || (isRecord(key) && Drift.isUndecided(record.get(), baseline, seen(result))));
  }

  /** What a person has settled does not have to prove that it has stopped flapping. */
  static Alert settledByAPerson(Alert alert) {
    return recordOf(Translation.key(alert)).isEmpty()
        ? alert
        : new Alert(
            alert.labels(),
            alert.annotations(),
            alert.phase(),
            alert.looks(),
            0,
            alert.startsAt(),
            alert.updatedAt(),
            alert.endsAt(),
            Course.STRAIGHT);
  }
}
