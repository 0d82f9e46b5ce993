package maildrift.probes.dns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What the DNS said. A question that could not be answered is not the same as a "no". */
public sealed interface Answer {

  /** Who said so: {@code address:port} of the server, possibly through the cache. */
  String server();

  /**
   * Records of the asked type exist.
   *
   * @param records in canonical order (sorted), so that equality means equality; never empty
   * @param aliases the CNAME chain that led there, in order, the last element being the records'
   *     owner; empty without CNAME
   * @param ttl the smallest TTL on the way, as received (from a cache: what is left)
   * @param validated the server set AD, and is trusted to have validated (RFC 6840 §5.7)
   */
  record Found(
      List<Rdata> records, List<DnsName> aliases, Duration ttl, String server, boolean validated)
      implements Answer {
    public Found {
      records = List.copyOf(records);
      aliases = List.copyOf(aliases);
      if (records.isEmpty()) {
        throw new IllegalArgumentException("no records is NoData, not Found");
      }
    }
  }

  /**
   * The name exists, the type does not (RFC 2308 §2.2). {@code aliases} as in {@link Found}; a
   * dangling chain ends here.
   */
  record NoData(List<DnsName> aliases, Duration ttl, String server, boolean validated)
      implements Answer {
    public NoData {
      aliases = List.copyOf(aliases);
    }
  }

  /**
   * NXDOMAIN: there is no such name (RFC 2308 §2.1); with {@code aliases}, the last of them does
   * not exist.
   */
  record NoSuchName(List<DnsName> aliases, Duration ttl, String server, boolean validated)
      implements Answer {
    public NoSuchName {
      aliases = List.copyOf(aliases);
    }
  }

  /** Nothing is known. */
  record Unanswered(Failure failure, String why, String server) implements Answer {
    @Override
    public List<DnsName> aliases() {
      return List.of();
    }
  }

  /** Why nothing is known; the values of the metric label {@code reason}, in lower case. */
  enum Failure {
    /** No answer within the deadline. */
    TIMEOUT,
    SERVFAIL,
    REFUSED,
    /** FORMERR, NOTIMP, BADVERS and all other response codes. */
    RCODE,
    /** No route, port closed, connection refused or reset. */
    NETWORK,
    /** Wrong id, question, case or address, over UDP and again over TCP. */
    MISMATCH,
    /** Not a DNS message, or one beyond our bounds. */
    MALFORMED,
    /** A CNAME loop, or a chain longer than 16. */
    CHAIN,
    /** The authoritative servers contradict each other. */
    INCONSISTENT,
    /** The resolvers contradict each other, and no authoritative server could be asked. */
    DISPUTED,
    /** The question itself cannot be asked, e.g. a name longer than 255 octets. */
    UNASKABLE;

    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** The CNAME chain that was followed, in order; empty without one, and where nothing is known. */
  List<DnsName> aliases();

  /** NXDOMAIN or no data: DNS said that there is none. */
  default boolean isAbsent() {
    return this instanceof NoData || this instanceof NoSuchName;
  }

  /** The records of one kind, in order; empty when absent or unanswered. */
  default <R extends Rdata> List<R> records(Class<R> kind) {
    if (!(this instanceof Found found)) {
      return List.of();
    }
    var records = new ArrayList<R>(found.records().size());
    for (var data : found.records()) {
      if (kind.isInstance(data)) {
        records.add(kind.cast(data));
      }
    }
    return Collections.unmodifiableList(records);
  }
}
