/**
 * Address arithmetic: networks, sets of them, and drift between what is published and what is
 * accepted.
 */
@NullMarked
package maildrift.probes.network;

import org.jspecify.annotations.NullMarked;
