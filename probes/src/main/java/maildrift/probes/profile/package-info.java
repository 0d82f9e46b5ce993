/**
 * What providers prescribe, as data: YAML resources that are read once, and the operator's own
 * profiles in the same shape. The schema is documented in {@code profiles/README.md} beside the
 * built-in ones. Nothing here looks at the network.
 */
@NullMarked
package maildrift.probes.profile;

import org.jspecify.annotations.NullMarked;
