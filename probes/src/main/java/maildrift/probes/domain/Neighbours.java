package maildrift.probes.domain;

import java.util.List;
import java.util.Optional;
import java.util.Set;
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
 * @param providers from where those other tenants have networks that are no one's own
 * @param unread another tenant's list that may overlap and cannot be read now, and why
 */
public record Neighbours(
    List<String> tenants,
    int moreTenants,
    List<Overlap> overlaps,
    Sources providers,
    Optional<String> unread) {

  /** Alone on its gateways. */
  public static final Neighbours NONE = new Neighbours(List.of(), 0, List.of());

  public Neighbours(List<String> tenants, int moreTenants, List<Overlap> overlaps) {
    this(tenants, moreTenants, overlaps, Sources.NONE, Optional.empty());
  }

  public Neighbours providers(Sources value) {
    return new Neighbours(tenants, moreTenants, overlaps, value, unread);
  }

  public Neighbours unread(String why) {
    return new Neighbours(tenants, moreTenants, overlaps, providers, Optional.of(why));
  }

  public Neighbours {
    tenants = List.copyOf(tenants);
    overlaps = List.copyOf(overlaps);
  }

  /** Another tenant's domains stand on one of its gateways. */
  public boolean sharesAGateway() {
    return !tenants.isEmpty();
  }

  /**
   * Where providers publish their networks; the first ones.
   *
   * @param names SPF names
   * @param networks that profiles list themselves
   * @param feeds as profiles call them
   */
  public record Sources(Set<DnsName> names, Set<Cidr> networks, Set<String> feeds) {
    public static final Sources NONE = new Sources(Set.of(), Set.of(), Set.of());

    public Sources {
      names = Set.copyOf(names);
      networks = Set.copyOf(networks);
      feeds = Set.copyOf(feeds);
    }
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
