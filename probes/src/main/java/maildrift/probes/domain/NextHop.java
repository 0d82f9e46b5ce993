package maildrift.probes.domain;

import java.util.Optional;
import maildrift.probes.dns.DnsName;

/**
 * A forwarding server or smarthost as a gateway's form takes it: {@code [host]} is an address
 * lookup, bare {@code host} an MX lookup, with an optional {@code :port}.
 *
 * @param written as the operator wrote it
 * @param host the name, or empty for an address literal
 * @param literal the address literal, when it is one
 * @param bracketed in {@code [ ]}
 */
public record NextHop(
    String written,
    Optional<DnsName> host,
    Optional<String> literal,
    boolean bracketed,
    int port) {}
