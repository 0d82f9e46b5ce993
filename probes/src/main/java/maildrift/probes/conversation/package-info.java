/**
 * How mail hosts behave in SMTP beyond greeting and TLS: what they offer inside TLS, and, where the
 * operator allows it, what they do when asked. The conversations themselves are the mail door's;
 * certificates and protocols are the tls probe's.
 */
@NullMarked
package maildrift.probes.conversation;

import org.jspecify.annotations.NullMarked;
