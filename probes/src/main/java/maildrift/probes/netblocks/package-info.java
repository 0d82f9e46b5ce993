/**
 * The networks that providers publish, beside the ones that a gateway accepts: what is missing,
 * stale or wider, with the list to paste.
 */
@NullMarked
package maildrift.probes.netblocks;

import org.jspecify.annotations.NullMarked;
