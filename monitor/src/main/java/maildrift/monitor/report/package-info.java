/**
 * The compliance report: which demands of which framework a look at a domain meets, with the
 * evidence and its time. Pure but for reading the table of frameworks; nothing is looked at here.
 */
@NullMarked
package maildrift.monitor.report;

import org.jspecify.annotations.NullMarked;
