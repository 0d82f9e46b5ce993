package maildrift.probes.domain;

import com.google.common.net.InternetDomainName;
import java.util.Optional;
import maildrift.probes.dns.DnsName;

/**
 * Organisational domains as RFC 7489 §3.2 finds them: one label below the public suffix. The list
 * (publicsuffix.org, its private part included) comes with Guava. A top-level domain that is not
 * listed is a public suffix by the list's own default rule.
 */
public final class PublicSuffixes {
  private PublicSuffixes() {}

  /** The organisational domain; a public suffix is its own. */
  public static DnsName organizational(DnsName domain) {
    var registrable = registrable(domain);
    return registrable.orElse(domain);
  }

  public static boolean isPublicSuffix(DnsName domain) {
    return registrable(domain).isEmpty();
  }

  /** What could be registered; nothing for a public suffix. */
  public static Optional<DnsName> registrable(DnsName domain) {
    var labels = domain.labels();
    if (labels.size() < 2) {
      return Optional.empty();
    }
    try {
      var name = InternetDomainName.from(domain.toString());
      if (name.isPublicSuffix()) {
        return Optional.empty();
      }
      if (name.isUnderPublicSuffix()) {
        return Optional.of(DnsName.of(name.topPrivateDomain().toString()));
      }
    } catch (IllegalArgumentException _) {
      // Not a host name (e.g. an octet that is no letter, digit or hyphen): the default rule.
    }
    return Optional.of(DnsName.ofLabels(labels.subList(labels.size() - 2, labels.size())));
  }
}
