/**
 * The door to DNS: questions, the sealed answer, transport, cache, authoritative lookups. {@link
 * maildrift.probes.dns.DnsDoor} is the way in. The only package that opens a socket to a name
 * server; what a record means is for the packages of its protocol.
 */
@NullMarked
package maildrift.probes.dns;

import org.jspecify.annotations.NullMarked;
