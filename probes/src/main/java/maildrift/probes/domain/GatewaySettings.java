package maildrift.probes.domain;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;

/**
 * Settings of a gateway as a whole that nothing outside shows. What is empty was not declared, and
 * nothing is concluded from it.
 *
 * @param relayNetworks the global list of networks that may relay ("Mail System, Relaying"); an
 *     empty list means that none may
 * @param builtInMta "Use built-in mail transport agent" is on
 * @param rejectsSpoofedSenders "Reject incoming mails with spoofed sender domain" is on
 * @param welcomelist networks with the action accept in "Manual blocklisting / welcomelisting"
 * @param managedDomains the domains that are set up on it
 * @param onlyFrom who alone may reach its SMTP port; empty: anybody may, and nothing is tried
 */
public record GatewaySettings(
    Optional<List<Cidr>> relayNetworks,
    Optional<Boolean> builtInMta,
    Optional<Boolean> rejectsSpoofedSenders,
    Optional<List<Cidr>> welcomelist,
    Optional<Set<DnsName>> managedDomains,
    Optional<OnlyFrom> onlyFrom) {

  /** Nothing is declared. */
  public static final GatewaySettings NOTHING =
      new GatewaySettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public GatewaySettings {
    relayNetworks = relayNetworks.map(List::copyOf);
    welcomelist = welcomelist.map(List::copyOf);
    managedDomains = managedDomains.map(Set::copyOf);
  }

  public GatewaySettings onlyFrom(OnlyFrom value) {
    return new GatewaySettings(
        relayNetworks,
        builtInMta,
        rejectsSpoofedSenders,
        welcomelist,
        managedDomains,
        Optional.of(value));
  }

  /**
   * Who alone may reach a gateway.
   *
   * @param written profile names, SPF names and networks, as the operator wrote them
   * @param networks of them, and those that the profiles list
   * @param names SPF names behind which the others are
   */
  public record OnlyFrom(List<String> written, List<Cidr> networks, List<DnsName> names) {
    public OnlyFrom {
      written = List.copyOf(written);
      networks = List.copyOf(networks);
      names = List.copyOf(names);
    }
  }
}
