package maildrift.monitor.check;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Severity;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Waiver;

/**
 * Severity is data: an operator may re-grade a rule or waive it with a reason and an end, and a
 * profile may accept a deviation that its provider prescribes. What is waived stays visible.
 */
final class Grading {
  private Grading() {}

  static List<Finding> graded(List<Finding> findings, ManagedDomain domain, Instant now) {
    return sorted(findings.stream().map(finding -> graded(finding, domain, now)).toList());
  }

  private static Finding graded(Finding finding, ManagedDomain domain, Instant now) {
    var rule = finding.rule().id();
    var regraded =
        Optional.ofNullable(domain.severities().get(rule)).map(finding::severity).orElse(finding);
    return reason(rule, domain, now).map(regraded::waived).orElse(regraded);
  }

  private static Optional<String> reason(String rule, ManagedDomain domain, Instant now) {
    var declared =
        domain.waivers().stream().filter(waiver -> waiver.holds(rule, now)).map(Waiver::reason);
    var prescribed =
        domain.prescriptions().stream()
            .filter(prescription -> prescription.deviations().containsKey(rule))
            .map(prescription -> prescription.label() + ": " + prescription.deviations().get(rule));
    return Stream.concat(declared, prescribed).findFirst();
  }

  /** The worst first, waived ones last; otherwise as the probes said them. */
  static List<Finding> sorted(List<Finding> findings) {
    return findings.stream()
        .sorted(
            Comparator.comparing((Finding finding) -> !finding.counts())
                .thenComparing(Finding::severity, Comparator.<Severity>reverseOrder()))
        .toList();
  }
}
