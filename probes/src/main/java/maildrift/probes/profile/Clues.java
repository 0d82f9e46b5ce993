package maildrift.probes.profile;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.RecordType;

/**
 * What DNS shows of a domain from which its providers may be told.
 *
 * @param mx hosts of its MX records
 * @param addresses of these hosts
 * @param spf names that its own SPF record speaks of, without macros in front
 * @param keys what stands at selectors, by selector
 * @param records what stands at names that profiles speak of
 * @param hosts that exist because the provider made them for this domain
 */
public record Clues(
    List<DnsName> mx,
    List<InetAddress> addresses,
    List<String> spf,
    Map<String, Key> keys,
    Map<At, List<String>> records,
    Set<DnsName> hosts) {

  public Clues {
    mx = List.copyOf(mx);
    addresses = List.copyOf(addresses);
    spf = List.copyOf(spf);
    keys = Map.copyOf(keys);
    records = Map.copyOf(records);
    hosts = Set.copyOf(hosts);
  }

  /**
   * A key record.
   *
   * @param alias where it is an alias to
   * @param text its text, joined; empty where only the alias is there
   */
  public record Key(Optional<DnsName> alias, String text) {}

  /** A name before the domain, and a type. */
  public record At(String prefix, RecordType type) {}

  /** What is to be asked for, besides MX and SPF. */
  public record Sought(Set<String> selectors, Set<At> records, Set<DnsName> hosts) {
    public Sought {
      selectors = Set.copyOf(selectors);
      records = Set.copyOf(records);
      hosts = Set.copyOf(hosts);
    }
  }
}
