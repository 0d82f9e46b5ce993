package maildrift.monitor.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.config.Contradictions.Prescribed;
import maildrift.probes.dkim.ExpectedKey;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.domain.Tenant;
import maildrift.probes.domain.TlsLevel;
import maildrift.probes.domain.Waiver;
import maildrift.probes.profile.Profile;

/** Reads managed domains, each against what the configuration declares. */
final class DomainReader {
  private static final List<String> DMARC_POLICIES = List.of("none", "quarantine", "reject");

  private final Reading reading;
  private final Vocabulary vocabulary;
  private final Declarations declarations;
  private final DeclarationsReader rules;
  private final DeclaredReader declared;
  private final Contradictions contradictions;
  private final Map<DnsName, List<Place>> placesOfProfiles = new HashMap<>();

  DomainReader(Reading reading, Vocabulary vocabulary, Declarations declarations) {
    this.reading = reading;
    this.vocabulary = vocabulary;
    this.declarations = declarations;
    this.rules = new DeclarationsReader(reading, vocabulary);
    this.declared = new DeclaredReader(reading);
    this.contradictions = new Contradictions(reading);
  }

  /** All domains of all files; one that stands there twice is a problem. */
  List<ManagedDomain> domains(List<Section> roots) {
    var domains = new ArrayList<ManagedDomain>();
    var first = new HashMap<DnsName, Node>();
    for (var root : roots) {
      for (var item : root.items("domains")) {
        domain(item, "domains[]")
            .ifPresent(
                domain -> {
                  var written = writtenName(item);
                  var before = first.putIfAbsent(domain.name(), written);
                  if (before != null) {
                    reading.problem(
                        written.place(),
                        "the domain %s is declared twice; first at %s%s"
                            .formatted(
                                written.shown(),
                                before.place(),
                                before.shown().equals(written.shown())
                                    ? ""
                                    : " as " + before.shown()));
                  } else {
                    domains.add(domain);
                  }
                });
      }
    }
    return domains;
  }

  private static Node writtenName(Node item) {
    return item instanceof Node.Mapping mapping
        ? mapping.entries().stream()
            .filter(entry -> entry.key().equals("name"))
            .map(Node.Entry::value)
            .findFirst()
            .orElse(item)
        : item;
  }

  /** One domain: a mapping, or only its name. */
  Optional<ManagedDomain> domain(Node item, String pattern) {
    if (item instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.TEXT) {
      return reading
          .text(scalar)
          .flatMap(text -> name(text))
          .map(name -> declared(Section.of(reading, pattern, "domain " + name, empty(item)), name));
    }
    var shown =
        item instanceof Node.Mapping mapping
            ? writtenName(mapping) instanceof Node.Scalar scalar
                ? "domain " + Words.shortened(scalar.text())
                : "a domain"
            : "an item of domains";
    var section = Section.of(reading, pattern, shown, item);
    var written = item instanceof Node.Mapping ? section.required("name") : Optional.<Text>empty();
    var name = written.flatMap(this::name);
    var domain = declared(section, name.orElse(DnsName.ROOT));
    section.end();
    return name.map(_ -> domain);
  }

  /** A domain of which only its profiles are known. */
  ManagedDomain adHoc(DnsName name, List<ProfileUse> profiles, Place place) {
    var gateways = new LinkedHashMap<String, Gateway>();
    var used = new ArrayList<Used>();
    profiles.forEach(use -> checked(use, place, Map.of(), gateways).ifPresent(used::add));
    return new ManagedDomain(
            name,
            Tenant.NONE,
            prescriptions(prescribed(name, used)),
            List.of(),
            Optional.empty(),
            List.of(),
            List.of(),
            Optional.empty(),
            List.copyOf(gateways.values()),
            Optional.empty(),
            Set.of(),
            List.of(),
            declarations.severities())
        .blocklists(declarations.blocklists());
  }

  private static Node.Mapping empty(Node item) {
    return new Node.Mapping(item.place(), List.of());
  }

  private Optional<DnsName> name(Text text) {
    try {
      return Optional.of(Hosts.name(text.value()));
    } catch (IllegalArgumentException wrong) {
      var bare = text.value().substring(text.value().lastIndexOf('@') + 1);
      reading.problem(
          text.place(),
          text.isFromEnvironment()
              ? "what %s stands for is not a domain name".formatted(text.shown())
              : "%s is not a domain name%s"
                  .formatted(
                      text.shown(),
                      text.value().indexOf('@') >= 0 && !bare.isEmpty()
                          ? "; write the part after the @, '%s'".formatted(Words.shortened(bare))
                          : ""));
      return Optional.empty();
    }
  }

  private ManagedDomain declared(Section section, DnsName name) {
    var tenant = tenant(section);
    var gateways = new LinkedHashMap<String, Gateway>();
    var prescribed = prescribed(section, name, gateways);
    var prescriptions = prescriptions(prescribed);
    var selectors = new HashMap<String, Place>();
    var dkim = dkim(section, selectors);
    contradictions.declared(prescribed, dkim, selectors);
    var allowlist = allowlist(section);
    var forwardingServers = DeclaredReader.nextHops(section, "forwarding_server");
    var smarthosts = DeclaredReader.nextHops(section, "smarthost");
    var tlsLevel = section.choice("tls_level", TlsLevel.values(), TlsLevel::word);
    tlsLevel.ifPresent(
        level -> contradictions.level(prescribed, level, section.placeOf("tls_level")));
    var policy = expectedPolicy(section.section("expect"));
    var skip = skip(section);
    var waivers = waivers(section);
    var severities = new LinkedHashMap<>(declarations.severities());
    severities.putAll(declarations.tenantSeverities().getOrDefault(tenant.id(), Map.of()));
    severities.putAll(rules.severities(section));
    var domain =
        new ManagedDomain(
                name,
                tenant,
                prescriptions,
                dkim,
                allowlist,
                forwardingServers,
                smarthosts,
                tlsLevel,
                List.copyOf(gateways.values()),
                policy,
                skip,
                waivers,
                severities)
            .blocklists(declarations.blocklists())
            .declared(declared.read(section));
    declared.warn(section, domain);
    return domain;
  }

  private Tenant tenant(Section section) {
    return section
        .text("tenant")
        .flatMap(text -> known("tenant", text, declarations.tenants()))
        .orElse(Tenant.NONE);
  }

  private <T> Optional<T> known(String what, Text text, Map<String, T> all) {
    var found = Optional.ofNullable(all.get(text.value()));
    if (found.isEmpty()) {
      reading.problem(
          text.place(),
          "undefined %s %s%s"
              .formatted(
                  what,
                  text.shown(),
                  all.isEmpty()
                      ? "; none is declared under '%ss'".formatted(what)
                      : Words.hint(text.value(), all.keySet())));
    }
    return found;
  }

  private Optional<Allowlist> allowlist(Section section) {
    return section
        .text("allowed_sending_servers")
        .flatMap(text -> known("allowlist", text, declarations.allowlists()))
        .map(AllowlistConfig::initial);
  }

  /** A profile as written, and where. */
  record Used(ProfileUse use, Profile profile, Place place, Map<String, Place> places) {}

  /** Where a domain's profiles stand, as long as all of them can be used. */
  List<Place> placesOfProfiles(DnsName domain) {
    return placesOfProfiles.getOrDefault(domain, List.of());
  }

  /**
   * The one profile that stands under a key of its own.
   *
   * @param gateways takes up what it uses
   */
  Optional<Used> profile(Section outer, String key, Map<String, Gateway> gateways) {
    return outer.node(key).flatMap(item -> used(outer, key, outer.under(key), item, gateways));
  }

  /** What a profile prescribes where it stands by itself. */
  Prescription prescription(DnsName domain, Used used) {
    return prescribed(domain, List.of(used)).getFirst().prescription();
  }

  private static List<Prescription> prescriptions(List<Prescribed> prescribed) {
    return prescribed.stream().map(Prescribed::prescription).toList();
  }

  private List<Prescribed> prescribed(
      Section section, DnsName domain, Map<String, Gateway> gateways) {
    var used = new ArrayList<Used>();
    // Asked for even where there is none, so that the words are known.
    if (!section.has("profiles")) {
      profileWords(Section.of(reading, section.under("profiles") + "[]", "profiles", empty()));
    }
    for (var item : section.items("profiles")) {
      used(section, "profiles", section.under("profiles") + "[]", item, gateways)
          .ifPresent(used::add);
    }
    if (!used.isEmpty()) {
      placesOfProfiles.put(domain, used.stream().map(Used::place).toList());
    }
    return prescribed(domain, used);
  }

  private static Node.Mapping empty() {
    return new Node.Mapping(
        new Place(new Place.Source("", java.nio.file.Path.of("")), 1, 1), List.of());
  }

  private static void profileWords(Section section) {
    section.has("name");
    section.has("role");
    section.has("region");
    section.has("variant");
    section.has("gateway");
  }

  private Optional<Used> used(
      Section outer, String key, String pattern, Node item, Map<String, Gateway> gateways) {
    if (item instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.TEXT) {
      return reading
          .text(scalar)
          .flatMap(text -> outer.parse(key, text, ProfileUse::parse))
          .flatMap(use -> checked(use, item.place(), Map.of(), gateways));
    }
    var section = Section.of(reading, pattern, outer.shown() + "." + key, item);
    profileWords(section);
    if (!(item instanceof Node.Mapping)) {
      return Optional.empty();
    }
    var name = section.required("name");
    var role = section.choice("role", Role.values(), Role::word);
    var parameters = new LinkedHashMap<String, String>();
    var places = new HashMap<String, Place>();
    for (var entry : section.entries()) {
      if (!entry.key().equals("name") && !entry.key().equals("role")) {
        var value = section.parameter(entry.key());
        value.ifPresent(text -> parameters.put(entry.key(), text.value()));
        places.put(entry.key(), value.map(Text::place).orElse(entry.place()));
      }
    }
    return name.flatMap(
        text ->
            checked(
                new ProfileUse(text.value(), role, parameters), text.place(), places, gateways));
  }

  private Optional<Used> checked(
      ProfileUse use, Place place, Map<String, Place> places, Map<String, Gateway> gateways) {
    var profile = declarations.profiles().named(use.name());
    if (profile.isEmpty()) {
      var names = declarations.profiles().all().stream().map(Profile::name).toList();
      reading.problem(
          place,
          "unknown profile '%s'%s"
              .formatted(Words.shortened(use.name()), Words.hint(use.name(), names)));
      return Optional.empty();
    }
    var parameters = new LinkedHashMap<>(use.parameters());
    var id = parameters.get("gateway");
    if (id != null) {
      var at = places.getOrDefault("gateway", place);
      var gateway = known("gateway", new Text(id, id, at), declarations.gateways());
      if (gateway.isEmpty()) {
        return Optional.empty();
      }
      gateways.put(id, gateway.get());
      parameters.put("gateway", gateway.get().host().toString());
    }
    var problems = profile.get().check(parameters);
    problems.forEach(
        problem -> reading.problem(places.getOrDefault(problem.path(), place), problem.message()));
    var variants = profile.get().variantsToChoose();
    if (problems.isEmpty() && !variants.isEmpty() && !parameters.containsKey("variant")) {
      reading.warning(
          place,
          "%s without a variant judges no record besides MX, SPF and keys; the variants %s differ in which they demand or forbid"
              .formatted(use.name(), String.join(", ", variants)));
    }
    return problems.isEmpty()
        ? Optional.of(
            new Used(
                new ProfileUse(use.name(), use.role(), parameters), profile.get(), place, places))
        : Optional.empty();
  }

  /** Only one prescribes MX: the one that says so, else the first. */
  private List<Prescribed> prescribed(DnsName domain, List<Used> all) {
    var inbound = -1;
    for (var i = 0; i < all.size(); i++) {
      if (all.get(i).use().role().equals(Optional.of(Role.INBOUND))) {
        if (inbound >= 0) {
          reading.problem(
              all.get(i).place(),
              "'%s' and '%s' are both role: inbound; only one can take the domain's mail"
                  .formatted(all.get(inbound).use().name(), all.get(i).use().name()));
        } else {
          inbound = i;
        }
      }
    }
    if (inbound < 0 && !all.isEmpty() && all.getFirst().use().role().isEmpty()) {
      inbound = all.getFirst().profile().roles().contains(Role.INBOUND) ? 0 : -1;
    }
    var prescribed = new ArrayList<Prescribed>();
    for (var i = 0; i < all.size(); i++) {
      var used = all.get(i);
      var role = i == inbound ? Role.INBOUND : used.use().role().orElseGet(() -> other(used));
      prescribed.add(
          new Prescribed(
              used.profile().prescribe(domain, used.use().parameters(), role), used.place()));
    }
    contradictions.among(prescribed);
    return prescribed;
  }

  /** The usual role of a profile that does not take the domain's mail here. */
  private static Role other(Used used) {
    return used.profile().roles().stream()
        .filter(role -> role != Role.INBOUND)
        .findFirst()
        .orElse(Role.OUTBOUND);
  }

  private List<DkimExpectation> dkim(Section section, Map<String, Place> places) {
    var expectations = new ArrayList<DkimExpectation>();
    var seen = new LinkedHashSet<String>();
    var items = section.sections("dkim");
    if (items.isEmpty()) {
      dkim(Section.of(reading, section.under("dkim") + "[]", "dkim", empty()), false);
    }
    for (var item : items) {
      dkim(item, true)
          .ifPresent(
              expectation -> {
                if (!seen.add(expectation.selector())) {
                  item.problem(
                      "selector",
                      "the selector '%s' is declared twice".formatted(expectation.selector()));
                }
                expectations.add(expectation);
                places.putIfAbsent(expectation.selector(), item.placeOf("selector"));
              });
    }
    return expectations;
  }

  private Optional<DkimExpectation> dkim(Section item, boolean isWritten) {
    var selector = item.anyText("selector");
    if (isWritten && !item.has("selector")) {
      item.lacks("selector");
    }
    var name = selector.flatMap(text -> item.parse("selector", text, DomainReader::selector));
    var inline = item.text("expect");
    var file = item.text("expect_file");
    if (inline.isPresent() && file.isPresent()) {
      reading.problem(
          item.placeOf("expect_file"), "expect and expect_file exclude each other; keep one");
    }
    var key =
        inline
            .flatMap(text -> item.parse("expect", text, ExpectedKey::parse))
            .or(() -> file.flatMap(text -> keyFrom(item, text)));
    var cname = item.parsed("cname", DomainReader::hostPattern);
    item.end();
    return name.map(known -> new DkimExpectation(known, key, cname, "declared", true));
  }

  private static String selector(String written) {
    try {
      return DnsName.of(written).toString();
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "'%s' is not a selector: %s".formatted(Words.shortened(written), wrong.getMessage()),
          wrong);
    }
  }

  private static HostPattern hostPattern(String written) {
    Hosts.name(written.replace('*', 'x'));
    return new HostPattern(written);
  }

  private Optional<String> keyFrom(Section item, Text file) {
    var source = file.place().source().sibling(file.value());
    return reading
        .file(source, file.place(), "expect_file", ExpectedKey.MAX_TEXT)
        .flatMap(
            content -> {
              try {
                return Optional.of(ExpectedKey.parse(content));
              } catch (IllegalArgumentException wrong) {
                item.problem(
                    "expect_file",
                    "expect_file: %s: %s".formatted(file.shown(), wrong.getMessage()));
                return Optional.empty();
              }
            });
  }

  private Optional<String> expectedPolicy(Section expect) {
    var dmarc = expect.section("dmarc");
    var policy = dmarc.text("policy");
    dmarc.end();
    expect.end();
    if (policy.isPresent() && !DMARC_POLICIES.contains(policy.get().value())) {
      reading.problem(
          policy.get().place(),
          "unknown policy %s%s"
              .formatted(policy.get().shown(), Words.hint(policy.get().value(), DMARC_POLICIES)));
      return Optional.empty();
    }
    return policy.map(Text::value);
  }

  private Set<String> skip(Section section) {
    var skip = new LinkedHashSet<String>();
    for (var text : section.texts("skip")) {
      if (!vocabulary.probes().contains(text.value())) {
        reading.problem(
            text.place(),
            "unknown probe %s%s"
                .formatted(text.shown(), Words.hint(text.value(), vocabulary.probes())));
      }
      skip.add(text.value());
    }
    return skip;
  }

  private List<Waiver> waivers(Section section) {
    var waivers = new ArrayList<Waiver>();
    var items = section.sections("waive");
    if (items.isEmpty()) {
      waiver(Section.of(reading, section.under("waive") + "[]", "waive", empty()), false);
    }
    items.forEach(item -> waiver(item, true).ifPresent(waivers::add));
    return waivers;
  }

  private Optional<Waiver> waiver(Section item, boolean isWritten) {
    var rule = item.text("rule");
    var until = item.parsed("until", DomainReader::end);
    var reason = item.text("reason");
    rule.ifPresent(text -> rules.checkRule(text.value(), text.place()));
    if (isWritten && !item.has("rule")) {
      item.lacks("rule");
    }
    if (isWritten && !item.has("reason")) {
      reading.problem(
          item.place(),
          "the waiver%s lacks a 'reason'; who reads it in a year must know why"
              .formatted(rule.map(text -> " of " + text.shown()).orElse("")));
    }
    item.end();
    return rule.isEmpty() || reason.isEmpty()
        ? Optional.empty()
        : Optional.of(new Waiver(rule.get().value(), until, reason.get().value()));
  }

  /** A date is its whole day, UTC. */
  static Instant end(String written) {
    if (written.length() == "2027-01-31".length()) {
      try {
        return LocalDate.parse(written).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
      } catch (DateTimeException _) {
        throw new IllegalArgumentException(
            "'%s' is not a date like 2027-01-31".formatted(Words.shortened(written)));
      }
    }
    return instant(written);
  }

  /** RFC 3339, with a time zone. */
  static Instant instant(String written) {
    try {
      return OffsetDateTime.parse(written).toInstant();
    } catch (DateTimeException _) {
      throw new IllegalArgumentException(
          isWithoutZone(written)
              ? "'%s' has no time zone; write %sZ for UTC, or +01:00 and the like"
                  .formatted(written, written)
              : "'%s' is not a time like 2026-12-01T20:00:00Z".formatted(Words.shortened(written)));
    }
  }

  private static boolean isWithoutZone(String written) {
    try {
      OffsetDateTime.parse(written + "Z");
      return true;
    } catch (DateTimeException _) {
      return false;
    }
  }
}
