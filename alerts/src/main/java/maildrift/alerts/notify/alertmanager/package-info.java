/** Alertmanager's API v2: alerts are posted to every instance and refreshed while they fire. */
@NullMarked
package maildrift.alerts.notify.alertmanager;

import org.jspecify.annotations.NullMarked;
