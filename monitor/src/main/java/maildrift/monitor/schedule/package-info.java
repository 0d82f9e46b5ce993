/**
 * When is whose turn? The event loop's wheel for domains, Quartz for calendar work; both live here
 * and nowhere else.
 */
@NullMarked
package maildrift.monitor.schedule;

import org.jspecify.annotations.NullMarked;
