package maildrift.monitor.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import maildrift.monitor.checklist.Checklist;
import maildrift.monitor.checklist.ChecklistCatalog;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.Blocklist;
import maildrift.probes.domain.Tenant;
import maildrift.probes.network.AllowlistFile;
import maildrift.probes.network.Cidr;
import maildrift.probes.profile.Profile;
import maildrift.probes.profile.ProfileCatalog;

/**
 * Reads tenants, gateways, allowlists, blocklists, own profiles and checklists, and severities,
 * over all files.
 */
final class DeclarationsReader {
  /** Labels that alerts carry anyway; a tenant cannot set them. */
  static final Set<String> ALERT_LABELS =
      Set.of("alertname", "domain", "tenant", "severity", "subject", "cause", "receiver");

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Each is asked for every address of every domain. */
  private static final int MOST_BLOCKLISTS = 30;

  private final Reading reading;
  private final Vocabulary vocabulary;

  /** Warns of a gateway's domains that are not among the watched ones. */
  private Consumer<Set<DnsName>> unwatched = _ -> {};

  DeclarationsReader(Reading reading, Vocabulary vocabulary) {
    this.reading = reading;
    this.vocabulary = vocabulary;
  }

  /**
   * @param smtpPort of gateways that name none: where a laboratory's MX hosts answer, its gateways
   *     do
   */
  Declarations read(List<Section> roots, int smtpPort) {
    var severities = new HashMap<String, Severity>();
    roots.forEach(root -> severities.putAll(severities(root)));
    var tenants = new LinkedHashMap<String, Tenant>();
    var tenantSeverities = new HashMap<String, Map<String, Severity>>();
    for (var named : named(roots, "tenants", "tenant")) {
      tenants.put(named.name(), tenant(named));
      tenantSeverities.put(named.name(), severities(named.section()));
      named.section().end();
    }
    var profiles = profiles(roots);
    var gateways = new GatewayReader(reading, profiles, smtpPort);
    var declared = gateways.gateways(named(roots, "gateways", "gateway"));
    unwatched = watched -> gateways.warnOfUnwatched(declared, watched);
    var allowlists = new LinkedHashMap<String, AllowlistConfig>();
    for (var named : named(roots, "allowlists", "allowlist")) {
      allowlists.put(named.name(), allowlist(named));
    }
    return new Declarations(
        tenants,
        declared,
        allowlists,
        profiles,
        severities,
        tenantSeverities,
        blocklists(roots),
        checklists(roots, profiles));
  }

  /** What can be said only when all domains are known. */
  void warn(Set<DnsName> watched) {
    unwatched.accept(watched);
  }

  private ChecklistCatalog checklists(List<Section> roots, ProfileCatalog profiles) {
    var reader =
        new ChecklistReader(reading, Optional.of(vocabulary), BuiltInChecklists.profiles(profiles));
    var own = new ArrayList<Checklist>();
    for (var named : named(roots, "checklists", "checklist")) {
      reader.checklist(named.name(), named.place(), named.section()).ifPresent(own::add);
    }
    return own.isEmpty() ? BuiltInChecklists.catalog() : BuiltInChecklists.catalog().plus(own);
  }

  /** Of all files, in their order; one that is to be asked twice is a problem. */
  private List<Blocklist> blocklists(List<Section> roots) {
    var lists = new ArrayList<Blocklist>();
    var first = new HashMap<String, Place>();
    for (var root : roots) {
      var section = root.section("rbl");
      for (var item : section.items("lists")) {
        var list =
            blocklist(Section.of(reading, section.under("lists") + "[]", "a list of rbl", item));
        if (list.isEmpty()) {
          continue;
        }
        var twice =
            Stream.of(list.get().kind().word() + " " + list.get().zone(), list.get().name())
                .map(key -> Optional.ofNullable(first.putIfAbsent(key, item.place())))
                .flatMap(Optional::stream)
                .findFirst();
        if (twice.isPresent()) {
          reading.problem(
              item.place(),
              "the blocklist '%s' is named twice; first at %s"
                  .formatted(list.get().name(), twice.get()));
        } else if (lists.size() == MOST_BLOCKLISTS) {
          reading.problem(
              item.place(), "more than %d blocklists are named".formatted(MOST_BLOCKLISTS));
        } else {
          lists.add(list.get());
        }
      }
      section.end();
    }
    return lists;
  }

  private Optional<Blocklist> blocklist(Section section) {
    var written = section.required("zone");
    var zone = written.flatMap(text -> section.parse("zone", text, Hosts::name));
    var name = section.text("name");
    var kind = section.choice("kind", Blocklist.Kind.values(), Blocklist.Kind::word);
    var listed = new ArrayList<Blocklist.Answers>();
    for (var text : section.texts("listed")) {
      section.parse("listed", text, Blocklist.Answers::parse).ifPresent(listed::add);
    }
    var severity = section.choice("severity", Severity.values(), Severity::word);
    section.end();
    if (zone.isPresent() && written.orElseThrow().isFromEnvironment() && name.isEmpty()) {
      reading.problem(
          written.orElseThrow().place(),
          "%s is not shown, so the list needs a 'name' under which it is"
              .formatted(written.orElseThrow().shown()));
    }
    return zone.map(
        at ->
            new Blocklist(
                at,
                name.map(Text::value).orElse(at.toString()),
                kind.orElse(Blocklist.Kind.IP),
                listed,
                severity.orElse(Severity.WARNING)));
  }

  /** Of all files; a name that two of them declare is a problem. */
  private List<Section.Named> named(List<Section> roots, String key, String what) {
    var first = new HashMap<String, Place>();
    var all = new ArrayList<Section.Named>();
    for (var root : roots) {
      for (var named : root.named(key)) {
        var before = first.putIfAbsent(named.name(), named.place());
        if (before != null) {
          reading.problem(
              named.place(),
              "the %s '%s' is declared twice; first at %s".formatted(what, named.name(), before));
        } else {
          all.add(named);
        }
      }
    }
    return all;
  }

  Map<String, Severity> severities(Section outer) {
    var severities = new LinkedHashMap<String, Severity>();
    var section = outer.section("severities");
    for (var entry : section.entries()) {
      checkRule(entry.key(), entry.place());
      section
          .choice(entry.key(), "severity", Severity.values(), Severity::word)
          .ifPresent(severity -> severities.put(entry.key(), severity));
    }
    return severities;
  }

  void checkRule(String rule, Place place) {
    if (!vocabulary.rules().contains(rule)) {
      reading.problem(
          place,
          "unknown rule '%s'%s"
              .formatted(Words.shortened(rule), Words.hint(rule, vocabulary.rules())));
    }
  }

  private Tenant tenant(Section.Named named) {
    var section = named.section();
    var name = section.text("name").map(Text::value).orElse(named.name());
    var labels = new LinkedHashMap<String, String>();
    var written = section.section("labels");
    for (var entry : written.entries()) {
      var label = entry.key();
      if (!isLabel(label)) {
        reading.problem(
            entry.place(),
            "'%s' is no label name; use letters, digits and _, no digit first"
                .formatted(Words.shortened(label)));
      } else if (ALERT_LABELS.contains(label)) {
        reading.problem(
            entry.place(), "the label '%s' is set by maildrift itself".formatted(label));
      } else {
        written.anyText(label).ifPresent(text -> labels.put(label, text.value()));
      }
    }
    return new Tenant(named.name(), name, labels);
  }

  private static boolean isLabel(String name) {
    return !name.isEmpty()
        && !(name.charAt(0) >= '0' && name.charAt(0) <= '9')
        && !name.startsWith("__")
        && name.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '_');
  }

  private AllowlistConfig allowlist(Section.Named named) {
    var section = named.section();
    var sources = List.of("networks", "file", "url").stream().filter(section::has).toList();
    if (sources.size() != 1) {
      reading.problem(
          sources.isEmpty() ? named.place() : section.placeOf(sources.getLast()),
          sources.isEmpty()
              ? "the allowlist '%s' needs one of networks, file and url; an empty list is written networks: []"
                  .formatted(named.name())
              : "the allowlist '%s' has %s; keep one of them"
                  .formatted(named.name(), String.join(" and ", sources)));
    }
    var doubleRun = section.duration("double_run", Duration.ZERO, Allowlist.DEFAULT_DOUBLE_RUN);
    var networks = new ArrayList<Cidr>();
    for (var text : section.texts("networks")) {
      section.parse("networks", text, Cidr::parse).ifPresent(networks::add);
    }
    section.text("file").ifPresent(file -> networks.addAll(fromFile(file)));
    var allowPrivate = section.flag("allow_private", false);
    var url = section.parsed("url", written -> Urls.service(written, allowPrivate));
    var refresh = section.duration("refresh", MINUTE, AllowlistConfig.Fetched.DEFAULT_REFRESH);
    if (!section.has("url")) {
      for (var key : List.of("refresh", "allow_private")) {
        if (section.has(key)) {
          reading.problem(section.placeOf(key), "%s is for lists with a url".formatted(key));
        }
      }
    }
    section.end();
    return new AllowlistConfig(
        named.name(),
        doubleRun,
        url.<AllowlistConfig.Source>map(
                from -> new AllowlistConfig.Fetched(from, refresh, allowPrivate))
            .orElseGet(() -> new AllowlistConfig.Written(networks)));
  }

  private List<Cidr> fromFile(Text file) {
    var source = file.place().source().sibling(file.value());
    var text = reading.file(source, file.place(), "file", Reading.LARGEST_LIST);
    if (text.isEmpty()) {
      return List.of();
    }
    var list = AllowlistFile.parse(text.get());
    list.problems()
        .forEach(
            problem ->
                reading.problem(
                    new Place(source, problem.line(), problem.column()), problem.message()));
    if (list.entries().isEmpty() && list.problems().isEmpty()) {
      reading.warning(
          file.place(),
          "file: %s names no network; an empty list accepts all".formatted(file.shown()));
    }
    return list.entries();
  }

  private ProfileCatalog profiles(List<Section> roots) {
    var own = new ArrayList<Profile>();
    var first = new HashMap<String, Place>();
    for (var root : roots) {
      var section = root.section("profiles");
      for (var entry : section.entries()) {
        var before = first.putIfAbsent(entry.key(), entry.place());
        if (before != null) {
          reading.problem(
              entry.place(),
              "the profile '%s' is declared twice; first at %s"
                  .formatted(Words.shortened(entry.key()), before));
          continue;
        }
        profile(entry).ifPresent(own::add);
      }
    }
    return own.isEmpty() ? ProfileCatalog.builtIn() : ProfileCatalog.builtIn().plus(own);
  }

  private Optional<Profile> profile(Node.Entry entry) {
    if (!(entry.value() instanceof Node.Mapping mapping)) {
      reading.problem(
          entry.value().place(),
          "the profile '%s' must be a mapping of keys and values, not %s"
              .formatted(Words.shortened(entry.key()), entry.value().shown()));
      return Optional.empty();
    }
    var data = new Plain(reading).map(mapping);
    if (data.isEmpty()) {
      return Optional.empty();
    }
    var read = Profile.read(entry.key(), data.get());
    read.problems()
        .forEach(
            problem ->
                reading.problem(
                    problem.path().isEmpty()
                        ? entry.place()
                        : Plain.placeOf(mapping, problem.path()),
                    problem.message()));
    return read.profile();
  }
}
