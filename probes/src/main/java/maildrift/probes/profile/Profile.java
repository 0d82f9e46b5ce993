package maildrift.probes.profile;

import com.google.re2j.Pattern;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.domain.TlsLevel;
import maildrift.probes.network.Cidr;

/**
 * What a provider or gateway prescribes for a domain, before region, variant and the domain's name
 * are put in.
 */
public final class Profile {

  /** Parameters that every profile takes: {@code gateway} is the host name of the operator's. */
  private static final Set<String> ALWAYS = Set.of("gateway");

  static final List<String> OF_THE_DOMAIN = List.of("domain", "domain-dashes");

  private final String name;
  private final String notes;
  private final List<Role> roles;
  private final Map<String, Parameter> parameters;
  private final Sections base;
  private final Map<String, Sections> regions;
  private final Map<String, Sections> variants;
  private final List<Prescription.Region> regionNames;

  Profile(
      String name,
      String notes,
      List<Role> roles,
      Map<String, Parameter> parameters,
      Sections base,
      Map<String, Sections> regions,
      Map<String, Sections> variants) {
    this.name = name;
    this.notes = notes;
    this.roles = List.copyOf(roles);
    this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    this.base = base;
    this.regions = Collections.unmodifiableMap(new LinkedHashMap<>(regions));
    this.variants = Collections.unmodifiableMap(new LinkedHashMap<>(variants));
    this.regionNames = this.regions.keySet().stream().map(this::regionNames).toList();
  }

  private Prescription.Region regionNames(String key) {
    var sections = base.with(regions.getOrDefault(key, Sections.NONE));
    var values = Map.of("region", key);
    var hosts = new LinkedHashSet<>(names(sections.forwarding(), values));
    hosts.addAll(names(sections.smarthosts(), values));
    var networks = new LinkedHashSet<>(names(sections.netblocks(), values));
    networks.addAll(names(sections.spf().map(Sections.Spf::authorise), values));
    return new Prescription.Region(key, hosts, networks);
  }

  /**
   * A value that the operator gives beside the profile's name.
   *
   * @param required there is nothing to prescribe without it
   * @param otherwise what stands in for it; may have placeholders of its own
   * @param matches what values look like
   * @param address it is an IP address
   * @param why what it is, for people
   */
  public record Parameter(
      boolean required,
      Optional<String> otherwise,
      Optional<Pattern> matches,
      boolean address,
      String why) {

    /** One of which nothing is known but what it is for. */
    static Parameter of(String why) {
      return new Parameter(false, Optional.empty(), Optional.empty(), false, why);
    }

    /** What is wrong with a value, in words that follow it. */
    Optional<String> objection(String value) {
      if (address) {
        return Profile.address(value).isPresent()
            ? Optional.empty()
            : Optional.of("is no IP address");
      }
      if (!isPartOfName(value)) {
        return Optional.of("cannot be part of a host name");
      }
      return matches
          .filter(pattern -> !pattern.matches(value.toLowerCase(Locale.ROOT)))
          .map(pattern -> "does not look like %s".formatted(pattern.pattern()));
    }
  }

  /** What came of reading a profile: it, if there is no problem. */
  public record Read(Optional<Profile> profile, List<ProfileProblem> problems) {
    public Read {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Reads a profile from plain maps, lists and scalars, as a YAML or JSON parser makes them.
   * Unknown keys are problems; all problems are reported at once.
   */
  public static Read read(String name, Map<String, ?> data) {
    return ProfileReader.read(name, data);
  }

  public String name() {
    return name;
  }

  /** For people: the product's name. */
  public String title() {
    return base.title().orElse(name);
  }

  /** For people: what one has to know before using it; may be empty. */
  public String notes() {
    return notes;
  }

  /** What it can be to a domain, the usual first. */
  public List<Role> roles() {
    return roles;
  }

  /** The role of a profile that is given none. */
  public Role defaultRole() {
    return roles.getFirst();
  }

  /** Parameters besides {@code region} and {@code variant}. */
  public Map<String, Parameter> parameters() {
    return parameters;
  }

  /** Region keys with their titles; empty: it has none, and takes none. */
  public Map<String, String> regions() {
    return titles(regions);
  }

  /** Variant keys with their titles; empty: it has none, and takes none. */
  public Map<String, String> variants() {
    return titles(variants);
  }

  /**
   * The variants one of which must be chosen, because they demand or forbid records, of which
   * nothing is known without; empty: nobody need choose.
   */
  public List<String> variantsToChoose() {
    return !base.says("records") && variants.values().stream().anyMatch(own -> own.says("records"))
        ? List.copyOf(variants.keySet())
        : List.of();
  }

  private static Map<String, String> titles(Map<String, Sections> all) {
    var titles = new LinkedHashMap<String, String>();
    all.forEach((key, sections) -> titles.put(key, sections.title().orElse(key)));
    return titles;
  }

  /** What is wrong with the parameters; empty: {@link #prescribe} takes them. */
  public List<ProfileProblem> check(Map<String, String> given) {
    var problems = new ArrayList<ProfileProblem>();
    checkChoice("region", true, regions.keySet(), given, problems);
    checkChoice("variant", false, variants.keySet(), given, problems);
    var known = knownParameters();
    given.forEach(
        (key, value) -> {
          if (!known.contains(key) && !key.equals("region") && !key.equals("variant")) {
            problems.add(
                new ProfileProblem(
                    key,
                    "%s takes no '%s'%s"
                        .formatted(
                            name,
                            key,
                            known.isEmpty()
                                ? ""
                                : Nearest.hint(key, known) + " (it takes " + list(known) + ")")));
          } else {
            var about = parameters.getOrDefault(key, Parameter.of(""));
            about
                .objection(value)
                .ifPresent(
                    objection ->
                        problems.add(
                            new ProfileProblem(
                                key, "'%s' %s (%s)".formatted(value, objection, key))));
          }
        });
    parameters.forEach(
        (key, parameter) -> {
          if (parameter.required() && !given.containsKey(key)) {
            problems.add(
                new ProfileProblem("", "%s needs %s: %s".formatted(name, key, parameter.why())));
          }
        });
    return problems;
  }

  private SequencedSet<String> knownParameters() {
    var known = new LinkedHashSet<String>();
    if (!regions.isEmpty()) {
      known.add("region");
    }
    if (!variants.isEmpty()) {
      known.add("variant");
    }
    known.addAll(parameters.keySet());
    known.addAll(ALWAYS);
    return known;
  }

  private void checkChoice(
      String what,
      boolean required,
      Set<String> known,
      Map<String, String> given,
      List<ProfileProblem> problems) {
    var value = given.get(what);
    if (value == null) {
      if (required && !known.isEmpty()) {
        problems.add(
            new ProfileProblem("", "%s needs a %s: one of %s".formatted(name, what, list(known))));
      }
    } else if (known.isEmpty()) {
      problems.add(
          new ProfileProblem(
              what, "%s has no %ss, but '%s' is given".formatted(name, what, value)));
    } else if (!known.contains(value.toLowerCase(Locale.ROOT))) {
      problems.add(
          new ProfileProblem(
              what,
              "%s has no %s '%s'%s It has %s"
                  .formatted(name, what, value, end(value, known), list(known))));
    }
  }

  private static String end(String value, Collection<String> known) {
    return Nearest.to(value.toLowerCase(Locale.ROOT), known)
        .map("; did you mean '%s'?"::formatted)
        .orElse(".");
  }

  static String list(Collection<String> words) {
    return String.join(", ", words);
  }

  private static boolean isPartOfName(String value) {
    return DnsName.parse(value).isPresent()
        && !value.endsWith(".")
        && value
            .chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '-'
                        || c == '_'
                        || c == '.');
  }

  /**
   * What it prescribes for one domain.
   *
   * @param given {@code region}, {@code variant}, {@code tenant}, … as the operator wrote them
   * @param role what the provider does for this domain
   * @throws IllegalArgumentException that names everything wrong with the parameters
   */
  public Prescription prescribe(DnsName domain, Map<String, String> given, Role role) {
    var sections = sections(given);
    var values = values(domain, given);
    var spf = role == Role.MAILBOX ? Optional.<Sections.Spf>empty() : sections.spf();
    return Prescription.of(name, label(given), role)
        .parameters(lowerCase(given))
        .notes(notes)
        .mx(role == Role.INBOUND ? mx(sections, values) : List.of())
        .spf(
            names(spf.map(Sections.Spf::authorise), values),
            sections.spf().map(own -> include(own, values)).orElse(""),
            spf.map(Sections.Spf::first).orElse(false))
        .spfHosts(names(spf.map(Sections.Spf::hosts), values))
        .spfAvoid(sections.spf().map(own -> avoid(own, values)).orElse(Map.of()))
        .spfProbe(spf.map(own -> addresses(own.probe(), values)).orElse(List.of()))
        .dkim(dkim(sections, values, role))
        .netblocks(names(sections.netblocks(), values))
        .networks(sections.networks().orElse(List.of()))
        .networksDate(sections.lastSeen("networks"))
        .feeds(sections.feeds().orElse(List.of()))
        .records(records(sections, values))
        .forwarding(names(sections.forwarding(), values))
        .smarthosts(names(sections.smarthosts(), values))
        .clientHosts(clientHosts(sections, values))
        .tlsLevel(sections.tlsLevel())
        .regions(regionNames)
        .ttl(sections.ttl().orElse(Prescription.Ttl.NONE))
        .deviations(sections.deviations())
        .relaxed(Set.copyOf(sections.subdomains().orElse(List.of())))
        .guessed(
            Prescription.AREAS.stream().filter(sections::isGuessed).collect(Collectors.toSet()));
  }

  private static Map<String, String> lowerCase(Map<String, String> given) {
    var lower = new LinkedHashMap<String, String>();
    given.forEach((key, value) -> lower.put(key, value.toLowerCase(Locale.ROOT)));
    return lower;
  }

  /** Nobody can paste a term with a hole in it. */
  private static String include(Sections.Spf spf, Map<String, String> values) {
    return spf.include().isKnown(values) ? spf.include().fill(values) : "";
  }

  /** What this very choice prescribes is not to be avoided. */
  private static Map<DnsName, String> avoid(Sections.Spf spf, Map<String, String> values) {
    var prescribed = names(Optional.of(spf.authorise()), values);
    var avoid = new LinkedHashMap<DnsName, String>();
    spf.avoid()
        .forEach(
            (name, why) ->
                names(Optional.of(List.of(name)), values).stream()
                    .filter(known -> !prescribed.contains(known))
                    .forEach(known -> avoid.put(known, why)));
    return avoid;
  }

  private static List<InetAddress> addresses(List<Template> probe, Map<String, String> values) {
    return probe.stream()
        .filter(template -> template.isKnown(values))
        .flatMap(template -> address(template.fill(values)).stream())
        .toList();
  }

  /** An address literal; never a name, so that nothing is looked up. */
  static Optional<InetAddress> address(String text) {
    try {
      var network = Cidr.parse(text);
      return network.prefix() == network.address().length * 8 && text.indexOf('/') < 0
          ? Optional.of(InetAddress.getByAddress(network.address()))
          : Optional.empty();
    } catch (IllegalArgumentException | UnknownHostException _) {
      return Optional.empty();
    }
  }

  private static List<Prescription.ClientHost> clientHosts(
      Sections sections, Map<String, String> values) {
    return sections.clientHosts().orElse(List.of()).stream()
        .filter(client -> client.host().isKnown(values))
        .flatMap(
            client ->
                DnsName.parse(client.host().fill(values)).stream()
                    .map(host -> new Prescription.ClientHost(host, client.ports())))
        .toList();
  }

  /**
   * The hosts that take a domain's mail from a gateway ("Forwarding Server"), in this region.
   *
   * @throws IllegalArgumentException as {@link #prescribe}
   */
  public List<DnsName> forwardingHosts(DnsName domain, Map<String, String> given) {
    return names(sections(given).forwarding(), values(domain, given));
  }

  /**
   * The hosts through which a gateway sends a domain's mail, in this region.
   *
   * @throws IllegalArgumentException as {@link #prescribe}
   */
  public List<DnsName> smarthosts(DnsName domain, Map<String, String> given) {
    return names(sections(given).smarthosts(), values(domain, given));
  }

  /**
   * Networks that the provider's page lists as such and not by an SPF name, in this region.
   *
   * @throws IllegalArgumentException as {@link #prescribe}
   */
  public List<Cidr> networks(Map<String, String> given) {
    return sections(given).networks().orElse(List.of());
  }

  /**
   * The level of TLS that it asks for at least.
   *
   * @throws IllegalArgumentException as {@link #prescribe}
   */
  public Optional<TlsLevel> tlsLevel(Map<String, String> given) {
    return sections(given).tlsLevel();
  }

  /**
   * Where what it prescribes comes from; nothing of what this choice does not prescribe.
   *
   * @throws IllegalArgumentException as {@link #prescribe}
   */
  public List<Evidence> evidence(Map<String, String> given) {
    var sections = sections(given);
    return sections.evidence().stream().flatMap(one -> one.about(sections::says).stream()).toList();
  }

  /** {@code mimecast region=de}. */
  private String label(Map<String, String> given) {
    return name
        + given.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> " " + entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining());
  }

  private Sections sections(Map<String, String> given) {
    var problems = check(given);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          problems.stream().map(ProfileProblem::message).collect(Collectors.joining("; ")));
    }
    return chosen(given);
  }

  private static Sections chosen(
      Map<String, Sections> all, @org.jspecify.annotations.Nullable String key) {
    return key == null
        ? Sections.NONE
        : all.getOrDefault(key.toLowerCase(Locale.ROOT), Sections.NONE);
  }

  /** What a region and a variant say, unchecked. */
  Sections chosen(Map<String, String> given) {
    return base.with(chosen(regions, given.get("region")))
        .with(chosen(variants, given.get("variant")));
  }

  static Map<String, String> ofDomain(DnsName domain) {
    return Map.of(
        "domain", domain.toString(), "domain-dashes", domain.toString().replace('.', '-'));
  }

  Map<String, String> values(DnsName domain, Map<String, String> given) {
    var values = new LinkedHashMap<>(ofDomain(domain));
    values.putAll(lowerCase(given));
    parameters.forEach(
        (key, parameter) ->
            parameter
                .otherwise()
                .ifPresent(text -> values.putIfAbsent(key, new Template(text).fill(values))));
    return values;
  }

  private static List<Prescription.MxSet> mx(Sections sections, Map<String, String> values) {
    return sections.mx().orElse(List.of()).stream()
        .map(
            set ->
                set.stream()
                    // A host of which nothing at all is known cannot be asked for.
                    .filter(host -> !host.host().fill(values).equals("*"))
                    .map(
                        host ->
                            new Prescription.MxHost(
                                new HostPattern(host.host().fill(values)),
                                host.preference(),
                                host.several()))
                    .toList())
        .filter(hosts -> !hosts.isEmpty())
        .map(Prescription.MxSet::new)
        .toList();
  }

  /** Names whose placeholders all have values and that can exist; nobody can ask for the others. */
  private static List<DnsName> names(
      Optional<List<Template>> templates, Map<String, String> values) {
    return templates.orElse(List.of()).stream()
        .filter(template -> template.isKnown(values))
        .flatMap(template -> DnsName.parse(template.fill(values)).stream())
        .toList();
  }

  /**
   * Who only holds the mailboxes may sign or not; what is there is judged, but nothing need be
   * there.
   */
  private List<DkimExpectation> dkim(Sections sections, Map<String, String> values, Role role) {
    return sections.dkim().orElse(List.of()).stream()
        .filter(dkim -> dkim.selector().isKnown(values))
        .map(
            dkim ->
                new DkimExpectation(
                    dkim.selector().fill(values),
                    dkim.key(),
                    dkim.cname().map(cname -> new HostPattern(cname.fill(values))),
                    name,
                    dkim.required() && role != Role.MAILBOX))
        .toList();
  }

  private static List<Prescription.RecordRule> records(
      Sections sections, Map<String, String> values) {
    return sections.records().orElse(List.of()).stream()
        .filter(entry -> entry.value().isKnown(values))
        .map(
            entry ->
                new Prescription.RecordRule(
                    entry.prefix(),
                    entry.type(),
                    entry.value().fill(values),
                    entry.demand(),
                    entry.reason()))
        .toList();
  }

  /** The placeholders that texts of this profile may use. */
  static Set<String> placeholders(Set<String> parameters, boolean regions, boolean variants) {
    var known = new LinkedHashSet<>(OF_THE_DOMAIN);
    if (regions) {
      known.add("region");
    }
    if (variants) {
      known.add("variant");
    }
    known.addAll(parameters);
    known.addAll(ALWAYS);
    return known;
  }

  @Override
  public String toString() {
    return name;
  }
}
