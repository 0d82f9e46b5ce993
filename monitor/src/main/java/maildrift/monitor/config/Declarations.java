package maildrift.monitor.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.monitor.checklist.ChecklistCatalog;
import maildrift.probes.Severity;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.Blocklist;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Tenant;
import maildrift.probes.profile.ProfileCatalog;

/**
 * What domains refer to by name, and what holds for all of them; of each domain it is in it
 * already.
 *
 * @param profiles the built-in ones and the operator's own
 * @param severities re-graded rules, for every domain
 * @param tenantSeverities re-graded rules, by tenant
 * @param blocklists that are asked about every domain
 * @param checklists the built-in ones and the operator's own
 */
public record Declarations(
    Map<String, Tenant> tenants,
    Map<String, Gateway> gateways,
    Map<String, AllowlistConfig> allowlists,
    ProfileCatalog profiles,
    Map<String, Severity> severities,
    Map<String, Map<String, Severity>> tenantSeverities,
    List<Blocklist> blocklists,
    ChecklistCatalog checklists) {
  static final Declarations DEFAULT =
      new Declarations(
          Map.of(),
          Map.of(),
          Map.of(),
          ProfileCatalog.builtIn(),
          Map.of(),
          Map.of(),
          List.of(),
          BuiltInChecklists.catalog());

  public Declarations {
    tenants = inOrder(tenants);
    gateways = inOrder(gateways);
    allowlists = inOrder(allowlists);
    severities = Map.copyOf(severities);
    tenantSeverities = Map.copyOf(tenantSeverities);
    blocklists = List.copyOf(blocklists);
  }

  static <T> Map<String, T> inOrder(Map<String, T> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** What these tenants and their domains refer to. */
  Declarations limited(Set<String> ids, List<ManagedDomain> theirs) {
    var lists =
        theirs.stream()
            .flatMap(domain -> domain.allowlist().map(Allowlist::name).stream())
            .collect(Collectors.toSet());
    var used =
        theirs.stream()
            .flatMap(domain -> domain.gateways().stream().map(Gateway::id))
            .collect(Collectors.toSet());
    return new Declarations(
        only(ids, tenants),
        only(used, gateways),
        only(lists, allowlists),
        profiles,
        severities,
        only(ids, tenantSeverities),
        blocklists,
        checklists);
  }

  private static <T> Map<String, T> only(Set<String> names, Map<String, T> map) {
    var some = new LinkedHashMap<>(map);
    some.keySet().retainAll(names);
    return some;
  }
}
