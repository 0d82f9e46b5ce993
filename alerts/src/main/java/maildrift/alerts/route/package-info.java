/**
 * Routes and groups: which receiver hears of which alerts, together with which others, and when.
 * Pure.
 */
@NullMarked
package maildrift.alerts.route;

import org.jspecify.annotations.NullMarked;
