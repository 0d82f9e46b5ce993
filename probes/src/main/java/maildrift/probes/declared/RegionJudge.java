package maildrift.probes.declared;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Rule;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;
import maildrift.probes.network.SpecialNetworks;
import maildrift.probes.spf.Netblocks;

/** Are forwarding server, smarthost, SPF and allowlist of one region of the provider? */
final class RegionJudge {
  private final ManagedDomain domain;
  private final DeclaredSeen seen;
  private final Judgement.Builder judgement;

  RegionJudge(ManagedDomain domain, DeclaredSeen seen, Judgement.Builder judgement) {
    this.domain = domain;
    this.seen = seen;
    this.judgement = judgement;
  }

  /** A profile whose regions are told apart. */
  static Optional<Prescription.Region> region(Prescription by) {
    return by.region().flatMap(key -> region(by, key));
  }

  private static Optional<Prescription.Region> region(Prescription by, String key) {
    return by.regions().stream().filter(region -> region.key().equals(key)).findFirst();
  }

  void judge() {
    for (var by : domain.prescriptions()) {
      region(by).ifPresent(own -> judge(by, own));
    }
  }

  /** Something that is of a region, by its name. */
  private record Placed(String what, String written, String subject, String region) {}

  private void judge(Prescription by, Prescription.Region own) {
    var placed = new ArrayList<Placed>();
    for (var hop : Hop.of(domain)) {
      others(by, own)
          .filter(region -> region.hosts().contains(hop.target()))
          .filter(_ -> !own.hosts().contains(hop.target()))
          .findFirst()
          .ifPresent(
              region ->
                  placed.add(
                      new Placed(
                          hop.use().words(),
                          hop.next().written(),
                          hop.target().toString(),
                          region.key())));
    }
    if (seen.included().stream().noneMatch(own.networks()::contains)) {
      if (seen.networks().get(domain.name()) instanceof Netblocks.Unseen unseen) {
        // The own region may stand in what was not seen.
        hide(unseen);
      } else {
        included(by, own).ifPresent(placed::add);
      }
    }
    allowlist(by, own).ifPresent(placed::add);
    for (var wrong : placed.stream().distinct().toList()) {
      judgement.add(
          Finding.of(
                  DeclaredRules.REGION,
                  wrong.subject(),
                  "the %s %s of %s is of region %s of %s; the profile says %s%s"
                      .formatted(
                          wrong.what(),
                          wrong.written(),
                          domain.name(),
                          wrong.region(),
                          by.profile(),
                          own.key(),
                          right(placed, own)))
              .with("regions", regions(by, own, placed))
              .remedy(remedy(by, own, wrong)));
    }
  }

  /**
   * But for those that another profile of the domain is of: while it moves from one to the other.
   */
  private Stream<Prescription.Region> others(Prescription by, Prescription.Region own) {
    return by.regions().stream()
        .filter(region -> !region.key().equals(own.key()))
        .filter(
            region ->
                domain.prescriptions().stream()
                    .filter(other -> other.profile().equals(by.profile()))
                    .noneMatch(other -> other.region().equals(Optional.of(region.key()))));
  }

  /** A name that the SPF leads to is of another region, where none is of this one. */
  private Optional<Placed> included(Prescription by, Prescription.Region own) {
    return seen.included().stream()
        .flatMap(
            name ->
                others(by, own)
                    .filter(region -> region.networks().contains(name))
                    .map(
                        region ->
                            new Placed(
                                "SPF include", name.toString(), name.toString(), region.key())))
        .findFirst()
        // The one of all regions at once leads to all of them.
        .filter(_ -> seen.included().stream().filter(name -> isOfARegion(by, name)).count() == 1);
  }

  private static boolean isOfARegion(Prescription by, DnsName name) {
    return by.regions().stream().anyMatch(region -> region.networks().contains(name));
  }

  /** No entry is of the own region, and another region's networks cover some. */
  private Optional<Placed> allowlist(Prescription by, Prescription.Region own) {
    var list = comparable(domain);
    if (list.isEmpty()) {
      unread(domain, DeclaredRules.REGION, place(domain)).ifPresent(judgement::aside);
      return Optional.empty();
    }
    own.networks().stream()
        .flatMap(name -> unseen(name).stream())
        .findFirst()
        .ifPresent(this::hide);
    var mine = union(own);
    if (mine.isEmpty() || list.get().entries().stream().anyMatch(mine.get()::overlaps)) {
      return Optional.empty();
    }
    for (var region : others(by, own).toList()) {
      var theirs = union(region);
      if (theirs.isPresent() && list.get().entries().stream().anyMatch(theirs.get()::overlaps)) {
        return Optional.of(
            new Placed(
                "allowlist", list.get().name(), "allowlist " + list.get().name(), region.key()));
      }
    }
    others(by, own)
        .flatMap(region -> region.networks().stream())
        .flatMap(name -> unseen(name).stream())
        .findFirst()
        .ifPresent(this::hide);
    return Optional.empty();
  }

  private Optional<Netblocks.Unseen> unseen(DnsName name) {
    return seen.networks().get(name) instanceof Netblocks.Unseen unseen
        ? Optional.of(unseen)
        : Optional.empty();
  }

  /** Which names there are is not known, so that any subject may be hidden. */
  private void hide(Netblocks.Unseen unseen) {
    judgement.aside(
        Gap.of(
            DeclaredProbe.NAME, unseen.name() + " TXT", unseen.why(), DeclaredRules.REGION.id()));
  }

  private static String place(ManagedDomain domain) {
    return "allowlist " + domain.allowlist().map(Allowlist::name).orElse("");
  }

  /** What is said of a list that cannot be read now stays as it is. */
  static Optional<Gap> unread(ManagedDomain domain, Rule rule, String subject) {
    return domain
        .allowlist()
        .flatMap(Allowlist::unreadable)
        .map(why -> Gap.of(DeclaredProbe.NAME, place(domain), why, rule.id()).subject(subject));
  }

  static Optional<Allowlist> comparable(ManagedDomain domain) {
    return domain
        .allowlist()
        .filter(list -> list.unreadable().isEmpty())
        .filter(
            list ->
                list.entries().stream().anyMatch(entry -> !SpecialNetworks.isPlaceholder(entry)));
  }

  /** Empty where they were not seen. */
  private Optional<NetworkSet> union(Prescription.Region region) {
    var all = new ArrayList<Cidr>();
    for (var name : region.networks()) {
      if (!(seen.networks().get(name) instanceof Netblocks.Known known)) {
        return Optional.empty();
      }
      all.addAll(known.entries());
    }
    return Optional.of(NetworkSet.of(all)).filter(set -> !set.isEmpty());
  }

  private static String right(List<Placed> placed, Prescription.Region own) {
    return placed.stream().map(Placed::region).distinct().count() > 1
        ? " (and others are of " + String.join(", ", others(placed, own)) + ")"
        : "";
  }

  private static List<String> others(List<Placed> placed, Prescription.Region own) {
    return placed.stream()
        .map(Placed::region)
        .filter(region -> !region.equals(own.key()))
        .distinct()
        .toList();
  }

  /** Everything with its region. */
  private Map<String, Object> regions(
      Prescription by, Prescription.Region own, List<Placed> placed) {
    var regions = new LinkedHashMap<String, Object>();
    regions.put("profile " + by.label(), own.key());
    for (var hop : Hop.of(domain)) {
      if (own.hosts().contains(hop.target())) {
        regions.put(hop.use().words() + " " + hop.next().written(), own.key());
      }
    }
    seen.included().stream()
        .filter(own.networks()::contains)
        .forEach(name -> regions.put("SPF include " + name, own.key()));
    placed.forEach(one -> regions.put(one.what() + " " + one.written(), one.region()));
    return regions;
  }

  private String remedy(Prescription by, Prescription.Region own, Placed wrong) {
    var text =
        switch (wrong.what()) {
          case "forwarding server" -> brackets(by.forwarding());
          case "smarthost" -> brackets(Siblings.first(by.smarthosts()));
          case "SPF include" -> by.spfInclude();
          case "allowlist" -> union(own).map(NetworkSet::lines).orElse("");
          default -> plain(Siblings.first(by.smarthosts()));
        };
    return text.isEmpty()
        ? DeclaredRules.REGION.remedy()
        : "Of region %s, to paste:\n%s\nIf %s is right, change the region of the profile."
            .formatted(own.key(), text, wrong.region());
  }

  private static String brackets(List<DnsName> hosts) {
    return String.join("\n", hosts.stream().map(host -> "[" + host + "]").toList());
  }

  private static String plain(List<DnsName> hosts) {
    return String.join("\n", hosts.stream().map(DnsName::toString).toList());
  }
}
