/**
 * What mail programs set themselves up by: SRV records, autodiscover, autoconfig, and the servers
 * that these name. What a provider prescribes of them does not belong here: the records probe
 * compares that.
 */
@NullMarked
package maildrift.probes.autosetup;

import org.jspecify.annotations.NullMarked;
