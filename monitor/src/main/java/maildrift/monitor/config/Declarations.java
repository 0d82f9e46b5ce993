package maildrift.monitor.config;

import java.util.List;
import java.util.Map;
import maildrift.monitor.checklist.ChecklistCatalog;
import maildrift.probes.Severity;
import maildrift.probes.domain.Blocklist;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.Tenant;
import maildrift.probes.profile.ProfileCatalog;

/**
 * What domains refer to by name.
 *
 * @param severities for every domain
 * @param tenantSeverities by tenant
 * @param blocklists that are asked about every domain
 * @param checklists the built-in ones and the operator's own
 */
record Declarations(
    Map<String, Tenant> tenants,
    Map<String, Gateway> gateways,
    Map<String, AllowlistConfig> allowlists,
    ProfileCatalog profiles,
    Map<String, Severity> severities,
    Map<String, Map<String, Severity>> tenantSeverities,
    List<Blocklist> blocklists,
    ChecklistCatalog checklists) {

  Declarations {
    blocklists = List.copyOf(blocklists);
  }
}
