/**
 * DANE for SMTP (RFC 6698, 7671, 7672): the TLSA records of a domain's MX hosts, held against what
 * the hosts present. Mail hosts are spoken to by the shared looks of {@link
 * maildrift.probes.tls.MailHosts}, DNSSEC is validated behind {@link maildrift.probes.dns.Dnssec};
 * here is only what they mean together.
 */
@NullMarked
package maildrift.probes.dane;

import org.jspecify.annotations.NullMarked;
