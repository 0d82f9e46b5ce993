/** The store's tests: one contract for all, and what can happen to files and processes. */
@NullMarked
package maildrift.monitor.store;

import org.jspecify.annotations.NullMarked;
