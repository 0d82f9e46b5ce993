/** What the documents promise is held here: tables, paths and commands. */
@NullMarked
package maildrift.monitor.docs;

import org.jspecify.annotations.NullMarked;
