/**
 * What happens, for programs that listen: the latest events and who gets them. Nothing here knows
 * HTTP, and nothing waits for a listener.
 */
@NullMarked
package maildrift.monitor.event;

import org.jspecify.annotations.NullMarked;
