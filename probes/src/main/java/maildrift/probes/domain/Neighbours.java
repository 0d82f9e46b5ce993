package maildrift.probes.domain;

import java.util.List;
import java.util.Set;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;

/**
 * What the operator's other domains have to do with this one. Worked out from all declarations
 * whenever one of them changes, so that a judgement about one domain needs no other.
 *
 * @param tenants whose domains stand on one of this domain's gateways besides its own
 * @param overlaps entries of this domain's allowlist that those of other tenants overlap; the first
 *     ones, in the order of this domain's list
 * @param moreOverlaps how many more there are
 */
public record Neighbours(Set<String> tenants, List<Overlap> overlaps, int moreOverlaps) {

  /** Alone on its gateways. */
  public static final Neighbours NONE = new Neighbours(Set.of(), List.of(), 0);

  public Neighbours {
    tenants = Set.copyOf(tenants);
    overlaps = List.copyOf(overlaps);
  }

  /**
   * One entry that two tenants' allowlists share.
   *
   * @param own of this domain's allowlist
   * @param tenant the other
   * @param domain one of the other's domains that uses the list
   * @param allowlist the other's
   * @param other its entry, which has addresses in common with {@code own}
   */
  public record Overlap(Cidr own, String tenant, DnsName domain, String allowlist, Cidr other) {}
}
