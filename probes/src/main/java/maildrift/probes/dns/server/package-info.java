/**
 * A small name server on loopback for the demo and the tests: zone data that can change while it
 * runs, and faults. It is built on dnsjava, so that our own codec never talks to itself. Not for
 * serving anybody else.
 */
@NullMarked
package maildrift.probes.dns.server;

import org.jspecify.annotations.NullMarked;
