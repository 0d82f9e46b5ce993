package maildrift.probes.mx;

import com.google.common.net.InternetDomainName;
import maildrift.probes.dns.DnsName;

/** What a name that stands in an MX record looks like. */
final class HostNames {

  /** {@code mx.provider.test} has as many; a domain's own hosts seldom have so many before it. */
  private static final int FOREIGN_LABELS = 3;

  private HostNames() {}

  /** An address, or a single label: nothing that a sender could look up. */
  static boolean isNoHostName(DnsName host) {
    var labels = host.labels();
    return labels.size() < 2
        || labels.getLast().chars().allMatch(c -> c >= '0' && c <= '9')
        || labels.getFirst().startsWith("[");
  }

  /** What stands before the domain in a name of its zone; the root where nothing does. */
  static DnsName before(DnsName host, DnsName domain) {
    var extra = host.labels().size() - domain.labels().size();
    return host.isWithin(domain) && extra > 0
        ? DnsName.ofLabels(host.labels().subList(0, extra))
        : DnsName.ROOT;
  }

  /** Looks like a full host name of somebody: {@code mx.mail-connect.net}. */
  static boolean looksComplete(DnsName prefix, DnsName domain) {
    return prefix.labels().size() >= FOREIGN_LABELS
        && (prefix.labels().getLast().equals(domain.labels().getLast())
            || (InternetDomainName.isValid(prefix.toString())
                && InternetDomainName.from(prefix.toString()).isUnderRegistrySuffix()));
  }
}
