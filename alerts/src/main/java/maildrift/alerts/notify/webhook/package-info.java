/** A signed POST, as Standard Webhooks has it, of Alertmanager's payload. */
@NullMarked
package maildrift.alerts.notify.webhook;

import org.jspecify.annotations.NullMarked;
