package maildrift.probes;

import java.time.Instant;
import java.util.List;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.Dnssec;
import maildrift.probes.dns.NameServers;
import maildrift.probes.dns.OneResolver;
import maildrift.probes.https.Https;
import maildrift.probes.netblocks.Feeds;
import maildrift.probes.smtp.Smtp;

/**
 * The only door outside for a probe. One is made for each look at a domain: it carries the look's
 * deadline and says whether caches may answer (a first look) or not (a confirmation by other
 * resolvers, or by the authoritative servers). A probe cannot tell the difference.
 */
public interface Network {

  Dns dns();

  /**
   * DNS through the operator's own resolvers in every look, past the caches in a confirmation: for
   * zones that answer whom they know and turn others away, as blocklists do.
   */
  default Dns resolvers() {
    return dns();
  }

  Smtp smtp();

  /** Reads documents of the web. A network that has no such door can see none. */
  default Https https() {
    return Https.NONE;
  }

  /** What providers list on the web, as last read. A network that has no such door knows none. */
  default Feeds feeds() {
    return Feeds.NONE;
  }

  /** DNS with what DNSSEC makes of the answers. */
  default Dnssec dnssec() {
    return Dnssec.NONE;
  }

  /** The zones' own servers one by one. A network that has no such door asks none. */
  default NameServers nameServers() {
    return NameServers.NONE;
  }

  /**
   * The operator's resolvers one by one, those that confirm too: what each of them still remembers.
   * A network that has no such door knows none.
   */
  default List<OneResolver> eachResolver() {
    return List.of();
  }

  /** The time of this look, that of the judgement's {@link Context}. */
  default Instant now() {
    return Instant.now();
  }

  /**
   * The operator said that private addresses are meant ({@code smtp.allow_private}: a laboratory,
   * inner gateways).
   */
  default boolean allowsPrivate() {
    return false;
  }

  /** When the look at this domain must have ended. */
  Deadline deadline();
}
