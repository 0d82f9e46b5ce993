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
 * @param onlyReachableFrom who alone may reach its SMTP port: profile names, SPF names or networks,
 *     as written; empty: anybody may, and nothing is tried
 */
public record GatewaySettings(
    Optional<List<Cidr>> relayNetworks,
    Optional<Boolean> builtInMta,
    Optional<Boolean> rejectsSpoofedSenders,
    Optional<List<Cidr>> welcomelist,
    Optional<Set<DnsName>> managedDomains,
    List<String> onlyReachableFrom) {

  /** Nothing is declared. */
  public static final GatewaySettings NOTHING =
      new GatewaySettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of());

  public GatewaySettings {
    relayNetworks = relayNetworks.map(List::copyOf);
    welcomelist = welcomelist.map(List::copyOf);
    managedDomains = managedDomains.map(Set::copyOf);
    onlyReachableFrom = List.copyOf(onlyReachableFrom);
  }
}
