/**
 * The one door to the web: requests to addresses that were resolved once, checked, and pinned; no
 * redirects, everything bounded. Knows no alerts.
 */
@NullMarked
package maildrift.alerts.notify.http;

import org.jspecify.annotations.NullMarked;
