package maildrift.probes.declared;

import com.google.common.base.CharMatcher;
import java.util.List;
import maildrift.probes.dns.DnsName;

/**
 * Hosts that differ in nothing but their number, such as {@code out-1.example.net} and {@code
 * out-2.example.net}: one stands in for the other. A provider may have several such pairs.
 */
final class Siblings {
  private static final CharMatcher DIGITS = CharMatcher.inRange('0', '9');

  private Siblings() {}

  /** Those of the first pair, which is the one to use today. */
  static List<DnsName> first(List<DnsName> hosts) {
    return hosts.isEmpty() ? hosts : of(hosts.getFirst(), hosts);
  }

  /** The host itself among them. */
  static List<DnsName> of(DnsName host, List<DnsName> hosts) {
    return hosts.stream().filter(other -> kind(other).equals(kind(host))).toList();
  }

  private static String kind(DnsName host) {
    return DIGITS.collapseFrom(host.toString(), '#');
  }
}
