package maildrift.monitor.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.alerts.mute.Maintenance;
import maildrift.monitor.checklist.ChecklistCatalog;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.Blocklist;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Tenant;
import maildrift.probes.profile.ProfileCatalog;

/**
 * One immutable snapshot of everything the operator wrote. What exists is valid: names resolve,
 * files were read, defaults are filled in.
 *
 * @param severities re-graded rules, for every domain; they are in each domain already, merged with
 *     those of its tenant and its own
 * @param tenantSeverities re-graded rules, by tenant
 * @param baseline whether the first gapless observation of a domain is accepted by itself
 * @param profiles the built-in ones and the operator's own
 * @param blocklists that are asked about every domain; they are in each domain already
 * @param domains in the order written
 * @param checklists the built-in ones and the operator's own
 * @param discovery lists of further domains, by name
 */
public record MonitorConfig(
    DnsConfig dns,
    SmtpConfig smtp,
    HttpsConfig https,
    FeedConfig feeds,
    HttpConfig http,
    StoreConfig store,
    ScheduleConfig schedule,
    MetricsConfig metrics,
    AlertsConfig alerts,
    BaselineMode baseline,
    Map<String, Severity> severities,
    Map<String, Map<String, Severity>> tenantSeverities,
    ProfileCatalog profiles,
    Map<String, Tenant> tenants,
    Map<String, Gateway> gateways,
    Map<String, AllowlistConfig> allowlists,
    List<Blocklist> blocklists,
    List<ManagedDomain> domains,
    List<Maintenance> maintenance,
    ChecklistCatalog checklists,
    Map<String, DiscoveryConfig> discovery) {

  /** How a domain gets its first baseline. */
  public enum BaselineMode {
    /** The first gapless observation is accepted by itself. */
    FIRST,
    /** A person accepts it. */
    MANUAL;

    public String word() {
      return switch (this) {
        case FIRST -> "first";
        case MANUAL -> "manual";
      };
    }
  }

  /** Nothing written at all: no domains, nobody told, the system's resolvers. */
  public static final MonitorConfig DEFAULT =
      new MonitorConfig(
          DnsConfig.DEFAULT,
          SmtpConfig.DEFAULT,
          HttpsConfig.DEFAULT,
          FeedConfig.DEFAULT,
          HttpConfig.DEFAULT,
          StoreConfig.DEFAULT,
          ScheduleConfig.DEFAULT,
          MetricsConfig.DEFAULT,
          AlertsConfig.DEFAULT,
          BaselineMode.FIRST,
          Map.of(),
          Map.of(),
          ProfileCatalog.builtIn(),
          Map.of(),
          Map.of(),
          Map.of(),
          List.of(),
          List.of(),
          List.of(),
          BuiltInChecklists.catalog(),
          Map.of());

  public MonitorConfig {
    severities = Map.copyOf(severities);
    tenantSeverities = Map.copyOf(tenantSeverities);
    tenants = inOrder(tenants);
    gateways = inOrder(gateways);
    allowlists = inOrder(allowlists);
    blocklists = List.copyOf(blocklists);
    domains = List.copyOf(domains);
    maintenance = List.copyOf(maintenance);
    discovery = inOrder(discovery);
  }

  private static <T> Map<String, T> inOrder(Map<String, T> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** The same with other settings for looking at mail servers. */
  public MonitorConfig with(SmtpConfig value) {
    return with(dns, value, domains);
  }

  MonitorConfig with(DnsConfig value) {
    return with(value, smtp, domains);
  }

  MonitorConfig with(List<ManagedDomain> value) {
    return with(dns, smtp, value);
  }

  /**
   * What concerns these domains alone: whoever is limited to their tenants learns nothing of the
   * others, nor who is told.
   */
  public MonitorConfig limited(
      Set<String> ids, List<ManagedDomain> theirs, List<Maintenance> windows) {
    var lists =
        theirs.stream()
            .flatMap(domain -> domain.allowlist().map(Allowlist::name).stream())
            .collect(Collectors.toSet());
    var used =
        theirs.stream()
            .flatMap(domain -> domain.gateways().stream().map(Gateway::id))
            .collect(Collectors.toSet());
    return new MonitorConfig(
        dns,
        smtp,
        https,
        feeds,
        http,
        store,
        schedule,
        metrics,
        AlertsConfig.DEFAULT,
        baseline,
        severities,
        only(ids, tenantSeverities),
        profiles,
        only(ids, tenants),
        only(used, gateways),
        only(lists, allowlists),
        blocklists,
        theirs,
        windows,
        checklists,
        Map.of());
  }

  private static <T> Map<String, T> only(Set<String> names, Map<String, T> map) {
    var some = new LinkedHashMap<>(map);
    some.keySet().retainAll(names);
    return some;
  }

  private MonitorConfig with(
      DnsConfig otherDns, SmtpConfig otherSmtp, List<ManagedDomain> otherDomains) {
    return new MonitorConfig(
        otherDns,
        otherSmtp,
        https,
        feeds,
        http,
        store,
        schedule,
        metrics,
        alerts,
        baseline,
        severities,
        tenantSeverities,
        profiles,
        tenants,
        gateways,
        allowlists,
        blocklists,
        otherDomains,
        maintenance,
        checklists,
        discovery);
  }

  public Optional<ManagedDomain> domain(DnsName name) {
    return domains.stream().filter(domain -> domain.name().equals(name)).findFirst();
  }
}
