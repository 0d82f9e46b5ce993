package maildrift.probes.domain;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.RecordType;

/**
 * What one profile prescribes for one domain: the profile's data with region, variant and the
 * domain's name put in.
 *
 * @param profile the profile's name, e.g. {@code mimecast}
 * @param label the profile with its parameters, for messages, e.g. {@code mimecast region=de}
 * @param role what the provider does for the domain
 * @param mx any one of these sets; empty: nothing is prescribed. Only the inbound prescription's
 *     sets are used
 * @param spfAuthorise SPF names whose networks the domain's own SPF must authorise, however it gets
 *     there
 * @param spfInclude the term to paste, e.g. {@code include:de._netblocks.mimecast.com}; may be
 *     empty
 * @param spfFirst the provider asks to be the first term
 * @param dkim selectors that it prescribes
 * @param netblocks SPF names whose networks the gateway's allowlist must accept
 * @param records required and forbidden records besides
 * @param deviations accepted deviations: rule id → reason
 * @param relaxed which of {@code dkim} and {@code spf} the provider does in the name of a
 *     subdomain, so that only relaxed alignment passes
 * @param guessed which of {@code mx}, {@code spf}, {@code dkim}, {@code netblocks}, {@code records}
 *     is a guess of ours, so that no finding from it may be above warning
 */
public record Prescription(
    String profile,
    String label,
    Role role,
    List<MxSet> mx,
    List<DnsName> spfAuthorise,
    String spfInclude,
    boolean spfFirst,
    List<DkimExpectation> dkim,
    List<DnsName> netblocks,
    List<RecordRule> records,
    Map<String, String> deviations,
    Set<String> relaxed,
    Set<String> guessed) {

  /** What {@link #relaxed} can hold. */
  public static final Set<String> ALIGNED = Set.of("dkim", "spf");

  private static final Set<String> AREAS = Set.of("mx", "spf", "dkim", "netblocks", "records");

  public Prescription {
    mx = List.copyOf(mx);
    spfAuthorise = List.copyOf(spfAuthorise);
    dkim = List.copyOf(dkim);
    netblocks = List.copyOf(netblocks);
    records = List.copyOf(records);
    deviations = Map.copyOf(deviations);
    relaxed = Set.copyOf(relaxed);
    guessed = Set.copyOf(guessed);
  }

  /** All of it is certain, or all of it is a guess. */
  public Prescription(
      String profile,
      String label,
      Role role,
      List<MxSet> mx,
      List<DnsName> spfAuthorise,
      String spfInclude,
      boolean spfFirst,
      List<DkimExpectation> dkim,
      List<DnsName> netblocks,
      List<RecordRule> records,
      Map<String, String> deviations,
      boolean certain) {
    this(
        profile,
        label,
        role,
        mx,
        spfAuthorise,
        spfInclude,
        spfFirst,
        dkim,
        netblocks,
        records,
        deviations,
        Set.of(),
        certain ? Set.of() : AREAS);
  }

  public Prescription relaxed(Set<String> value) {
    return new Prescription(
        profile,
        label,
        role,
        mx,
        spfAuthorise,
        spfInclude,
        spfFirst,
        dkim,
        netblocks,
        records,
        deviations,
        value,
        guessed);
  }

  /** Nothing in it is guessed. */
  public boolean certain() {
    return guessed.isEmpty();
  }

  /**
   * What the profile's data on an area ({@code mx}, {@code spf}, {@code dkim}, {@code netblocks},
   * {@code records}) can bring about at worst: a guess of ours wakes nobody up.
   */
  public Severity atMost(String area, Severity severity) {
    return guessed.contains(area) && severity == Severity.CRITICAL ? Severity.WARNING : severity;
  }

  /** One acceptable MX set. */
  public record MxSet(List<MxHost> hosts) {
    public MxSet {
      hosts = List.copyOf(hosts);
    }
  }

  /** One host of an MX set; the preference only where the provider prescribes one. */
  public record MxHost(HostPattern host, Optional<Integer> preference) {}

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
}
