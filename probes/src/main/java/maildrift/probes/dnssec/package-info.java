/**
 * DNSSEC (RFC 4033 to 4035, 9364) of a domain: is it signed, do the signatures hold, and for how
 * long yet? The validation itself is behind {@link maildrift.probes.dns.Dnssec}; here is only what
 * its results mean.
 */
@NullMarked
package maildrift.probes.dnssec;

import org.jspecify.annotations.NullMarked;
