/**
 * Checklists: what has to be done in which order, and how far a domain is. The steps are data, read
 * by the configuration; here is what they mean and how a domain's state answers them. Pure: no
 * store, no network, no clock.
 */
@NullMarked
package maildrift.monitor.checklist;

import org.jspecify.annotations.NullMarked;
