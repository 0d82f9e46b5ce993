package maildrift.probes.dns;

/**
 * What one of a zone's own servers said, with the TTL as published.
 *
 * @param nameServer its name; its address where it is configured by address
 * @param server where it was asked
 * @param answer a CNAME chain that leaves the zone ends as {@link Answer.NoData} with aliases
 */
public record NameServerAnswer(String nameServer, DnsServer server, Answer answer) {}
