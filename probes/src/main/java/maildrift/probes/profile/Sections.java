package maildrift.probes.profile;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.TlsLevel;
import maildrift.probes.network.Cidr;

/**
 * What a profile says as a whole, for one region, or for one variant. A section that is not there
 * is left to the level above; one that is there replaces it.
 */
record Sections(
    Optional<String> title,
    Optional<List<List<Host>>> mx,
    Optional<Spf> spf,
    Optional<List<Dkim>> dkim,
    Optional<List<Template>> netblocks,
    Optional<List<Entry>> records,
    Map<String, String> deviations,
    Optional<List<String>> subdomains,
    Optional<List<Template>> forwarding,
    Optional<List<Template>> smarthosts,
    Optional<List<Cidr>> networks,
    Optional<List<String>> feeds,
    Optional<List<Client>> clientHosts,
    Optional<TlsLevel> tlsLevel,
    Optional<Prescription.Ttl> ttl,
    List<Evidence> evidence) {

  static final Sections NONE =
      new Sections(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of());

  record Host(Template host, Optional<Integer> preference, boolean several) {}

  /**
   * @param probe addresses for which check_host() must pass; a placeholder stands for an address
   * @param hosts whose addresses must pass
   * @param avoid names that people use instead, and why they should not
   * @param also names by which the provider is known besides, and that it does not prescribe
   */
  record Spf(
      List<Template> authorise,
      Template include,
      boolean first,
      List<Template> probe,
      List<Template> hosts,
      Map<Template, String> avoid,
      List<Template> also) {

    static Spf authorising(List<Template> names, Template include) {
      return new Spf(names, include, false, List.of(), List.of(), Map.of(), List.of());
    }
  }

  record Dkim(
      Template selector, Optional<String> key, Optional<Template> cname, boolean required) {}

  record Client(Template host, List<Integer> ports) {}

  record Entry(
      String prefix, RecordType type, Template value, Prescription.Demand demand, String reason) {}

  /** With what the more specific level says in place of what this one does. */
  Sections with(Sections specific) {
    var lifted = new LinkedHashMap<>(deviations);
    lifted.putAll(specific.deviations);
    return new Sections(
        specific.title.or(() -> title),
        specific.mx.or(() -> mx),
        specific.spf.or(() -> spf),
        specific.dkim.or(() -> dkim),
        specific.netblocks.or(() -> netblocks),
        specific.records.or(() -> records),
        lifted,
        specific.subdomains.or(() -> subdomains),
        specific.forwarding.or(() -> forwarding),
        specific.smarthosts.or(() -> smarthosts),
        specific.networks.or(() -> networks),
        specific.feeds.or(() -> feeds),
        specific.clientHosts.or(() -> clientHosts),
        specific.tlsLevel.or(() -> tlsLevel),
        specific.ttl.or(() -> ttl),
        overridden(specific.evidence));
  }

  /** Evidence of the specific level for a fact stands in place of ours for that fact. */
  private List<Evidence> overridden(List<Evidence> specific) {
    var all = new ArrayList<Evidence>();
    evidence.forEach(
        ours ->
            ours.about(fact -> specific.stream().noneMatch(own -> own.facts().contains(fact)))
                .ifPresent(all::add));
    all.addAll(specific);
    return all;
  }

  /** When the latest evidence of a fact is from. */
  Optional<LocalDate> lastSeen(String fact) {
    return evidence.stream()
        .filter(e -> e.facts().contains(fact))
        .map(Evidence::date)
        .max(Comparator.naturalOrder());
  }

  /** There is something of the fact to vouch for: a section that is empty says nothing. */
  boolean says(String fact) {
    return switch (fact) {
      case "mx" -> mx.stream().flatMap(List::stream).anyMatch(set -> !set.isEmpty());
      case "spf" ->
          spf.filter(
                  own ->
                      !own.authorise().isEmpty()
                          || !own.probe().isEmpty()
                          || !own.hosts().isEmpty())
              .isPresent();
      case "dkim" -> isThere(dkim);
      case "netblocks" -> isThere(netblocks);
      case "records" -> isThere(records);
      case "forwarding" -> isThere(forwarding);
      case "smarthosts" -> isThere(smarthosts);
      case "networks" -> isThere(networks);
      case "feeds" -> isThere(feeds);
      case "client_hosts" -> isThere(clientHosts);
      case "subdomains" -> isThere(subdomains);
      case "deviations" -> !deviations.isEmpty();
      case "tls_level" -> tlsLevel.isPresent();
      case "ttl" -> ttl.isPresent();
      default -> true;
    };
  }

  private static boolean isThere(Optional<? extends List<?>> section) {
    return section.filter(list -> !list.isEmpty()).isPresent();
  }

  /** All that is known of a fact is a guess. */
  boolean isGuessed(String fact) {
    var about = evidence.stream().filter(e -> e.facts().contains(fact)).toList();
    return !about.isEmpty()
        && about.stream().allMatch(e -> e.confidence() == Evidence.Confidence.GUESS);
  }
}
