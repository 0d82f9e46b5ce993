/** Push messages by ntfy, over its JSON interface. */
@NullMarked
package maildrift.alerts.notify.ntfy;

import org.jspecify.annotations.NullMarked;
