/** Who has taken an alert, and until when that holds. Pure. */
@NullMarked
package maildrift.alerts.ack;

import org.jspecify.annotations.NullMarked;
