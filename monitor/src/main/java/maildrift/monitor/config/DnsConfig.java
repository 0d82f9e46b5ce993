package maildrift.monitor.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * @param nothingElse only the resolvers are asked: no second opinion, no authoritative servers, as
 *     {@code --dns} wants it
 * @param trustAnchors DS or DNSKEY records, one an element; empty: those of the root zone
 * @param controlNames names that must be there; while most of them are not answered, nobody is
 *     judged
 * @param trustedResolver a validating resolver whose word is taken instead of validating ourselves
 */
public record DnsConfig(
    List<HostPort> resolvers,
    List<HostPort> confirmWith,
    Map<DnsName, List<HostPort>> authoritative,
    int queriesPerSecond,
    Duration timeout,
    boolean nothingElse,
    List<String> trustAnchors,
    Optional<HostPort> trustedResolver,
    List<DnsName> controlNames) {
  public static final int PORT = 53;
  public static final DnsConfig DEFAULT =
      new DnsConfig(
          List.of(),
          List.of(),
          Map.of(),
          1000,
          Duration.ofSeconds(2),
          false,
          List.of(),
          Optional.empty(),
          List.of());

  public DnsConfig {
    controlNames = List.copyOf(controlNames);
    resolvers = List.copyOf(resolvers);
    confirmWith = List.copyOf(confirmWith);
    authoritative = Map.copyOf(authoritative);
    trustAnchors = List.copyOf(trustAnchors);
  }

  /** These resolvers instead, and nobody else. */
  public DnsConfig only(List<HostPort> servers) {
    return new DnsConfig(
        servers,
        List.of(),
        Map.of(),
        queriesPerSecond,
        timeout,
        true,
        trustAnchors,
        Optional.empty(),
        List.of());
  }

  public DnsConfig timeout(Duration value) {
    return new DnsConfig(
        resolvers,
        confirmWith,
        authoritative,
        queriesPerSecond,
        value,
        nothingElse,
        trustAnchors,
        trustedResolver,
        controlNames);
  }
}
