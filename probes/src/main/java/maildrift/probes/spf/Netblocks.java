package maildrift.probes.spf;

import java.util.List;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;

/** The networks behind an SPF name, as a provider publishes them for gateways' allowlists. */
public sealed interface Netblocks {

  DnsName name();

  /**
   * All of them were seen.
   *
   * @param entries as written, in order of publication, each once
   * @param opaque terms that depend on the message (macros, {@code ptr}), so that there may be more
   *     networks than any list can say
   * @param problems branches that receivers refuse (included names without a record), in words
   */
  record Known(DnsName name, List<Cidr> entries, List<String> opaque, List<String> problems)
      implements Netblocks {
    public Known {
      entries = List.copyOf(entries);
      opaque = List.copyOf(opaque);
      problems = List.copyOf(problems);
    }

    public NetworkSet networks() {
      return NetworkSet.of(entries);
    }
  }

  /** DNS said that the name has no SPF record, or it has several. */
  record None(DnsName name, String why) implements Netblocks {}

  /**
   * At least one branch could not be seen: a gap.
   *
   * @param seen entries of the branches that were seen; there may be more
   * @param unseen the questions without an answer
   */
  record Unseen(DnsName name, List<Cidr> seen, List<SpfTree.Unseen> unseen) implements Netblocks {
    public Unseen {
      seen = List.copyOf(seen);
      unseen = List.copyOf(unseen);
    }

    /** The first question and why it was not answered. */
    public String why() {
      return unseen.isEmpty()
          ? "too many records to follow"
          : unseen.getFirst().question() + ": " + unseen.getFirst().why();
    }
  }

  /** Follows the record of {@code name}. */
  static Netblocks of(DnsName name, Dns dns) {
    return of(SpfTree.of(name, dns));
  }

  static Netblocks of(SpfTree tree) {
    return switch (tree.root().seen()) {
      case SpfTree.Missing(var why, _, _) -> new None(tree.domain(), why);
      case SpfTree.Several(var records) ->
          new None(
              tree.domain(),
              "%s publishes %d SPF records".formatted(tree.domain(), records.size()));
      case SpfTree.Published _, SpfTree.Unanswered _, SpfTree.Loop _, SpfTree.Cut _ ->
          tree.isComplete()
              ? new Known(tree.domain(), tree.published(), opaque(tree), problems(tree))
              : new Unseen(tree.domain(), tree.published(), tree.unseen());
    };
  }

  private static List<String> opaque(SpfTree tree) {
    return tree.policies().stream()
        .flatMap(policy -> policy.nodes().stream())
        .filter(node -> node.opaque() && !node.ignored())
        .map(node -> Printable.of(node.term().text()))
        .distinct()
        .toList();
  }

  private static List<String> problems(SpfTree tree) {
    return tree.policies().stream()
        .filter(policy -> policy.seen() instanceof SpfTree.Missing)
        .map(policy -> ((SpfTree.Missing) policy.seen()).why())
        .toList();
  }
}
