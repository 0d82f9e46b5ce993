/**
 * A domain's turn, from the look to what is stored and told: observe, judge, compare, step the
 * alerts, commit, publish. The one small translation from findings to alerts is here.
 *
 * <p>{@link maildrift.monitor.watch.Watch} takes turns. {@code Opinions} asks the network, as often
 * as it takes to believe what is seen; {@code Settlement} makes of that what is stored, remembered
 * and told; {@code RecordNotes} keeps what records were; {@code Acceptance} is a person's word.
 * What is remembered of one domain is in {@code DomainWatch}, of all together in {@code
 * SharedRecords}, {@code KeyRing} and {@link maildrift.monitor.watch.Published}. {@link
 * maildrift.monitor.watch.AlertDesk} makes notifications of alerts that changed.
 */
@NullMarked
package maildrift.monitor.watch;

import org.jspecify.annotations.NullMarked;
