/**
 * What an operator declares, held against DNS, mail servers and the other declarations: that what
 * is named exists and answers, that settings of one place agree with those of another, and that no
 * list lets in whom it should not. What is not declared is never judged.
 */
@NullMarked
package maildrift.probes.declared;

import org.jspecify.annotations.NullMarked;
