package maildrift.monitor.config;

import java.util.Map;
import maildrift.probes.Severity;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.Tenant;
import maildrift.probes.profile.ProfileCatalog;

/**
 * What domains refer to by name.
 *
 * @param severities for every domain
 * @param tenantSeverities by tenant
 */
record Declarations(
    Map<String, Tenant> tenants,
    Map<String, Gateway> gateways,
    Map<String, AllowlistConfig> allowlists,
    ProfileCatalog profiles,
    Map<String, Severity> severities,
    Map<String, Map<String, Severity>> tenantSeverities) {}
