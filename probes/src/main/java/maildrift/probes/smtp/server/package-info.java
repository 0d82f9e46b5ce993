/**
 * A small mail server on loopback for laboratories (the demo and the tests): greets, offers
 * STARTTLS, refuses all mail. Nothing of the monitor itself may depend on it.
 */
@NullMarked
package maildrift.probes.smtp.server;

import org.jspecify.annotations.NullMarked;
