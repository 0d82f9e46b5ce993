/**
 * Writing HTML in which text from outside can only be text. What a page says belongs to those who
 * serve or print it.
 */
@NullMarked
package maildrift.monitor.html;

import org.jspecify.annotations.NullMarked;
