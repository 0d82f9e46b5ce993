/**
 * The door to DNS: questions, the sealed answer, transport, cache, authoritative lookups. The only
 * package that knows dnsjava.
 */
@NullMarked
package maildrift.probes.dns;

import org.jspecify.annotations.NullMarked;
