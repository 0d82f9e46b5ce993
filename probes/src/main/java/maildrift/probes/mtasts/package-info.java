/**
 * MTA-STS (RFC 8461): the TXT record by which a domain says that it has a policy. No mail server is
 * looked at here.
 */
@NullMarked
package maildrift.probes.mtasts;

import org.jspecify.annotations.NullMarked;
