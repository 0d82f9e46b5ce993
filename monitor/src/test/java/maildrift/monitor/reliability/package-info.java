/** Faults that are injected, and what must hold then; their figures make RELIABILITY.md. */
@NullMarked
package maildrift.monitor.reliability;

import org.jspecify.annotations.NullMarked;
