/**
 * The door to mail servers: banner, EHLO, STARTTLS and the certificate chain, every read bounded;
 * never sends mail.
 */
@NullMarked
package maildrift.probes.smtp;

import org.jspecify.annotations.NullMarked;
