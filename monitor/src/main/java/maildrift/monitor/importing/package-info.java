/**
 * Lists of domains as other programs keep them (CSV, Postfix transport tables), read into
 * configuration. Pure: text in, domains and problems out.
 */
@NullMarked
package maildrift.monitor.importing;

import org.jspecify.annotations.NullMarked;
