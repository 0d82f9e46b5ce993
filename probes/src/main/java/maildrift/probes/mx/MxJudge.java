package maildrift.probes.mx;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Prescription.MxHost;
import maildrift.probes.domain.Prescription.MxSet;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.SpecialNetworks;

/** Judges one domain's MX set; made for one look. */
final class MxJudge {

  /** What a zone line says where neither the provider nor the zone has a preference. */
  private static final int USUAL_PREFERENCE = 10;

  private final DnsName domain;
  private final String owner;
  private final MxSeen seen;
  private final Optional<Prescription> inbound;
  private final boolean receives;
  private final List<Rdata.Mx> records;

  /** The hosts that are meant to take mail, each once, by preference. */
  private final Set<DnsName> hosts;

  private final Judgement.Builder judgement = new Judgement.Builder();

  MxJudge(ManagedDomain domain, MxSeen seen) {
    this.domain = domain.name();
    this.owner = domain.name() + " MX";
    this.seen = seen;
    this.inbound = domain.inbound().filter(prescription -> !prescription.mx().isEmpty());
    this.receives =
        domain.inbound().isPresent()
            || domain.allowlist().isPresent()
            || !domain.forwardingServers().isEmpty()
            || !domain.gateways().isEmpty();
    this.records = seen.records();
    this.hosts =
        records.stream()
            .map(Rdata.Mx::host)
            .filter(host -> !host.isRoot())
            .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  Judgement judge() {
    return switch (seen.mx()) {
      case Answer.Unanswered(_, var why, _) ->
          judgement.add(Gap.of(MxProbe.NAME, owner, why, "mx.")).build(Outcome.UNOBSERVABLE);
      case Answer.NoData _, Answer.NoSuchName _ -> absent();
      case Answer.Found _ -> present();
    };
  }

  private Judgement absent() {
    judgement.record(owner, "");
    judgement.fact(
        "hosts",
        seen.own().filter(own -> !own.addresses().isEmpty()).map(this::implicit).stream().toList());
    judgement.fact("nullMx", false);
    judgement.fact("implicit", seen.own().filter(own -> !own.addresses().isEmpty()).isPresent());
    nameItself();
    withoutMx();
    compare();
    return judgement.build(Outcome.ABSENT);
  }

  /** An alias that leads nowhere is a name, and so is one that has addresses. */
  private void nameItself() {
    if (seen.mx() instanceof Answer.NoSuchName gone
        && gone.aliases().isEmpty()
        && seen.own().filter(own -> !own.addresses().isEmpty()).isEmpty()) {
      judgement.add(
          Finding.of(
                  MxRules.NXDOMAIN,
                  domain.toString(),
                  "%s does not exist: DNS denies the name, and all that was published for it"
                      .formatted(domain))
              .cause(domain.toString()));
    }
  }

  private Map<String, Object> implicit(MxSeen.Host own) {
    return hostFacts(domain, 0, Optional.of(own));
  }

  private void withoutMx() {
    var own = seen.own();
    var addresses = own.map(MxSeen.Host::addresses).orElse(List.of());
    if (!addresses.isEmpty()) {
      judgement.add(
          aboutDomain(
                  MxRules.PRESENT,
                  "%s publishes no MX record; senders try its own address %s"
                      .formatted(domain, Cidr.text(addresses.getFirst())))
              .severity(Severity.WARNING)
              .with("addresses", addresses.stream().map(Cidr::text).toList())
              .remedy(publish()));
    } else if (own.filter(MxSeen.Host::isPartlyUnseen).isPresent()) {
      // That there is no MX is certain, how bad it is depends on what was not seen.
      judgement.add(
          aboutDomain(MxRules.PRESENT, "%s publishes no MX record".formatted(domain))
              .severity(Severity.WARNING)
              .remedy(publish()));
      unanswered(own.get()).forEach((type, why) -> gap(domain + " " + type, why, Optional.empty()));
    } else {
      judgement.add(
          aboutDomain(
                  MxRules.PRESENT,
                  "%s publishes no MX record and has no address: mail to it bounces"
                      .formatted(domain))
              .remedy(publish()));
    }
  }

  private String publish() {
    return inbound
        .map(prescription -> "Publish:\n" + zoneLines(prescription.mx().getFirst()))
        .orElse(MxRules.PRESENT.remedy());
  }

  private Judgement present() {
    judgement.record(owner, records.stream().map(Rdata.Mx::text).collect(Collectors.joining(", ")));
    var nullMx = records.stream().anyMatch(record -> record.host().isRoot());
    judgement.fact(
        "hosts",
        records.stream()
            .filter(record -> !record.host().isRoot())
            .map(record -> hostFacts(record.host(), record.preference(), host(record.host())))
            .toList());
    judgement.fact("nullMx", nullMx);
    if (nullMx) {
      nullMx();
    }
    hosts.forEach(this::judge);
    unresolved();
    takeover();
    ipv6();
    single();
    oneNetwork();
    compare();
    return judgement.build(Outcome.OBSERVED);
  }

  private Optional<MxSeen.Host> host(DnsName name) {
    return Optional.ofNullable(seen.hosts().get(name));
  }

  private static Map<String, Object> hostFacts(
      DnsName name, int preference, Optional<MxSeen.Host> host) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("host", name.toString());
    facts.put("preference", preference);
    facts.put(
        "addresses",
        host.map(seen -> seen.addresses().stream().map(Cidr::text).toList()).orElse(List.of()));
    facts.put("reverse", host.map(MxSeen.Host::names).orElse(List.of()));
    host.flatMap(MxSeen.Host::alias).ifPresent(alias -> facts.put("alias", alias.toString()));
    host.filter(MxSeen.Host::isPartlyUnseen)
        .filter(seen -> seen.addresses().isEmpty())
        .ifPresent(_ -> facts.put("outcome", Outcome.UNOBSERVABLE.word()));
    return facts;
  }

  private void nullMx() {
    if (!hosts.isEmpty()) {
      judgement.add(
          aboutDomain(
                  MxRules.NULL,
                  "%s publishes a null MX beside %s: some senders will believe that it takes no mail"
                      .formatted(domain, names(hosts)))
              .with("published", records.stream().map(Rdata.Mx::text).toList())
              .remedy("Remove this record:\n" + line(0, ".")));
    } else if (receives) {
      judgement.add(
          aboutDomain(
                  MxRules.NULL,
                  "%s publishes a null MX, which says that it takes no mail, but it is declared to"
                          .formatted(domain)
                      + " receive")
              .remedy(
                  inbound
                      .map(
                          prescription ->
                              "Publish in its place:\n" + zoneLines(prescription.mx().getFirst()))
                      .orElse(MxRules.NULL.remedy())));
    } else if (records.getFirst().preference() != 0) {
      judgement.add(
          aboutDomain(
                  MxRules.NULL,
                  "%s publishes a null MX with the preference %d; some senders know it with 0 alone, and keep trying"
                      .formatted(domain, records.getFirst().preference()))
              .severity(Severity.WARNING)
              .remedy("Publish in its place:\n" + line(0, ".")));
    } else if (seen.own().filter(MxSeen.Host::isAbsent).isPresent()) {
      judgement.add(
          aboutDomain(
                  MxRules.NULL,
                  "%s has a null MX and no address: without any record it would take no mail either"
                      .formatted(domain))
              .severity(Severity.INFO)
              .remedy("Nothing need be done; the record may go."));
    }
  }

  private void judge(DnsName name) {
    if (HostNames.isNoHostName(name)) {
      judgement.add(
          about(
                  name,
                  MxRules.IP_LITERAL,
                  "the MX of %s is '%s', which is no host name".formatted(domain, name))
              .cause(owner));
      return;
    }
    var host = host(name);
    trailingDot(name, host);
    if (host.isEmpty()) {
      gap(
          name + " A",
          "more than %d MX hosts".formatted(MxProbe.MOST_HOSTS),
          Optional.of(name),
          MxRules.RESOLVES,
          MxRules.PRIVATE,
          MxRules.CNAME);
      return;
    }
    host.get()
        .alias()
        .ifPresent(
            alias ->
                judgement.add(
                    about(
                            name,
                            MxRules.CNAME,
                            "%s, an MX host of %s, is an alias of %s"
                                .formatted(name, domain, alias))
                        .with("target", alias.toString())
                        .remedy(
                            "Name the target itself:\n" + line(preference(name), alias + "."))));
    privateAddresses(name, host.get());
    unanswered(host.get())
        .forEach((type, why) -> gap(name + " " + type, why, Optional.of(name), hidden(host.get())));
  }

  /** Which rules on a host needed the addresses that were not seen. */
  private static Rule[] hidden(MxSeen.Host host) {
    var rules = new ArrayList<Rule>();
    rules.add(MxRules.PRIVATE);
    if (host.addresses().isEmpty()) {
      rules.add(MxRules.RESOLVES);
      rules.add(MxRules.TRAILING_DOT);
    }
    if (host.isUnseen()) {
      rules.add(MxRules.CNAME);
    }
    return rules.toArray(Rule[]::new);
  }

  private static Map<String, String> unanswered(MxSeen.Host host) {
    var unanswered = new LinkedHashMap<String, String>();
    if (host.ipv4() instanceof Answer.Unanswered(_, var why, _)) {
      unanswered.put("A", why);
    }
    if (host.ipv6() instanceof Answer.Unanswered(_, var why, _)) {
      unanswered.put("AAAA", why);
    }
    return unanswered;
  }

  /** Where the operator means private addresses, they are worth a note and no more. */
  private void privateAddresses(DnsName name, MxSeen.Host host) {
    var kinds = new LinkedHashMap<String, String>();
    for (var address : host.addresses()) {
      SpecialNetworks.kind(address).ifPresent(kind -> kinds.put(Cidr.text(address), kind));
    }
    if (!kinds.isEmpty()) {
      var first = kinds.entrySet().iterator().next();
      judgement.add(
          about(
                  name,
                  MxRules.PRIVATE,
                  "%s, an MX host of %s, has the address %s, which is %s"
                      .formatted(name, domain, first.getKey(), first.getValue()))
              .severity(seen.allowsPrivate() ? Severity.INFO : Severity.CRITICAL)
              .with("addresses", kinds));
    }
  }

  /**
   * A prescribed host, or the domain's own name, before the domain is the forgotten dot for sure;
   * anybody else's full host name is when there is no such host.
   */
  private void trailingDot(DnsName name, Optional<MxSeen.Host> host) {
    var prefix = HostNames.before(name, domain);
    if (prefix.isRoot()) {
      return;
    }
    var known =
        prefix.isWithin(domain)
            || inbound.stream()
                .flatMap(prescription -> prescription.mx().stream())
                .flatMap(set -> set.hosts().stream())
                .anyMatch(wanted -> wanted.host().matches(prefix));
    var gone = host.filter(MxSeen.Host::isAbsent).isPresent();
    if (known || (gone && HostNames.looksComplete(prefix, domain))) {
      judgement.add(
          about(
                  name,
                  MxRules.TRAILING_DOT,
                  "the MX of %s is %s: the dot after %s is missing in the zone"
                      .formatted(domain, name, prefix))
              .cause(owner)
              .remedy("Publish with the dot at the end:\n" + line(preference(name), prefix + ".")));
    }
  }

  private void unresolved() {
    var looked = hosts.stream().filter(name -> host(name).isPresent()).toList();
    var gone =
        looked.stream()
            .filter(name -> host(name).filter(MxSeen.Host::isAbsent).isPresent())
            .toList();
    var all = hosts.stream().allMatch(name -> HostNames.isNoHostName(name) || gone.contains(name));
    for (var name : gone) {
      judgement.add(
          about(
                  name,
                  MxRules.RESOLVES,
                  all
                      ? "%s, an MX host of %s, has no address, and neither has any other: mail to the domain bounces"
                          .formatted(name, domain)
                      : "%s, an MX host of %s, has no address".formatted(name, domain))
              .severity(all ? Severity.CRITICAL : Severity.WARNING));
    }
  }

  /** A dead host under a domain that the registry does not know belongs to whoever comes first. */
  private void takeover() {
    seen.hosts()
        .forEach(
            (name, host) -> {
              var leads = host.alias().orElse(name);
              seen.registries()
                  .forEach(
                      (owner, answer) -> {
                        if (host.isNoName() && leads.isWithin(owner)) {
                          takeover(name, leads, owner, answer);
                        }
                      });
            });
  }

  private void takeover(DnsName name, DnsName leads, DnsName owner, Answer answer) {
    switch (answer) {
      case Answer.NoSuchName _ ->
          judgement.add(
              about(
                      name,
                      MxRules.TAKEOVER,
                      "%s, an MX host of %s, %s%s, which is not registered: whoever registers it receives mail to %s"
                          .formatted(
                              name,
                              domain,
                              leads.equals(name) ? "belongs to " : "is an alias under ",
                              owner,
                              domain))
                  .cause(owner + " NS")
                  .with("unregistered", owner.toString())
                  .remedy("Remove this record:\n" + line(preference(name), name + ".")));
      case Answer.Unanswered(_, var why, _) ->
          gap(owner + " NS", why, Optional.of(name), MxRules.TAKEOVER);
      case Answer.Found _, Answer.NoData _ -> {}
    }
  }

  private void ipv6() {
    var looked = seen.hosts().values();
    if (looked.stream().anyMatch(host -> host.ipv6() instanceof Answer.Found)) {
      return;
    }
    hiddenFromDomain(MxRules.IPV6, false);
    if (looked.stream().noneMatch(host -> host.ipv6() instanceof Answer.Unanswered)
        && looked.stream().anyMatch(host -> host.ipv4() instanceof Answer.Found)) {
      judgement.add(
          aboutDomain(MxRules.IPV6, "no MX host of %s has an IPv6 address".formatted(domain))
              .cause(hosts.iterator().next().toString()));
    }
  }

  /** One host with one address; where a profile says which hosts there are, that decides. */
  private void single() {
    if (hosts.size() != 1 || inbound.isPresent()) {
      return;
    }
    var name = hosts.iterator().next();
    var host = host(name);
    if (host.isEmpty() || host.get().isAbsent()) {
      return;
    }
    var ipv4 = host.get().ipv4().records(Rdata.Address.class).size();
    var ipv6 = host.get().ipv6().records(Rdata.Address.class).size();
    if (ipv4 > 1 || ipv6 > 1) {
      return;
    }
    hiddenFromDomain(MxRules.SINGLE, true);
    if (!host.get().isPartlyUnseen()) {
      judgement.add(
          aboutDomain(
                  MxRules.SINGLE,
                  "%s has one MX host, %s, with one address".formatted(domain, name))
              .cause(name.toString()));
    }
  }

  /** Where a profile says which hosts there are, the provider answers for where they stand. */
  private void oneNetwork() {
    var alive = seen.hosts().values().stream().filter(host -> !host.addresses().isEmpty()).count();
    if (hosts.size() < 2 || alive < 2 || inbound.isPresent() || hasSpecialAddress()) {
      return;
    }
    var networks =
        seen.hosts().values().stream()
            .flatMap(host -> host.addresses().stream())
            .map(MxJudge::network)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    if (networks.stream().filter(Cidr::isIpv4).count() > 1
        || networks.stream().filter(network -> !network.isIpv4()).count() > 1) {
      return;
    }
    hiddenFromDomain(MxRules.DUP_SUBNET, true);
    if (seen.hosts().values().stream().noneMatch(MxSeen.Host::isPartlyUnseen)) {
      var text = networks.stream().map(Cidr::toString).collect(Collectors.joining(" and "));
      judgement.add(
          aboutDomain(
                  MxRules.DUP_SUBNET,
                  "all MX hosts of %s are in %s: one fault there takes all of them"
                      .formatted(domain, text))
              .with("networks", networks.stream().map(Cidr::toString).toList()));
    }
  }

  /** Where private addresses are meant, they say nothing of places. */
  private boolean hasSpecialAddress() {
    return seen.hosts().values().stream()
        .flatMap(host -> host.addresses().stream())
        .anyMatch(address -> SpecialNetworks.kind(address).isPresent());
  }

  /** What is usually one site: a /24 of IPv4, a /48 of IPv6. */
  private static Cidr network(InetAddress address) {
    var octets = address.getAddress();
    return Cidr.of(octets, octets.length == 4 ? 24 : 48);
  }

  /** A rule about the domain needed addresses that were not seen. */
  private void hiddenFromDomain(Rule rule, boolean bothFamilies) {
    seen.hosts()
        .forEach(
            (name, host) ->
                unanswered(host)
                    .forEach(
                        (type, why) -> {
                          if (bothFamilies || type.equals("AAAA")) {
                            gap(name + " " + type, why, Optional.of(domain), rule);
                          }
                        }));
  }

  private void compare() {
    if (inbound.isEmpty()) {
      return;
    }
    var prescription = inbound.get();
    var comparison = MxComparison.closest(prescription.mx(), hosts).orElseThrow();
    judgement.fact("profile", prescription.label());
    judgement.fact("matchesProfile", comparison.isExact());
    var remedy =
        "Publish exactly:\n"
            + zoneLines(
                comparison.wanted().isAnyOf() ? prescription.mx().getFirst() : comparison.wanted());
    for (var missing : comparison.missing()) {
      judgement.add(
          compared(
              MxRules.MISSING,
              missing.host().text(),
              "%s does not name %s as MX, which %s prescribes: mail does not reach it there"
                  .formatted(domain, missing.host(), prescription.label()),
              comparison.wanted(),
              remedy));
    }
    for (var extra : comparison.extra()) {
      var isOther = isInAnotherSet(extra, comparison.wanted(), prescription);
      var finding =
          compared(
              MxRules.EXTRA,
              extra.toString(),
              (isOther
                      ? "%s names %s as MX, which is in another of the MX sets of %s: one set alone is right"
                      : "%s names %s as MX, which %s does not prescribe: mail that arrives there goes past the provider")
                  .formatted(domain, extra, prescription.label()),
              comparison.wanted(),
              remedy + "\nRemove:\n" + line(preference(extra), extra + "."));
      // A mixture of sets still leads to the provider.
      judgement.add(isOther ? finding.severity(Severity.WARNING) : finding);
    }
    comparison
        .matched()
        .forEach(
            (wanted, name) ->
                wanted
                    .preference()
                    .filter(preference -> preference != preference(name))
                    .ifPresent(
                        preference ->
                            judgement.add(
                                compared(
                                    MxRules.PREFERENCE,
                                    name.toString(),
                                    "%s has the preference %d at %s; %s prescribes %d"
                                        .formatted(
                                            name,
                                            preference(name),
                                            domain,
                                            prescription.label(),
                                            preference),
                                    comparison.wanted(),
                                    remedy))));
  }

  private static boolean isInAnotherSet(DnsName host, MxSet wanted, Prescription prescription) {
    return prescription.mx().stream()
        .filter(set -> !set.equals(wanted))
        .flatMap(set -> set.hosts().stream())
        .anyMatch(known -> known.host().matches(host));
  }

  private Finding compared(Rule rule, String subject, String message, MxSet wanted, String remedy) {
    var prescription = inbound.orElseThrow();
    return Finding.of(rule, subject, message)
        .severity(prescription.atMost("mx", rule.severity()))
        .cause(owner)
        .with("profile", prescription.label())
        .with("expected", wanted.hosts().stream().map(MxJudge::text).toList())
        .with("published", records.stream().map(Rdata.Mx::text).toList())
        .remedy(remedy);
  }

  private static String text(MxHost host) {
    return host.preference().map(preference -> preference + " ").orElse("") + host.host();
  }

  /** The set as lines of a zone file, with the present preferences where none is prescribed. */
  private String zoneLines(MxSet set) {
    return set.hosts().stream()
        .map(
            host -> {
              var published =
                  records.stream().filter(record -> host.host().matches(record.host())).findFirst();
              var preference =
                  host.preference()
                      .or(() -> published.map(Rdata.Mx::preference))
                      .orElse(USUAL_PREFERENCE);
              var name =
                  host.host().isExact()
                      ? host.host().text()
                      : published.map(record -> record.host().toString()).orElse("");
              return name.isEmpty()
                  ? line(preference, "…")
                      + " ; the name that the provider shows, like %s".formatted(host.host())
                  : line(preference, name + ".");
            })
        .collect(Collectors.joining("\n"));
  }

  private String line(int preference, String target) {
    return "%s. IN MX %d %s".formatted(domain, preference, target);
  }

  /** The preference with which a sender tries it first. */
  private int preference(DnsName host) {
    return records.stream()
        .filter(record -> record.host().equals(host))
        .mapToInt(Rdata.Mx::preference)
        .min()
        .orElse(USUAL_PREFERENCE);
  }

  private static Finding about(DnsName host, Rule rule, String message) {
    return Finding.of(rule, host.toString(), message);
  }

  private Finding aboutDomain(Rule rule, String message) {
    return Finding.of(rule, domain.toString(), message).cause(owner);
  }

  private void gap(String unseen, String why, Optional<DnsName> subject, Rule... rules) {
    judgement.add(
        new Gap(
            MxProbe.NAME,
            unseen,
            why,
            List.of(rules).stream().map(Rule::id).collect(Collectors.toSet()),
            subject.map(DnsName::toString)));
  }

  private static String names(Set<DnsName> names) {
    return names.stream().map(DnsName::toString).collect(Collectors.joining(", "));
  }
}
