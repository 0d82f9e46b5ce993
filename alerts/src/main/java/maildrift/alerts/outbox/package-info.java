/**
 * What is owed to receivers, durable: a notification is committed with the state that caused it,
 * then sent until it arrived.
 */
@NullMarked
package maildrift.alerts.outbox;

import org.jspecify.annotations.NullMarked;
