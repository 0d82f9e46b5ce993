package maildrift.probes.domain;

import java.util.List;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;

/**
 * What the operator's other domains have to do with this one. Worked out from all declarations
 * whenever one of them changes, so that a judgement about one domain needs no other.
 *
 * @param tenants whose domains stand on one of this domain's gateways besides its own; the first
 *     ones, in order
 * @param moreTenants how many more there are
 * @param overlaps entries of this domain's allowlist that those of other tenants overlap; a few of
 *     each, in the order of this domain's list
 */
public record Neighbours(List<String> tenants, int moreTenants, List<Overlap> overlaps) {

  /** Alone on its gateways. */
  public static final Neighbours NONE = new Neighbours(List.of(), 0, List.of());

  public Neighbours {
    tenants = List.copyOf(tenants);
    overlaps = List.copyOf(overlaps);
  }

  /** Another tenant's domains stand on one of its gateways. */
  public boolean sharesAGateway() {
    return !tenants.isEmpty();
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
