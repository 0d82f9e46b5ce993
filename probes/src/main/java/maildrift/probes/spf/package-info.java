/**
 * SPF (RFC 7208): the record's grammar as types, {@code check_host()} with all its limits, the
 * static tree of what a record includes and authorises, and the probe that judges it. Asks through
 * {@link maildrift.probes.dns.Dns} only; knows no JSON, no other protocol, and nothing of how it is
 * shown except for the tree as text.
 */
@NullMarked
package maildrift.probes.spf;

import org.jspecify.annotations.NullMarked;
