package maildrift.probes.domain;

import java.net.InetAddress;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.RecordType;
import maildrift.probes.network.Cidr;

/**
 * What one profile prescribes for one domain: the profile's data with region, variant and the
 * domain's name put in. Made by {@link #of}, and from there by saying what differs.
 *
 * @param profile the profile's name, e.g. {@code mimecast}
 * @param label the profile with its parameters, for messages, e.g. {@code mimecast region=de}
 * @param role what the provider does for the domain
 * @param parameters region, variant, tenant, … by those words, as the operator chose them, in lower
 *     case; {@code gateway} is the gateway's host name
 * @param notes what one has to know before using the profile; may be empty
 * @param mx any one of these sets; empty: nothing is prescribed. Only the inbound prescription's
 *     sets are used
 * @param spfAuthorise SPF names whose networks the domain's own SPF must authorise, however it gets
 *     there
 * @param spfInclude the term to paste, e.g. {@code include:de._netblocks.mimecast.com}; may be
 *     empty
 * @param spfFirst the provider asks to be the first term
 * @param spfProbe addresses of the provider's for which check_host() must answer pass: for
 *     providers whose networks only macros tell
 * @param spfHosts hosts of the provider's whose addresses must pass: for providers that prescribe
 *     an {@code a} term
 * @param spfAvoid SPF names that people use in place of the right ones, and why they should not
 * @param dkim selectors that it prescribes
 * @param netblocks SPF names whose networks the gateway's allowlist must accept
 * @param networks networks that the provider lists as such, and not by an SPF name
 * @param networksDate when the provider was last seen to list them
 * @param feeds published feeds whose networks it uses, e.g. {@code m365-endpoints}
 * @param records required and forbidden records besides
 * @param forwarding hosts to which a gateway hands the domain's mail
 * @param smarthosts hosts through which a gateway sends the domain's mail
 * @param clientHosts hosts that mail programs speak to
 * @param tlsLevel the level of TLS that it asks for at least
 * @param regions the names that belong to one region each, of all regions of the profile
 * @param ttl how long its MX and SPF records should be remembered
 * @param deviations accepted deviations: rule id → reason
 * @param relaxed which of {@code dkim} and {@code spf} the provider does in the name of a
 *     subdomain, so that only relaxed alignment passes
 * @param guessed which of {@link #AREAS} is a guess of ours, so that no finding from it may be
 *     above warning
 * @param isAlternative the domain is moving from one prescription to another, both of which are so
 *     marked: to follow one of them is enough
 */
public record Prescription(
    String profile,
    String label,
    Role role,
    Map<String, String> parameters,
    String notes,
    List<MxSet> mx,
    List<DnsName> spfAuthorise,
    String spfInclude,
    boolean spfFirst,
    List<InetAddress> spfProbe,
    List<DnsName> spfHosts,
    Map<DnsName, String> spfAvoid,
    List<DkimExpectation> dkim,
    List<DnsName> netblocks,
    List<Cidr> networks,
    Optional<LocalDate> networksDate,
    List<String> feeds,
    List<RecordRule> records,
    List<DnsName> forwarding,
    List<DnsName> smarthosts,
    List<ClientHost> clientHosts,
    Optional<TlsLevel> tlsLevel,
    List<Region> regions,
    Ttl ttl,
    Map<String, String> deviations,
    Set<String> relaxed,
    Set<String> guessed,
    boolean isAlternative) {

  /** What {@link #relaxed} can hold. */
  public static final Set<String> ALIGNED = Set.of("dkim", "spf");

  /** What {@link #guessed} can hold: the sections of a profile from which findings may come. */
  public static final Set<String> AREAS =
      Set.of(
          "mx",
          "spf",
          "dkim",
          "netblocks",
          "networks",
          "feeds",
          "records",
          "forwarding",
          "smarthosts",
          "client_hosts",
          "tls_level",
          "ttl");

  public Prescription {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    mx = List.copyOf(mx);
    spfAuthorise = List.copyOf(spfAuthorise);
    spfProbe = List.copyOf(spfProbe);
    spfHosts = List.copyOf(spfHosts);
    spfAvoid = Collections.unmodifiableMap(new LinkedHashMap<>(spfAvoid));
    dkim = List.copyOf(dkim);
    netblocks = List.copyOf(netblocks);
    networks = List.copyOf(networks);
    feeds = List.copyOf(feeds);
    records = List.copyOf(records);
    forwarding = List.copyOf(forwarding);
    smarthosts = List.copyOf(smarthosts);
    clientHosts = List.copyOf(clientHosts);
    regions = List.copyOf(regions);
    deviations = Map.copyOf(deviations);
    relaxed = Set.copyOf(relaxed);
    guessed = Set.copyOf(guessed);
    if (!AREAS.containsAll(guessed)) {
      throw new IllegalArgumentException("not an area among " + guessed);
    }
  }

  /** The same provider, doing something else for the domain. */
  Prescription role(Role value) {
    return with(parts -> parts.role = value);
  }

  /** One that prescribes nothing yet, and is sure of it. */
  public static Prescription of(String profile, String label, Role role) {
    return new Parts(profile, label, role).prescription();
  }

  public Prescription parameters(Map<String, String> value) {
    return with(parts -> parts.parameters = value);
  }

  public Prescription notes(String value) {
    return with(parts -> parts.notes = value);
  }

  public Prescription mx(List<MxSet> value) {
    return with(parts -> parts.mx = value);
  }

  /** Authorise these names, by pasting this term. */
  public Prescription spf(List<DnsName> authorise, String include, boolean first) {
    return with(
        parts -> {
          parts.spfAuthorise = authorise;
          parts.spfInclude = include;
          parts.spfFirst = first;
        });
  }

  public Prescription spfProbe(List<InetAddress> value) {
    return with(parts -> parts.spfProbe = value);
  }

  public Prescription spfHosts(List<DnsName> value) {
    return with(parts -> parts.spfHosts = value);
  }

  public Prescription spfAvoid(Map<DnsName, String> value) {
    return with(parts -> parts.spfAvoid = value);
  }

  public Prescription dkim(List<DkimExpectation> value) {
    return with(parts -> parts.dkim = value);
  }

  public Prescription netblocks(List<DnsName> value) {
    return with(parts -> parts.netblocks = value);
  }

  public Prescription networks(List<Cidr> value) {
    return with(parts -> parts.networks = value);
  }

  public Prescription networksDate(Optional<LocalDate> value) {
    return with(parts -> parts.networksDate = value);
  }

  public Prescription feeds(List<String> value) {
    return with(parts -> parts.feeds = value);
  }

  public Prescription records(List<RecordRule> value) {
    return with(parts -> parts.records = value);
  }

  public Prescription forwarding(List<DnsName> value) {
    return with(parts -> parts.forwarding = value);
  }

  public Prescription smarthosts(List<DnsName> value) {
    return with(parts -> parts.smarthosts = value);
  }

  public Prescription clientHosts(List<ClientHost> value) {
    return with(parts -> parts.clientHosts = value);
  }

  public Prescription tlsLevel(Optional<TlsLevel> value) {
    return with(parts -> parts.tlsLevel = value);
  }

  public Prescription regions(List<Region> value) {
    return with(parts -> parts.regions = value);
  }

  public Prescription ttl(Ttl value) {
    return with(parts -> parts.ttl = value);
  }

  public Prescription deviations(Map<String, String> value) {
    return with(parts -> parts.deviations = value);
  }

  public Prescription relaxed(Set<String> value) {
    return with(parts -> parts.relaxed = value);
  }

  public Prescription guessed(Set<String> value) {
    return with(parts -> parts.guessed = value);
  }

  /** One of two, either of which will do. */
  public Prescription alternative() {
    return with(parts -> parts.isAlternative = true);
  }

  /** The same by another name. */
  Prescription labelled(String value) {
    return with(parts -> parts.label = value);
  }

  /** The profile with the region and the variant that were chosen: others list other networks. */
  public String choice() {
    return Stream.of(Optional.of(profile), region(), variant())
        .flatMap(Optional::stream)
        .collect(Collectors.joining(" "));
  }

  /** The region that the operator chose. */
  public Optional<String> region() {
    return parameter("region");
  }

  /** The variant of the product that the operator chose. */
  public Optional<String> variant() {
    return parameter("variant");
  }

  public Optional<String> parameter(String key) {
    return Optional.ofNullable(parameters.get(key));
  }

  /** Nothing in it is guessed. */
  public boolean certain() {
    return guessed.isEmpty();
  }

  /**
   * What the profile's data on one of {@link #AREAS} can bring about at worst: a guess of ours
   * wakes nobody up.
   */
  public Severity atMost(String area, Severity severity) {
    return guessed.contains(area) && severity == Severity.CRITICAL ? Severity.WARNING : severity;
  }

  /**
   * One acceptable MX set.
   *
   * @param isAnyOf some of the hosts will do, in any number but none
   */
  public record MxSet(List<MxHost> hosts, boolean isAnyOf) {
    public MxSet {
      hosts = List.copyOf(hosts);
    }

    /** All of the hosts must be there. */
    public MxSet(List<MxHost> hosts) {
      this(hosts, false);
    }
  }

  /**
   * One host of an MX set; the preference only where the provider prescribes one.
   *
   * @param several any number of published hosts, but one at least, may match: the provider gives
   *     some customers more than others
   */
  public record MxHost(HostPattern host, Optional<Integer> preference, boolean several) {
    public MxHost(HostPattern host, Optional<Integer> preference) {
      this(host, preference, false);
    }
  }

  /**
   * A record that must or must not exist at {@code prefix.domain}.
   *
   * @param prefix e.g. {@code _autodiscover._tcp}; empty: the domain itself
   * @param value the presentation form that is wanted or forbidden (names without trailing dot);
   *     empty: any
   * @param demand whether it must be there
   * @param reason why, for the message
   */
  public record RecordRule(
      String prefix, RecordType type, String value, Demand demand, String reason) {}

  /** What is demanded of a record. */
  public enum Demand {
    REQUIRED,
    OPTIONAL,
    FORBIDDEN
  }

  /** A host that mail programs speak to, with the ports on which it must show a certificate. */
  public record ClientHost(DnsName host, List<Integer> ports) {
    public ClientHost {
      ports = List.copyOf(ports);
    }
  }

  /**
   * One region's names. Those that depend on the domain belong to no region.
   *
   * @param key as in {@link #region()}
   * @param hosts forwarding servers and smarthosts
   * @param networks SPF names
   */
  public record Region(String key, Set<DnsName> hosts, Set<DnsName> networks) {
    public Region {
      hosts = Set.copyOf(hosts);
      networks = Set.copyOf(networks);
    }
  }

  /**
   * How long the domain's MX and SPF records should be remembered.
   *
   * @param normal in quiet times
   * @param migration at most, before and during a change of the MX
   */
  public record Ttl(Optional<Duration> normal, Optional<Duration> migration) {
    /** Nothing is prescribed. */
    public static final Ttl NONE = new Ttl(Optional.empty(), Optional.empty());
  }

  /** The same but for what {@code change} sets. */
  private Prescription with(Consumer<Parts> change) {
    var parts = new Parts(this);
    change.accept(parts);
    return parts.prescription();
  }

  /** A prescription on its way to the next one. */
  private static final class Parts {
    private final String profile;
    private String label;
    private Role role;
    private Map<String, String> parameters = Map.of();
    private String notes = "";
    private List<MxSet> mx = List.of();
    private List<DnsName> spfAuthorise = List.of();
    private String spfInclude = "";
    private boolean spfFirst;
    private List<InetAddress> spfProbe = List.of();
    private List<DnsName> spfHosts = List.of();
    private Map<DnsName, String> spfAvoid = Map.of();
    private List<DkimExpectation> dkim = List.of();
    private List<DnsName> netblocks = List.of();
    private List<Cidr> networks = List.of();
    private Optional<LocalDate> networksDate = Optional.empty();
    private List<String> feeds = List.of();
    private List<RecordRule> records = List.of();
    private List<DnsName> forwarding = List.of();
    private List<DnsName> smarthosts = List.of();
    private List<ClientHost> clientHosts = List.of();
    private Optional<TlsLevel> tlsLevel = Optional.empty();
    private List<Region> regions = List.of();
    private Ttl ttl = Ttl.NONE;
    private Map<String, String> deviations = Map.of();
    private Set<String> relaxed = Set.of();
    private Set<String> guessed = Set.of();
    private boolean isAlternative;

    Parts(String profile, String label, Role role) {
      this.profile = profile;
      this.label = label;
      this.role = role;
    }

    Parts(Prescription from) {
      this(from.profile, from.label, from.role);
      parameters = from.parameters;
      notes = from.notes;
      mx = from.mx;
      spfAuthorise = from.spfAuthorise;
      spfInclude = from.spfInclude;
      spfFirst = from.spfFirst;
      spfProbe = from.spfProbe;
      spfHosts = from.spfHosts;
      spfAvoid = from.spfAvoid;
      dkim = from.dkim;
      netblocks = from.netblocks;
      networks = from.networks;
      networksDate = from.networksDate;
      feeds = from.feeds;
      records = from.records;
      forwarding = from.forwarding;
      smarthosts = from.smarthosts;
      clientHosts = from.clientHosts;
      tlsLevel = from.tlsLevel;
      regions = from.regions;
      ttl = from.ttl;
      deviations = from.deviations;
      relaxed = from.relaxed;
      guessed = from.guessed;
      isAlternative = from.isAlternative;
    }

    Prescription prescription() {
      return new Prescription(
          profile,
          label,
          role,
          parameters,
          notes,
          mx,
          spfAuthorise,
          spfInclude,
          spfFirst,
          spfProbe,
          spfHosts,
          spfAvoid,
          dkim,
          netblocks,
          networks,
          networksDate,
          feeds,
          records,
          forwarding,
          smarthosts,
          clientHosts,
          tlsLevel,
          regions,
          ttl,
          deviations,
          relaxed,
          guessed,
          isAlternative);
    }
  }
}
