/**
 * Asks DNS for what tells a domain's providers. What it means is decided by {@link
 * maildrift.probes.profile.Detector}; here is only the asking, bounded.
 */
@NullMarked
package maildrift.probes.detect;

import org.jspecify.annotations.NullMarked;
