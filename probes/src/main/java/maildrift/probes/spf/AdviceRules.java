package maildrift.probes.spf;

import java.util.List;
import java.util.Optional;
import maildrift.probes.Finding;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Prescription;

/** Does the domain name its providers by names that they advise against? */
final class AdviceRules {
  /** From here on a lookup that could be saved should be. */
  private static final int TIGHT = 8;

  private final SpfFindings out;
  private final SpfTree tree;

  AdviceRules(SpfFindings out) {
    this.out = out;
    this.tree = out.tree();
  }

  void judge() {
    for (var prescription : out.domain().prescriptions()) {
      prescription
          .spfAvoid()
          .forEach((name, why) -> written(name).ifPresent(at -> add(prescription, name, why, at)));
    }
  }

  /** A term of the domain's own that names it, and whose record that is. */
  private record Written(SpfTree.Policy policy, Term term) {}

  private Optional<Written> written(DnsName name) {
    for (var policy : tree.ownPolicies()) {
      for (var node : policy.nodes()) {
        var leads =
            node.target().flatMap(target -> DomainSpec.name(target.name())).filter(name::equals);
        if (leads.isPresent()) {
          return Optional.of(new Written(policy, node.term()));
        }
      }
    }
    return Optional.empty();
  }

  private void add(Prescription prescription, DnsName name, String why, Written at) {
    var term = at.term().text();
    var cause = out.cause(at.policy());
    var finding =
        Finding.of(
                SpfRules.AVOID,
                name.toString(),
                "%s has %s: %s".formatted(cause, Printable.of(term), why))
            .severity(tree.lookups() >= TIGHT ? Severity.WARNING : Severity.INFO)
            .cause(cause)
            .with("profile", prescription.label())
            .with("term", Printable.of(term));
    out.add(
        at.policy()
            .record()
            .filter(_ -> !prescription.spfInclude().isEmpty())
            .map(
                record ->
                    finding.remedy(
                        SpfFindings.publish(
                            SpfFindings.place(cause),
                            corrected(record.text(), term, prescription))))
            .orElse(finding));
  }

  private String corrected(String record, String term, Prescription prescription) {
    var without = Repair.without(record, List.of(term));
    var isThere =
        prescription.spfAuthorise().stream().anyMatch(right -> written(right).isPresent());
    return isThere
        ? without
        : Repair.with(without, prescription.spfInclude(), prescription.spfFirst());
  }
}
