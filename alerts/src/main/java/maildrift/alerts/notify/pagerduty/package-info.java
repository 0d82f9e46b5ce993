/** Events for PagerDuty, over its Events API v2. */
@NullMarked
package maildrift.alerts.notify.pagerduty;

import org.jspecify.annotations.NullMarked;
