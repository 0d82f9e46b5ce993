/**
 * BIMI: the logo that a domain asks mail programs to show. All of it is information, and none of it
 * is security; only a mark certificate that runs out is a warning, because it was paid for.
 */
@NullMarked
package maildrift.probes.bimi;

import org.jspecify.annotations.NullMarked;
