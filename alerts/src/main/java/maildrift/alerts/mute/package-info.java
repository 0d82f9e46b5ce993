/**
 * What is not told for now, and until when: silences that a person sets, and maintenance windows of
 * the configuration. Pure.
 */
@NullMarked
package maildrift.alerts.mute;

import org.jspecify.annotations.NullMarked;
