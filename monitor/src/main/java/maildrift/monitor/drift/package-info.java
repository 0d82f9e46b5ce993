/** Drift: what differs from the accepted baseline, old and new side by side. Pure. */
@NullMarked
package maildrift.monitor.drift;

import org.jspecify.annotations.NullMarked;
