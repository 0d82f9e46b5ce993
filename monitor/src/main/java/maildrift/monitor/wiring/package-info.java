/**
 * From configuration to the parts that do the work: the daemon's straight line, and the mappings
 * that it and the command line share.
 */
@NullMarked
package maildrift.monitor.wiring;

import org.jspecify.annotations.NullMarked;
