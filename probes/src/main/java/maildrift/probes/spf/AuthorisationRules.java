package maildrift.probes.spf;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Severity;
import maildrift.probes.domain.Prescription;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;
import maildrift.probes.spf.SpfObservation.Expected;
import maildrift.probes.spf.SpfObservation.Probed;
import maildrift.probes.spf.SpfResult.Result;
import maildrift.probes.spf.SpfTree.Policy;

/** Are the networks of the domain's providers authorised? Judged by effect, never by text. */
final class AuthorisationRules {
  private final SpfFindings out;
  private final SpfTree tree;
  private final String name;
  private final String ownCause;
  private final List<Expected> expectations;
  private final List<Probed> probed;
  private final SpfObservation seen;

  AuthorisationRules(SpfFindings out, SpfObservation seen) {
    this.out = out;
    this.tree = out.tree();
    this.name = out.name();
    this.ownCause = out.ownCause();
    this.expectations = seen.expected();
    this.probed = seen.probed();
    this.seen = seen;
  }

  void judge() {
    var alternatives = new ArrayList<SpfFindings>();
    for (var prescription : out.domain().prescriptions()) {
      if (prescription.isAlternative()) {
        var own = out.blank();
        new AuthorisationRules(own, seen).judge(prescription);
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
    var subjects = new HashSet<String>();
    prescription.spfProbe().forEach(address -> subjects.add(Probing.subject(address)));
    prescription.spfHosts().forEach(host -> subjects.add(host.toString()));
    probed.stream()
        .filter(one -> subjects.contains(one.subject()))
        .forEach(one -> judge(prescription, one));
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

  /** What DNS did not say of one address says nothing against those that were refused. */
  private void judge(Prescription prescription, Probed one) {
    var refused =
        one.tried().stream()
            .filter(tried -> tried.result().result() != Result.PASS)
            .filter(tried -> tried.result().result() != Result.TEMPERROR)
            .toList();
    var undecided =
        one.unseen()
            .or(
                () ->
                    one.tried().stream()
                        .filter(tried -> tried.result().result() == Result.TEMPERROR)
                        .map(tried -> tried.result().why())
                        .findFirst());
    if (one.tried().isEmpty() && undecided.isEmpty()) {
      out.add(
          authorisationFinding(
                  prescription,
                  one.subject(),
                  "%s, through which %s sends, has no address: nothing can be authorised by it"
                      .formatted(one.subject(), prescription.label()))
              .severity(Severity.WARNING)
              .cause(one.subject() + " A")
              .remedy(
                  "Correct the host in the profile, or publish its address: %s. IN A …"
                      .formatted(one.subject())));
    } else if (!refused.isEmpty()) {
      var first = refused.getFirst();
      out.add(
          authorisationFinding(
                  prescription,
                  one.subject(),
                  "%s does not let %s pass (%s), an address of %s"
                      .formatted(
                          tree.record().isPresent() ? ownCause : name + " has no SPF record and",
                          first.address(),
                          first.result().result().word(),
                          prescription.label()))
              .severity(prescription.atMost("spf", SpfRules.NOT_AUTHORISED.severity()))
              .with("missing", refused.stream().map(SpfObservation.Tried::address).toList())
              .remedy(addressRemedy(prescription, one)));
    } else {
      undecided.ifPresent(
          why ->
              out.add(
                  Gap.of(
                          SpfProbe.NAME,
                          "whether %s may send".formatted(one.subject()),
                          why,
                          SpfRules.NOT_AUTHORISED.id())
                      .subject(one.subject())));
    }
  }

  private String addressRemedy(Prescription prescription, Probed one) {
    if (!prescription.spfInclude().isEmpty()) {
      return corrected(prescription.spfInclude(), prescription.spfFirst());
    }
    var network = one.subject().indexOf('/') > 0;
    var mechanism = !network ? "a:" : one.subject().indexOf(':') < 0 ? "ip4:" : "ip6:";
    var subject = network ? one.tried().getFirst().address() : one.subject();
    return corrected(mechanism + subject, prescription.spfFirst());
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
    return authorisationFinding(prescription, provider, message)
        .remedy(
            corrected(include(prescription, provider), prescription.spfFirst())
                + tooExpensive(expected));
  }

  private Finding authorisationFinding(Prescription prescription, String subject, String message) {
    return Finding.of(SpfRules.NOT_AUTHORISED, subject, message)
        .cause(ownCause)
        .with("profile", prescription.label())
        .with("record", tree.record().orElse(""));
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
