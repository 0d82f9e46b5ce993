/**
 * What is true of a domain? A {@link maildrift.probes.Probe} observes (I/O) and judges (pure); a
 * {@link maildrift.probes.Judgement} holds what was found and what could not be seen. Nothing here
 * knows alerts, storage or HTTP servers.
 */
@NullMarked
package maildrift.probes;

import org.jspecify.annotations.NullMarked;
