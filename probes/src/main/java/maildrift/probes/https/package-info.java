/**
 * The door to the web for probes: one GET of one document, at addresses that the caller asked our
 * own DNS for and that are checked before anything is sent. No redirects, no caches of others,
 * everything bounded. What a document means does not belong here; neither does the web of the
 * alerts, which must not know this module (and whose requests carry secrets and bodies).
 */
@NullMarked
package maildrift.probes.https;

import org.jspecify.annotations.NullMarked;
