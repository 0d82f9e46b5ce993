package maildrift.monitor.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.mute.Maintenance;
import maildrift.monitor.checklist.ChecklistCatalog;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Blocklist;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Tenant;
import maildrift.probes.profile.ProfileCatalog;

/**
 * One immutable snapshot of everything the operator wrote. What exists is valid: names resolve,
 * files were read, defaults are filled in.
 *
 * @param baseline whether the first gapless observation of a domain is accepted by itself
 * @param domains in the order written
 * @param discovery lists of further domains, by name
 */
public record MonitorConfig(
    DaemonConfig daemon,
    Declarations declarations,
    AlertsConfig alerts,
    BaselineMode baseline,
    List<ManagedDomain> domains,
    List<Maintenance> maintenance,
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
          DaemonConfig.DEFAULT,
          Declarations.DEFAULT,
          AlertsConfig.DEFAULT,
          BaselineMode.FIRST,
          List.of(),
          List.of(),
          Map.of());

  public MonitorConfig {
    domains = List.copyOf(domains);
    maintenance = List.copyOf(maintenance);
    discovery = Declarations.inOrder(discovery);
  }

  /** The same with other settings for looking at mail servers. */
  public MonitorConfig with(SmtpConfig value) {
    return with(daemon.with(value), domains);
  }

  MonitorConfig with(DnsConfig value) {
    return with(daemon.with(value), domains);
  }

  MonitorConfig with(List<ManagedDomain> value) {
    return with(daemon, value);
  }

  private MonitorConfig with(DaemonConfig otherDaemon, List<ManagedDomain> otherDomains) {
    return new MonitorConfig(
        otherDaemon, declarations, alerts, baseline, otherDomains, maintenance, discovery);
  }

  /**
   * What concerns these domains alone: whoever is limited to their tenants learns nothing of the
   * others, nor who is told.
   */
  public MonitorConfig limited(
      Set<String> ids, List<ManagedDomain> theirs, List<Maintenance> windows) {
    return new MonitorConfig(
        daemon,
        declarations.limited(ids, theirs),
        AlertsConfig.DEFAULT,
        baseline,
        theirs,
        windows,
        Map.of());
  }

  public Optional<ManagedDomain> domain(DnsName name) {
    return domains.stream().filter(domain -> domain.name().equals(name)).findFirst();
  }

  public DnsConfig dns() {
    return daemon.dns();
  }

  public SmtpConfig smtp() {
    return daemon.smtp();
  }

  public HttpsConfig https() {
    return daemon.https();
  }

  public FeedConfig feeds() {
    return daemon.feeds();
  }

  public HttpConfig http() {
    return daemon.http();
  }

  public StoreConfig store() {
    return daemon.store();
  }

  public ScheduleConfig schedule() {
    return daemon.schedule();
  }

  public MetricsConfig metrics() {
    return daemon.metrics();
  }

  public Map<String, Tenant> tenants() {
    return declarations.tenants();
  }

  public Map<String, Gateway> gateways() {
    return declarations.gateways();
  }

  public Map<String, AllowlistConfig> allowlists() {
    return declarations.allowlists();
  }

  public ProfileCatalog profiles() {
    return declarations.profiles();
  }

  public Map<String, Severity> severities() {
    return declarations.severities();
  }

  public Map<String, Map<String, Severity>> tenantSeverities() {
    return declarations.tenantSeverities();
  }

  public List<Blocklist> blocklists() {
    return declarations.blocklists();
  }

  public ChecklistCatalog checklists() {
    return declarations.checklists();
  }
}
