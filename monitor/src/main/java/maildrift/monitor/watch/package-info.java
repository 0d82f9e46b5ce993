/**
 * A domain's turn, from the look to what is stored and told: observe, judge, compare, step the
 * alerts, commit, publish. The one small translation from findings to alerts is here.
 */
@NullMarked
package maildrift.monitor.watch;

import org.jspecify.annotations.NullMarked;
