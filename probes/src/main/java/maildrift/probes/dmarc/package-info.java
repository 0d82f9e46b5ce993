/**
 * DMARC: the record's grammar, policy discovery by the tree walk of RFC 9989 and by the public
 * suffix list of RFC 7489 beside it, where reports go, and the probe. Reports themselves are not
 * read here.
 */
@NullMarked
package maildrift.probes.dmarc;

import org.jspecify.annotations.NullMarked;
