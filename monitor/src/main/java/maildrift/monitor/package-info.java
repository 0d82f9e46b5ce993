/**
 * The daemon and the command line: main, wiring, and the one small translation between probes and
 * alerts.
 */
@NullMarked
package maildrift.monitor;

import org.jspecify.annotations.NullMarked;
