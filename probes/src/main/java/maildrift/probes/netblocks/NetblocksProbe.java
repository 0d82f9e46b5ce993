package maildrift.probes.netblocks;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.Cidr;
import maildrift.probes.spf.IncludedRecords;
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

  public static final String NAME = "netblocks";

  /**
   * What is behind each source of the domain's prescriptions, in their order.
   *
   * @param records the SPF records that they are made of, as far as they were seen
   */
  public record Seen(List<Source> sources, Map<String, String> records) {
    public Seen {
      sources = List.copyOf(sources);
      records = Map.copyOf(records);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  /** A source that no profile names any more is not watched. */
  @Override
  public Set<String> completeKinds(Judgement seen) {
    return Set.of("netblocks", IncludedRecords.RECORD.strip());
  }

  /** The SPF probe sees such records, too. */
  @Override
  public Set<String> sharedKinds() {
    return Set.of(IncludedRecords.RECORD.strip());
  }

  @Override
  public List<Rule> rules() {
    return NetblocksRules.ALL;
  }

  @Override
  public Seen observe(ManagedDomain domain, Network network) {
    var seen = new ArrayList<Source>();
    var records = new HashMap<String, String>();
    for (var source : names(domain).toList()) {
      var tree = SpfTree.of(source, network.dns(), network.deadline());
      seen.add(
          new Source(source.toString(), source.toString(), Source.Kind.SPF, Netblocks.of(tree)));
      records.putAll(IncludedRecords.of(tree));
    }
    domain.prescriptions().stream()
        .flatMap(prescription -> prescription.feeds().stream())
        .distinct()
        .forEach(
            name ->
                network
                    .feeds()
                    .feed(name)
                    .map(feed -> new Source(feed.shown(), name, Source.Kind.FEED, feed.networks()))
                    .ifPresent(seen::add));
    listed(domain).forEach(seen::add);
    return new Seen(seen, records);
  }

  private static Stream<DnsName> names(ManagedDomain domain) {
    return domain.prescriptions().stream()
        .flatMap(prescription -> prescription.netblocks().stream())
        .distinct();
  }

  /** What profiles list themselves, each choice of region and variant once. */
  private static List<Source> listed(ManagedDomain domain) {
    var byChoice = new LinkedHashMap<String, Set<Cidr>>();
    var dates = new HashMap<String, LocalDate>();
    for (var prescription : domain.prescriptions()) {
      if (!prescription.networks().isEmpty()) {
        byChoice
            .computeIfAbsent(prescription.choice(), _ -> new LinkedHashSet<>())
            .addAll(prescription.networks());
        prescription
            .networksDate()
            .ifPresent(
                date -> dates.merge(prescription.choice(), date, (a, b) -> a.isBefore(b) ? a : b));
      }
    }
    var sources = new ArrayList<Source>();
    byChoice.forEach(
        (choice, networks) ->
            sources.add(
                new Source(
                    choice + " networks",
                    choice,
                    Source.Kind.LISTED,
                    new Netblocks.Known(DnsName.ROOT, List.copyOf(networks), List.of(), List.of()),
                    Optional.ofNullable(dates.get(choice)))));
    return sources;
  }

  /** When a range was withdrawn counts, too, unless there is nothing to compare. */
  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return domain.allowlist().isEmpty()
        && names(domain).findAny().isEmpty()
        && domain.prescriptions().stream().allMatch(prescription -> prescription.feeds().isEmpty());
  }

  @Override
  public Judgement judge(ManagedDomain domain, Seen seen, Context context) {
    return new NetblocksJudge(domain, seen, context).judge();
  }
}
