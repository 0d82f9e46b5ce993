package maildrift.probes.netblocks;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.spf.Netblocks;
import maildrift.probes.spf.SpfTree;

/**
 * Does the gateway accept mail from the networks that the domain's providers publish, and from no
 * others? Compared as sets of addresses, never as text.
 */
public final class NetblocksProbe implements Probe<NetblocksProbe.Seen> {

  /**
   * Violated when the provider's set differs from the accepted baseline, which a probe does not
   * know.
   */
  public static final Rule CHANGED = NetblocksRules.CHANGED;

  static final String NAME = "netblocks";

  /** What is behind each source of the domain's prescriptions, in their order. */
  public record Seen(List<Netblocks> sources) {
    public Seen {
      sources = List.copyOf(sources);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  /** A source that no profile names any more is not watched. */
  @Override
  public Set<String> completeKinds(Judgement seen) {
    return Set.of("netblocks");
  }

  @Override
  public List<Rule> rules() {
    return NetblocksRules.ALL;
  }

  @Override
  public Seen observe(ManagedDomain domain, Network network) {
    return new Seen(
        sources(domain)
            .map(source -> Netblocks.of(SpfTree.of(source, network.dns(), network.deadline())))
            .toList());
  }

  private static Stream<DnsName> sources(ManagedDomain domain) {
    return domain.prescriptions().stream()
        .flatMap(prescription -> prescription.netblocks().stream())
        .distinct();
  }

  /** When a range was withdrawn counts, too, unless there is nothing to compare. */
  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return domain.allowlist().isEmpty() && sources(domain).findAny().isEmpty();
  }

  @Override
  public Judgement judge(ManagedDomain domain, Seen seen, Context context) {
    return new NetblocksJudge(domain, seen.sources(), context).judge();
  }
}
