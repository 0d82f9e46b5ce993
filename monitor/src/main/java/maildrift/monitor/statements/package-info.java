/**
 * The statements of the documents that maildrift came from, and what became of each:
 * docs/statements.md is printed from here.
 */
@NullMarked
package maildrift.monitor.statements;

import org.jspecify.annotations.NullMarked;
