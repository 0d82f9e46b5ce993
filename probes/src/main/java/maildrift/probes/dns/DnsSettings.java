package maildrift.probes.dns;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to ask.
 *
 * @param resolvers asked in this order, the next one when one fails
 * @param confirmWith asked for a second opinion, past every cache; empty: the resolvers
 * @param authoritative where a zone's servers are, if not where its NS records say; the longest
 *     matching zone counts
 * @param delegation whether zones' own servers may be asked where NS records say; false: nobody but
 *     those listed here is ever asked
 * @param queriesPerSecond at most, per server
 * @param timeout one question's whole time, repeats and TCP included, from the first message on
 * @param cacheBytes roughly how much the cache may hold
 * @param maxAge nothing older is served from the cache, whatever its TTL
 * @param sockets UDP sockets of the process, shared among resolvers
 * @param dnssec what validation rests on
 */
public record DnsSettings(
    List<DnsServer> resolvers,
    List<DnsServer> confirmWith,
    Map<DnsName, List<DnsServer>> authoritative,
    boolean delegation,
    int queriesPerSecond,
    Duration timeout,
    long cacheBytes,
    Duration maxAge,
    int sockets,
    DnssecSettings dnssec) {

  public static final int DEFAULT_QUERIES_PER_SECOND = 1000;
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);
  public static final Duration DEFAULT_MAX_AGE = Duration.ofMinutes(5);
  public static final long DEFAULT_CACHE_BYTES = 64L << 20;
  public static final int DEFAULT_SOCKETS = 64;

  /** Of one question. */
  public static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(10);

  /** Resolvers, or servers that confirm. */
  public static final int MOST_SERVERS = 16;

  public DnsSettings {
    resolvers = List.copyOf(resolvers);
    confirmWith = List.copyOf(confirmWith);
    authoritative = Map.copyOf(authoritative);
    if (resolvers.isEmpty()) {
      throw new IllegalArgumentException("dns.resolvers must name at least one server");
    }
    if (resolvers.size() > MOST_SERVERS || confirmWith.size() > MOST_SERVERS) {
      throw new IllegalArgumentException(
          "at most " + MOST_SERVERS + " servers in dns.resolvers and in dns.confirm_with");
    }
    if (queriesPerSecond < 1 || queriesPerSecond > 1_000_000) {
      throw new IllegalArgumentException(
          "dns.queries_per_second must be 1 to 1000000, was " + queriesPerSecond);
    }
    if (timeout.compareTo(SHORTEST_TIMEOUT) < 0) {
      throw new IllegalArgumentException("dns.timeout must be at least 10ms, was " + timeout);
    }
    if (cacheBytes < 0 || maxAge.isNegative()) {
      throw new IllegalArgumentException("the cache's size and age must not be negative");
    }
    if (sockets < 1 || sockets > 4096) {
      throw new IllegalArgumentException("1 to 4096 sockets, was " + sockets);
    }
  }

  /** With all defaults: these resolvers, and the zones' own servers for confirmation. */
  public static DnsSettings of(List<DnsServer> resolvers) {
    return new DnsSettings(
        resolvers,
        List.of(),
        Map.of(),
        true,
        DEFAULT_QUERIES_PER_SECOND,
        DEFAULT_TIMEOUT,
        DEFAULT_CACHE_BYTES,
        DEFAULT_MAX_AGE,
        DEFAULT_SOCKETS,
        DnssecSettings.DEFAULT);
  }

  /** These and nobody else, as {@code --dns} promises. */
  public static DnsSettings only(List<DnsServer> resolvers) {
    var settings = of(resolvers);
    return new DnsSettings(
        settings.resolvers,
        settings.confirmWith,
        settings.authoritative,
        false,
        settings.queriesPerSecond,
        settings.timeout,
        settings.cacheBytes,
        settings.maxAge,
        settings.sockets,
        settings.dnssec);
  }

  /** The servers that are named for the deepest zone at or above this name. */
  Optional<NameServers.Named> named(DnsName name) {
    for (var zone = name; !authoritative.isEmpty(); zone = zone.parent()) {
      var servers = authoritative.get(zone);
      if (servers != null) {
        return Optional.of(new NameServers.Named(zone, servers));
      }
      if (zone.isRoot()) {
        break;
      }
    }
    return Optional.empty();
  }

  public DnsSettings timeout(Duration value) {
    return new DnsSettings(
        resolvers,
        confirmWith,
        authoritative,
        delegation,
        queriesPerSecond,
        value,
        cacheBytes,
        maxAge,
        sockets,
        dnssec);
  }

  public DnsSettings queriesPerSecond(int value) {
    return new DnsSettings(
        resolvers,
        confirmWith,
        authoritative,
        delegation,
        value,
        timeout,
        cacheBytes,
        maxAge,
        sockets,
        dnssec);
  }

  public DnsSettings confirmWith(List<DnsServer> value) {
    return new DnsSettings(
        resolvers,
        value,
        authoritative,
        delegation,
        queriesPerSecond,
        timeout,
        cacheBytes,
        maxAge,
        sockets,
        dnssec);
  }

  public DnsSettings authoritative(Map<DnsName, List<DnsServer>> value) {
    return new DnsSettings(
        resolvers,
        confirmWith,
        value,
        delegation,
        queriesPerSecond,
        timeout,
        cacheBytes,
        maxAge,
        sockets,
        dnssec);
  }

  public DnsSettings maxAge(Duration value) {
    return new DnsSettings(
        resolvers,
        confirmWith,
        authoritative,
        delegation,
        queriesPerSecond,
        timeout,
        cacheBytes,
        value,
        sockets,
        dnssec);
  }

  public DnsSettings dnssec(DnssecSettings value) {
    return new DnsSettings(
        resolvers,
        confirmWith,
        authoritative,
        delegation,
        queriesPerSecond,
        timeout,
        cacheBytes,
        maxAge,
        sockets,
        value);
  }
}
