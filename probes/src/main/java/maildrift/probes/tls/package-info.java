/**
 * STARTTLS and certificates of mail hosts: what chain was presented, whose roots it reaches, which
 * names it carries, how well a leg is protected. Pure but for {@link
 * maildrift.probes.tls.TlsProbe}'s observation; the handshake itself belongs to {@link
 * maildrift.probes.smtp}.
 */
@NullMarked
package maildrift.probes.tls;

import org.jspecify.annotations.NullMarked;
