/**
 * A small mail world on loopback, built from the documented cases, that drifts while the daemon
 * watches: name server, gateways with STARTTLS, a webhook receiver, and a script. Real protocols,
 * the real daemon, nobody outside.
 */
@NullMarked
package maildrift.monitor.demo;

import org.jspecify.annotations.NullMarked;
