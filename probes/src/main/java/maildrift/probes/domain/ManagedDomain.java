package maildrift.probes.domain;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;

/**
 * A mail domain that an operator answers for, with the half of the truth that DNS cannot show.
 *
 * @param prescriptions what its profiles prescribe, in the order written
 * @param dkim selectors the operator declared, in the order written (those of profiles are in the
 *     prescriptions)
 * @param allowlist "Allowed sending servers for this domain"; empty: undeclared
 * @param forwardingServers where the gateway hands the domain's mail to, in the order written
 * @param smarthosts where the gateway sends the domain's outgoing mail, in the order written
 * @param tlsLevel the level that must be reached; empty: undeclared
 * @param dmarcPolicy the policy that must at least be in force: {@code none}, {@code quarantine},
 *     {@code reject}
 * @param skip names of probes to leave out
 * @param severities re-graded rules, by id
 * @param blocklists that are asked about it, in the order written
 * @param declared settings elsewhere that nothing outside shows
 * @param neighbours what the operator's other domains have to do with it
 * @param migrations its declared moves from one profile to another, by their start; no two of them
 *     overlap. The prescriptions hold what one of them begins or ends with, if any
 */
public record ManagedDomain(
    DnsName name,
    Tenant tenant,
    List<Prescription> prescriptions,
    List<DkimExpectation> dkim,
    Optional<Allowlist> allowlist,
    List<NextHop> forwardingServers,
    List<NextHop> smarthosts,
    Optional<TlsLevel> tlsLevel,
    List<Gateway> gateways,
    Optional<String> dmarcPolicy,
    Set<String> skip,
    List<Waiver> waivers,
    Map<String, Severity> severities,
    List<Blocklist> blocklists,
    Declared declared,
    Neighbours neighbours,
    List<Migration> migrations) {

  public ManagedDomain {
    prescriptions = List.copyOf(prescriptions);
    dkim = List.copyOf(dkim);
    forwardingServers = List.copyOf(forwardingServers);
    smarthosts = List.copyOf(smarthosts);
    gateways = List.copyOf(gateways);
    skip = Set.copyOf(skip);
    waivers = List.copyOf(waivers);
    severities = Map.copyOf(severities);
    blocklists = List.copyOf(blocklists);
    migrations = migrations.stream().sorted(Comparator.comparing(Migration::start)).toList();
  }

  /** One about which no blocklist is asked. */
  public ManagedDomain(
      DnsName name,
      Tenant tenant,
      List<Prescription> prescriptions,
      List<DkimExpectation> dkim,
      Optional<Allowlist> allowlist,
      List<NextHop> forwardingServers,
      List<NextHop> smarthosts,
      Optional<TlsLevel> tlsLevel,
      List<Gateway> gateways,
      Optional<String> dmarcPolicy,
      Set<String> skip,
      List<Waiver> waivers,
      Map<String, Severity> severities) {
    this(
        name,
        tenant,
        prescriptions,
        dkim,
        allowlist,
        forwardingServers,
        smarthosts,
        tlsLevel,
        gateways,
        dmarcPolicy,
        skip,
        waivers,
        severities,
        List.of(),
        Declared.NOTHING,
        Neighbours.NONE,
        List.of());
  }

  /** A domain of which nothing is declared: only the general rules apply. */
  public static ManagedDomain undeclared(DnsName name) {
    return new ManagedDomain(
        name,
        Tenant.NONE,
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Set.of(),
        List.of(),
        Map.of());
  }

  /**
   * The one that prescribes MX: the first with role inbound. While the domain is moving, what both
   * states make of it.
   */
  public Optional<Prescription> inbound() {
    var first = prescriptions.stream().filter(p -> p.role() == Role.INBOUND).findFirst();
    return first.map(one -> one.isAlternative() ? BothStates.inbound(prescriptions) : one);
  }

  /**
   * The declaration as it holds at a time: before a migration begins its old state is prescribed,
   * within the window either will do, from its end on the new one is prescribed. Its only migration
   * is then the one that counts at that time. The same object where nothing migrates.
   */
  public ManagedDomain asOf(Instant now) {
    return migrations.isEmpty() ? this : BothStates.of(this, now);
  }

  /** The migration that counts; of a declaration as it is written, the first. */
  public Optional<Migration> migration() {
    return migrations.stream().findFirst();
  }

  /** The first forwarding server. */
  public Optional<NextHop> forwardingServer() {
    return forwardingServers.stream().findFirst();
  }

  /** The first smarthost. */
  public Optional<NextHop> smarthost() {
    return smarthosts.stream().findFirst();
  }

  public ManagedDomain prescriptions(List<Prescription> value) {
    return with(parts -> parts.prescriptions = value);
  }

  public ManagedDomain dkim(List<DkimExpectation> value) {
    return with(parts -> parts.dkim = value);
  }

  public ManagedDomain allowlist(Allowlist value) {
    return with(parts -> parts.allowlist = Optional.of(value));
  }

  public ManagedDomain tlsLevel(TlsLevel value) {
    return with(parts -> parts.tlsLevel = Optional.of(value));
  }

  public ManagedDomain dmarcPolicy(String value) {
    return with(parts -> parts.dmarcPolicy = Optional.of(value));
  }

  public ManagedDomain gateways(List<Gateway> value) {
    return with(parts -> parts.gateways = value);
  }

  public ManagedDomain skip(Set<String> value) {
    return with(parts -> parts.skip = value);
  }

  public ManagedDomain waivers(List<Waiver> value) {
    return with(parts -> parts.waivers = value);
  }

  public ManagedDomain blocklists(List<Blocklist> value) {
    return with(parts -> parts.blocklists = value);
  }

  public ManagedDomain severities(Map<String, Severity> value) {
    return with(parts -> parts.severities = value);
  }

  public ManagedDomain forwardingServers(List<NextHop> value) {
    return with(parts -> parts.forwardingServers = value);
  }

  public ManagedDomain smarthosts(List<NextHop> value) {
    return with(parts -> parts.smarthosts = value);
  }

  public ManagedDomain declared(Declared value) {
    return with(parts -> parts.declared = value);
  }

  public ManagedDomain neighbours(Neighbours value) {
    return with(parts -> parts.neighbours = value);
  }

  public ManagedDomain migration(Migration value) {
    return migrations(List.of(value));
  }

  public ManagedDomain migrations(List<Migration> value) {
    return with(parts -> parts.migrations = value);
  }

  /** The same but for what {@code change} sets. */
  private ManagedDomain with(Consumer<Parts> change) {
    var parts = new Parts(this);
    change.accept(parts);
    return parts.domain();
  }

  /** A declaration on its way to the next one. */
  private static final class Parts {
    private DnsName name;
    private Tenant tenant;
    private List<Prescription> prescriptions;
    private List<DkimExpectation> dkim;
    private Optional<Allowlist> allowlist;
    private List<NextHop> forwardingServers;
    private List<NextHop> smarthosts;
    private Optional<TlsLevel> tlsLevel;
    private List<Gateway> gateways;
    private Optional<String> dmarcPolicy;
    private Set<String> skip;
    private List<Waiver> waivers;
    private Map<String, Severity> severities;
    private List<Blocklist> blocklists;
    private Declared declared;
    private Neighbours neighbours;
    private List<Migration> migrations;

    Parts(ManagedDomain from) {
      name = from.name;
      tenant = from.tenant;
      prescriptions = from.prescriptions;
      dkim = from.dkim;
      allowlist = from.allowlist;
      forwardingServers = from.forwardingServers;
      smarthosts = from.smarthosts;
      tlsLevel = from.tlsLevel;
      gateways = from.gateways;
      dmarcPolicy = from.dmarcPolicy;
      skip = from.skip;
      waivers = from.waivers;
      severities = from.severities;
      blocklists = from.blocklists;
      declared = from.declared;
      neighbours = from.neighbours;
      migrations = from.migrations;
    }

    ManagedDomain domain() {
      return new ManagedDomain(
          name,
          tenant,
          prescriptions,
          dkim,
          allowlist,
          forwardingServers,
          smarthosts,
          tlsLevel,
          gateways,
          dmarcPolicy,
          skip,
          waivers,
          severities,
          blocklists,
          declared,
          neighbours,
          migrations);
    }
  }
}
