/**
 * Where a domain takes its mail: the MX set, its hosts with their addresses and reverse names, and
 * the set that the inbound profile prescribes. What the hosts say over SMTP is not looked at here.
 */
@NullMarked
package maildrift.probes.mx;

import org.jspecify.annotations.NullMarked;
