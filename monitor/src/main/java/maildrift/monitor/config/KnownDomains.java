package maildrift.monitor.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;

/** The managed domains, for sections that name some of them. */
final class KnownDomains {
  /** Among more nobody finds the one that was meant. */
  private static final int MOST_HINTED = 5000;

  private final Reading reading;
  private final Map<DnsName, ManagedDomain> all;

  KnownDomains(Reading reading, List<ManagedDomain> domains) {
    this.reading = reading;
    this.all = new LinkedHashMap<>();
    domains.forEach(domain -> all.put(domain.name(), domain));
  }

  /**
   * Those under {@code domains}; one that is not managed is a problem.
   *
   * @param what the section is, for people
   */
  List<ManagedDomain> named(Section item, String what) {
    var named = new ArrayList<ManagedDomain>();
    for (var text : item.oneOrMore("domains")) {
      var name = item.parse("domains", text, Hosts::name);
      var domain = name.map(all::get);
      if (domain.isPresent()) {
        named.add(domain.get());
      } else if (name.isPresent()) {
        reading.problem(
            text.place(),
            "%s of the unknown domain %s%s"
                .formatted(
                    what,
                    text.shown(),
                    all.size() > MOST_HINTED ? "" : Words.hint(text.value(), names())));
      }
    }
    return named;
  }

  private Set<String> names() {
    return all.keySet().stream().map(DnsName::toString).collect(Collectors.toSet());
  }
}
