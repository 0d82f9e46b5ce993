package maildrift.monitor.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import maildrift.probes.dns.DnsName;

/**
 * Whom to ask.
 *
 * @param resolvers empty: the system's
 * @param confirmWith a second opinion before anything is alerted; empty: none but the authoritative
 *     servers
 * @param authoritative where a zone's servers are, if not where its NS records say
 * @param queriesPerSecond to one server
 * @param timeout one question's whole deadline, retries and TCP included
 */
public record DnsConfig(
    List<HostPort> resolvers,
    List<HostPort> confirmWith,
    Map<DnsName, List<HostPort>> authoritative,
    int queriesPerSecond,
    Duration timeout) {
  public static final int PORT = 53;
  public static final DnsConfig DEFAULT =
      new DnsConfig(List.of(), List.of(), Map.of(), 1000, Duration.ofSeconds(2));

  public DnsConfig {
    resolvers = List.copyOf(resolvers);
    confirmWith = List.copyOf(confirmWith);
    authoritative = Map.copyOf(authoritative);
  }
}
