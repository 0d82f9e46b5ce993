package maildrift.probes.spf;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.Gap;
import maildrift.probes.Outcome;
import maildrift.probes.spf.SpfTree.Node;
import maildrift.probes.spf.SpfTree.Policy;

/** What could not be seen below a record that was seen, and which rules needed it. */
final class SpfGaps {
  /** Rules that look into included records too: an unseen one may hide a violation. */
  private static final Set<String> BELOW_INCLUDES =
      Set.of(
          SpfRules.MULTIPLE.id(),
          SpfRules.SYNTAX.id(),
          SpfRules.MX_NAMES.id(),
          SpfRules.PTR.id(),
          SpfRules.INCLUDE_NONE.id(),
          SpfRules.REDIRECT.id(),
          SpfRules.EXP.id(),
          SpfRules.ALL_QUALIFIER.id(),
          SpfRules.SPACE_JOIN.id(),
          SpfRules.BROAD.id(),
          SpfRules.MACRO.id());

  private final SpfFindings out;
  private final SpfTree tree;
  private final String name;

  SpfGaps(SpfFindings out) {
    this.out = out;
    this.tree = out.tree();
    this.name = out.name();
  }

  static boolean hasUnseenPolicy(SpfTree tree) {
    return tree.truncated()
        || tree.policies().stream().anyMatch(policy -> policy.seen() instanceof SpfTree.Unanswered);
  }

  /** A gap for each own term with something unseen below it, and one for the sums. */
  void judge() {
    if (tree.isComplete()) {
      return;
    }
    var sums = new ArrayList<String>();
    if (hasUnseenPolicy(tree) && tree.lookups() <= SpfCheck.MAX_TERMS) {
      sums.add(SpfRules.LOOKUPS.id());
    }
    if (tree.voidLookups() <= SpfCheck.MAX_VOIDS) {
      sums.add(SpfRules.VOID.id());
    }
    var first =
        tree.unseen().stream()
            .findFirst()
            .orElse(new SpfTree.Unseen("the tree of " + name, "too many records to follow"));
    if (!sums.isEmpty()) {
      out.add(
          new Gap(
              SpfProbe.NAME, first.question(), first.why(), Set.copyOf(sums), Optional.of(name)));
    }
    for (var policy : tree.ownPolicies()) {
      for (var node : policy.nodes()) {
        unseenBelow(policy, node);
      }
      if (!out.isRoot(policy) && policy.seen() instanceof SpfTree.Unanswered(var why)) {
        // Nothing is known of the policy that decides: neither its subjects nor its all.
        out.add(
            new Gap(
                SpfProbe.NAME, policy.name() + " TXT", why, behindRedirect(), Optional.empty()));
      }
    }
  }

  private static Set<String> behindRedirect() {
    var rules = new LinkedHashSet<>(BELOW_INCLUDES);
    rules.add(SpfRules.AFTER_ALL.id());
    rules.add(SpfRules.SIZE.id());
    return rules;
  }

  private void unseenBelow(Policy policy, Node node) {
    var isRedirect = node.term() instanceof Term.Redirect;
    if (!isRedirect && node.target().isPresent()) {
      var head = node.target().get();
      firstUnseen(head)
          .ifPresent(
              why ->
                  out.add(
                      new Gap(
                          SpfProbe.NAME,
                          Printable.of(head.name()) + " SPF",
                          why,
                          BELOW_INCLUDES,
                          Optional.of(Printable.of(head.name())))));
    } else if (node.outcome() == Outcome.UNOBSERVABLE && !isRedirect) {
      var subject = out.isRoot(policy) ? name : Printable.of(policy.name());
      out.add(
          new Gap(
              SpfProbe.NAME,
              Printable.of(node.term().text()),
              Printable.of(node.reason()),
              Set.of(SpfRules.MX_NAMES.id(), SpfRules.BROAD.id()),
              Optional.of(subject)));
    }
  }

  /** Why something at or below a policy could not be seen. */
  private static Optional<String> firstUnseen(Policy policy) {
    return switch (policy.seen()) {
      case SpfTree.Unanswered(var why) -> Optional.of(policy.name() + " TXT: " + why);
      case SpfTree.Cut(var why) -> Optional.of(why);
      case SpfTree.Published _, SpfTree.Several _, SpfTree.Missing _, SpfTree.Loop _ ->
          policy.nodes().stream()
              .flatMap(
                  node ->
                      node.target().isPresent()
                          ? firstUnseen(node.target().get()).stream()
                          : node.outcome() == Outcome.UNOBSERVABLE
                              ? Optional.of(node.reason()).stream()
                              : Optional.<String>empty().stream())
              .findFirst();
    };
  }
}
