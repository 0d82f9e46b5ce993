/**
 * The zone that a domain's records are in, and the servers that serve it: do they all serve it, and
 * the same one? What the records themselves say is judged elsewhere.
 */
@NullMarked
package maildrift.probes.zone;

import org.jspecify.annotations.NullMarked;
