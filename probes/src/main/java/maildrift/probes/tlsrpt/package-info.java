/**
 * TLS reporting (RFC 8460): the TXT record by which a domain says where reports of failed TLS go.
 * Reports themselves are not read here.
 */
@NullMarked
package maildrift.probes.tlsrpt;

import org.jspecify.annotations.NullMarked;
