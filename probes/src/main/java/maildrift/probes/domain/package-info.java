/**
 * What an operator declares: managed domains, tenants, gateways, allowlists, and what their
 * profiles prescribe. Values only.
 */
@NullMarked
package maildrift.probes.domain;

import org.jspecify.annotations.NullMarked;
