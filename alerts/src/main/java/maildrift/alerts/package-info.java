/**
 * Who should hear, and when? Knows labels, time and receivers; never DNS. The words are
 * Alertmanager's.
 */
@NullMarked
package maildrift.alerts;

import org.jspecify.annotations.NullMarked;
