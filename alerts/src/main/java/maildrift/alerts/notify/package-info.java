/**
 * How receivers are told. One package a kind of receiver, one line in {@link
 * maildrift.alerts.notify.ReceiverCatalog}; a notifier says what happened and decides nothing:
 * retries, order and suppression are the outbox's.
 */
@NullMarked
package maildrift.alerts.notify;

import org.jspecify.annotations.NullMarked;
