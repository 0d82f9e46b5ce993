package maildrift.probes.tls;

import maildrift.probes.dns.DnsName;

/**
 * Whether a name in a certificate stands for a host (RFC 9525 §6.3): compared as A-labels, a
 * wildcard is the whole left-most label and stands for exactly one.
 */
public final class NameMatch {

  private NameMatch() {}

  public static boolean matches(String presented, DnsName host) {
    return DnsName.parse(presented).filter(name -> matches(name, host)).isPresent();
  }

  private static boolean matches(DnsName presented, DnsName host) {
    var labels = presented.labels();
    if (labels.isEmpty()) {
      return false;
    }
    if (!labels.getFirst().equals("*")) {
      return presented.toString().indexOf('*') < 0 && presented.equals(host);
    }
    return labels.size() > 2
        && host.labels().size() == labels.size()
        && presented.parent().toString().indexOf('*') < 0
        && presented.parent().equals(host.parent());
  }

  /**
   * Whether it stands for the next hop or a host below it: Postfix's {@code nexthop, dot-nexthop},
   * its default at level "secure".
   */
  static boolean matchesNextHop(String presented, DnsName nextHop) {
    return DnsName.parse(presented)
        .filter(
            name ->
                matches(name, nextHop)
                    || (name.isWithin(nextHop) && !name.equals(nextHop) && !nextHop.isRoot()))
        .isPresent();
  }

  /**
   * Whether a common name is what a connector asks for: the name itself, its wildcard, or, where
   * the connector itself has a wildcard, a host that it stands for.
   */
  static boolean matchesConnector(String commonName, String connector) {
    if (commonName.equalsIgnoreCase(connector)) {
      return true;
    }
    return DnsName.parse(connector)
        .filter(
            wanted ->
                matches(commonName, wanted)
                    || DnsName.parse(commonName).filter(cn -> matches(wanted, cn)).isPresent())
        .isPresent();
  }
}
