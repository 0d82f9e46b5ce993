package maildrift.probes.spf;

import java.util.ArrayList;
import java.util.List;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Severity;
import maildrift.probes.domain.Prescription;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;
import maildrift.probes.spf.SpfObservation.Expected;
import maildrift.probes.spf.SpfTree.Policy;

/** Are the networks of the domain's providers authorised? Judged by effect, never by text. */
final class AuthorisationRules {
  private final SpfFindings out;
  private final SpfTree tree;
  private final String name;
  private final String ownCause;
  private final List<Expected> expectations;

  AuthorisationRules(SpfFindings out, List<Expected> expectations) {
    this.out = out;
    this.tree = out.tree();
    this.name = out.name();
    this.ownCause = out.ownCause();
    this.expectations = expectations;
  }

  void judge() {
    var alternatives = new ArrayList<SpfFindings>();
    for (var prescription : out.domain().prescriptions()) {
      if (prescription.isAlternative()) {
        var own = out.blank();
        new AuthorisationRules(own, expectations).judge(prescription);
        alternatives.add(own);
      } else {
        judge(prescription);
      }
    }
    either(alternatives);
  }

  private void judge(Prescription prescription) {
    for (var expected : expectations) {
      if (prescription.spfAuthorise().contains(expected.name())) {
        judge(prescription, expected);
      }
    }
  }

  /**
   * One state that is followed is enough. Where none is seen to be, one that could not be seen
   * whole may be followed all the same.
   */
  private void either(List<SpfFindings> alternatives) {
    if (alternatives.stream().anyMatch(one -> denied(one).isEmpty() && one.gaps().isEmpty())) {
      return;
    }
    var unseen = alternatives.stream().filter(one -> denied(one).isEmpty()).toList();
    unseen.stream().flatMap(one -> one.gaps().stream()).forEach(out::add);
    for (var one : alternatives) {
      for (var finding : denied(one)) {
        if (unseen.isEmpty()) {
          out.add(finding);
        } else {
          var gap = unseen.getFirst().gaps().getFirst();
          out.add(
              Gap.of(SpfProbe.NAME, gap.unseen(), gap.why(), finding.rule().id())
                  .subject(finding.subject()));
        }
      }
      if (unseen.isEmpty()) {
        one.gaps().forEach(out::add);
      }
    }
  }

  private static List<Finding> denied(SpfFindings one) {
    return one.findings().stream()
        .filter(finding -> finding.rule().equals(SpfRules.NOT_AUTHORISED))
        .toList();
  }

  private void judge(Prescription prescription, Expected expected) {
    switch (expected.networks()) {
      case Netblocks.None _ -> {}
      case Netblocks.Known known -> {
        var missing = missing(known.entries(), expected);
        if (missing.isEmpty() && (!known.entries().isEmpty() || leadsTo(expected))) {
          position(prescription, expected, known.networks());
        } else if (known.entries().isEmpty()) {
          opaqueProvider(prescription, expected);
        } else if (isProven(expected)) {
          notAuthorised(prescription, expected, missing);
        } else {
          gapFor(expected);
        }
      }
      case Netblocks.Unseen unseen -> {
        var missing = missing(unseen.seen(), expected);
        if (!missing.isEmpty() && isProven(expected)) {
          notAuthorised(prescription, expected, missing);
        } else {
          out.add(
              Gap.of(
                      SpfProbe.NAME,
                      "networks of " + expected.name(),
                      unseen.why(),
                      SpfRules.NOT_AUTHORISED.id(),
                      SpfRules.POSITION.id())
                  .subject(expected.name().toString()));
        }
      }
    }
  }

  private NetworkSet missing(List<Cidr> wanted, Expected expected) {
    return tree.missing(NetworkSet.of(wanted)).minus(expected.passing());
  }

  private boolean leadsTo(Expected expected) {
    return tree.policy(expected.name()).isPresent();
  }

  private boolean isProven(Expected expected) {
    return tree.isComplete() && expected.undecided().isEmpty();
  }

  private void gapFor(Expected expected) {
    var why =
        expected
            .undecided()
            .or(() -> tree.unseen().stream().findFirst().map(u -> u.question() + ": " + u.why()))
            .orElse("too many records to follow");
    out.add(
        Gap.of(
                SpfProbe.NAME,
                "whether %s is authorised".formatted(expected.name()),
                why,
                SpfRules.NOT_AUTHORISED.id(),
                SpfRules.POSITION.id())
            .subject(expected.name().toString()));
  }

  /** A provider that publishes macros only: its effect cannot be listed, so the name must do. */
  private void opaqueProvider(Prescription prescription, Expected expected) {
    if (!tree.isComplete()) {
      gapFor(expected);
    } else if (!leadsTo(expected)) {
      out.add(
          notAuthorisedFinding(
                  prescription,
                  expected,
                  "%s does not lead to %s, which %s prescribes and whose networks only macros tell"
                      .formatted(ownCause, expected.name(), prescription.label()))
              .severity(Severity.WARNING)
              .with("missing", List.of()));
    }
  }

  private void notAuthorised(Prescription prescription, Expected expected, NetworkSet missing) {
    var networks = SpfFindings.texts(missing.networks());
    var finding =
        notAuthorisedFinding(
                prescription,
                expected,
                "%s does not authorise %s of %s, which %s prescribes"
                    .formatted(
                        tree.record().isPresent() ? ownCause : name + " has no SPF record and",
                        shortened(networks),
                        expected.name(),
                        prescription.label()))
            .with("missing", networks);
    out.add(finding.severity(prescription.atMost("spf", SpfRules.NOT_AUTHORISED.severity())));
  }

  private static String shortened(List<String> networks) {
    var shown = String.join(", ", networks.stream().limit(3).toList());
    return networks.size() > 3 ? "%s and %d more".formatted(shown, networks.size() - 3) : shown;
  }

  private Finding notAuthorisedFinding(
      Prescription prescription, Expected expected, String message) {
    var provider = expected.name().toString();
    return Finding.of(SpfRules.NOT_AUTHORISED, provider, message)
        .cause(ownCause)
        .with("profile", prescription.label())
        .with("record", tree.record().orElse(""))
        .remedy(
            corrected(include(prescription, provider), prescription.spfFirst())
                + tooExpensive(expected));
  }

  /** The complete record to paste. */
  private String corrected(String term, boolean first) {
    var record =
        switch (tree.root().seen()) {
          case SpfTree.Published(var found, _, _) -> found.text();
          case SpfTree.Several(var records) -> Repair.merged(records);
          case SpfTree.Missing _, SpfTree.Unanswered _, SpfTree.Loop _, SpfTree.Cut _ ->
              "v=spf1 ~all";
        };
    return SpfFindings.publish(name, Repair.with(record, term, first));
  }

  private String tooExpensive(Expected expected) {
    var would = tree.lookups() + expected.lookups();
    return would > SpfCheck.MAX_TERMS && !leadsTo(expected)
        ? "\nThis would need %d of %d lookups: remove includes that are no longer used first."
            .formatted(would, SpfCheck.MAX_TERMS)
        : "";
  }

  private void position(Prescription prescription, Expected expected, NetworkSet networks) {
    if (!prescription.spfFirst()) {
      return;
    }
    var first =
        tree.root().nodes().stream()
            .filter(
                node ->
                    node.term() instanceof Term.Directive || node.term() instanceof Term.Redirect)
            .findFirst();
    if (first.isEmpty() || first.get().opaque()) {
      return;
    }
    var passing =
        first.get().target().map(SpfTree::passing).orElse(NetworkSet.of(first.get().networks()));
    var isFirst =
        networks.isEmpty()
            ? first.get().target().filter(target -> leads(target, expected)).isPresent()
            : networks.minus(passing).isEmpty();
    if (!isFirst) {
      var provider = expected.name().toString();
      var term = Printable.of(first.get().term().text());
      out.add(
          Finding.of(
                  SpfRules.POSITION,
                  provider,
                  "%s begins with %s; %s asks to be the first term"
                      .formatted(ownCause, term, prescription.label()))
              .cause(ownCause)
              .with("first", term)
              .remedy(corrected(include(prescription, provider), true)));
    }
  }

  private static boolean leads(Policy policy, Expected expected) {
    return DomainSpec.name(policy.name()).filter(expected.name()::equals).isPresent()
        || policy.nodes().stream()
            .flatMap(node -> node.target().stream())
            .anyMatch(target -> leads(target, expected));
  }

  static String include(Prescription prescription, String provider) {
    return prescription.spfInclude().isEmpty() ? "include:" + provider : prescription.spfInclude();
  }
}
