/**
 * CAA (RFC 8659): which authorities may issue certificates for a domain and its mail hosts, and
 * whether those that did may do so again. Certificates are read from what mail hosts present; none
 * is judged here.
 */
@NullMarked
package maildrift.probes.caa;

import org.jspecify.annotations.NullMarked;
