package maildrift.probes.declared;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Neighbours;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.netblocks.NetblocksProbe;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.Drift;
import maildrift.probes.network.NetworkSet;
import maildrift.probes.network.SpecialNetworks;
import maildrift.probes.spf.Netblocks;
import maildrift.probes.spf.SpfTree;

/**
 * Holds lists of who may relay against each other. What providers publish is excepted or forbidden
 * there, so that their netblocks have to be known: they are the netblocks probe's records.
 */
final class RelayJudge {
  private static final String RECORD = " netblocks";
  private static final String EXCHANGE = "microsoft365";

  private final ManagedDomain domain;

  /** By source, as far as they were seen. */
  private final Map<DnsName, NetworkSet> published = new HashMap<>();

  /** Of published feeds; not by feed, since a domain has one provider that has one. */
  private NetworkSet fed = NetworkSet.EMPTY;

  /** Of published feeds by its name, why it is not known. */
  private final Map<String, String> unseenFeeds = new LinkedHashMap<>();

  private Judgement judgement;

  private RelayJudge(ManagedDomain domain, Judgement own, Judgement netblocks) {
    this.domain = domain;
    this.judgement = own;
    for (var by : domain.prescriptions()) {
      for (var source : by.netblocks()) {
        Optional.ofNullable(netblocks.records().get(source + RECORD))
            .ifPresent(record -> published.put(source, networks(record)));
      }
    }
    netblocks
        .records()
        .forEach(
            (name, record) -> {
              if (name.endsWith(RECORD) && isFeed(name.substring(0, name.lastIndexOf(RECORD)))) {
                fed = fed.plus(networks(record));
              }
            });
    if (netblocks.facts().get("sources") instanceof List<?> sources) {
      for (var source : sources) {
        if (source instanceof Map<?, ?> facts
            && facts.get("name") instanceof String name
            && isFeed(name)
            && Outcome.UNOBSERVABLE.word().equals(facts.get("outcome"))) {
          unseenFeeds.put(name, String.valueOf(facts.get("why")));
        }
      }
    }
  }

  /**
   * With what the netblocks probe saw in the same look.
   *
   * @param netblocks empty: it did not run, and nothing is said or taken back that needs it
   */
  static Judgement judge(ManagedDomain domain, Judgement own, Optional<Judgement> netblocks) {
    if (netblocks.isPresent()) {
      return new RelayJudge(domain, own, netblocks.get()).judge();
    }
    var rules = rules(domain);
    return rules.isEmpty() || domain.skip().contains(NetblocksProbe.NAME)
        ? own
        : own.aside(
            Gap.of(
                DeclaredProbe.NAME,
                "what the probe " + NetblocksProbe.NAME + " sees",
                "it did not run in this look",
                rules.stream().map(Rule::id).toArray(String[]::new)));
  }

  /** Neither an SPF name nor what a profile lists itself. */
  private static boolean isFeed(String source) {
    return source.indexOf('.') < 0 && !source.endsWith(" networks");
  }

  /** As the netblocks probe writes its record. */
  private static NetworkSet networks(String record) {
    return NetworkSet.of(
        Stream.of(record.split(",", -1))
            .map(String::strip)
            .filter(one -> !one.isEmpty())
            .map(Cidr::parse)
            .toList());
  }

  private Judgement judge() {
    var unseen = unseen(domain.prescriptions());
    overlaps(unseen);
    for (var gateway : domain.gateways()) {
      global(gateway, unseen);
      relay(gateway, unseen);
      welcomelist(gateway);
    }
    return judgement;
  }

  /** What could not be seen, so that networks are not known. */
  private record Hidden(String what, String why) {}

  /** A source whose networks are not known. A feed that nobody reads here has none. */
  private Optional<Hidden> unseen(List<Prescription> all) {
    var names =
        all.stream()
            .flatMap(by -> by.netblocks().stream())
            .filter(source -> !published.containsKey(source))
            .map(
                source ->
                    new Hidden(source + " TXT", "the netblocks probe could not see its networks"));
    var feeds =
        all.stream()
            .flatMap(by -> by.feeds().stream())
            .flatMap(
                feed ->
                    unseenFeeds.entrySet().stream()
                        .filter(
                            one ->
                                one.getKey().equals(feed) || one.getKey().startsWith(feed + " ")))
            .map(one -> new Hidden("the feed " + one.getKey(), one.getValue()));
    return Stream.concat(names, feeds).findFirst();
  }

  private NetworkSet union(Stream<Prescription> all) {
    return NetworkSet.of(all.flatMap(this::networks).toList());
  }

  private Stream<Cidr> networks(Prescription by) {
    return Stream.of(
            by.networks().stream(),
            by.netblocks().stream()
                .flatMap(
                    source -> published.getOrDefault(source, NetworkSet.EMPTY).networks().stream()),
            by.feeds().isEmpty() ? Stream.<Cidr>of() : fed.networks().stream())
        .flatMap(networks -> networks);
  }

  /** Other people's. A gateway profile's networks are the operator's own. */
  private Stream<Prescription> providers() {
    return domain.prescriptions().stream().filter(by -> by.role() != Role.GATEWAY);
  }

  private void hide(Optional<Hidden> unseen, Rule rule, String subject) {
    unseen.ifPresent(
        hidden ->
            judgement =
                judgement.aside(
                    Gap.of(DeclaredProbe.NAME, hidden.what(), hidden.why(), rule.id())
                        .subject(subject)));
  }

  /** The own list cannot be read now. */
  private boolean isUnread(Rule rule, String subject) {
    var unread = RegionJudge.unread(domain, rule, subject);
    unread.ifPresent(gap -> judgement = judgement.aside(gap));
    return unread.isPresent();
  }

  // ---- What the other tenants' providers publish

  /** Among the facts: source → networks, none where they were not seen. */
  static final String THEIRS = "othersProviders";

  /** Asked for only where lists overlap, beside what the netblocks probe sees for this domain. */
  static Map<String, Netblocks> theirs(ManagedDomain domain, Network network) {
    var theirs = new TreeMap<String, Netblocks>();
    if (domain.neighbours().overlaps().isEmpty()) {
      return theirs;
    }
    var providers = domain.neighbours().providers();
    var own = domain.prescriptions();
    providers.names().stream()
        .filter(name -> own.stream().noneMatch(by -> by.netblocks().contains(name)))
        .forEach(
            name ->
                theirs.put(
                    name + " TXT",
                    Netblocks.of(SpfTree.of(name, network.dns(), network.deadline()))));
    providers.feeds().stream()
        .filter(name -> own.stream().noneMatch(by -> by.feeds().contains(name)))
        .flatMap(name -> network.feeds().feed(name).stream())
        .forEach(feed -> theirs.put("the feed " + feed.shown(), feed.networks()));
    return theirs;
  }

  static Map<String, Object> facts(Map<String, Netblocks> theirs) {
    var facts = new LinkedHashMap<String, Object>();
    theirs.forEach(
        (source, seen) ->
            facts.put(
                source,
                switch (seen) {
                  case Netblocks.Known known ->
                      known.entries().stream().map(Cidr::toString).toList();
                  case Netblocks.None _ -> List.of();
                  case Netblocks.Unseen unseen -> unseen.why();
                }));
    return facts;
  }

  /** As far as they were seen. */
  private NetworkSet theirNetworks() {
    var networks = new ArrayList<>(domain.neighbours().providers().networks());
    if (judgement.facts().get(THEIRS) instanceof Map<?, ?> theirs) {
      for (var seen : theirs.values()) {
        if (seen instanceof List<?> entries) {
          entries.forEach(entry -> networks.add(Cidr.parse(String.valueOf(entry))));
        }
      }
    }
    return NetworkSet.of(networks);
  }

  private Optional<Hidden> theirUnseen() {
    return judgement.facts().get(THEIRS) instanceof Map<?, ?> theirs
        ? theirs.entrySet().stream()
            .<Hidden>mapMulti(
                (one, sink) -> {
                  if (one.getValue() instanceof String why) {
                    sink.accept(new Hidden(String.valueOf(one.getKey()), why));
                  }
                })
            .findFirst()
        : Optional.empty();
  }

  // ---- Two tenants' lists

  private void overlaps(Optional<Hidden> unseen) {
    var overlaps = domain.neighbours().overlaps();
    var list = domain.allowlist();
    if (list.isEmpty()) {
      return;
    }
    var subject = place(list.get());
    if (isUnread(DeclaredRules.OVERLAP, subject)) {
      return;
    }
    var shared = union(providers()).plus(theirNetworks());
    var own = overlaps.stream().filter(one -> !shared.contains(narrower(one))).toList();
    if (own.isEmpty()) {
      hide(
          domain.neighbours().unread().map(why -> new Hidden("another tenant's list", why)),
          DeclaredRules.OVERLAP,
          subject);
      return;
    }
    var hidden = unseen.or(this::theirUnseen);
    if (hidden.isPresent()) {
      hide(hidden, DeclaredRules.OVERLAP, subject);
      return;
    }
    var first = own.getFirst();
    judgement =
        judgement.plus(
            Finding.of(
                    DeclaredRules.OVERLAP,
                    subject,
                    "the allowlist %s of %s accepts %s, and so does %s of the tenant %s (%s)%s"
                        .formatted(
                            list.get().name(),
                            domain.name(),
                            narrower(first),
                            first.allowlist().equals(list.get().name())
                                ? "the same list"
                                : "the allowlist " + first.allowlist(),
                            first.tenant(),
                            first.domain(),
                            own.size() == 1 ? "" : "; %d more overlap".formatted(own.size() - 1)))
                .cause(subject)
                .with("overlaps", own.stream().map(RelayJudge::text).toList())
                .remedy(
                    "Leave in each list only the servers of its tenant. Shared:\n"
                        + own.stream()
                            .map(RelayJudge::narrower)
                            .distinct()
                            .map(Cidr::toString)
                            .collect(joining("\n"))));
  }

  /** Two networks that overlap lie within each other: what they share is the smaller one. */
  private static Cidr narrower(Neighbours.Overlap overlap) {
    return overlap.own().contains(overlap.other()) ? overlap.other() : overlap.own();
  }

  private static String text(Neighbours.Overlap one) {
    return "%s with %s of %s (tenant %s, %s)"
        .formatted(one.own(), one.other(), one.allowlist(), one.tenant(), one.domain());
  }

  private static String place(Allowlist list) {
    return "allowlist " + list.name();
  }

  // ---- The global list

  private void global(Gateway gateway, Optional<Hidden> unseen) {
    var relay = gateway.settings().relayNetworks();
    if (relay.isEmpty()) {
      return;
    }
    var subject = SettingsJudge.place(gateway);
    var shared = union(providers());
    var wrong = relay.get().stream().filter(shared::overlaps).toList();
    if (wrong.isEmpty()) {
      hide(unseen, DeclaredRules.GLOBAL, subject);
      return;
    }
    judgement =
        judgement.plus(
            Finding.of(
                    DeclaredRules.GLOBAL,
                    subject,
                    "the global relay list of the gateway %s has %s, which %s publishes for all of its customers"
                        .formatted(gateway.id(), shown(wrong), publisher(wrong)))
                .cause(subject)
                .with("networks", wrong.stream().map(Cidr::toString).toList())
                .remedy(
                    "Take out of Mail System, Relaying:\n%s\nand enter in the list of each domain what its provider publishes."
                        .formatted(NetworkSet.lines(wrong))));
  }

  private String publisher(List<Cidr> networks) {
    return providers()
        .filter(by -> networks.stream().anyMatch(union(Stream.of(by))::overlaps))
        .map(Prescription::label)
        .distinct()
        .collect(joining(" and "));
  }

  private void relay(Gateway gateway, Optional<Hidden> unseen) {
    var relay = gateway.settings().relayNetworks();
    var list = RegionJudge.comparable(domain);
    if (relay.isEmpty() || domain.allowlist().isEmpty()) {
      return;
    }
    var subject =
        "%s on %s".formatted(place(domain.allowlist().get()), SettingsJudge.place(gateway));
    if (isUnread(DeclaredRules.RELAY, subject) || list.isEmpty()) {
      return;
    }
    var may = NetworkSet.of(relay.get());
    var shared = union(domain.prescriptions().stream());
    var lacking =
        new LinkedHashSet<>(list.get().entries())
            .stream()
                .filter(entry -> !SpecialNetworks.isPlaceholder(entry))
                .filter(entry -> !shared.overlaps(entry))
                .filter(entry -> !may.contains(entry))
                .toList();
    if (lacking.isEmpty()) {
      return;
    }
    if (unseen.isPresent()) {
      hide(unseen, DeclaredRules.RELAY, subject);
      return;
    }
    judgement =
        judgement.plus(
            Finding.of(
                    DeclaredRules.RELAY,
                    subject,
                    "the allowlist %s of %s has %s, which the relay list of the gateway %s does not let relay"
                        .formatted(list.get().name(), domain.name(), shown(lacking), gateway.id()))
                .cause(subject)
                .with("networks", lacking.stream().map(Cidr::toString).toList())
                .remedy("Add to Mail System, Relaying:\n" + NetworkSet.lines(lacking)));
  }

  // ---- Who counts as a spoofer

  private void welcomelist(Gateway gateway) {
    var settings = gateway.settings();
    if (settings.welcomelist().isEmpty()
        || settings.rejectsSpoofedSenders().filter(on -> on).isEmpty()) {
      return;
    }
    var exchange =
        domain.declared().exchangeOnline().filter(on -> on).isPresent()
            ? domain.prescriptions().stream().filter(by -> by.profile().equals(EXCHANGE)).toList()
            : List.<Prescription>of();
    var subject = SettingsJudge.place(gateway);
    var wanted = new ArrayList<>(settings.relayNetworks().orElse(List.of()));
    wanted.addAll(union(exchange.stream()).networks());
    var missing = Drift.between(wanted, settings.welcomelist().get()).missing();
    if (missing.isEmpty()) {
      hide(unseen(exchange), DeclaredRules.WELCOMELIST, subject);
      return;
    }
    judgement =
        judgement.plus(
            Finding.of(
                    DeclaredRules.WELCOMELIST,
                    subject,
                    "the gateway %s rejects spoofed senders, and its welcomelist lacks %s, from where mail of its own domains comes"
                        .formatted(gateway.id(), shown(missing)))
                .cause(subject + " welcomelist")
                .with("missing", missing.stream().map(Cidr::toString).toList())
                .remedy(
                    "Enter in \"Manual blocklisting / welcomelisting\" with the action accept:\n"
                        + NetworkSet.lines(missing)));
  }

  private static String shown(List<Cidr> networks) {
    return networks.stream().limit(3).map(Cidr::toString).collect(joining(", "))
        + (networks.size() > 3 ? " and %d more".formatted(networks.size() - 3) : "");
  }

  /** What is held against anything here. */
  static List<Rule> rules(ManagedDomain domain) {
    var settings = domain.gateways().stream().map(Gateway::settings).toList();
    var relays = settings.stream().anyMatch(one -> one.relayNetworks().isPresent());
    return new Asked()
        .rule(
            DeclaredRules.OVERLAP,
            domain.allowlist().isPresent() && !domain.tenant().id().isEmpty())
        .rule(DeclaredRules.GLOBAL, relays)
        .rule(
            DeclaredRules.RELAY,
            relays
                && (RegionJudge.comparable(domain).isPresent()
                    || domain.allowlist().flatMap(Allowlist::unreadable).isPresent()))
        .rule(
            DeclaredRules.WELCOMELIST,
            settings.stream()
                .anyMatch(
                    one ->
                        one.welcomelist().isPresent() && one.rejectsSpoofedSenders().isPresent()))
        .rules();
  }
}
