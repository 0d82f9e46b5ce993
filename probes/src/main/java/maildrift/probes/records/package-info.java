/**
 * Records besides SPF, DKIM, DMARC and MX that a profile requires or forbids: automatic set-up of
 * mail clients, mostly. Asks nothing where nothing is prescribed.
 */
@NullMarked
package maildrift.probes.records;

import org.jspecify.annotations.NullMarked;
